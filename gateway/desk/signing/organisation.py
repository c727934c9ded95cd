"""The organisation's own sign-in (OpenID Connect), where it has one.

Nothing is kept while somebody is away: state, nonce and the PKCE verifier come from one random
seed in the browser's own cookie. Coming back shows a page with a button, because looking at an
address must not sign anybody in.
"""

from __future__ import annotations

import hmac
import logging
import secrets

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.desk import cookies
from gateway.desk.access import origin
from gateway.desk.parts import parts
from gateway.desk.signing.enter import password_shown
from gateway.desk.signing.provider import Provider, ProviderFault
from gateway.desk.signing.showing import page, this_device

log = logging.getLogger(__name__)

AWAY_S = 600
LONGEST_CODE = 2_048
FAILED = "Your organisation's sign-in did not work this time. Try again, or sign in with your password."
NOT_HERE = "Your organisation knows you, but you have no account at this desk. Ask an administrator for one."


def organisation_blueprint() -> Blueprint:
    """The way to the provider and back."""
    pages = Blueprint("organisation", __name__)

    @pages.get("/sign-in/organisation")
    def leave() -> ResponseReturnValue:
        seed = secrets.token_urlsafe(32)
        try:
            address = _provider().address(
                _back(), _made(seed, "state"), _made(seed, "nonce"), _made(seed, "verifier")
            )
        except ProviderFault as fault:
            return _failed(fault)
        response = make_response(redirect(address, 303))
        cookies.put(response, cookies.AWAY, seed, AWAY_S)
        return response

    @pages.get("/sign-in/organisation/back")
    def back() -> ResponseReturnValue:
        _provider()
        if not _ours(request.args.get("state", "")) or not request.args.get("code"):
            return render_template("desk/organisation.html", fault=FAILED), 403
        return page(
            "desk/organisation.html",
            fault="",
            code=request.args["code"][:LONGEST_CODE],
            state=request.args["state"],
        )

    @pages.post("/sign-in/organisation")
    def enter() -> ResponseReturnValue:
        seed, provider = cookies.get(cookies.AWAY), _provider()
        if not _ours(request.form.get("state", "")):
            return render_template("desk/organisation.html", fault=FAILED), 403
        code = request.form.get("code", "")[:LONGEST_CODE]
        try:
            email = provider.email(_back(), code, _made(seed, "nonce"), _made(seed, "verifier"))
        except ProviderFault as fault:
            return _failed(fault)
        ours, now = provider.organisation_id, parts().clock()
        token = parts().sessions.sign_in_verified(ours, email, now, this_device())
        if token is None:
            return render_template("desk/organisation.html", fault=NOT_HERE), 403
        response = make_response(password_shown(token, ""))
        cookies.drop(response, cookies.AWAY)
        return response

    return pages


def _provider() -> Provider:
    """The organisation's sign-in; a page that is not there without one."""
    provider = parts().terms.provider
    if provider is None:
        abort(404)
    return provider


def _ours(state: str) -> bool:
    """True when `state` belongs to this browser's own way out."""
    seed = cookies.get(cookies.AWAY)
    wanted = _made(seed, "state") if seed else secrets.token_urlsafe(32)
    return hmac.compare_digest(state.encode("utf-8", "surrogatepass"), wanted.encode())


def _made(seed: str, what: str) -> str:
    said = f"away {what}\0{seed}".encode("utf-8", "surrogatepass")
    return hmac.digest(parts().secret_key, said, "sha256").hex()


def _back() -> str:
    return origin() + url_for("organisation.back")


def _failed(fault: ProviderFault) -> ResponseReturnValue:
    log.warning("desk: the organisation's sign-in failed: %s", fault)
    return render_template("desk/organisation.html", fault=FAILED), 403
