"""Families get no messages that nobody asked for."""

from __future__ import annotations

from datetime import timedelta

from gateway.decide.choices import word
from gateway.domain.message import Message
from gateway.domain.people import FAMILY_ROLES, Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Pass, Ruling


def unsolicited_contact(message: Message, terms: RuleTerms) -> Ruling:
    """Hold a tutor's message when no lesson is near, nobody wrote first and nothing was booked.

    Setting unsolicited_contact. Parameters: lesson_within_days (before or after), reply_within_days.
    """
    if word(terms, "unsolicited_contact") == "off" or message.sender_role is not Role.TUTOR:
        return Pass()
    if _lesson_near(message, terms) or _asked_for(message):
        return Pass()
    return Hold(terms.lane, terms.severity, "no lesson is near and nobody in the family wrote first")


def _lesson_near(message: Message, terms: RuleTerms) -> bool:
    reach = timedelta(days=int(str(terms.parameters.get("lesson_within_days", 14))))
    at = message.envelope.received_at
    return any(one.starts - reach <= at <= one.ends + reach for one in message.circle.lessons)


def _asked_for(message: Message) -> bool:
    circle = message.circle
    if circle.on_file(FactKind.SOLICITED, message.day, pair_id=circle.pair.id):
        return True
    return any(circle.role_of(one.sender_id) in FAMILY_ROLES for one in message.reading.thread)
