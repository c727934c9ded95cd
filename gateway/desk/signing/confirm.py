"""The page that asks again who you are, before what matters most (DESK 2, step-up)."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

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
from gateway.domain.signing import LONGEST_PASSWORD, Means

WRONG = "That was not accepted. Check the password, and take a fresh code."


def confirm_blueprint() -> Blueprint:
    """Password and factor once more; then back to where the person was."""
    pages = Blueprint("confirm", __name__)

    @pages.get("/confirm")
    def show() -> ResponseReturnValue:
        return _page(request.args.get("next", ""), unsent="unsent" in request.args)

    @pages.post("/confirm")
    def by_password() -> ResponseReturnValue:
        after, wait = request.form.get("next", ""), wait_for_factor(begun().person)
        if wait > NONE:
            return _page(after, too_many(wait), 429, wait)
        means = _shown(request.form.get("password", ""), request.form.get("code", ""))
        return proved(means, after) if means else _page(after, WRONG, 403)

    @pages.post("/confirm/passkey")
    def by_passkey() -> ResponseReturnValue:
        return passkey_proved(_page)

    return pages


def _shown(password: str, code: str) -> Means | None:
    """What was shown, None unless it is all that is asked; a wrong password spends no code."""
    session = begun()
    if len(password) > LONGEST_PASSWORD or not parts().sessions.is_password(session.person, password):
        return None
    return code_shown(session.person, code) if session.enrolled else Means.PASSWORD


def _page(
    after: str, fault: str = "", status: int = 200, wait: timedelta = NONE, unsent: bool = False
) -> ResponseReturnValue:
    held = parts().sessions.factors.held(begun().person)
    return page(
        "desk/confirm.html",
        status,
        wait,
        next=after,
        fault=fault,
        held=held,
        unsent=unsent,
        question=passkeys.question,
        provider=parts().terms.provider is not None,
    )
