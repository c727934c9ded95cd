"""Pupils are written to when the organisation is open; outside it a message waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.decide.choices import table
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Amend, DeliverAfter, Pass, Ruling

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def operating_hours(message: Message, terms: RuleTerms) -> Ruling:
    """Let a tutor's message to a pupil wait for the next opening hour: a later time, no rejection.

    Setting operating_hours: schools or private by the pair's contract. Hours are those where the
    family is, when the register says where (WSEN-12). What holds a message for harm is never late
    for it (clauses MTW-78, C-15).
    """
    hours = table(terms, "operating_hours")
    part = hours.get("schools" if message.circle.pair.contract == "school" else "private")
    if not isinstance(part, Mapping) or not part.get("enabled"):
        return Pass()
    if message.sender_role is not Role.TUTOR or not message.reaches_pupil:
        return Pass()
    zone = message.circle.zone(message.day) or ZoneInfo(str(hours.get("timezone", "Europe/London")))
    now = message.envelope.received_at.astimezone(zone)
    opens = opening(now, str(part["window"]))
    return Amend((DeliverAfter(opens),)) if opens > now else Pass()


def opening(now: datetime, window: str) -> datetime:
    """The first moment from `now` on within "08:00-18:00 Mon-Fri", in the zone of `now`."""
    clock, days = window.split(" ")
    opens, closes = (_minutes(one) for one in clock.split("-"))
    open_days = _days(days)
    for ahead in range(8):
        day = now.date() + timedelta(days=ahead)
        if day.weekday() not in open_days:
            continue
        midnight = datetime.combine(day, time(), now.tzinfo)
        # Wall-clock minutes: a day on which the clocks change still opens at eight.
        start = midnight.replace(hour=opens // 60, minute=opens % 60)
        end = (
            midnight + timedelta(days=1)
            if closes == 24 * 60
            else midnight.replace(hour=closes // 60, minute=closes % 60)
        )
        if now < end:
            return max(now, start)
    return now


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _days(named: str) -> frozenset[int]:
    first, _, last = named.partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    span = (end - start) % 7
    return frozenset((start + step) % 7 for step in range(span + 1))
