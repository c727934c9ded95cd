"""The pupil's own word on pictures of them, asked beside a guardian's consent from thirteen on."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.families.callers import dress, for_role, ours, page
from gateway.desk.parts import parts
from gateway.domain.people import Person, Role
from gateway.domain.register import Fact, FactKind

SAID = {FactKind.IMAGE_ASSENT: "given", FactKind.IMAGE_REFUSED: "refused"}
"""What is on file of the pupil's own word; it is for every purpose, so that its detail is empty."""


def pupil_pictures_blueprint() -> Blueprint:
    """The page /pupil/pictures."""
    pages = Blueprint("pictures", __name__)
    dress(pages)

    @pages.get("/pupil/pictures")
    @for_role(Role.PUPIL)
    def show(pupil: Person) -> ResponseReturnValue:
        day = parts().clock().date()
        facts = ours().register.facts(pupil.organisation_id, pupil.id)
        said = [SAID[one.kind] for one in facts if one.kind in SAID and not one.detail and one.holds(day)]
        state = said[-1] if said else ""
        return page("families/pictures.html", state=state, done=bool(request.args.get("done")))

    @pages.post("/pupil/pictures")
    @for_role(Role.PUPIL)
    def say_so(pupil: Person) -> ResponseReturnValue:
        choice, now = request.form.get("choice"), parts().clock()
        if choice not in ("give", "refuse"):
            abort(400)
        kind = FactKind.IMAGE_ASSENT if choice == "give" else FactKind.IMAGE_REFUSED
        fact = Fact(kind, pupil.id, since=now.date())
        ours().register.add(pupil.organisation_id, fact, pupil.id, now, frozenset(SAID))
        return redirect(url_for("pictures.show", done=1), 303)

    return pages
