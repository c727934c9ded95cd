"""Whoever takes part has said that they know the policy."""

from __future__ import annotations

from gateway.decide.choices import names
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms, route
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Note, Pass, Refuse, Ruling


def acknowledged(message: Message, terms: RuleTerms) -> Ruling:
    """Ask the register whether sender and recipients have acknowledged what the pack names.

    Parameters: tutor, pupil, guardian, documents for each; when_missing (note: whoever is first is told;
    hold; refuse: the sender who has not is told, others' missing word holds).
    """
    circle = message.circle
    lacking = [one for one in _taking_part(message) if not _has_all(message, one, terms)]
    if not lacking:
        return Pass()
    roles = ", ".join(sorted({circle.role_of(one).value for one in lacking}))
    because = f"not yet acknowledged by: {roles}"
    match terms.parameters.get("when_missing"):
        case "refuse" if message.envelope.sender_id in lacking and message.sender_role is Role.TUTOR:
            return Refuse(terms.say, because)
        case "note":
            return Note(route(terms.settings, "first"), because)
        case _:
            return Hold(terms.lane, terms.severity, because)


def _taking_part(message: Message) -> tuple[str, ...]:
    return tuple(dict.fromkeys((message.envelope.sender_id, *message.envelope.recipient_ids)))


def _has_all(message: Message, person_id: str, terms: RuleTerms) -> bool:
    wanted = names(terms.parameters.get(message.circle.role_of(person_id).value))
    facts = message.circle.on_file(FactKind.ACKNOWLEDGED, message.day, person_id=person_id)
    # "safeguarding_policy@2026": the version that was acknowledged stands behind the name.
    return wanted <= {one.detail.partition("@")[0] for one in facts}
