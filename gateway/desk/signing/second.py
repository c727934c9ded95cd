"""The second factor of a sign-in: a code of the app, a recovery code, or a passkey."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from gateway.desk.access import local
from gateway.desk.parts import begun, parts
from gateway.desk.signing import passkeys
from gateway.desk.signing.showing import (
    code_shown,
    page,
    passkey_proved,
    proved,
    too_many,
    wait_for_factor,
)
from gateway.desk.throttle import NONE

WRONG = "That code was not accepted. Each works once; an app's code changes every 30 seconds."


def second_blueprint() -> Blueprint:
    """The page between the password and the desk."""
    pages = Blueprint("second", __name__)

    @pages.get("/sign-in/second")
    def show() -> ResponseReturnValue:
        if begun().complete:
            return redirect(local(request.args.get("next", "")), 303)
        return _page(request.args.get("next", ""))

    @pages.post("/sign-in/second")
    def by_code() -> ResponseReturnValue:
        after, person = request.form.get("next", ""), begun().person
        wait = wait_for_factor(person)
        if wait > NONE:
            return _page(after, too_many(wait), 429, wait)
        means = code_shown(person, request.form.get("code", ""))
        return proved(means, after) if means else _page(after, WRONG, 403)

    @pages.post("/sign-in/second/passkey")
    def by_passkey() -> ResponseReturnValue:
        return passkey_proved(_page)

    return pages


def _page(after: str, fault: str = "", status: int = 200, wait: timedelta = NONE) -> ResponseReturnValue:
    held = parts().sessions.factors.held(begun().person)
    return page(
        "desk/second.html", status, wait, next=after, fault=fault, held=held, question=passkeys.question
    )
