"""Care for whoever reads: a veil, the marked words alone, a cap for the day, and swapping a case away.

Nothing here is shown to anybody else, and nothing is compared: there is no list of who did how much.
"""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Care, CareBook
from gateway.desk.case_page import visible_case
from gateway.desk.filling import EVERYBODY, LONDON, midnight, number, only
from gateway.desk.parts import parts, visitor
from gateway.domain.people import DESK_ROLES, Person

MOST = 200


def care_blueprint(book: CareBook) -> Blueprint:
    """The page of one's own settings; every page learns what its reader chose, as `care`."""
    pages = Blueprint("care", __name__)

    @pages.app_context_processor
    def chosen() -> dict[str, object]:
        person = visitor()
        if person is None or person.role not in DESK_ROLES:
            return {"care": Care(), "over_cap": lambda: False}
        care = book.care(person.organisation_id, person.id)
        return {"care": care, "over_cap": lambda: _seen(book, person) >= care.cap}

    @pages.get("/care")
    def show() -> ResponseReturnValue:
        person = only(EVERYBODY)
        return render_template("desk/care.html", seen=_seen(book, person), most=MOST)

    @pages.post("/care")
    def keep() -> ResponseReturnValue:
        person = only(EVERYBODY)
        care = Care("veil" in request.form, "marks_only" in request.form, number("cap", 1, MOST))
        book.keep(person.organisation_id, person.id, care)
        return redirect(url_for("care.show"), 303)

    @pages.post("/cases/<case_id>/swap")
    def swap(case_id: str) -> ResponseReturnValue:
        person = only(EVERYBODY)
        case = visible_case(case_id, person)
        book.swap(person.organisation_id, case.id, person.id, parts().clock())
        parts().docket.let_go(person.organisation_id, case.id, person.id)
        return redirect(url_for("queue.show"), 303)

    return pages


def _seen(book: CareBook, person: Person) -> int:
    """How many bodies of high severity somebody looked at today."""
    return book.seen_today(person.organisation_id, person.id, began(parts().clock()))


def began(now: datetime) -> datetime:
    """When the day began in London."""
    return midnight(now.astimezone(LONDON).date())
