"""Working days: Monday to Friday in London time, without the nation's bank holidays."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def bank_holidays(nation: str, year: int) -> Set[date]:
    """The bank holidays of a nation in a year; those of England for a nation we do not know."""
    return frozenset(holidays.country_holidays("GB", subdiv=SUBDIVISIONS.get(nation, "ENG"), years=year))


def is_working_day(day: date, nation: str) -> bool:
    """True on a weekday that is no bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays(nation, day.year)


def working_days_after(moment: datetime, days: int, nation: str) -> datetime:
    """The same wall time `days` working days later, timezone-aware.

    What is noted outside a working day counts from the start of the next one, so that a concern of
    Saturday is due by the end of Monday. Raises ValueError when the time is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("a working day needs a time with a zone")
    local = moment.astimezone(LONDON)
    if not is_working_day(local.date(), nation):
        local = datetime.combine(_next(local.date(), nation), time(), LONDON)
        if days == 0:
            return local
        # The whole of that day is the first working day.
        return datetime.combine(_after(local.date(), days - 1, nation) + ONE_DAY, time(), LONDON)
    return datetime.combine(_after(local.date(), days, nation), local.time(), LONDON)


def _after(day: date, days: int, nation: str) -> date:
    for _ in range(days):
        day = _next(day, nation)
    return day


def _next(day: date, nation: str) -> date:
    day += ONE_DAY
    while not is_working_day(day, nation):
        day += ONE_DAY
    return day


def last_day_kept(received: date, days: int, nation: str) -> date:
    """The last day on which something is there that is kept for so many working days."""
    return _after(received, days, nation)


def first_day_kept(today: date, days: int, nation: str) -> date:
    """The first day of which something that came then is still there today; what came before has to go."""
    day = today
    while last_day_kept(day - ONE_DAY, days, nation) >= today:
        day -= ONE_DAY
    return day
