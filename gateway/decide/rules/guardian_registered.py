"""Nothing reaches a pupil before an adult has registered and agreed."""

from __future__ import annotations

from gateway.decide.choices import adult_learner, table
from gateway.domain.message import Message
from gateway.domain.people import Person, Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling


def guardian_registered(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse contact with a pupil while no registered guardian is of age; keep a pupil's own words.

    Setting guardian_gate: min_age, where the directory knows the guardian's birth date; agreement,
    which the pupil from eight on must have made too (a guardian's registration is theirs). For a
    pupil who is looked after, somebody with delegated authority must have registered (clause DFT-17).
    """
    if not message.concerns_pupil or adult_learner(message, terms):
        return Pass()
    gate = table(terms, "guardian_gate")
    if not any(_of_age(one, message, gate.get("min_age")) for one in message.circle.required_guardians):
        because = "no guardian of this pupil has registered"
        if message.sender_role is Role.PUPIL:
            return Hold(terms.lane, terms.severity, because)
        return Refuse(terms.say, because)
    if _looked_after(message) and not any(
        _covered(one, message) for one in message.circle.required_guardians
    ):
        because = "the pupil is looked after, and nobody with delegated authority has registered"
        return Hold(terms.lane, terms.severity, because)
    agreement = gate.get("agreement")
    if agreement and not _agreed(message, str(agreement)):
        return Hold(terms.lane, terms.severity, "the pupil's agreement is not on file")
    return Pass()


def _of_age(guardian: Person, message: Message, least: object) -> bool:
    age = guardian.age(message.day)
    return age is None or age >= int(str(least or 18))


def _looked_after(message: Message) -> bool:
    circle = message.circle
    return bool(circle.on_file(FactKind.LOOKED_AFTER, message.day, person_id=circle.pair.pupil_id))


def _covered(guardian: Person, message: Message) -> bool:
    return bool(message.circle.on_file(FactKind.COVERED, message.day, person_id=guardian.id))


AGREES_FROM = 8  # clause KST-06


def _agreed(message: Message, agreement: str) -> bool:
    circle = message.circle
    age = circle.pupil.age(message.day)
    if age is not None and age < AGREES_FROM:
        return True
    made = circle.on_file(FactKind.AGREED, message.day, person_id=circle.pair.pupil_id)
    return any(one.detail == agreement for one in made)
