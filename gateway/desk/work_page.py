"""Small acts on a case: claiming it, taking a decision back, judging a hit, writing a note."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.case_page import visible_case
from gateway.desk.decide_form import LONGEST_TEXT, plain
from gateway.desk.parts import parts, viewer
from gateway.domain.case import SEES_SEALED, Case
from gateway.domain.claim import Claim, HitVerdict
from gateway.domain.people import Person
from gateway.errors import Forbidden, NotFound, Stale

BY_HTMX = "HX-Request"


def work_blueprint() -> Blueprint:
    """Forms beside the decision itself."""
    pages = Blueprint("work", __name__)

    @pages.post("/cases/<case_id>/claim")
    def claim(case_id: str) -> ResponseReturnValue:
        """Take the case; the safeguarding lead may take it over from somebody."""
        person = viewer()
        case = visible_case(case_id, person)
        over = request.form.get("over") == "yes"
        if over and person.role not in SEES_SEALED:
            raise Forbidden("Only the safeguarding lead may take a case over.")
        parts().docket.claim(person.organisation_id, case.id, person.id, parts().clock(), take_over=over)
        return redirect(url_for("case.show", case_id=case.id), 303)

    @pages.post("/cases/<case_id>/let-go")
    def let_go(case_id: str) -> ResponseReturnValue:
        person = viewer()
        parts().docket.let_go(person.organisation_id, visible_case(case_id, person).id, person.id)
        return redirect(url_for("queue.show"), 303)

    @pages.post("/cases/<case_id>/heartbeat")
    def heartbeat(case_id: str) -> ResponseReturnValue:
        """Keep the case for another ten minutes."""
        person, now = viewer(), parts().clock()
        case = visible_case(case_id, person)
        held: Claim | None = None
        try:
            held = parts().docket.claim(person.organisation_id, case.id, person.id, now)
        except Stale:
            if BY_HTMX not in request.headers:
                raise
        if BY_HTMX not in request.headers:
            return redirect(url_for("case.show", case_id=case.id), 303)
        return render_template("desk/_claim.html", case=case, claim=held or _others(case, person), now=now)

    @pages.post("/cases/<case_id>/undo")
    def undo(case_id: str) -> ResponseReturnValue:
        person = viewer()
        case = visible_case(case_id, person)
        version = request.form.get("version", "")
        if not (version.isascii() and version.isdigit() and len(version) < 9):
            abort(400)
        parts().office.undo(person.organisation_id, case.id, int(version), person)
        parts().docket.claim(person.organisation_id, case.id, person.id, parts().clock())
        return redirect(url_for("case.show", case_id=case.id), 303)

    @pages.post("/cases/<case_id>/hits")
    def judge_hit(case_id: str) -> ResponseReturnValue:
        """Say of one finding whether the detector was right."""
        person = viewer()
        case = visible_case(case_id, person)
        number, verdict = _hit(request.form.get("hit", ""))
        parts().docket.judge_hit(
            person.organisation_id, case.message_id, number, person.id, verdict, parts().clock()
        )
        if BY_HTMX in request.headers:
            return render_template("desk/_hit.html", case=case, number=number, said=verdict)
        return redirect(url_for("case.show", case_id=case.id, _anchor=f"finding-{number}"), 303)

    @pages.post("/cases/<case_id>/notes")
    def add_note(case_id: str) -> ResponseReturnValue:
        person = viewer()
        case = visible_case(case_id, person)
        keep_note(person, case.pair_id, case.id)
        return redirect(url_for("case.show", case_id=case.id, _anchor="notes"), 303)

    return pages


def keep_note(person: Person, pair_id: str, case_id: str = "") -> None:
    """Keep the note of the form; an empty one is none."""
    text = plain(request.form.get("note", ""))
    if len(text) > LONGEST_TEXT:
        abort(400)
    if text:
        parts().docket.add_note(person.organisation_id, pair_id, case_id, person.id, text, parts().clock())


def _others(case: Case, person: Person) -> Claim | None:
    return parts().docket.claims(person.organisation_id, [case.id], parts().clock()).get(case.id)


def _hit(said: str) -> tuple[int, HitVerdict]:
    number, _, verdict = said.partition("-")
    try:
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise ValueError
        return int(number), HitVerdict(verdict)
    except ValueError:
        raise NotFound("There is no such finding.") from None
