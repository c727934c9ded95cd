"""Operations: what waits, what failed, and trying it again. Numbers and ids, never a body."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gateway.casework import Operations
from gateway.desk.filling import LEADS, only
from gateway.desk.parts import parts
from gateway.domain.people import Role
from gateway.errors import NotFound

SEE = LEADS | {Role.OPERATOR}


def ops_blueprint(operations: Operations) -> Blueprint:
    """The page of health and dead letters."""
    pages = Blueprint("ops", __name__)

    @pages.get("/ops")
    def show() -> ResponseReturnValue:
        person, now = only(SEE), parts().clock()
        return render_template(
            "desk/ops.html",
            health=operations.health(person.organisation_id, now),
            dead=operations.dead_letters(person.organisation_id),
            lost=operations.lost_copies(person.organisation_id),
            now=now,
        )

    @pages.post("/ops/jobs/<job_id>/again")
    def again(job_id: str) -> ResponseReturnValue:
        person = only(SEE)
        if not (job_id.isascii() and job_id.isdigit() and len(job_id) < 18):
            raise NotFound("There is no such job.")
        operations.try_again(int(job_id), person.organisation_id, person.id, parts().clock())
        return redirect(url_for("ops.show"), 303)

    return pages
