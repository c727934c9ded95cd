"""The queue: what waits, in the order to work it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.case_page import visible_case
from gateway.desk.parts import hidden_lanes, name_of, parts, viewer
from gateway.domain.case import Case, State
from gateway.domain.people import Person
from gateway.domain.verdict import Lane, Severity
from gateway.errors import NotFound
from gateway.ports import CaseFilter

PAGE_SIZE = 25
CHUNK = 100  # the docket's own limit: a shorter answer means the end
LAST_PAGE = 10_000
WAITING, ALL = "waiting", "all"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of the queue asks for; "" means no restriction.

    state: waiting (open or escalated), open, escalated, closed or all.
    """

    lane: str = ""
    severity: str = ""
    state: str = WAITING
    page: int = 1

    def query(self, **changes: str | int) -> dict[str, Any]:
        """The arguments of a link to this view with `changes`; any change leads to page 1."""
        wanted: dict[str, Any] = {"lane": self.lane, "severity": self.severity, "state": self.state}
        wanted |= changes
        return {name: value for name, value in wanted.items() if value not in ("", WAITING, 1)}

    def case_filter(self) -> CaseFilter:
        """The same as the docket asks it."""
        return CaseFilter(
            lane=self.lane or None,
            severity=self.severity or None,
            state=None if self.state in (WAITING, ALL) else self.state,
            include_closed=self.state in (ALL, State.CLOSED),
        )


def filters_of(arguments: Mapping[str, str], person: Person) -> Filters:
    """Read the address. A value that is unknown, or hidden from this person, is not found."""
    lanes = {"", *Lane} - hidden_lanes(person)
    page = arguments.get("page", "1")
    filters = Filters(
        lane=arguments.get("lane", ""),
        severity=arguments.get("severity", ""),
        state=arguments.get("state", WAITING),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0,
    )
    known = filters.severity in {"", *Severity} and filters.state in {WAITING, ALL, *State}
    if not known or filters.lane not in lanes or not 1 <= filters.page <= LAST_PAGE:
        abort(404)
    return filters


def visible_cases(which: CaseFilter, person: Person, now: datetime) -> Iterator[Case]:
    """The docket's cases in its order, without those this person must not know of.

    Walked from the front, so that neither a short page nor an offset tells of what is hidden.
    """
    hidden, offset = hidden_lanes(person), 0
    while True:
        chunk = parts().docket.cases(person.organisation_id, which, now, CHUNK, offset)
        yield from (case for case in chunk if case.lane not in hidden)
        if len(chunk) < CHUNK:
            return
        offset += CHUNK


def lane_counts(person: Person) -> dict[Lane, int]:
    """Waiting cases by lane, for the lanes this person may know of."""
    counts = parts().docket.counts(person.organisation_id)
    return {lane: counts.get(lane, 0) for lane in Lane if lane not in hidden_lanes(person)}


def queue_blueprint() -> Blueprint:
    """The queue and the way to its first case."""
    pages = Blueprint("queue", __name__)

    @pages.get("/")
    def show() -> ResponseReturnValue:
        person, now = viewer(), parts().clock()
        filters = filters_of(request.args, person)
        start = (filters.page - 1) * PAGE_SIZE
        found = list(islice(visible_cases(filters.case_filter(), person, now), start, start + PAGE_SIZE + 1))
        return render_template(
            "desk/queue.html",
            cases=found[:PAGE_SIZE],
            more=len(found) > PAGE_SIZE,
            filters=filters,
            counts=lane_counts(person),
            done=_done(request.args.get("done", ""), person),
            now=now,
        )

    @pages.get("/next")
    def take_next() -> ResponseReturnValue:
        person = viewer()
        filters = filters_of(request.args, person)
        first = next(visible_cases(filters.case_filter(), person, parts().clock()), None)
        if first is None:
            return redirect(url_for("queue.show", **filters.query()), 303)
        return redirect(url_for("case.show", case_id=first.id), 303)

    return pages


def _done(case_id: str, person: Person) -> tuple[Case, str, str] | None:
    """The case that was just decided with what was done and by whom, for a line above the queue."""
    if not case_id:
        return None
    try:
        case = visible_case(case_id, person)
        last = parts().docket.decisions(person.organisation_id, case.id)[-1:]
    except NotFound:
        return None
    return (case, last[0][1].action, name_of(last[0][1].moderator_id)) if last else None
