"""A tutor's strikes as the tutor sees them: why, until when, and what to say to them."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.families.callers import for_role, ours, page, say, written
from gateway.desk.families.telling import SHORTEST, TELL_US
from gateway.desk.parts import parts
from gateway.domain.people import Person, Role
from gateway.domain.report import WORDS


def add_strikes(pages: Blueprint) -> None:
    """Add the pages under /tutor/strikes to the tutor's."""

    @pages.get("/tutor/strikes")
    @for_role(Role.TUTOR)
    def strikes(tutor: Person) -> ResponseReturnValue:
        return _page(tutor)

    @pages.post("/tutor/strikes/<strike_id>/reply")
    @for_role(Role.TUTOR)
    def reply(tutor: Person, strike_id: str) -> ResponseReturnValue:
        if len(words := written(WORDS)) < SHORTEST:
            return _page(tutor, say()(TELL_US))
        ours().strikes.reply(tutor.organisation_id, tutor.id, strike_id, words, parts().clock())
        return redirect(url_for("tutor.strikes"), 303)

    @pages.post("/tutor/strikes/<strike_id>/appeal")
    @for_role(Role.TUTOR)
    def appeal(tutor: Person, strike_id: str) -> ResponseReturnValue:
        if len(words := written(WORDS)) < SHORTEST:
            return _page(tutor, say()(TELL_US))
        ours().strikes.appeal(tutor.organisation_id, tutor.id, strike_id, words, parts().clock())
        return redirect(url_for("tutor.strikes"), 303)


def _page(tutor: Person, fault: str = "") -> ResponseReturnValue:
    clauses = parts().directory.policy_of(tutor.organisation_id).clauses
    return page(
        "tutors/strikes.html",
        422 if fault else 200,
        strikes=ours().strikes.of_tutor(tutor.organisation_id, tutor.id),
        clauses=clauses,
        now=parts().clock(),
        fault=fault,
        words_field=WORDS,
    )
