"""Who is on call when: a weekly pattern in London wall time, with exceptions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)
LONG = timedelta(days=7)  # nobody overlooks a gap of a week
ANSWER_WITHIN = timedelta(minutes=10)  # until the next person is called


@dataclass(frozen=True, slots=True)
class Shift:
    """Every week: weekday 0 is Monday; an end at or before the start is on the next day."""

    id: str
    weekday: int
    starts: time
    ends: time
    person_id: str
    position: int = 1


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody else at a position for a while; person_id "" for nobody."""

    id: str
    starts_at: datetime
    ends_at: datetime
    person_id: str
    position: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """Somebody is wanted. kind: test or case. person_id: who was called last; step: how many so far."""

    id: str
    organisation_id: str
    kind: str
    case_id: str
    opened_at: datetime
    step: int
    person_id: str
    next_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody can be called. why: "", or what makes it easy to overlook."""

    starts_at: datetime
    ends_at: datetime
    why: str = ""


Stretch = tuple[datetime, datetime, str]


def on_call(shifts: Sequence[Shift], exceptions: Sequence[StandIn], at: datetime) -> list[str]:
    """Whom to call at a moment, first position first, nobody twice."""
    day, found = at.astimezone(LONDON).date(), []
    positions = sorted({one.position for one in shifts} | {one.position for one in exceptions})
    for position in positions:
        instead = [
            one for one in exceptions if one.position == position and one.starts_at <= at < one.ends_at
        ]
        if instead:
            found.append(instead[-1].person_id)
            continue
        mine = [one for one in shifts if one.position == position]
        found += [who for start, end, who in _stretches(mine, day - ONE_DAY, day) if start <= at < end]
    return list(dict.fromkeys(who for who in found if who))


def gaps(
    shifts: Sequence[Shift],
    exceptions: Sequence[StandIn],
    since: datetime,
    weeks: int,
    holidays: frozenset[date] = frozenset(),
) -> list[Gap]:
    """Every time in the coming weeks in which nobody is on call.

    holidays: bank holidays, which are named beside a gap, as are the nights when clocks change.
    """
    until = since + timedelta(weeks=weeks)
    edges = {since, until}
    first = since.astimezone(LONDON).date()
    for start, end, _ in _stretches(shifts, first - ONE_DAY, until.astimezone(LONDON).date()):
        edges |= {start, end}
    for one in exceptions:
        edges |= {one.starts_at, one.ends_at}
    inside = sorted(edge.astimezone(UTC) for edge in edges if since <= edge <= until)
    found: list[tuple[datetime, datetime]] = []
    for start, end in pairwise(inside):
        if start == end or on_call(shifts, exceptions, start):
            continue
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [Gap(start, end, _why(start, end, holidays)) for start, end in found]


def _stretches(shifts: Sequence[Shift], first: date, last: date) -> Iterator[Stretch]:
    """Every shift on the days from first to last, as moments in UTC."""
    day = first
    while day <= last:
        for one in shifts:
            if one.weekday == day.weekday():
                ends_on = day if one.ends > one.starts else day + ONE_DAY
                # A wall time that comes twice, or never, begins at its first and ends at its second.
                start, end = min(_moments(day, one.starts)), max(_moments(ends_on, one.ends))
                yield start, end, one.person_id
        day += ONE_DAY


def _moments(day: date, wall: time) -> tuple[datetime, datetime]:
    """The moments that a wall time may mean, which differ only in the nights when the clocks change."""
    local = datetime.combine(day, wall, LONDON)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def _why(start: datetime, end: datetime, holidays: frozenset[date]) -> str:
    if end - start > LONG:
        return ""
    days, day = [], start.astimezone(LONDON).date()
    while day <= end.astimezone(LONDON).date():
        days.append(day)
        day += ONE_DAY
    if any(_clocks_change(one) for one in days):
        return "the clocks change"
    return "bank holiday" if any(one in holidays for one in days) else ""


def _clocks_change(day: date) -> bool:
    midnight = datetime.combine(day, time(), LONDON)
    return midnight.utcoffset() != (datetime.combine(day + ONE_DAY, time(), LONDON)).utcoffset()
