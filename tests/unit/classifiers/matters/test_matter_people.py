"""Who is named without having a part in the talk."""

from __future__ import annotations

import pytest

from classifiers.finding import KnownName, Layer, Passage, Scene
from classifiers.matters.people import absent

NAMES = (
    KnownName("p1", "pupil", "Amy", "Brown"),
    KnownName("p2", "pupil", "Zoe", "Marsh", ("Zozo",)),
    KnownName("p3", "pupil", "Grace", "Field"),
    KnownName("p4", "pupil", "Amy", "Khan"),
    KnownName("t1", "tutor", "Tara", "Okafor"),
)
PRESENT = frozenset(("p1", "t1"))


def named(text: str, present: frozenset[str] = PRESENT) -> list[tuple[str, str]]:
    scene = Scene("tutor", ("guardian",), names=NAMES, present=present)
    return [(one.person_id, text[one.start : one.end]) for one in absent(Passage(Layer.TEXT, text), scene)]


@pytest.mark.parametrize(
    ("text", "whom", "written"),
    [
        ("Zoe Marsh is further on.", "p2", "Zoe Marsh"),
        ("Zoe's parents are splitting up.", "p2", "Zoe"),
        ("Between us, Zozo has left.", "p2", "Zozo"),
        ("I saw Mrs Marsh yesterday.", "p2", "Marsh"),
        ("Grace Field won. So there.", "p3", "Grace Field"),
        ("Good work this week.\nAmy Khan has the same trouble.", "p4", "Amy Khan"),
    ],
)
def test_it_finds_who_is_not_there(text: str, whom: str, written: str) -> None:
    assert named(text) == [(whom, written)]


@pytest.mark.parametrize(
    "text",
    [
        "Amy finds fractions hard.",  # somebody present bears the name, and somebody absent too
        "Amy Brown finds fractions hard.",
        "Tara will be there.",
        "A marsh is wet land.",
        "Say it with grace.",
        "Nobody is named here.",
    ],
)
def test_it_leaves_those_who_are_there_and_mere_words(text: str) -> None:
    assert named(text) == []


def test_nobody_is_absent_while_the_circle_is_not_known() -> None:
    assert named("Zoe Marsh is further on.", frozenset()) == []


def test_a_long_text_is_read_around_the_name_alone() -> None:
    text = "word " * 5_000 + "Zoe Marsh " + "word " * 5_000
    assert [whom for whom, _ in named(text)] == ["p2"]
