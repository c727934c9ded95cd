"""The low-level-concern log: kept apart from strikes, and shown so that patterns stand out (DFT-10)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Matters
from gateway.desk.filing_page import filled_in
from gateway.desk.filling import only
from gateway.desk.parts import parts
from gateway.domain.people import Person
from gateway.domain.policy import RecordForm
from gateway.domain.records import PATTERN_FROM, FormRole, forms_of


def concerns_blueprint(matters: Matters) -> Blueprint:
    """The log and the form that adds to it."""
    pages = Blueprint("concerns", __name__)

    @pages.get("/concerns")
    def show() -> ResponseReturnValue:
        return _page(matters, only(), {}, {})

    @pages.post("/concerns")
    def add() -> ResponseReturnValue:
        person = only()
        one, faults = filled_in(person, form_of(person), FormRole.LOW_LEVEL, "")
        if faults:
            return _page(matters, person, one.values, faults), 422
        matters.file(one)
        return redirect(url_for("concerns.show", _anchor=one.id), 303)

    return pages


def form_of(person: Person) -> RecordForm:
    """The organisation's form for a low-level concern, or ours."""
    forms = forms_of(parts().directory.policy_of(person.organisation_id)).values()
    return next(form for form, role in forms if role is FormRole.LOW_LEVEL)


def _page(matters: Matters, person: Person, values: Mapping[str, str], faults: Mapping[str, str]) -> str:
    # Nobody is shown a concern about themselves (DFT-22).
    ours = person.organisation_id
    log = [one for one in matters.log(ours, FormRole.LOW_LEVEL) if one.person_id != person.id]
    many = matters.many_about(ours, FormRole.LOW_LEVEL, PATTERN_FROM)
    patterns = {who: [one for one in log if one.person_id == who] for who in many if who != person.id}
    return render_template(
        "desk/concerns.html",
        log=list(reversed(log)),
        patterns=dict(sorted(patterns.items(), key=lambda one: -len(one[1]))),
        form=form_of(person),
        values=values,
        about=request.form.get("person", request.args.get("person", "")),
        faults=faults,
    )
