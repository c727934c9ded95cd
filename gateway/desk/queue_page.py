"""The queue: what waits, in the order to work it."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.case_page import visible_case
from gateway.desk.filters import Filters, filters_of, place_of, workable
from gateway.desk.parts import hidden_lanes, name_of, parts, viewer
from gateway.domain.case import Case, Decision, shown_to
from gateway.domain.claim import Claim
from gateway.domain.people import Person
from gateway.domain.verdict import Lane
from gateway.errors import NotFound

PAGE_SIZE = 25


def queue_blueprint() -> Blueprint:
    """The queue, its counter, and the way to the next case."""
    pages = Blueprint("queue", __name__)

    @pages.get("/")
    def show() -> ResponseReturnValue:
        person, now = viewer(), parts().clock()
        return _page(filters_of(request.args, person), person, now)

    @pages.get("/counter")
    def counter() -> ResponseReturnValue:
        """How many wait now: a line that a page asks for again and again; no row of it ever moves."""
        waiting = sum(lane_counts(viewer()).values())
        seen = request.args.get("seen", "")
        before = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else waiting
        return render_template("desk/_counter.html", waiting=waiting, seen=before, now=parts().clock())

    @pages.get("/next")
    def look_at_next() -> ResponseReturnValue:
        """The first case of a view, without claiming it: following a link changes nothing."""
        person, now = viewer(), parts().clock()
        filters = filters_of(request.args, person)
        found = parts().docket.cases(person.organisation_id, filters.case_filter(person, now), now, limit=1)
        return _to_case(found[0] if found else None, filters)

    @pages.post("/next")
    def take_next() -> ResponseReturnValue:
        """Claim the first case of a view that nobody works on."""
        person, now = viewer(), parts().clock()
        filters = filters_of(request.args, person)
        which = workable(filters.case_filter(person, now), person)
        return _to_case(parts().docket.take_next(person.organisation_id, which, person.id, now), filters)

    return pages


def lane_counts(person: Person) -> dict[Lane, int]:
    """Waiting cases by lane, for the lanes this person may know of."""
    docket, ours = parts().docket, person.organisation_id
    apart = docket.kept_from(ours, person.id)
    counts = docket.counts(ours, apart)
    return {lane: counts.get(lane, 0) for lane in Lane if lane not in hidden_lanes(person)}


def _page(filters: Filters, person: Person, now: datetime) -> str:
    docket, ours = parts().docket, person.organisation_id
    which = filters.case_filter(person, now)
    found = docket.cases(ours, which, now, limit=PAGE_SIZE + 1, after=filters.place())
    cases = found[:PAGE_SIZE]
    counts = lane_counts(person)
    return render_template(
        "desk/queue.html",
        cases=cases,
        following=place_of(cases[-1], now) if len(found) > PAGE_SIZE else "",
        claims=_claims(cases, person, now),
        filters=filters,
        counts=counts,
        clauses=_clauses(ours, filters),
        done=_done(request.args.get("done", ""), person, now),
        nothing_taken=request.args.get("taken") == "none",
        last_opened=None if cases else docket.last_opened(ours, which.without_lanes),
        now=now,
    )


def _claims(cases: list[Case], person: Person, now: datetime) -> dict[str, Claim]:
    return parts().docket.claims(person.organisation_id, [case.id for case in cases], now)


def _clauses(organisation_id: str, filters: Filters) -> list[str]:
    """The clauses that the policy's rules enforce, and the one that is asked for."""
    rules = parts().directory.policy_of(organisation_id).rules.values()
    return sorted({*(terms.clause for terms in rules), filters.clause} - {""})


def _to_case(case: Case | None, filters: Filters) -> ResponseReturnValue:
    if case is None:
        return redirect(url_for("queue.show", **filters.query(), taken="none"), 303)
    return redirect(url_for("case.show", case_id=case.id), 303)


def _done(case_id: str, person: Person, now: datetime) -> tuple[Case, Decision, str, bool] | None:
    """The case just decided, how, by whom, and whether this person can still take it back."""
    if not case_id:
        return None
    try:
        case = visible_case(case_id, person)
        made = shown_to(person.id, case, parts().docket.decisions(person.organisation_id, case.id))
    except NotFound:
        return None
    if not made:
        return None
    _, last = made[-1]
    own = last.moderator_id == person.id and case.version == last.version + 1
    return case, last, name_of(last.moderator_id), bool(own and last.undo_until and now < last.undo_until)
