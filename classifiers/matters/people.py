"""Finds people of the directory who have no part in a talk: "Zoe Marsh is further on than you"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from classifiers.finding import KnownName, Passage, Scene
from classifiers.names.candidates import candidates
from classifiers.names.line import Line
from classifiers.names.meant import meant
from classifiers.names.roster import Form, Roster
from classifiers.names.tokens import key_of

FULL, GIVEN = 0.9, 0.75
LONGEST_LINE = 400  # characters around a name that are read for what it means there
_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"[.!?]\s|\n")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who is not there. start, end: code points of the passage's text."""

    person_id: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Circle:
    """The people of a scene; keys: folded names that nobody who is present bears."""

    roster: Roster
    present: frozenset[int]
    keys: frozenset[str]


def absent(passage: Passage, scene: Scene) -> Iterator[Named]:
    """Yield who is named and not of the circle. Nobody, as long as the circle is not known."""
    if not scene.present or len(scene.names) <= len(scene.present):
        return
    circle = _circle(scene.names, scene.present)
    done = 0
    for word in _WORD.finditer(passage.text):
        if word.start() >= done and key_of(word[0]) in circle.keys:
            first, done = _around(passage.text, word.start(), word.end())
            yield from _in_line(passage.text[first:done], first, circle)


@lru_cache(maxsize=64)
def _circle(names: tuple[KnownName, ...], present: frozenset[str]) -> Circle:
    roster = Roster.of(names)
    here = frozenset(place for place, one in enumerate(names) if one.person_id in present)
    given = frozenset(
        key_of(word)
        for place, one in enumerate(names)
        if place not in here
        for name in (one.given, one.family, *one.nicknames)
        for word in _WORD.findall(name)
    )
    return Circle(roster, here, given | _short_forms(roster, here))


def _short_forms(roster: Roster, here: frozenset[int]) -> frozenset[str]:
    return frozenset(
        key for place, halves in enumerate(roster.halves) if place not in here for key in halves[0]
    )


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence that holds a word, cut off where it grows too long."""
    before = [one.end() for one in _END.finditer(text, max(0, start - LONGEST_LINE), start)]
    after = _END.search(text, end, end + LONGEST_LINE)
    first = before[-1] if before else max(0, start - LONGEST_LINE)
    return first, after.start() if after else min(len(text), end + LONGEST_LINE)


def _in_line(text: str, offset: int, circle: Circle) -> Iterator[Named]:
    line = Line.of(text)
    for match in meant(line, candidates(line, circle.roster), circle.roster):
        absentees = match.persons - circle.present
        if not absentees or match.persons & circle.present or match.typo:
            continue  # a name that somebody present bears, or nearly bears, is theirs
        if match.form is Form.SURNAME and len(absentees) > 1:
            continue
        person = circle.roster.names[min(absentees)]
        start, end = line.tokens[match.first].start, line.tokens[match.last - 1].end
        score = FULL if match.form >= Form.REVERSED else GIVEN
        yield Named(person.person_id, offset + start, offset + end, score)
