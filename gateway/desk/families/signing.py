"""Signing in by a letter: a link that only shows a page, and a code that finishes it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import cookies, words
from gateway.desk.families.callers import HOME, LANGUAGE, SESSION, caller, dress, ours, page, say, written
from gateway.desk.parts import open_to_all, parts
from gateway.desk.throttle import NONE
from gateway.domain.language import known
from gateway.domain.people import Person, Role, Standing
from gateway.domain.register import Fact, FactKind

ADDRESS_LENGTH, PASSWORD_LENGTH = 254, 1024
WRONG = "That did not work. Check the code, or ask for a new letter: each works once, within 15 minutes."
WRONG_PASSWORD = "That address and password do not belong together."
WAIT = "Too many tries. Please wait {wait}."


def signing_blueprint() -> Blueprint:
    """The pages under /me."""
    pages = Blueprint("me", __name__)
    dress(pages)

    @pages.get("/me")
    @pages.get("/me/kept")
    @open_to_all
    def home() -> ResponseReturnValue:
        person = caller()
        return redirect(url_for(HOME[person.role] if person else "me.sign_in"), 303)

    @pages.get("/me/sign-in")
    @open_to_all
    def sign_in() -> ResponseReturnValue:
        return page("families/sign_in.html", next=request.args.get("next", ""), fault="", address="")

    @pages.post("/me/sign-in")
    @open_to_all
    def ask() -> ResponseReturnValue:
        """Have a letter sent. The answer is the same whoever asks, and for whatever address."""
        address, now = written("address", ADDRESS_LENGTH), parts().clock()
        if "@" in address and ours().sign_ins.attempt("letter " + address, now) <= NONE:
            ours().entrances.ask(address, now)
        return redirect(url_for("me.sent"), 303)

    @pages.get("/me/sent")
    @open_to_all
    def sent() -> ResponseReturnValue:
        return page("families/sent.html")

    @pages.get("/me/enter/<token>")
    @open_to_all
    def show_code(token: str) -> ResponseReturnValue:
        """Nothing is looked up: programs that check mail open every link."""
        return page("families/code.html", token=token, fault="")

    @pages.post("/me/enter/<token>")
    @open_to_all
    def enter(token: str) -> ResponseReturnValue:
        code = "".join(written("code", 20).split())
        session = ours().entrances.enter(token[:200], code, parts().clock())
        if session is None:
            return page("families/code.html", 403, token=token, fault=say()(WRONG))
        return _begun(session, "")

    @pages.post("/me/password")
    @open_to_all
    def by_password() -> ResponseReturnValue:
        """A tutor's issued address and app password, as in their mail program."""
        address, now = written("address", ADDRESS_LENGTH), parts().clock()
        password, after = request.form.get("password", ""), request.form.get("next", "")
        wait = ours().sign_ins.attempt(address, now)
        if wait > NONE:
            fault = say()(WAIT).format(wait=words.span(wait))
            return page("families/sign_in.html", 429, next=after, fault=fault, address=address)
        person = parts().directory.sign_in(address, password) if len(password) <= PASSWORD_LENGTH else None
        if person is None or person.role is not Role.TUTOR or person.standing is not Standing.ACTIVE:
            fault = say()(WRONG_PASSWORD)
            return page("families/sign_in.html", 403, next=after, fault=fault, address=address)
        ours().sign_ins.succeeded(address)
        return _begun(ours().entrances.begin(person, now), after)

    @pages.post("/me/sign-out")
    @open_to_all
    def sign_out() -> ResponseReturnValue:
        person, now = caller(), parts().clock()
        if person is not None and request.form.get("everywhere"):
            ours().entrances.revoke_all(person.organisation_id, person.id, now)
        ours().entrances.revoke(cookies.get(SESSION), now)
        response = make_response(redirect(url_for("me.sign_in"), 303))
        cookies.drop(response, SESSION)
        return response

    @pages.post("/me/language")
    @open_to_all
    def choose_language() -> ResponseReturnValue:
        chosen, person = known(written("language", 20)), caller()
        if person is not None:
            _remember(person, chosen)
        response = make_response(redirect(_back(request.form.get("next", "")), 303))
        cookies.put(response, LANGUAGE, chosen, cookies.YEAR_S)
        return response

    return pages


def _remember(person: Person, chosen: str) -> None:
    """Put it on file for our letters too; the page speaks it in any case."""
    now = parts().clock()
    fact = Fact(FactKind.SPEAKS, person.id, detail=chosen, since=now.date())
    ours().register.add(person.organisation_id, fact, person.id, now)


def _begun(session: str, after: str) -> ResponseReturnValue:
    response = make_response(redirect(_back(after), 303))
    cookies.put(response, SESSION, session)
    cookies.drop(response, cookies.VISIT)
    return response


def _back(path: str) -> str:
    """`path` when it leads to a page of ours, else one's first page: no open redirect."""
    try:
        pieces = urlsplit(path)
    except ValueError:
        return url_for("me.home")
    plain = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if plain and not (pieces.scheme or pieces.netloc) else url_for("me.home")
