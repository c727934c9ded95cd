"""The committed API document is the one that the code draws, and it holds together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter

from classifiers.finding import Kind
from gateway.channels.platform import bodies
from gateway.channels.platform.openapi import document
from gateway.channels.platform.problems import KINDS, Problem
from gateway.domain.verdict import Outcome, Refuse, Ruled, Verdict
from tests.fakes.circle import finding
from tests.fakes.platform import BODY, House, headers

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def drawn() -> dict[str, Any]:
    return TypeAdapter(dict[str, Any]).validate_json(document())


def test_the_committed_document_is_up_to_date() -> None:
    hint = "run: python -m gateway.channels.platform.openapi > docs/openapi.json"
    assert COMMITTED.read_text("utf-8") == document(), hint


def test_it_is_openapi_3_1_and_names_no_server(drawn: dict[str, Any]) -> None:
    assert drawn["openapi"].startswith("3.1.")
    assert "servers" not in drawn
    assert {(path, method) for path, item in drawn["paths"].items() for method in item} == {
        ("/v1/messages", "post"),
        ("/v1/messages/{message_id}", "get"),
    }


def test_every_reference_resolves(drawn: dict[str, Any]) -> None:
    references = list(_references(drawn))
    assert references
    for reference in references:
        place: Any = drawn
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_operation_needs_a_key_and_tells_its_problems(drawn: dict[str, Any]) -> None:
    for item in drawn["paths"].values():
        for operation in item.values():
            assert operation["security"] == [{"ApiKey": []}]
            for status, answer in operation["responses"].items():
                media = "application/json" if status < "300" else "application/problem+json"
                assert list(answer["content"]) == [media]
    sending = drawn["paths"]["/v1/messages"]["post"]
    asking = drawn["paths"]["/v1/messages/{message_id}"]["get"]
    documented = {int(status) for status in (*sending["responses"], *asking["responses"])}
    assert {kind.status for kind in KINDS.values()} - documented == {405}
    assert sending["requestBody"]["required"] is True


def test_a_submission_may_hold_nothing_else(drawn: dict[str, Any]) -> None:
    submission = drawn["components"]["schemas"]["Submission"]
    assert submission["additionalProperties"] is False
    assert set(submission["required"]) == {"pair", "sender", "recipients", "text"}


class Closed(bodies.ProblemDetails):
    """The documented form, and not a member more."""

    model_config = ConfigDict(extra="forbid")


def test_every_problem_fits_the_documented_form() -> None:
    for kind in KINDS:
        Closed.model_validate(Problem(kind).body())
    found = Refuse("Leave it out.", "ours", (finding(Kind.CONTACT, "phone"),))
    house = House(Verdict(Outcome.REFUSE, "v", (Ruled("contact_details", "T-1", found),)))
    client = house.api().test_client()
    for body in (BODY, {**BODY, "x": 1}, {**BODY, "pair": "nobody"}):
        answered = client.post("/v1/messages", json=body, headers=headers(str(len(body["pair"])))).json
        assert answered is not None
        assert Closed.model_validate(answered).model_dump(exclude_unset=True) == answered


def test_the_served_document_repeats_nothing_of_the_request() -> None:
    client = House().api().test_client()
    response = client.get("/v1/openapi.json", headers={"Host": "canary.example.org"})
    assert response.json == json.loads(document())
    assert "canary" not in response.text


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)
