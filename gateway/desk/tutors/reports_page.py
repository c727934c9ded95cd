"""The desk's page of a report: what somebody told us, and our answer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.case_page import visible_case
from gateway.desk.families.callers import ours, written
from gateway.desk.parts import parts, viewer
from gateway.domain.case import State
from gateway.domain.people import Person, Role
from gateway.domain.report import WORDS, routes_for
from gateway.errors import NotFound

SHORTEST = 3
ANSWER = "Write an answer, if only a few words: whoever told us may read it."


def reports_blueprint() -> Blueprint:
    """The pages under /reports."""
    pages = Blueprint("reports", __name__)

    @pages.get("/reports/<case_id>")
    def show(case_id: str) -> ResponseReturnValue:
        person = viewer()
        _check(case_id, person)
        ours().reports.viewed(person.organisation_id, case_id, person.id, parts().clock())
        return _page(case_id)

    @pages.post("/reports/<case_id>/answer")
    def answer(case_id: str) -> ResponseReturnValue:
        person = viewer()
        _check(case_id, person)
        words, version = written("answer"), request.form.get("version", "")
        if len(words) < SHORTEST or not version.isdecimal():
            return _page(case_id, ANSWER), 422
        ours().reports.answer(
            person.organisation_id, case_id, int(version[:9]), person.id, words, parts().clock()
        )
        return redirect(url_for("reports.show", case_id=case_id), 303)

    return pages


def _check(case_id: str, person: Person) -> None:
    """Raises NotFound for a case that this person may not see, or a report of somebody they know."""
    visible_case(case_id, person)
    report = ours().reports.report(person.organisation_id, case_id)
    about = {report.reporter_id, report.pupil_id}
    if about & parts().docket.kept_from(person.organisation_id, person.id):
        raise NotFound("There is no such case.")


def _page(case_id: str, fault: str = "") -> str:
    person = viewer()
    case, report = visible_case(case_id, person), ours().reports.report(person.organisation_id, case_id)
    routes = routes_for(parts().directory.policy_of(person.organisation_id), report.reporter_role)
    route = routes.get(report.name)
    labels = {**(route.fields if route else {}), WORDS: "In their words"}
    reporter = parts().directory.person(person.organisation_id, report.reporter_id)
    return render_template(
        "tutors/report.html",
        case=case,
        report=report,
        route=route,
        labels=labels,
        reporter=reporter,
        about_pupil=_full_name(report.pupil_id) if report.pupil_id else "",
        tutor_id=_tutor_of(case.pair_id, reporter.id if reporter.role is Role.TUTOR else ""),
        closed=case.state is State.CLOSED,
        now=parts().clock(),
        fault=fault,
    )


def _full_name(person_id: str) -> str:
    """A pupil's whole name: who must act needs it (DFT-12)."""
    try:
        return parts().directory.person(viewer().organisation_id, person_id).full_name
    except NotFound:
        return "somebody no longer listed"


def _tutor_of(pair_id: str, reporter_id: str) -> str:
    """The tutor of the message's pair, for the way to their strikes; "" for a tutor's own report."""
    if not pair_id or reporter_id:
        return ""
    return parts().directory.circle(pair_id).pair.tutor_id
