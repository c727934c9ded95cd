"""People, and the words, places, figures and months that share their names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from classifiers.finding import KnownName, Layer, Passage, Scene
from classifiers.names.matcher import NameMatcher
from tests.fakes.rewriting import rewrite

ROLES = {"p": "pupil", "g": "guardian", "t": "tutor", "s": "staff"}
PERSON = re.compile(r"(?P<name>[^\[(]+?)(?:\[(?P<nick>.*)\])?\((?P<role>[pgts])\)")


def person(written: str) -> KnownName:
    found = PERSON.fullmatch(written.strip())
    assert found is not None, written
    given, _, family = found["name"].partition(" ")
    return KnownName(written, ROLES[found["role"]], given, family, (found["nick"],) if found["nick"] else ())


def cases() -> list[tuple[str, str, tuple[KnownName, ...]]]:
    rows = (Path(__file__).parent / "subjects.txt").read_text(encoding="utf-8").splitlines()
    fields = [row.split(" | ") for row in rows if not row.startswith("#")]
    return [
        (subject, subject if wanted == "=" else wanted, tuple(map(person, people.split(";"))))
        for subject, wanted, people in fields
    ]


def amended(text: str, names: tuple[KnownName, ...]) -> str:
    return rewrite(text, NameMatcher().find([Passage(Layer.SUBJECT, text)], Scene("tutor", names=names)))


@pytest.mark.parametrize(("subject", "wanted", "names"), cases())
def test_a_name_changes_where_a_person_is_meant(
    subject: str, wanted: str, names: tuple[KnownName, ...]
) -> None:
    assert amended(subject, names) == wanted
    assert amended(wanted, names) == wanted
