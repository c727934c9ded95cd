"""Every contact with a pupil is copied to the pupil's guardians."""

from __future__ import annotations

from gateway.decide.choices import adult_learner
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import AddRecipient, Amend, Hold, Lane, Pass, Refuse, Ruling, Severity


def guardian_copied(message: Message, terms: RuleTerms) -> Ruling:
    """Add the guardians who were left out, or refuse, as the pack says.

    A guardian who must be copied and cannot be reached holds it. Where nobody has registered,
    `guardian_registered` lets nothing through.
    """
    if not message.concerns_pupil or adult_learner(message, terms):
        return Pass()
    required = message.circle.required_guardians
    if not required:
        return Pass()  # guardian_registered has said so
    if any(not guardian.mailboxes for guardian in required):
        return Hold(Lane.DELIVERY, Severity.MEDIUM, "a guardian who must be copied has no mailbox")
    present = {message.envelope.sender_id, *message.envelope.recipient_ids}
    if any(one.id in message.circle.failing for one in required if one.id != message.envelope.sender_id):
        return Hold(Lane.DELIVERY, Severity.HIGH, "the address of a guardian who must be copied fails")
    missing = tuple(guardian for guardian in required if guardian.id not in present)
    if not missing:
        return Pass()
    if terms.parameters.get("when_missing") == "refuse" and message.sender_role is Role.TUTOR:
        return Refuse(terms.say, "a guardian who must be copied was left out")
    return Amend(tuple(AddRecipient(guardian.id) for guardian in missing))
