"""Referring a concern: the route of this nation, a summary with full names, and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Export, Matters
from gateway.desk.access import stepped_up
from gateway.desk.filing_page import See, nation_of
from gateway.desk.filling import only, written
from gateway.desk.parts import parts
from gateway.domain.matter import Filed, Matter
from gateway.domain.people import Person
from gateway.domain.records import NOTE, FormRole, forms_of
from gateway.errors import NotFound, SettingsError
from gateway.record.summary import moment

ROUTES = {
    "lado": "Local Authority Designated Officer (LADO)",
    "childrens_social_care": "Children’s social care of the council",
    "police": "Police: 999 if anybody is in danger now, else 101",
    "dbs": "Disclosure and Barring Service (DBS)",
    "social_work": "Social work department of the council",
    "disclosure_scotland": "Disclosure Scotland",
    "designated_officer_safeguarding": "Designated officer for safeguarding of the council",
    "social_services": "Social services of the council",
    "gateway_team": "Gateway Team of the Health and Social Care Trust",
}


def add_referral(pages: Blueprint, matters: Matters, export: Export, see: See) -> None:
    """Add the pages to those of case files."""

    @pages.get("/files/<matter_id>/referral")
    def referral(matter_id: str) -> ResponseReturnValue:
        person = only()
        return _page(matters, see(matters, matter_id, person), person)

    @pages.post("/files/<matter_id>/reported")
    def reported(matter_id: str) -> ResponseReturnValue:
        person = only()
        found = see(matters, matter_id, person)
        matters.meet_clock(person.organisation_id, found.id, person.id, parts().clock())
        return redirect(url_for("files.referral", matter_id=found.id), 303)

    @pages.post("/files/<matter_id>/bundle")
    @stepped_up("files.referral")
    def bundle(matter_id: str) -> ResponseReturnValue:
        person = only()
        found = see(matters, matter_id, person)
        passphrase = written("passphrase", 200)
        try:
            made = export(person, found.id, "", written("reason"), passphrase, parts().clock())
        except SettingsError as fault:
            return _page(matters, found, person, str(fault)), 422
        ending = "zip.locked" if passphrase else "zip"
        name = f"evidence-{found.id[-8:]}.{ending}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(made, mimetype="application/octet-stream", headers=headers)


def _page(matters: Matters, found: Matter, person: Person, fault: str = "") -> str:
    policy = parts().directory.policy_of(person.organisation_id)
    return render_template(
        "desk/referral.html",
        file=found,
        routes=[ROUTES.get(one, one.replace("_", " ")) for one in policy.routes],
        nation=nation_of(person).replace("_", " ").title(),
        summary=summary_of(matters, found, person),
        fault=fault,
        now=parts().clock(),
    )


def summary_of(matters: Matters, found: Matter, person: Person) -> str:
    """The referral as one page of plain text, with full names and birth dates (DFT-12, DFT-13)."""
    ours = person.organisation_id
    people = list(_people(ours, matters.people_of(ours, found.id)))
    lines = [
        f"CONCERN: {found.title}",
        f"Case file {found.id}, opened {moment(found.opened_at)}",
        "",
        "PEOPLE",
    ]
    lines += [_who(one) for one in people] or ["(link a pair, a case or a person to the case file)"]
    forms = forms_of(parts().directory.policy_of(ours))
    told = [one for one in matters.filed(ours, found.id) if one.role in (FormRole.HARM, FormRole.SHARING)]
    noted = [one for one in matters.filed(ours, found.id) if one.form == NOTE]
    for one in told:
        form = forms[one.form][0] if one.form in forms else None
        lines += ["", f"{(form.title if form else one.form).upper()} ({moment(one.at)})"]
        lines += [
            f"- {form.fields.get(name, name) if form else name}: {v}" for name, v in one.values.items() if v
        ]
    lines += ["", "WHAT IS KNOWN", *[_noted(one) for one in noted]]
    lines += [
        "",
        f"Referred by {person.full_name}. The messages are in a sealed evidence bundle, sent apart.",
    ]
    return "\n".join(lines)


def _noted(one: Filed) -> str:
    return f"{moment(one.at)}: {one.values.get('note', '')}"


def _people(organisation_id: str, person_ids: Iterable[str]) -> Iterator[Person]:
    for person_id in sorted(person_ids):
        try:
            yield parts().directory.person(organisation_id, person_id)
        except NotFound:
            continue


def _who(one: Person) -> str:
    born = f", born {one.born:%d %B %Y}" if one.born else ""
    return f"{one.full_name}, {str(one.role).replace('_', ' ')}{born}"
