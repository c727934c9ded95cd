"""Every contact with a pupil is copied to the pupil's guardians."""

from __future__ import annotations

from gateway.decide.choices import adult_learner
from gateway.domain.message import Message
from gateway.domain.people import Person, Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import WAYS, FactKind
from gateway.domain.verdict import AddRecipient, Amend, Hold, Lane, Pass, Refuse, Ruling, Severity


def guardian_copied(message: Message, terms: RuleTerms) -> Ruling:
    """Add the guardians who were left out, or refuse, as the pack says.

    A guardian who must be copied and cannot be reached by mail holds it, until a person has reached
    them in the way that is on file (clause DFT-15). Where nobody has registered,
    `guardian_registered` lets nothing through.
    """
    if not message.concerns_pupil or adult_learner(message, terms):
        return Pass()
    required = message.circle.required_guardians
    if not required:
        return Pass()  # guardian_registered has said so
    if without := [one for one in required if not one.mailboxes]:
        return _by_another_way(message, without)
    present = {message.envelope.sender_id, *message.envelope.recipient_ids}
    if any(one.id in message.circle.failing for one in required if one.id != message.envelope.sender_id):
        return Hold(Lane.DELIVERY, Severity.HIGH, "the address of a guardian who must be copied fails")
    missing = tuple(guardian for guardian in required if guardian.id not in present)
    if not missing:
        return Pass()
    if terms.parameters.get("when_missing") == "refuse" and message.sender_role is Role.TUTOR:
        return Refuse(terms.say, "a guardian who must be copied was left out")
    return Amend(tuple(AddRecipient(guardian.id) for guardian in missing))


def _by_another_way(message: Message, guardians: list[Person]) -> Hold:
    ways = [_way(message, one) for one in guardians]
    if not all(ways):
        because = "a guardian who must be copied has no mailbox, and no other way to reach them is on file"
        return Hold(Lane.DELIVERY, Severity.HIGH, because)
    by = ", ".join(sorted(set(ways)))
    because = f"a guardian who must be copied has no mailbox; first reach them by {by}"
    return Hold(Lane.DELIVERY, Severity.MEDIUM, because)


def _way(message: Message, guardian: Person) -> str:
    on_file = message.circle.on_file(FactKind.CONTACT, message.day, person_id=guardian.id)
    return next((one.detail for one in on_file if one.detail in WAYS), "")
