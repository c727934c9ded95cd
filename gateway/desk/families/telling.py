"""Telling the organisation something: from a page of one's own, or from the link under a copy."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk.families.callers import caller, dress, name_of_person, ours, page, say, written
from gateway.desk.parts import open_to_all, parts
from gateway.desk.throttle import NONE
from gateway.domain.correspondence import Copied
from gateway.domain.links import Way, holder, message_of
from gateway.domain.people import Person, Role, Standing
from gateway.domain.policy import ReportRoute
from gateway.domain.report import WORDS, Report, message_route, open_routes
from gateway.errors import NotFound

SHORTEST = 3
TELL_US = "Please write a few words, so that a person can help."
PUPIL = "about_pupil"
TELLERS = frozenset({Role.GUARDIAN, Role.TUTOR})


def telling_blueprint() -> Blueprint:
    """The report pages: /r/<token> from a copy, /tell from one's own page."""
    pages = Blueprint("telling", __name__)
    dress(pages)

    @pages.get("/r/<token>")
    @open_to_all
    def show(token: str) -> ResponseReturnValue:
        person, about = reader(Way.REPORT, token)
        return _form(_message_route(person), url_for("telling.tell_of", token=token), person, about)

    @pages.post("/r/<token>")
    @open_to_all
    def tell_of(token: str) -> ResponseReturnValue:
        person, about = reader(Way.REPORT, token)
        slow_down(token)
        route = _message_route(person)
        words = read_form(route)
        if not said_enough(words):
            return _form(route, url_for("telling.tell_of", token=token), person, about, say()(TELL_US))
        made = _file(person, route, words, about.message_id, about.pupil_id)
        return page("families/told.html", report=made, route=route)

    @pages.get("/tell")
    @open_to_all
    def choices() -> ResponseReturnValue:
        person = _teller()
        if person is None:
            return redirect(url_for("me.sign_in", next="/tell"), 303)
        made = ours().reports.made_by(person.organisation_id, person.id)
        return page("families/tell.html", routes=_routes(person), made=made)

    @pages.get("/tell/<name>")
    @open_to_all
    def choose(name: str) -> ResponseReturnValue:
        person = _teller()
        if person is None:
            return redirect(url_for("me.sign_in", next=request.path), 303)
        return _form(_route(person, name), url_for("telling.tell", name=name), person, None)

    @pages.post("/tell/<name>")
    @open_to_all
    def tell(name: str) -> ResponseReturnValue:
        person = _teller()
        if person is None:
            abort(403)
        route, words = _route(person, name), None
        slow_down(f"{person.organisation_id}/{person.id}")
        words = read_form(route)
        if not said_enough(words):
            return _form(route, url_for("telling.tell", name=name), person, None, say()(TELL_US))
        made = _file(person, route, words, "", _pupil_meant(person))
        return page("families/told.html", report=made, route=route)

    return pages


def reader(way: Way, token: str) -> tuple[Person, Copied]:
    """Whose link this is, and of which message. Raises NotFound for a forged one, and all alike.

    A guardian whom an order bars now, and anybody who left, holds no link any more.
    """
    about = ours().correspondence.copied(message_of(token))
    who = holder(ours().link_key, way, token, about.recipient_ids)
    person = parts().directory.person(about.organisation_id, who)
    barred = parts().directory.circle(about.pair_id).barred_ids
    if person.standing is not Standing.ACTIVE or person.id in barred:
        raise NotFound("There is no such link.")
    return person, about


def slow_down(key: str) -> None:
    """Refuse what only a machine would do; a person is never asked to wait here."""
    if ours().throttle.attempt(key, parts().clock()) > NONE:
        abort(429)


def read_form(route: ReportRoute) -> Mapping[str, str]:
    """What was written, by field; fields that the form does not have are left out."""
    return {name: text for name in {**route.fields, WORDS: ""} if (text := written(name))}


def said_enough(words: Mapping[str, str]) -> bool:
    """True when there is something for a person to go on."""
    return any(len(text) >= SHORTEST for text in words.values())


def _form(
    route: ReportRoute,
    action: str,
    person: Person,
    about: Copied | None,
    fault: str = "",
) -> ResponseReturnValue:
    filled = read_form(route) if fault else {}
    return page(
        "families/form.html",
        422 if fault else 200,
        route=route,
        action=action,
        filled=filled,
        fault=fault,
        words_field=WORDS,
        about=about,
        pupils={} if about else _pupils(person),
        pupil_field=PUPIL,
        chosen=request.form.get(PUPIL, ""),
        child=person.role is Role.PUPIL,
    )


def _file(
    person: Person, route: ReportRoute, words: Mapping[str, str], message_id: str, pupil_id: str
) -> Report:
    return ours().reports.file(person, route, words, parts().clock(), message_id, pupil_id)


def _teller() -> Person | None:
    person = caller()
    return person if person is not None and person.role in TELLERS else None


def _pupils(person: Person) -> dict[str, str]:
    """The pupils that somebody may tell us about, by id, by the names that copies carry."""
    if person.role is Role.GUARDIAN:
        ids = ours().correspondence.pupils_of(person.organisation_id, person.id)
    else:
        circles = (parts().directory.circle(one) for one in parts().directory.pairs_of(person.id))
        ids = tuple(one.pair.pupil_id for one in circles if one.pair.tutor_id == person.id)
    return {one: name_of_person(person.organisation_id, one) for one in ids}


def _pupil_meant(person: Person) -> str:
    """The pupil that was chosen on the form, "" for none or nobody's business."""
    chosen = request.form.get(PUPIL, "")
    return chosen if chosen in _pupils(person) else ""


def _routes(person: Person) -> Mapping[str, ReportRoute]:
    return open_routes(parts().directory.policy_of(person.organisation_id), person.role)


def _route(person: Person, name: str) -> ReportRoute:
    route = _routes(person).get(name)
    if route is None:
        raise NotFound("There is no such form.")
    return route


def _message_route(person: Person) -> ReportRoute:
    return message_route(parts().directory.policy_of(person.organisation_id), person.role)
