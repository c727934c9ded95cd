"""What the pages share that ask who you are: checking a factor, and beginning a session."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import Response, abort, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway.desk import cookies, words
from gateway.desk.access import SIGNED_OUT, local
from gateway.desk.parts import begun, parts
from gateway.desk.signing import known, passkeys
from gateway.desk.signing.device import device_words
from gateway.desk.throttle import NONE
from gateway.domain.people import Person
from gateway.domain.signing import Means

LONGEST_CODE = 40
WRONG_PASSKEY = "That passkey was not accepted. Try again, or use another way."


def this_device() -> str:
    """Words for the browser that asks."""
    return device_words(request.headers.get("User-Agent", ""))


def page(template: str, status: int = 200, wait: timedelta = NONE, **values: object) -> Response:
    """A page whose forms work before there is a session: it gives the visit a nonce of its own."""
    g.visit = cookies.get(cookies.VISIT) or secrets.token_urlsafe(24)
    response = make_response(render_template(template, **values), status)
    if g.get("session") is None:
        cookies.put(response, cookies.VISIT, g.visit)
    if wait > NONE:
        response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def too_many(wait: timedelta) -> str:
    """What to tell somebody who must wait."""
    return f"Too many tries. Please wait {words.span(wait)}."


def code_shown(person: Person, code: str) -> Means | None:
    """What the code is: one of their app (once), or a recovery code (once); None for neither."""
    code, factors, now = code[:LONGEST_CODE], parts().sessions.factors, parts().clock()
    if "".join(code.split()).isdigit():
        return Means.APP if factors.use_app(person, code, now) else None
    return Means.RECOVERY_CODE if factors.use_code(person, code, now) else None


def wait_for_factor(person: Person) -> timedelta:
    """Count a try at somebody's second factor from this browser; zero, or how long to wait first."""
    return known.wait_for(known.who(person))


def signed_in(token: str, person: Person, after: str) -> ResponseReturnValue:
    """Lead on from a complete sign-in, in a session that nobody knew before."""
    forget_the_one_before()
    known.succeeded(known.who(person))
    response = make_response(redirect(local(after), 303))
    cookies.put(response, cookies.SESSION, token)
    cookies.drop(response, cookies.VISIT)
    known.remember(response, person)
    return response


def proved(means: Means, after: str) -> ResponseReturnValue:
    """Lead on from a second factor or a step-up: the same session, under a new token."""
    session = begun()
    token = parts().sessions.prove(cookies.get(cookies.SESSION), means, parts().clock())
    if token is None:
        abort(403, SIGNED_OUT)
    known.succeeded(known.who(session.person))
    response = make_response(redirect(local(after), 303))
    cookies.put(response, cookies.SESSION, token)
    known.remember(response, session.person)
    return response


def passkey_proved(refuse: Callable[[str, str, int], ResponseReturnValue]) -> ResponseReturnValue:
    """Lead on when the form brings a passkey of the person whose session this is.

    refuse: the page again, by where it leads, what is wrong and its status.
    """
    after, shown = request.form.get("next", ""), passkeys.shown(request.form.get("passkey", ""))
    person = begun().person
    if shown is None or (shown.organisation_id, shown.person_id) != (person.organisation_id, person.id):
        return refuse(after, WRONG_PASSKEY, 403)
    return proved(Means.PASSKEY, after)


def forget_the_one_before() -> None:
    """End the session this browser had, so that no two stand for one browser."""
    before = cookies.get(cookies.SESSION)
    if before:
        parts().sessions.revoke(before, parts().clock())
