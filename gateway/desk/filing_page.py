"""Filling in a record of the pack within a case file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Matters
from gateway.desk.filling import LONGEST, only, written
from gateway.desk.parts import parts
from gateway.domain.matter import Filed, Matter
from gateway.domain.message import new_id
from gateway.domain.people import Person
from gateway.domain.policy import RecordForm
from gateway.domain.records import FormRole, faults_of, forms_of
from gateway.errors import NotFound
from gateway.hold.working_days import working_days_after

WORKING_DAYS = 1  # DFT-09
See = Callable[[Matters, str, Person], Matter]


def add_filing(pages: Blueprint, matters: Matters, see: See) -> None:
    """Add the pages to those of case files. see: a case file that this person may see."""

    @pages.get("/files/<matter_id>/records/<form_name>")
    def blank(matter_id: str, form_name: str) -> ResponseReturnValue:
        person = only()
        found = see(matters, matter_id, person)
        return _page(found, *form_named(person, form_name), {}, {})

    @pages.post("/files/<matter_id>/records/<form_name>")
    def file(matter_id: str, form_name: str) -> ResponseReturnValue:
        person = only()
        found = see(matters, matter_id, person)
        form, role = form_named(person, form_name)
        one, faults = filled_in(person, form, role, found.id)
        if faults:
            return _page(found, form, role, one.values, faults), 422
        starts = role is FormRole.HARM and "may_meet" in request.form
        due = working_days_after(one.at, WORKING_DAYS, nation_of(person)) if starts else None
        matters.file(one, (one.at, due) if due else None)
        return redirect(url_for("files.show", matter_id=found.id, _anchor="written"), 303)


def form_named(person: Person, form_name: str) -> tuple[RecordForm, FormRole | None]:
    """A form of the organisation's policy. Raises NotFound."""
    forms = forms_of(parts().directory.policy_of(person.organisation_id))
    if form_name not in forms:
        raise NotFound("There is no such record.")
    return forms[form_name]


def filled_in(
    person: Person, form: RecordForm, role: FormRole | None, matter_id: str
) -> tuple[Filed, dict[str, str]]:
    """What was sent, and by field what must be mended."""
    values = {name: written(name) for name in form.fields}
    about, now = written("person", 64), parts().clock()
    faults = faults_of(form, values, LONGEST)
    if about and not _is_known(person, about):
        faults["person"] = "There is nobody with that id. Copy it from the roster."
    elif role is FormRole.LOW_LEVEL and not about:
        faults["person"] = "Say which adult it is about: the log shows patterns by person."
    made = Filed(
        new_id(now),
        person.organisation_id,
        matter_id,
        form.name,
        str(role or ""),
        about,
        person.id,
        now,
        values,
    )
    return made, faults


def nation_of(person: Person) -> str:
    """The nation whose bank holidays and routes hold for an organisation."""
    return str(parts().directory.policy_of(person.organisation_id).settings.get("jurisdiction", "england"))


def _is_known(person: Person, other_id: str) -> bool:
    try:
        parts().directory.person(person.organisation_id, other_id)
    except NotFound:
        return False
    return True


def _page(
    found: Matter,
    form: RecordForm,
    role: FormRole | None,
    values: Mapping[str, str],
    faults: Mapping[str, str],
) -> str:
    return render_template(
        "desk/filing.html",
        file=found,
        form=form,
        role=role,
        values=values,
        about=request.form.get("person", request.args.get("person", "")),
        faults=faults,
        clause=parts().directory.policy_of(found.organisation_id).clauses.get(form.clause),
    )
