"""Addresses that may stand are no findings, whatever else their letters and figures look like."""

from __future__ import annotations

import random

import pytest

from classifiers.contact.detector import ContactDetails
from classifiers.finding import Finding, Layer, Passage, Scene

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
DETECTOR = ContactDetails()
BODY = "Yes, 4.30pm on 12 March is fine. I'll call the school about the room and text Grandad to bring him."
REPLIES = (
    "{body}\n\nOn Wed, 4 Mar 2026 at 16:30, Tara O. <{alias}> wrote:\n\n> Please bring page 3.\n",
    "{body}\n\nOn 4 Mar 2026, at 16:30, {alias} wrote:\n\nPlease bring page 3.",
    "{body}\n\nFrom: Tara O. <{alias}>\nSent: 04 March 2026 16:30\nSubject: Fractions\n\nPlease bring page 3.",
)


def find(text: str, *allowed: str) -> list[Finding]:
    scene = Scene("guardian", ("tutor",), allowed=frozenset(allowed))
    return [one for one in DETECTOR.find([Passage(Layer.TEXT, text)], scene) if one.score >= 0.5]


@pytest.mark.parametrize("reply", REPLIES)
def test_an_alias_in_a_quoted_line_is_no_user_name(reply: str) -> None:
    made = random.Random(11)
    for _ in range(60):
        alias = "".join(made.choices(LETTERS, k=18)) + "@relay.test"
        text = reply.format(body=BODY, alias=alias)
        assert not find(text, alias), alias
        assert "email" in {one.category for one in find(text)}


@pytest.mark.parametrize(
    "text",
    [
        "write to xjane@example.org",
        "write to jane@example.org.uk",
        "write to my.jane@example.org",
        "write to jane@example.orgs",
    ],
)
def test_a_longer_address_is_another_one(text: str) -> None:
    assert [one.category for one in find(text, "jane@example.org")] == ["email"]


def test_what_stands_beside_an_allowed_address_is_found() -> None:
    found = find("jane@example.org or my snap is jane_99, jane@example.org", "jane@example.org")
    assert "handle" in {one.category for one in found}


def test_a_user_name_with_a_host_is_an_address_and_found_as_one() -> None:
    found = {one.category for one in find("On insta? Write me: jane_99@example.org")}
    assert "email" in found
    assert "handle" not in found
