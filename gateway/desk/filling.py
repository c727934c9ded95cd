"""What the pages of casework share: who may pass, and how forms are read."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import abort, request

from gateway.desk.parts import viewer
from gateway.domain.people import DESK_ROLES, Person, Role
from gateway.errors import Forbidden, NotFound

LEADS = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})
EVERYBODY = DESK_ROLES
LONGEST = 4_000
LONDON = ZoneInfo("Europe/London")
ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
NOT_OURS = "This form is not one of ours, so nothing was changed."

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def only(roles: Set[Role] = LEADS) -> Person:
    """Who is looking, when theirs is one of these roles. Raises Forbidden."""
    person = viewer()
    if person.role not in roles:
        raise Forbidden("This page is for the safeguarding lead and administrators.")
    return person


def an_id(given: str) -> str:
    """An id that could be one of ours. Raises NotFound."""
    if not ID.fullmatch(given):
        raise NotFound("There is no such thing.")
    return given


def written(name: str, longest: int = LONGEST) -> str:
    """What somebody wrote in a field, without what no keyboard sends; cut off where no page would be."""
    text = request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode()).strip()[: longest + 1]


def number(name: str, least: int, most: int) -> int:
    """A whole number of a form of ours; 400 for anything else."""
    given = request.form.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 10 and least <= int(given) <= most):
        abort(400, NOT_OURS)
    return int(given)


def day_of(given: str) -> date | None:
    """A day such as "2026-03-02", None for anything else."""
    try:
        return date.fromisoformat(given) if len(given) == 10 else None
    except ValueError:
        return None


def time_of(given: str) -> time | None:
    """A wall time such as "08:30", None for anything else."""
    try:
        return time.fromisoformat(given) if re.fullmatch(r"\d\d:\d\d", given) else None
    except ValueError:
        return None


def moment_of(given: str) -> datetime | None:
    """A wall time in London such as "2026-03-02T08:30", None for anything else."""
    try:
        return datetime.strptime(given, "%Y-%m-%dT%H:%M").replace(tzinfo=LONDON)
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """The first moment of a day in London."""
    return datetime.combine(day, time(), LONDON)


def day_after(day: date) -> date:
    """The day that follows; the last one there is stays itself."""
    return day if day == date.max else day + timedelta(days=1)
