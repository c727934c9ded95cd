"""Allowed values are kept in the one form that detectors compare with."""

from __future__ import annotations

import pytest

from gateway.cli.allow_values import canonical


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("020 7946 0000", "+442079460000"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("07700-900123", "+447700900123"),
        ("0800 1111", "+448001111"),
        ("999", "999"),
        ("Office@Relay.Test", "office@relay.test"),
        ("https://www.Lessons.example.org/", "lessons.example.org"),
        ("lessons.example.org/room/7", "lessons.example.org/room/7"),
        ("@MathsClub", "mathsclub"),
    ],
)
def test_a_value_has_one_canonical_form(value: str, form: str) -> None:
    assert canonical(value) == {form}


@pytest.mark.parametrize("value", ["", "   ", "two words", "a\nb", "----"])
def test_nonsense_allows_nothing(value: str) -> None:
    assert canonical(value) == frozenset()
