"""What the OpenAPI document says beyond what APIFlask draws from the routes."""

from __future__ import annotations

from typing import Any, cast

from apiflask import APIFlask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.channels.platform.bodies import Checking, ProblemDetails
from gateway.channels.platform.problems import KINDS, MIMETYPE

SCHEMAS = "#/components/schemas/"
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "'true' when this is the answer to an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
WAITING = frozenset({409, 429, 503, 507})
Responses = dict[int | str, Any]


def configure(api: APIFlask) -> None:
    """Have `api` describe itself with these problems instead of APIFlask's own errors."""
    api.config.update(
        AUTO_SERVERS=False,  # it would repeat the Host header
        AUTO_TAGS=False,
        AUTO_404_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        INFO={"description": "Messages between tutors and families, checked before they are shown."},
    )
    api.spec_processor(cast(Any, _complete))


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the schemas that APIFlask does not collect; a body is always needed."""
    schemas = document["components"]["schemas"]
    for model in (Checking, ProblemDetails):
        schemas.update(_schemas(model))
    for operations in document["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return document


def _problem(status: int) -> dict[str, Any]:
    titles = [kind.title for kind in KINDS.values() if kind.status == status]
    documented: dict[str, Any] = {
        "description": "; ".join(titles),
        "content": {MIMETYPE: {"schema": {"$ref": SCHEMAS + "ProblemDetails"}}},
    }
    if status in WAITING:
        documented["headers"] = RETRY_AFTER
    return documented


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    _, drawn = models_json_schema([(model, "serialization")], ref_template=SCHEMAS + "{model}")
    definitions: dict[str, Any] = drawn["$defs"]
    return definitions


def _problems(*statuses: int) -> Responses:
    """The problems an operation may answer with."""
    return {status: _problem(status) for status in statuses}


SENDING: Responses = {
    200: {"headers": REPLAYED},
    202: {
        "description": "Taken; a person looks at it first.",
        "content": {"application/json": {"schema": {"$ref": SCHEMAS + "Checking"}}},
        "headers": REPLAYED,
    },
    **_problems(400, 401, 404, 409, 413, 415, 422, 429, 500, 503, 507),
}
ASKING: Responses = _problems(401, 404, 429, 500, 503)
