"""Tutors are people: what a program wrote in their place waits for a person."""

from __future__ import annotations

from gateway.decide.choices import score
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Ruling

CATEGORY = "automated_sender"


def human_sender(message: Message, terms: RuleTerms) -> Ruling:
    """Hold a tutor's message that says it was sent by a program. Parameter: act_at."""
    if message.sender_role is not Role.TUTOR:
        return Pass()
    least = score(terms, "act_at", 0.5)
    signs = tuple(f for f in message.findings if f.category == CATEGORY and f.score >= least)
    if not signs and not message.reading.auto_submitted:
        return Pass()
    return Hold(terms.lane, terms.severity, "a program seems to write in the tutor's place", signs)
