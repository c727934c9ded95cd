"""Setting up a second factor: at the first sign-in, and later from one's account.

The app's secret is made from the session and nothing else, so that looking at the page writes
nothing; it is kept once the app has shown that it knows it.
"""

from __future__ import annotations

import base64
import hmac
import io

import pyotp
import segno
from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway.desk.access import local, stepped_up
from gateway.desk.parts import begun, parts
from gateway.desk.signing import passkeys
from gateway.desk.signing.showing import too_many, wait_for_factor
from gateway.desk.throttle import NONE
from gateway.domain.people import Person
from gateway.domain.signing import Held

SECRET_BYTES = 20  # as RFC 4226 section 4 recommends
WRONG_CODE = "That is not the code the app shows for this picture. Take a fresh one and try again."
WRONG_PASSKEY = "The passkey was not made. Try again, or set up an app instead."


def enrol_blueprint() -> Blueprint:
    """An authenticator app or a passkey, and then the recovery codes."""
    pages = Blueprint("enrol", __name__)

    @pages.get("/account/second-factor")
    def show() -> ResponseReturnValue:
        after = local(request.args.get("next", ""))
        if begun().enrolled:
            return redirect(after, 303)
        return render_template("desk/enrol.html", next=after)

    @pages.get("/account/app")
    @stepped_up()
    def app() -> ResponseReturnValue:
        return _app_page(request.args.get("next", ""))

    @pages.get("/account/app/picture.svg")
    @stepped_up()
    def picture() -> ResponseReturnValue:
        drawn = io.BytesIO()
        segno.make(_address(begun().person, _secret()), error="m").save(
            drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff"
        )
        return Response(drawn.getvalue(), mimetype="image/svg+xml")

    @pages.post("/account/app")
    @stepped_up(back="enrol.app")
    def put_app() -> ResponseReturnValue:
        person, after, now = begun().person, request.form.get("next", ""), parts().clock()
        wait = wait_for_factor(person)
        if wait > NONE:
            return _app_page(after, too_many(wait)), 429
        factors, first = parts().sessions.factors, not _held().codes_left
        if not factors.put_app(person, _secret(), request.form.get("code", ""), now):
            return _app_page(after, WRONG_CODE), 422
        return _done(person, after, first)

    @pages.get("/account/passkeys/new")
    @stepped_up()
    def passkey() -> ResponseReturnValue:
        return _passkey_page(request.args.get("next", ""))

    @pages.post("/account/passkeys/new")
    @stepped_up(back="enrol.passkey")
    def put_passkey() -> ResponseReturnValue:
        person, after = begun().person, request.form.get("next", "")
        first = not _held().codes_left
        made = passkeys.made(request.form.get("passkey", ""), person, request.form.get("name", ""))
        if made is None or not parts().sessions.factors.put_passkey(made):
            return _passkey_page(after, WRONG_PASSKEY), 422
        return _done(person, after, first)

    return pages


def _done(person: Person, after: str, first: bool) -> ResponseReturnValue:
    """Back to where they were going; whoever has no recovery codes gets them on the way."""
    if not first:
        return redirect(local(after), 303)
    codes = parts().sessions.factors.new_codes(person, parts().clock())
    return render_template("desk/codes.html", codes=codes, next=local(after))


def _app_page(after: str, fault: str = "") -> str:
    secret = _secret()
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template("desk/app.html", secret=grouped, next=after, fault=fault, held=_held())


def _passkey_page(after: str, fault: str = "") -> str:
    person = begun().person
    question = passkeys.request_to_make(person, _held(), account_name(person))
    return render_template("desk/passkey.html", question=question, next=after, fault=fault)


def _held() -> Held:
    return parts().sessions.factors.held(begun().person)


def _secret() -> str:
    """The secret this session would set up; another one once it has."""
    since = _held().app_since
    said = f"app\0{begun().id}\0{since.isoformat() if since else ''}".encode()
    return base64.b32encode(hmac.digest(parts().secret_key, said, "sha256")[:SECRET_BYTES]).decode()


def _address(person: Person, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=account_name(person), issuer_name="Tutor Gateway")


def account_name(person: Person) -> str:
    """What the person signs in with, to their own eyes."""
    return person.address or next(iter(person.mailboxes), person.id)
