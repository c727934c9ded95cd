"""Helplines in any spelling pass, and never shield a private number beside them."""

from __future__ import annotations

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.contact.detector import ContactDetails
from classifiers.contact.protected import helplines
from classifiers.contact.words import table
from classifiers.finding import Layer, Passage, Scene

DETECTOR = ContactDetails()
FILE = table("helplines")
LINES = sorted(FILE["phones"].items())
DIGITS = dict(
    zip(
        "0123456789",
        ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        strict=True,
    )
)
FRAMES = (
    "If it gets too much, ring {name} on {number}, it is free.",
    "{name}: {number}",
    "You can always call {number} ({name}).",
    "The school gave us {number} for {name}, we found them kind",
    "Number for {name} is {number}. They answer day and night.",
)
PRIVATE = (
    "07700 900123",
    "07700900456",
    "+44 7700 900789",
    "oh seven seven double oh nine double oh one two three",
)


def spaced(digits: str, cuts: list[int], sign: str) -> str:
    return "".join(digit + sign * (at in cuts and at < len(digits) - 1) for at, digit in enumerate(digits))


@st.composite
def spellings(draw):
    """A helpline's number in some spelling, with its name."""
    number, name = draw(st.sampled_from(LINES))
    digits = "".join(char for char in number if char.isdigit())
    manner = draw(st.sampled_from(["plain", "cut", "words", "doubles", "international", "wide", "keycaps"]))
    if manner == "plain":
        written = number
    elif manner == "cut":
        cuts = draw(st.lists(st.integers(1, max(1, len(digits) - 2)), max_size=3))
        written = spaced(digits, cuts, draw(st.sampled_from([" ", "-", "."])))
    elif manner == "words":
        written = " ".join(DIGITS[digit] for digit in digits)
    elif manner == "doubles":
        written = in_doubles(digits)
    elif manner == "wide":
        written = "".join(chr(ord("０") + int(digit)) for digit in digits)
    elif manner == "keycaps":
        written = "".join(f"{digit}\ufe0f\u20e3" for digit in digits)
    else:
        written = f"+44 {digits[1:5]} {digits[5:]}" if digits.startswith("0") and digits[1] != "0" else number
    return written, name


def in_doubles(digits: str) -> str:
    out, at = [], 0
    while at < len(digits):
        twice = digits[at : at + 2] == digits[at] * 2
        out.append(f"double {DIGITS[digits[at]]}" if twice else DIGITS[digits[at]])
        at += 2 if twice else 1
    return " ".join(out)


def stopping(text):
    scene = Scene("tutor", ("pupil",))
    return [one for one in DETECTOR.find([Passage(Layer.TEXT, text)], scene) if one.score >= 0.5]


@settings(max_examples=400, deadline=None)
@given(spellings(), st.sampled_from(FRAMES))
def test_a_helpline_passes_in_any_spelling(spelt, frame):
    number, name = spelt
    assert stopping(frame.format(number=number, name=name)) == []


@settings(max_examples=200, deadline=None)
@given(spellings(), st.sampled_from(PRIVATE), st.booleans())
def test_a_private_number_beside_a_helpline_is_found(spelt, private, first):
    number, name = spelt
    parts = [f"{name} is {number}.", f"My own mobile is {private}."]
    text = " ".join(reversed(parts) if first else parts)
    found = stopping(text)
    start = text.index(private)
    assert any(
        one.category == "phone" and one.start <= start and one.end >= start + len(private) - 1
        for one in found
    )


def test_the_file_says_when_it_was_looked_at_and_where_it_comes_from():
    assert isinstance(FILE["dated"], datetime.date)
    assert FILE["source"]
    assert all(name and any(char.isdigit() for char in number) for number, name in LINES)
    assert all(address.count("@") == 1 for address in FILE["addresses"])
    assert all("." in host and "/" not in host and host == host.lower() for host in FILE["hosts"])


def test_nobodys_own_number_is_among_the_helplines():
    mobile = [value for value in helplines().phones if value.startswith("+447")]
    assert mobile == []
    assert not any(value.startswith(("+44207946", "+441914980")) for value in helplines().phones)
