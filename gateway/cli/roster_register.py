"""Checks the rows of a roster that say what is on file, and which lessons are booked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.cli.roster_cells import Cells
from gateway.cli.roster_file import Row
from gateway.domain.people import Person
from gateway.domain.register import WAYS, Fact, FactKind, Lesson
from gateway.domain.roster import pair_id
from gateway.domain.zones import LONDON, zone_name

FACT = ("kind", "person", "tutor", "pupil", "detail", "since", "until")
LESSON = ("tutor", "pupil", "starts", "ends", "tool", "zone")
FAMILY = "family"
GROUP = re.compile(r"[^:]*[^:\s]: [^:]*[^:\s]")
OF_PAIRS = frozenset(
    {
        FactKind.EXEMPT,
        FactKind.SCHOOL_LEAVE,
        FactKind.PLACE,
        FactKind.RECORDING,
        FactKind.ATTACHED,
        FactKind.SOLICITED,
    }
)
OF_ANYBODY = frozenset({FactKind.TECHNOLOGY, FactKind.OFFICIAL_PAGE})
DETAILED = frozenset(
    {
        FactKind.ACKNOWLEDGED,
        FactKind.AGREED,
        FactKind.VETTED,
        FactKind.INDUCTED,
        FactKind.TECHNOLOGY,
        FactKind.OFFICIAL_PAGE,
        FactKind.CONTACT,
        FactKind.TIME_ZONE,
        FactKind.GROUP,
    }
)

Pairs = frozenset[tuple[str, str]]


def fact_of(
    row: Row, organisation_id: str, people: dict[str, Person], pairs: Pairs
) -> tuple[Fact, list[str]]:
    """The fact of a row, and what is wrong with it."""
    cells = Cells(row, FACT)
    word = cells.one_of("kind", tuple(FactKind))
    kind = FactKind(word) if word else FactKind.ACKNOWLEDGED
    person, pair = "", ""
    if kind in OF_PAIRS:
        pair = _pair(cells, organisation_id, pairs)
    elif kind not in OF_ANYBODY or cells.text("person"):
        person = cells.id("person")
        if person and person not in people:
            cells.wrong(f"person '{person}' is not among the people with a right row")
    detail = cells.text("detail", required=kind in DETAILED).casefold()
    if kind is FactKind.CONTACT and detail and detail not in WAYS:
        cells.wrong(f"contact must be by {', '.join(WAYS)}")
    if kind is FactKind.TIME_ZONE and detail:
        detail = zone_name(detail)
        if not detail:
            cells.wrong("detail must be a time zone such as Europe/Madrid")
    if kind is FactKind.GROUP and detail and not GROUP.fullmatch(detail):
        cells.wrong("detail must say what and which, such as 'first language: welsh'")
    since, until = cells.day("since"), cells.day("until")
    if since and until and until < since:
        cells.wrong("until lies before since")
    return Fact(kind, person, pair, detail, since, until), cells.problems


def lesson_of(
    row: Row, organisation_id: str, pairs: Pairs, families: Mapping[str, ZoneInfo]
) -> tuple[tuple[str, Lesson] | None, list[str]]:
    """The lesson of a row with its pair's id, and what is wrong with it.

    Times that name no offset are those of the row's zone: a time zone, or "family" for the one on file
    of the pupil's family; London's without. families: zones by pupil.
    """
    cells = Cells(row, LESSON)
    pair = _pair(cells, organisation_id, pairs)
    zone = _zone(cells, families)
    starts, ends = _moment(cells, "starts", zone), _moment(cells, "ends", zone)
    if starts and ends and ends <= starts:
        cells.wrong("ends must lie after starts")
    if starts is None or ends is None or cells.problems:
        return None, cells.problems
    return (pair, Lesson(starts, ends, cells.text("tool").casefold())), cells.problems


def _pair(cells: Cells, organisation_id: str, pairs: Pairs) -> str:
    tutor, pupil = cells.id("tutor"), cells.id("pupil")
    if tutor and pupil and (tutor, pupil) not in pairs:
        cells.wrong(f"tutor '{tutor}' and pupil '{pupil}' are no pair with a right row")
    return pair_id(organisation_id, tutor, pupil)


def _zone(cells: Cells, families: Mapping[str, ZoneInfo]) -> ZoneInfo:
    text = cells.text("zone")
    if text == FAMILY:
        return families.get(cells.text("pupil"), LONDON)
    if text and not zone_name(text):
        cells.wrong("zone must be 'family' or a time zone such as Europe/Madrid")
        return LONDON
    return ZoneInfo(zone_name(text)) if text else LONDON


def _moment(cells: Cells, name: str, zone: ZoneInfo) -> datetime | None:
    text = cells.text(name, required=True)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        cells.wrong(f"{name} must be a time such as 2026-09-01T16:00")
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
