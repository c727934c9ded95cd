"""A message must come from the person it says it comes from."""

from __future__ import annotations

from gateway.domain.message import Assurance, Channel, Message
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling


def sender_verified(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse a signed-in sender who writes as another; hold mail whose author is unproven.

    Source: MAIL 4; RFC 5322 section 3.6.2 allows several authors, which nobody here is.
    """
    envelope = message.envelope
    if envelope.channel is not Channel.EMAIL:
        return Pass()
    sender = message.circle.people[envelope.sender_id]
    own = {one.casefold() for one in (sender.address, *sender.mailboxes) if one}
    written = {one.casefold() for one in message.reading.authors}
    if envelope.assurance is Assurance.PASSWORD:
        issued = {sender.address.casefold()}
        return (
            Pass() if written == issued else Refuse(terms.say, "the From header is not the sender's address")
        )
    if envelope.assurance is Assurance.NONE:
        return Hold(terms.lane, terms.severity, "nothing proves that this mail comes from its sender")
    if not written or not written <= own:
        return Hold(terms.lane, terms.severity, "the From header is not a mailbox of the sender")
    return Pass()
