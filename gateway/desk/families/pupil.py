"""The pupil's notice, in words for their age, and the private way to the safeguarding lead.

Nothing here lists, counts or confirms what was ever told: whoever opens the page later, with the
same link or on the same telephone, sees the same page as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.families.callers import dress, for_role, language, ours, page
from gateway.desk.families.telling import read_form, reader, slow_down
from gateway.desk.parts import open_to_all, parts
from gateway.domain.links import Way
from gateway.domain.people import Person, Role
from gateway.domain.report import WORDS, private_route
from gateway.errors import NotFound

CALL_ME = "contact"
ONLY_CONTACT = "(Asked to be contacted, and wrote nothing else.)"
LEAVE_TO = "https://www.bbc.co.uk/weather"
YOUNGEST, OLDER = "under_13", "16_and_over"
BETWEEN = "13_to_15"
# Whom to ring, by age: the names are those of config/words/helplines.toml.
HELP = {
    YOUNGEST: ("Childline",),
    BETWEEN: ("Childline", "Samaritans"),
    OLDER: ("Childline", "Samaritans"),
}
WELSH_HELP = "Meic Wales"


def pupil_blueprint() -> Blueprint:
    """The pages /pupil and /ask/<token>."""
    pages = Blueprint("pupil", __name__)
    dress(pages)

    @pages.get("/pupil")
    @for_role(Role.PUPIL)
    def show(pupil: Person) -> ResponseReturnValue:
        return _notice(pupil, url_for("pupil.tell"))

    @pages.post("/pupil")
    @for_role(Role.PUPIL)
    def tell(pupil: Person) -> ResponseReturnValue:
        return _told(pupil, f"{pupil.organisation_id}/{pupil.id}")

    @pages.get("/thanks")
    @open_to_all
    def thanks() -> ResponseReturnValue:
        """The same for everybody, whether they sent anything or not."""
        return page("families/thanks.html", leave_to=LEAVE_TO)

    @pages.get("/ask/<token>")
    @open_to_all
    def ask(token: str) -> ResponseReturnValue:
        pupil = _pupil(token)
        return _notice(pupil, url_for("pupil.ask_for_help", token=token))

    @pages.post("/ask/<token>")
    @open_to_all
    def ask_for_help(token: str) -> ResponseReturnValue:
        return _told(_pupil(token), token)

    return pages


def band(born: date | None, today: date) -> str:
    """The words for somebody's age; those for the youngest while it is not known."""
    if born is None:
        return YOUNGEST
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return YOUNGEST if age < 13 else BETWEEN if age < 16 else OLDER


def _pupil(token: str) -> Person:
    """The pupil whose link it is. Raises NotFound."""
    person, _ = reader(Way.ASK, token)
    if person.role is not Role.PUPIL:
        raise NotFound("There is no such link.")
    return person


def _notice(pupil: Person, action: str) -> ResponseReturnValue:
    years = band(pupil.born, parts().clock().date())
    return page(
        "families/notice.html",
        band=years,
        action=action,
        words_field=WORDS,
        leave_to=LEAVE_TO,
        helplines=_helplines(years),
        organisation_name=_organisation(pupil),
    )


def _told(pupil: Person, key: str) -> ResponseReturnValue:
    """Keep what was told in a sealed case; the answer is the same page whatever was written.

    The message whose link was used is not named: it may be the very one that somebody looks at.
    """
    slow_down(key)
    route = private_route(parts().directory.policy_of(pupil.organisation_id))
    words = dict(read_form(route))
    if request.form.get(CALL_ME) or words:
        words.setdefault(WORDS, ONLY_CONTACT)
        ours().reports.file(pupil, route, words, parts().clock(), "", pupil.id)
    return redirect(url_for("pupil.thanks"), 303)


def _helplines(years: str) -> Mapping[str, str]:
    names = (*HELP[years], WELSH_HELP) if language() == "cy" else HELP[years]
    return {name: ours().helplines[name] for name in names if name in ours().helplines}


def _organisation(pupil: Person) -> str:
    return next(
        (one.name for one in parts().directory.organisations() if one.id == pupil.organisation_id), ""
    )
