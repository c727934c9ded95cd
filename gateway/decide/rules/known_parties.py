"""Only people the organisation has put together may write to each other."""

from __future__ import annotations

from gateway.domain.message import Message
from gateway.domain.people import Standing
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling


def known_parties(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse a message from or to anybody outside the pair's circle, or through a closed pair."""
    envelope, circle = message.envelope, message.circle
    parties = (envelope.sender_id, *envelope.recipient_ids)
    if not envelope.recipient_ids:
        return Refuse(terms.say, "the message names no recipient")
    if any(person_id not in circle.people for person_id in parties):
        return Refuse(terms.say, "somebody outside this tutor and family takes part")
    if not circle.pair.open:
        return Refuse(terms.say, "the tutoring between these people has ended")
    if circle.people[envelope.sender_id].standing is not Standing.ACTIVE:
        return Refuse(terms.say, "the sender is suspended or has left")
    if circle.barred_ids.intersection(parties):
        return Hold(terms.lane, terms.severity, "a guardian who is barred from contact takes part")
    return Pass()
