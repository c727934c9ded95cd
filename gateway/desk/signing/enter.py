"""The sign-in page, the sign-out form, and the switch for single-key shortcuts."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import cookies
from gateway.desk.access import SIGNED_OUT, local
from gateway.desk.parts import parts, visitor
from gateway.desk.signing import known, passkeys
from gateway.desk.signing.showing import (
    WRONG_PASSKEY,
    forget_the_one_before,
    page,
    signed_in,
    this_device,
    too_many,
)
from gateway.desk.throttle import NONE
from gateway.domain.signing import LONGEST_PASSWORD

ADDRESS_LENGTH = 254
WRONG = "That address and password do not belong together, or the account may not use the desk."


def access_blueprint() -> Blueprint:
    """Signing in by password or passkey, and signing out."""
    pages = Blueprint("access", __name__)

    @pages.get("/sign-in")
    def sign_in() -> ResponseReturnValue:
        if visitor() is not None:
            return redirect(local(request.args.get("next", "")), 303)
        return _page(request.args.get("next", ""))

    @pages.post("/sign-in")
    def enter() -> ResponseReturnValue:
        address = request.form.get("address", "").replace("\0", "").strip()[:ADDRESS_LENGTH]
        password, after = request.form.get("password", ""), request.form.get("next", "")
        wait = known.wait_for(address)
        if wait > NONE:
            return _page(after, address, too_many(wait), 429, wait)
        if len(password) > LONGEST_PASSWORD:
            return _page(after, address, WRONG, 403)
        token = parts().sessions.sign_in(address, password, parts().clock(), this_device())
        if token is None:
            return _page(after, address, WRONG, 403)
        known.succeeded(address)
        return password_shown(token, after)

    @pages.post("/sign-in/passkey")
    def by_passkey() -> ResponseReturnValue:
        after = request.form.get("next", "")
        passkey = passkeys.shown(request.form.get("passkey", ""))
        if passkey is None:
            return _page(after, "", WRONG_PASSKEY, 403)
        now, sessions = parts().clock(), parts().sessions
        token = sessions.enter(passkey.organisation_id, passkey.person_id, now, this_device())
        session = sessions.session(token, now) if token else None
        if token is None or session is None:
            return _page(after, "", WRONG_PASSKEY, 403)
        return signed_in(token, session.person, after)

    @pages.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        parts().sessions.revoke(cookies.get(cookies.SESSION), parts().clock())
        response = make_response(redirect(url_for("access.sign_in"), 303))
        cookies.drop(response, cookies.SESSION)
        return response

    @pages.post("/keys")
    def keys() -> ResponseReturnValue:
        response = make_response(redirect(local(request.form.get("next", "")), 303))
        switch = "off" if request.form.get("keys") == "off" else "on"
        cookies.put(response, cookies.KEYS, switch, cookies.YEAR_S)
        return response

    return pages


def password_shown(token: str, after: str) -> ResponseReturnValue:
    """Lead on from a right password: in, or to the second factor that is still owed."""
    session = parts().sessions.session(token, parts().clock())
    if session is None:  # it ended at once: suspended just now
        abort(403, SIGNED_OUT)
    if session.complete:
        return signed_in(token, session.person, after)
    forget_the_one_before()
    response = make_response(redirect(url_for("second.show", next=after), 303))
    cookies.put(response, cookies.SESSION, token)
    cookies.drop(response, cookies.VISIT)
    return response


def _page(
    after: str, address: str = "", fault: str = "", status: int = 200, wait: timedelta = NONE
) -> ResponseReturnValue:
    return page(
        "desk/sign_in.html",
        status,
        wait,
        next=after,
        address=address,
        fault=fault,
        provider=parts().terms.provider is not None,
        question=passkeys.question,
    )
