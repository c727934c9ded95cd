"""What also goes to a private address of the other side goes past the gateway."""

from __future__ import annotations

from gateway.domain.message import Channel, Message
from gateway.domain.people import FAMILY_ROLES, Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Ruling


def addressed_directly(message: Message, terms: RuleTerms) -> Ruling:
    """Hold a mail whose To or Cc names a private address of the other side (MAIL 4).

    Within a family everybody may know everybody's address; the tutor and they may not.
    """
    if message.envelope.channel is not Channel.EMAIL or not message.reading.addressees:
        return Pass()
    private = _across(message)
    if private.isdisjoint(one.casefold() for one in message.reading.addressees):
        return Pass()
    return Hold(terms.lane, terms.severity, "it was also addressed to a private address of the other side")


def _across(message: Message) -> frozenset[str]:
    """The private addresses that the sender should not write to."""
    circle = message.circle
    across = FAMILY_ROLES if message.sender_role is Role.TUTOR else frozenset({Role.TUTOR})
    people = (*circle.people.values(), *circle.neighbours)
    theirs = {box.casefold() for one in people if one.role in across for box in one.mailboxes}
    sender = circle.people.get(message.envelope.sender_id)
    own = {box.casefold() for box in sender.mailboxes} if sender else set()
    return frozenset(theirs - own - {one.casefold() for one in circle.allowed})
