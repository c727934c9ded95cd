"""Time zones: where the organisation is, and where a family is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from gateway.domain.register import Fact, FactKind

LONDON = ZoneInfo("Europe/London")


def zone_name(text: str) -> str:
    """The name of a time zone as tz spells it, however it was written; "" for none."""
    return _names().get(text.strip().casefold().replace(" ", "_"), "")


def zone_of(facts: Iterable[Fact], people: Iterable[str], day: date) -> ZoneInfo | None:
    """The zone on file of the first of these people who has one, the newest entry of each; None for none."""
    known: dict[str, str] = {}
    for fact in facts:
        if fact.kind is FactKind.TIME_ZONE and fact.holds(day):
            known[fact.person_id] = fact.detail
    return next((zone for one in people if one in known and (zone := _zone(known[one]))), None)


def _zone(name: str) -> ZoneInfo | None:
    """None for a zone that this machine does not have: imports let in only those it had then."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def _names() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
