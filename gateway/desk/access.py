"""Who may pass: the check before every request, signing in and signing out."""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import cookies, forgery, words
from gateway.desk.parts import is_open, open_to_all, parts, visitor
from gateway.desk.throttle import NONE, Throttle
from gateway.domain.people import DESK_ROLES, Person

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ADDRESS_LENGTH, PASSWORD_LENGTH = 254, 1024
WRONG = "That address and password do not belong together, or the account may not use the desk."
FORGED = "This form was not sent from a page of your present sign-in, so nothing was changed."
SIGNED_OUT = "Your sign-in has ended, so nothing was changed. Sign in again and repeat what you did."


def guard() -> ResponseReturnValue | None:
    """Let a request through (None), send it to the sign-in page, or refuse it."""
    if request.endpoint == "static":
        return None
    g.person = _person_behind(cookies.get(cookies.SESSION))
    needs_person = not is_open(current_app.view_functions.get(request.endpoint or ""))
    if request.method not in SAFE_METHODS:
        if needs_person and g.person is None:
            abort(403, SIGNED_OUT)
        token = request.form.get(forgery.FIELD, "")
        if not forgery.genuine(parts().secret_key, _bound_to(), token):
            abort(403, FORGED)
    elif needs_person and g.person is None:
        return redirect(url_for("access.sign_in", next=request.full_path.rstrip("?")), 303)
    return None


def form_token() -> str:
    """A token for the forms of the page being rendered."""
    return forgery.issue(parts().secret_key, _bound_to())


def _person_behind(token: str) -> Person | None:
    person = parts().sessions.who(token, parts().clock()) if token else None
    return person if person and person.role in DESK_ROLES else None


def _bound_to() -> str:
    """What forms are bound to: the session, or before signing in this browser's visit."""
    if visitor() is not None:
        return "session:" + cookies.get(cookies.SESSION)
    nonce = g.get("visit") or cookies.get(cookies.VISIT)
    return f"visit:{nonce}" if nonce else ""


def access_blueprint(throttle: Throttle) -> Blueprint:
    """The sign-in page and the sign-out form."""
    pages = Blueprint("access", __name__)

    @pages.get("/sign-in")
    @open_to_all
    def sign_in() -> ResponseReturnValue:
        if visitor() is not None:
            return redirect(_local(request.args.get("next", "")), 303)
        return _page(request.args.get("next", ""))

    @pages.post("/sign-in")
    @open_to_all
    def enter() -> ResponseReturnValue:
        address = request.form.get("address", "").replace("\0", "").strip()[:ADDRESS_LENGTH]
        password, after = request.form.get("password", ""), request.form.get("next", "")
        wait = throttle.attempt(address, parts().clock())
        if wait > NONE:
            return _page(after, address, f"Too many tries. Please wait {words.span(wait)}.", 429, wait)
        if len(password) > PASSWORD_LENGTH:
            return _page(after, address, WRONG, 403)
        token = parts().sessions.sign_in(address, password, parts().clock())
        if token is None:
            return _page(after, address, WRONG, 403)
        throttle.succeeded(address)
        response = make_response(redirect(_local(after), 303))
        cookies.put(response, cookies.SESSION, token)
        cookies.drop(response, cookies.VISIT)
        return response

    @pages.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        parts().sessions.revoke(cookies.get(cookies.SESSION))
        response = make_response(redirect(url_for("access.sign_in"), 303))
        cookies.drop(response, cookies.SESSION)
        return response

    @pages.post("/keys")
    def keys() -> ResponseReturnValue:
        response = make_response(redirect(_local(request.form.get("next", "")), 303))
        cookies.put(
            response, cookies.KEYS, "off" if request.form.get("keys") == "off" else "on", cookies.YEAR_S
        )
        return response

    return pages


def _page(
    after: str, address: str = "", fault: str = "", status: int = 200, wait: timedelta = NONE
) -> ResponseReturnValue:
    g.visit = cookies.get(cookies.VISIT) or secrets.token_urlsafe(24)
    response = make_response(
        render_template("desk/sign_in.html", next=after, address=address, fault=fault), status
    )
    cookies.put(response, cookies.VISIT, g.visit)
    if wait > NONE:
        response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def _local(path: str) -> str:
    """`path` when it leads to a page of ours, the queue otherwise: no open redirect."""
    try:
        parts_ = urlsplit(path)
    except ValueError:
        return "/"
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours and not (parts_.scheme or parts_.netloc) and "\\" not in path else "/"
