"""Keeps requests and answers in order: strict JSON, problems for all that goes wrong, headers."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, g, request
from flask.json.provider import DefaultJSONProvider
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from gateway.channels.platform.bodies import FIELDS
from gateway.channels.platform.problems import BY_STATUS, Problem
from gateway.errors import NotFound, StoreFull, Unavailable

log = logging.getLogger(__name__)

BODY_LIMIT_BYTES = 1024 * 1024
FIELD_LIMIT = 64  # a hundred thousand unknown fields took 0.7 s to be told apart
ERRORS_SHOWN = 20
RETRY_AFTER_S = {"unavailable": 5, "store-full": 60}
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
# By pydantic's error types, in our words: some of pydantic's own repeat what was sent.
MISTAKES = {
    "missing": "This field is required.",
    "string_type": "Must be a string.",
    "string_unicode": "Must be Unicode text, without lone surrogates.",
    "string_too_short": "Must not be empty.",
    "string_too_long": "Is too long.",
    "string_pattern_mismatch": "Holds characters that are not allowed here.",
    "list_type": "Must be an array.",
    "too_short": "Must not be empty.",
    "too_long": "Has too many elements.",
    "repeated": "Each recipient must be named once.",
    "model_type": "Must be a JSON object.",
}


def install(api: APIFlask) -> None:
    """Put `api` under guard: whatever ends a request early becomes a problem."""
    api.json = StrictJson(api)
    api.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT_BYTES
    api.url_map.merge_slashes = False  # a redirect would repeat the address that was asked for
    api.before_request(_number)
    api.before_request(_require_json)
    api.after_request(_finish)
    api.error_callback = _not_valid
    api.register_error_handler(Problem, Problem.response)
    api.register_error_handler(NotFound, lambda _: Problem("not-found").response())
    api.register_error_handler(StoreFull, lambda _: _come_back("store-full"))
    api.register_error_handler(Unavailable, lambda _: _come_back("unavailable"))
    api.register_error_handler(TimeoutError, lambda _: _come_back("unavailable"))
    api.register_error_handler(HTTPException, _http_problem)
    api.register_error_handler(Exception, _our_fault)


class StrictJson(DefaultJSONProvider):
    """JSON that can be read one way only: UTF-8, no field twice, no NaN, no abysses."""

    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse. Raises the problem malformed-json."""
        try:
            text = s if isinstance(s, str) else s.decode("utf-8")
            return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_constant, **kwargs)
        except (ValueError, RecursionError):
            raise Problem("malformed-json") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs) or len(pairs) > FIELD_LIMIT:
        raise ValueError("a field is named twice, or there are far too many")
    return fields


def _no_constant(_: str) -> None:
    raise ValueError("not a JSON number")


def _number() -> None:
    g.request_id = secrets.token_hex(8)


def _require_json() -> None:
    if request.url_rule and request.method == "POST" and request.mimetype != "application/json":
        raise Problem("unsupported-media-type")


def _finish(response: Response) -> Response:
    response.headers.update(HEADERS)
    response.headers["X-Request-Id"] = g.request_id
    return response


def _come_back(kind: str) -> Response:
    return Problem(kind, retry_after_s=RETRY_AFTER_S[kind]).response()


def _http_problem(error: HTTPException) -> Response:
    methods = getattr(error, "valid_methods", None) or ()
    return _of_status(error.code or 500, {"Allow": ", ".join(sorted(methods))} if methods else {})


def _of_status(status: int, headers: dict[str, str]) -> Response:
    kind = BY_STATUS.get(status, "bad-request" if status < 500 else "internal")
    return Problem(kind, status=status, headers=headers).response()


def _our_fault(error: Exception) -> Response:
    # Neither the error's text nor a traceback is logged: both may hold parts of a message.
    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_name}:{where.tb_lineno}" if where else "?"
    log.error("request %s failed: %s in %s", g.request_id, type(error).__name__, place)
    return Problem("internal").response()


def _not_valid(error: HTTPError) -> Response:
    """A request that does not validate. APIFlask's own words name unknown fields; its cause need not."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return _of_status(error.status_code, {})
    if "headers" in error.detail:
        return Problem("bad-idempotency-key").response()
    found = cause.errors(include_url=False, include_context=False, include_input=False)[:ERRORS_SHOWN]
    errors = [_mistake(one["type"], one["loc"]) for one in found]
    return Problem("invalid-body", members={"errors": errors}).response()


def _mistake(kind: str, where: tuple[int | str, ...]) -> dict[str, str | int]:
    """Say what is wrong where; an unknown field is told by its position, never by its name."""
    if kind == "extra_forbidden":
        names = list(request.get_json(force=True))
        return {
            "pointer": "",
            "position": names.index(where[0]) + 1,
            "detail": f"Unknown field; the fields are {', '.join(FIELDS)}.",
        }
    return {
        "pointer": "".join(f"/{step}" for step in where),
        "detail": MISTAKES.get(kind, "Is not valid."),
    }
