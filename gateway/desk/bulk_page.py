"""Several cases at once: only what one rule held at low severity, and only after a look at the list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from gateway.desk import reasons
from gateway.desk.case_page import visible_case
from gateway.desk.decide_form import plain
from gateway.desk.parts import parts, viewer
from gateway.domain.case import Action, Case, Decision, State
from gateway.domain.people import Person
from gateway.domain.verdict import Severity
from gateway.errors import Forbidden, GatewayError, NotFound

MOST = 50
PICK = re.compile(r"([A-Za-z0-9_-]{1,64}):([0-9]{1,8})")
AT_ONCE = (Action.RELEASE, Action.REJECT)


def bulk_blueprint() -> Blueprint:
    """The list of what would be decided, and its confirmation."""
    pages = Blueprint("bulk", __name__)

    @pages.post("/bulk/preview")
    def preview() -> ResponseReturnValue:
        person, action = viewer(), _action()
        cases = [case for case, _ in _picked(person)]
        fault = fault_of(cases)
        page = render_template(
            "desk/bulk.html", cases=cases, action=action, fault=fault, results=None, now=parts().clock()
        )
        return page, 422 if fault else 200

    @pages.post("/bulk")
    def carry_out() -> ResponseReturnValue:
        person, action = viewer(), _action()
        picked = _picked(person)
        if fault := fault_of([case for case, _ in picked]):
            raise Forbidden(fault)
        reason = plain(request.form.get("reason", ""))[:2000]
        results = [(case, _decided(case, version, action, reason, person)) for case, version in picked]
        return render_template(
            "desk/bulk.html", cases=[], action=action, fault="", results=results, now=parts().clock()
        )

    return pages


def fault_of(cases: Sequence[Case]) -> str:
    """Why these may not be decided together; "" when they may."""
    if not cases:
        return "Tick the cases first."
    if len(cases) > MOST:
        return f"Tick {MOST} cases at most."
    if any(case.severity is not Severity.LOW or case.state is not State.OPEN for case in cases):
        return "Only open cases of low severity can be decided together."
    if len({(case.rule, case.clause, case.lane) for case in cases}) > 1:
        return "Only cases that one rule held can be decided together."
    return ""


def _action() -> Action:
    try:
        action = Action(request.form.get("action", ""))
    except ValueError:
        action = Action.ESCALATE
    if action not in AT_ONCE:
        raise BadRequest("This form is not one of ours, so nothing was changed.")
    return action


def _picked(person: Person) -> list[tuple[Case, int]]:
    """The ticked cases with the version each was ticked at; what one may not see is not among them."""
    found = []
    for said in dict.fromkeys(request.form.getlist("pick")[: 4 * MOST]):
        match = PICK.fullmatch(said)
        if match is None:
            raise BadRequest("This form is not one of ours, so nothing was changed.")
        try:
            found.append((visible_case(match[1], person), int(match[2])))
        except NotFound:
            continue
    return found


def _decided(case: Case, version: int, action: Action, reason: str, person: Person) -> str:
    """What became of one case, "" when it was decided; a fault of one stops none of the others."""
    decision = Decision(
        case.id, version, action, person.id, reason, clause=case.clause, code=reasons.USUAL[action]
    )
    try:
        parts().office.decide(person.organisation_id, decision)
    except GatewayError as fault:
        return str(fault)
    return ""
