"""Error pages in the desk's own style; what went wrong inside is never shown, only an id."""

from __future__ import annotations

import logging
import secrets
import traceback

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from gateway.errors import Forbidden, NotFound, Stale, Unavailable

log = logging.getLogger(__name__)

TITLES = {
    400: ("That was not understood", "Nothing was changed. Go back and try it once more."),
    403: ("That is not allowed", "Your account may not do this."),
    404: ("Nothing here", "There is no such page or case, or it is not for your account."),
    405: ("Not that way", "This address only answers a form on a page of the desk. Nothing was changed."),
    409: ("Somebody was first", "It changed while you looked at it. Nothing of yours was done."),
    413: ("Too much", "The form holds more than the desk takes. Shorten the texts."),
    429: ("Too many tries", "Please wait a little."),
    500: ("Our fault", "Something went wrong in the gateway. Nothing you sent was half done."),
    503: ("Not just now", "The gateway's store does not answer at the moment. Try again in a minute."),
}


def show_faults(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFound, lambda _: _page(404))
    app.register_error_handler(Forbidden, lambda fault: _page(403, str(fault)))
    app.register_error_handler(Stale, lambda _: _page(409))
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(Exception, _crash)


def _http(fault: HTTPException) -> ResponseReturnValue:
    code = fault.code or 500
    if code < 400:
        return fault
    ours = code in (400, 403) and fault.description != type(fault).description
    response = _page(code, fault.description or "" if ours else "")
    allowed = {name: value for name, value in fault.get_headers() if name in ("Allow", "Retry-After")}
    return (*response, allowed)


def _unavailable(fault: Unavailable) -> ResponseReturnValue:
    log.warning("desk: %s while answering %s", type(fault).__name__, request.endpoint)
    return (*_page(503), {"Retry-After": "30"})


def _crash(fault: Exception) -> ResponseReturnValue:
    """Log where it happened, without the exception's words: they may quote a message."""
    fault_id = secrets.token_hex(4)
    frames = traceback.extract_tb(fault.__traceback__)
    trail = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    log.error("desk fault %s: %s at %s: %s", fault_id, type(fault).__name__, request.endpoint, trail)
    return _page(500, fault_id=fault_id)


def _page(code: int, said: str = "", fault_id: str = "") -> tuple[str, int]:
    title, advice = TITLES.get(code, ("That did not work", "Nothing was changed."))
    page = render_template(
        "desk/error.html", code=code, title=title, advice=said or advice, fault_id=fault_id
    )
    return page, code
