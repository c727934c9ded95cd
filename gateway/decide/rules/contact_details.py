"""No private contact details and no handles pass, however they are written."""

from __future__ import annotations

from classifiers.finding import Finding, Kind, Stance
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling

# Refusing to swap numbers and reporting an approach are what we want people to do.
BLAMELESS = frozenset({Stance.REFUSAL, Stance.REPORT})


def contact_details(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse plain contact details, hold disguised or doubtful ones, as the pack says for whom.

    Parameters: refuse_at, hold_at (scores); to_pupil, to_guardian, from_family
    (block: refuse; hold; allow).
    """
    stance = str(terms.parameters.get(_direction(message), "hold"))
    found = _found(message, float(str(terms.parameters.get("hold_at", 0.5))))
    if stance == "allow" or not found:
        return Pass()
    refuse_at = float(str(terms.parameters.get("refuse_at", 0.8)))
    plain = all(not f.evasive for f in found) and any(f.score >= refuse_at for f in found)
    if stance == "block" and plain:
        return Refuse(terms.say, f"contact details in plain words: {_kinds(found)}", found)
    manner = "disguised" if any(f.evasive for f in found) else "possible"
    return Hold(terms.lane, terms.severity, f"{manner} contact details: {_kinds(found)}", found)


def _direction(message: Message) -> str:
    if message.sender_role in (Role.PUPIL, Role.GUARDIAN):
        return "from_family"
    return "to_pupil" if message.reaches_pupil else "to_guardian"


def _found(message: Message, hold_at: float) -> tuple[Finding, ...]:
    return tuple(
        f
        for f in message.findings
        if f.kind is Kind.CONTACT and f.score >= hold_at and f.stance not in BLAMELESS
    )


def _kinds(found: tuple[Finding, ...]) -> str:
    return ", ".join(sorted({f.category for f in found}))
