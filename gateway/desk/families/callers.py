"""Who is calling: what the pages work with, whose session this is, and in which language."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import cookies, words
from gateway.desk.families.needs import (
    Addresses,
    Correspondence,
    Entrances,
    Reads,
    Register,
    Reports,
    Sendings,
    Strikes,
    Takes,
)
from gateway.desk.parts import open_to_all, parts, visitor
from gateway.desk.throttle import Throttle
from gateway.domain.language import ENGLISH, LANGUAGES, Say, known, speaker
from gateway.domain.people import FAMILY_ROLES, Person, Role
from gateway.domain.register import FactKind
from gateway.domain.zones import LONDON, zone_of
from gateway.errors import Forbidden, NotFound, Stale, Unavailable

SESSION = "family"
LANGUAGE = "language"
HOME = {Role.GUARDIAN: "family.show", Role.PUPIL: "pupil.show", Role.TUTOR: "tutor.show"}
ENDED = "Your sign-in has ended, so nothing was changed. Please sign in again."
LONGEST = 4_000
FAULTS = {
    400: ("That was not understood", "Nothing was changed. Please go back and try it once more."),
    403: ("That did not work", "Nothing was changed. Please go back, load the page again and try once more."),
    404: ("This page does not work", "The link may be incomplete, too old, or not for you."),
    409: ("It changed meanwhile", "Nothing of yours was done. Please look at the page again."),
    413: ("That is too much", "Please shorten what you wrote."),
    429: ("Please wait a moment", "Too many tries from here. Please try again in a few minutes."),
    503: ("Not just now", "Please try again in a minute."),
}

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Callers:
    """Everything that these pages were given.

    read, take: see `needs`. link_key: seals the links under copies. helplines: numbers by name.
    """

    entrances: Entrances
    correspondence: Correspondence
    reports: Reports
    register: Register
    sendings: Sendings
    strikes: Strikes
    addresses: Addresses
    read: Reads
    take: Takes
    link_key: bytes = field(repr=False)
    helplines: Mapping[str, str]
    # Generous where a child may be writing: what is worn out here is patience with a machine.
    throttle: Throttle = field(default_factory=lambda: Throttle(free=20, first_wait=timedelta(seconds=10)))
    sign_ins: Throttle = field(default_factory=Throttle)


def ours() -> Callers:
    """What the running pages work with."""
    return cast(Callers, current_app.extensions["callers"])


def caller() -> Person | None:
    """Who is signed in here, None for anybody else. The desk's people have sign-ins of their own."""
    if "caller" not in g:
        token = cookies.get(SESSION)
        g.caller = ours().entrances.who(token, parts().clock()) if token else None
    return cast("Person | None", g.caller)


def for_role(
    role: Role,
) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """Mark a view that is for people of one role; it is given the person first.

    Whoever is not signed in is sent there; for somebody of another role the page does not exist.
    """

    def mark(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @open_to_all
        @wraps(view)
        def checked(**given: Any) -> ResponseReturnValue:
            person = caller()
            if person is None and request.method == "POST":
                abort(403, say()(ENDED))
            if person is None:
                return redirect(url_for("me.sign_in", next=request.full_path.rstrip("?")), 303)
            if person.role is not role:
                abort(404)
            return view(person, **given)

        return checked

    return mark


def language() -> str:
    """The language to speak: as chosen in this browser, else as on file, else English."""
    chosen = cookies.get(LANGUAGE)
    if chosen in LANGUAGES:
        return chosen
    person = caller()
    if person is None:
        return ENGLISH
    day = parts().clock().date()
    spoken = [
        fact.detail
        for fact in ours().register.facts(person.organisation_id, person.id)
        if fact.kind is FactKind.SPEAKS and fact.holds(day)
    ]
    return known(spoken[-1]) if spoken else ENGLISH


def say() -> Say:
    """What turns our English into the language of this caller."""
    return speaker(language())


def moment(at: datetime) -> str:
    """Date and time where this caller is, as far as the register knows; in London otherwise."""
    return words.moment(at, _zone())


def _zone() -> ZoneInfo:
    if "zone" not in g:
        person, day = caller(), parts().clock().date()
        g.zone = LONDON
        if person is not None and person.role in FAMILY_ROLES:
            children = ours().correspondence.pupils_of(person.organisation_id, person.id)
            people = (person.id, *children)
            facts = [f for one in people for f in ours().register.facts(person.organisation_id, one)]
            g.zone = zone_of(facts, people, day) or LONDON
    return cast(ZoneInfo, g.zone)


def page(template: str, status: int = 200, **more: object) -> ResponseReturnValue:
    """A page of ours, with what its forms need in a browser that is not signed in at the desk."""
    if visitor() is None:
        g.visit = cookies.get(cookies.VISIT) or secrets.token_urlsafe(24)
    response = make_response(render_template(template, **more), status)
    if visitor() is None:
        cookies.put(response, cookies.VISIT, g.visit)
    return response


def around() -> dict[str, object]:
    """What every template of ours may use."""
    person = caller()
    organisation = next(
        (one for one in parts().directory.organisations() if person and one.id == person.organisation_id),
        None,
    )
    return {
        "say": say(),
        "moment": moment,
        "language": language(),
        "languages": LANGUAGES,
        "caller": person,
        "organisation": organisation,
        "home": url_for(HOME[person.role]) if person else url_for("me.sign_in"),
    }


def dress(pages: Blueprint) -> None:
    """Give a blueprint our words and our own pages for what goes wrong, which lead nowhere into the desk."""
    pages.context_processor(around)
    for code in FAULTS:
        pages.register_error_handler(code, lambda fault: _fault(fault.code or 500, fault.description))
    pages.register_error_handler(NotFound, lambda _: _fault(404))
    pages.register_error_handler(Stale, lambda _: _fault(409))
    pages.register_error_handler(Forbidden, lambda fault: _fault(403, str(fault)))
    pages.register_error_handler(Unavailable, lambda _: _fault(503))


def _fault(code: int, said: str | None = None) -> ResponseReturnValue:
    title, advice = FAULTS[code]
    told = said if said and code == 403 else advice
    return page("families/fault.html", code, title=title, advice=told, helplines=ours().helplines)


def written(name: str, longest: int = LONGEST) -> str:
    """What somebody wrote into a field, without control characters, cut at a length."""
    return _CONTROL.sub("", request.form.get(name, "").replace("\r\n", "\n")).strip()[:longest]


def moment_of(text: str) -> datetime | None:
    """The time that a link to an older page names, None when it names none."""
    try:
        return datetime.fromtimestamp(float(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        abort(404)


def name_of_person(organisation_id: str, person_id: str) -> str:
    """A name as copies carry it: a tutor's in full, a family's as "Jamie W."; "?" for nobody known."""
    try:
        person = parts().directory.person(organisation_id, person_id)
    except NotFound:
        return "?"
    if person.role not in FAMILY_ROLES or not person.family.strip():
        return person.full_name
    return f"{person.given} {person.family.split()[-1][0].upper()}."
