"""Errors as platforms see them: RFC 9457 problem details, each naming the fix.

Nothing of the request is ever repeated in an answer: not a value, not an unknown field's name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response

from gateway.errors import GatewayError

MIMETYPE = "application/problem+json"
TYPE_PREFIX = "urn:tutor-gateway:problem:"

Member = str | int | list[dict[str, str | int]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, and what we say when nothing better is known."""

    status: int
    title: str
    detail: str
    fix: str


KINDS: dict[str, Kind] = {
    "bad-request": Kind(
        400,
        "Bad request",
        "The request is not well formed.",
        "Compare it with /v1/openapi.json and send it again.",
    ),
    "malformed-json": Kind(
        400,
        "Malformed JSON",
        "The body is not one JSON text in UTF-8 with every field named once.",
        "Send one JSON object, encoded in UTF-8, with no more fields than the API knows.",
    ),
    "bad-idempotency-key": Kind(
        400,
        "Idempotency-Key missing or not usable",
        "Every new message needs a key that makes repeating the request safe.",
        "Send an Idempotency-Key header of 1 to 200 visible ASCII characters, a new one per message.",
    ),
    "not-authenticated": Kind(
        401,
        "Not authenticated",
        "The API key is missing, unknown or revoked.",
        "Send a valid key in the header 'Authorization: Bearer KEY'.",
    ),
    "no-such-route": Kind(
        404,
        "No such address",
        "Nothing is served at this address.",
        "See /v1/openapi.json for the addresses there are.",
    ),
    "not-found": Kind(
        404,
        "Not found",
        "Your organisation has nothing with this id.",
        "Check the id, and that the API key is the right organisation's.",
    ),
    "method-not-allowed": Kind(
        405,
        "Method not allowed",
        "This address does not answer that method.",
        "Use a method named in the Allow header.",
    ),
    "key-in-flight": Kind(
        409,
        "Still working on it",
        "A request with this Idempotency-Key is being worked on.",
        "Wait as long as Retry-After says, then send the same request again.",
    ),
    "too-large": Kind(
        413,
        "Body too large",
        "The body is larger than 1 MiB.",
        "Shorten the message, or send it as several messages.",
    ),
    "unsupported-media-type": Kind(
        415,
        "Unsupported media type",
        "The body must be JSON.",
        "Send the header 'Content-Type: application/json'.",
    ),
    "invalid-body": Kind(
        422,
        "The body does not fit",
        "One or more fields are missing, unknown or of the wrong form; 'errors' says where.",
        "Correct the fields named in 'errors' and send the message again.",
    ),
    "outside-pair": Kind(
        422,
        "Not part of this pair",
        "The person at 'pointer' belongs to your organisation, but not to this pair.",
        "Name only the pair's tutor, pupil and the pupil's guardians.",
    ),
    "key-reused": Kind(
        422,
        "Idempotency-Key used before",
        "Another message was sent with this Idempotency-Key.",
        "Send a new message under a new key; repeat a key only with the very same message.",
    ),
    "refused": Kind(
        422,
        "The message was not sent",
        "This message cannot be sent as it is.",
        "Change the message and send it under a new Idempotency-Key.",
    ),
    "too-many-requests": Kind(
        429,
        "Too many requests",
        "This API key asks too often.",
        "Wait as long as Retry-After says, then go on more slowly.",
    ),
    "internal": Kind(
        500,
        "Our fault",
        "The gateway could not finish this request.",
        "Send the same request again with the same Idempotency-Key; quote X-Request-Id if it happens twice.",
    ),
    "unavailable": Kind(
        503,
        "Not now",
        "The gateway cannot answer for the message at the moment.",
        "Send the same request again, with the same Idempotency-Key, after Retry-After seconds.",
    ),
    "store-full": Kind(
        507,
        "No room",
        "The gateway has no room for new messages; nothing was kept.",
        "Send the same request again, with the same Idempotency-Key, after Retry-After seconds.",
    ),
}

BY_STATUS = {404: "no-such-route", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}


class Problem(GatewayError):
    """Ends a request with a problem of one of the KINDS.

    detail, fix: instead of the kind's own. status: instead of the kind's own.
    headers: such as Allow. members: further members of the problem; never input.
    """

    def __init__(
        self,
        kind: str,
        *,
        detail: str = "",
        fix: str = "",
        status: int = 0,
        retry_after_s: int = 0,
        headers: dict[str, str] | None = None,
        members: dict[str, Member] | None = None,
    ) -> None:
        known = KINDS[kind]
        self.kind, self.title, self.status = kind, known.title, status or known.status
        self.detail, self.fix = detail or known.detail, fix or known.fix
        self.headers = dict(headers or {})
        if retry_after_s:
            self.headers["Retry-After"] = str(retry_after_s)
        self.members = members or {}
        super().__init__(f"{self.detail} {self.fix}")

    def body(self) -> dict[str, Member]:
        """The problem's members in the order a person would read them."""
        return {
            "type": TYPE_PREFIX + self.kind,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "fix": self.fix,
            **self.members,
        }

    def response(self) -> Response:
        """The problem as an HTTP response."""
        return Response(json.dumps(self.body()), self.status, self.headers, mimetype=MIMETYPE)
