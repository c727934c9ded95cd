"""One case: the message with its marks, the evidence, the context, and the decision."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import decide_form, evidence
from gateway.desk.parts import hidden_lanes, parts, viewer
from gateway.domain.case import Case, State
from gateway.domain.people import Person
from gateway.domain.report import REPORT_RULE
from gateway.errors import NotFound, Stale
from gateway.ports import Exhibit

CASE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def visible_case(case_id: str, person: Person) -> Case:
    """A case this person may see. Raises NotFound, for a hidden one just as for none."""
    if not CASE_ID.fullmatch(case_id):
        raise NotFound("There is no such case.")
    return _unhidden(parts().docket.case(person.organisation_id, case_id), person)


def case_blueprint() -> Blueprint:
    """The case page and its form."""
    pages = Blueprint("case", __name__)

    @pages.get("/cases/<case_id>")
    def show(case_id: str) -> ResponseReturnValue:
        if visible_case(case_id, viewer()).rule == REPORT_RULE:
            return redirect(url_for("reports.show", case_id=case_id), 303)
        return _page(_laid_out(case_id, viewer()))

    @pages.post("/cases/<case_id>/decide")
    def decide(case_id: str) -> ResponseReturnValue:
        person = viewer()
        case = visible_case(case_id, person)
        filled = decide_form.read(request.form)
        if filled.version != case.version or case.state is State.CLOSED:
            return _stale(case)
        findings = len(parts().docket.findings(person.organisation_id, case.message_id))
        faults = decide_form.faults(filled, findings)
        if faults:
            return _page(_laid_out(case_id, person), filled, faults), 422
        return _carry_out(case, filled, findings, person)

    return pages


def _laid_out(case_id: str, person: Person) -> Exhibit:
    """The exhibit; its being looked at goes into the record. Raises NotFound.

    Looked up twice, because the office records the view before we could hide a sealed case.
    """
    visible_case(case_id, person)
    exhibit = parts().office.lay_out(person.organisation_id, case_id, person)
    _unhidden(exhibit.case, person)
    return exhibit


def _unhidden(case: Case, person: Person) -> Case:
    if case.lane in hidden_lanes(person):
        raise NotFound("There is no such case.")
    return case


def _carry_out(case: Case, filled: decide_form.Filled, findings: int, person: Person) -> ResponseReturnValue:
    ruled = parts().docket.verdict(person.organisation_id, case.message_id).ruled
    clauses = tuple(dict.fromkeys((case.clause, *(one.clause for one in ruled))))
    decision = decide_form.decision(filled, case.id, person.id, findings, clauses)
    try:
        parts().office.decide(person.organisation_id, decision)
    except Stale:
        return _stale(visible_case(case.id, person))
    return redirect(url_for("queue.show", done=case.id), 303)


def _stale(case: Case) -> ResponseReturnValue:
    """Tell what happened meanwhile; nothing of what was sent has been done."""
    decisions = parts().docket.decisions(case.organisation_id, case.id)
    return render_template("desk/stale.html", case=case, decisions=decisions), 409


def _page(
    exhibit: Exhibit, filled: decide_form.Filled | None = None, faults: dict[str, str] | None = None
) -> str:
    policy = parts().directory.policy_of(exhibit.case.organisation_id)
    sections = evidence.sections(exhibit)
    return render_template(
        "desk/case.html",
        exhibit=exhibit,
        case=exhibit.case,
        sections=sections,
        rows=evidence.rows(exhibit, sections),
        reasons=evidence.reasons(exhibit, policy.clauses),
        members=evidence.members(exhibit),
        clauses=evidence.clause_choices(exhibit),
        say=filled.say if filled else evidence.wording(exhibit, policy),
        filled=filled,
        faults=faults or {},
        no_action=decide_form.NO_ACTION,
        now=parts().clock(),
    )
