"""What people say about matters that have a rule, read from config/words/matters.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import re2

from classifiers.conduct.lexicon import Lexicon, is_class, lexicon, words_folder
from classifiers.matters.words import DAY, NIGHT, NUMBER, POUNDS, UNKNOWN
from classifiers.names.lore import lore

EVERYONE = frozenset(("tutor", "pupil", "guardian", "staff", "outsider", "organisation"))
PUNCTUATION = r'[^ ,?"]+ '  # one word that breaks no clause
SIGNS = {"NUM": (NUMBER,), "AMOUNT": (POUNDS,), "NIGHT": (NIGHT,), "DAY": (DAY,)}
"""Words that stand for what was written in figures."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing people say.

    by, to: roles it counts from and to. drop: classes in whose sentence it is something else.
    after: classes one of which must stand in the sentence before; none need when empty.
    firm: a "not" before it takes nothing away. stance: how it is always meant, "" to look.
    value: the table in which to look up what exactly it is, "" for none.
    """

    says: str
    category: str
    score: float
    by: frozenset[str]
    to: frozenset[str]
    drop: frozenset[str]
    after: frozenset[str]
    firm: bool
    stance: str
    value: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One pattern of a cue.

    needs: for every element that must be there, the words that can be it.
    denies: a "not" belongs to it, so that one inside it takes nothing away.
    """

    cue: Cue
    needs: tuple[frozenset[str], ...]
    pattern: str
    denies: bool


@dataclass(slots=True)
class Cues:
    """Every row, every class, and the tables of values.

    tables: name of a table to its canonical values, each with the ways to write it.
    """

    known: Lexicon
    rows: tuple[Row, ...]
    tables: Mapping[str, Mapping[str, str]]
    _compiled: dict[str, Any] = field(default_factory=dict)
    _of_class: dict[str, str] = field(default_factory=dict)

    def search(self, row: Row, joined: bytes) -> tuple[int, int] | None:
        """Where a row stands in single-spaced words, None when it does not."""
        found = self._regex(row.pattern).search(joined)
        return found.span() if found is not None else None

    def holds(self, name: str, joined: bytes) -> bool:
        """Whether single-spaced words hold one of a class."""
        return self.after(name, joined) is not None

    def after(self, name: str, joined: bytes) -> bytes | None:
        """The words after the first of a class, None when it is not there."""
        pattern = self._of_class.get(name)
        if pattern is None:
            pattern = self._of_class[name] = " " + _either(self.known.classes[name])
        found = self._regex(pattern).search(joined)
        return joined[found.end() - 1 :] if found is not None else None

    def _regex(self, pattern: str) -> Any:
        held = self._compiled.get(pattern)
        if held is None:
            held = self._compiled[pattern] = re2.compile(pattern.encode())
        return held


@lru_cache(maxsize=1)
def cues() -> Cues:
    """Return the shipped cues, with the words and spellings of conduct beside their own."""
    return compiled(tomllib.loads((words_folder() / "matters.toml").read_text("utf-8")), lexicon())


def compiled(raw: Mapping[str, Any], base: Lexicon) -> Cues:
    """Make cues from the contents of matters.toml. base: whose spellings and classes they may use."""
    written = {name.upper(): ", ".join(table.values()) for name, table in raw["value"].items()}
    known = Lexicon(base.spelling, base.pairs)
    own = {name: frozenset(_plain(members, known)) for name, members in {**written, **raw["classes"]}.items()}
    known.classes = {**base.classes, **own}
    spoken = {word for members in own.values() for member in members for word in member.split("_")}
    known.vocabulary = base.vocabulary | spoken | set(_literals(raw, known))
    rows = tuple(_row(cue, row, known) for cue in _cues(raw) for row in cue.rows)
    return Cues(known, rows, {name: dict(table) for name, table in raw["value"].items()})


def _plain(members: str, known: Lexicon) -> Iterator[str]:
    """The members of a class as they are read; "children's home" is read without the s, too."""
    for member in members.split(","):
        for written in {member.replace("'s", ""), member.replace("'", "")}:
            yield "_".join(known.plain(written.replace("-", " ").split()))


def _literals(raw: Mapping[str, Any], known: Lexicon) -> Iterator[str]:
    """The plain words of all rows."""
    for cue in raw["cue"]:
        for option in cue["patterns"].replace("|", " ").replace("?", " ").split():
            if not is_class(option) and option[0] not in "~^$":
                yield from known.plain(option.split("_"))


def _cues(raw: Mapping[str, Any]) -> Iterator[Cue]:
    for cue in raw["cue"]:
        held = {"by": "", "to": "", "drop": [], "value": "", **raw["category"][cue["category"]], **cue}
        yield Cue(
            says=held["says"],
            category=held["category"],
            score=held["score"],
            by=frozenset(held["by"].split()) or EVERYONE,
            to=frozenset(held["to"].split()) or EVERYONE,
            drop=frozenset(held["drop"]),
            after=frozenset(held.get("after", ())),
            firm=held.get("firm", False),
            stance=held.get("stance", ""),
            value=held["value"],
            rows=tuple(row for row in held["patterns"].splitlines() if row.strip()),
        )


def _row(cue: Cue, written: str, known: Lexicon) -> Row:
    needs: list[frozenset[str]] = []
    pattern = " "
    for element in _elements(written, known):
        if element == "^":
            pattern = "^ "
        elif element == "$":
            pattern += "$"
        elif element.startswith("~"):
            word = r"\S+ " if element.startswith("~~") else PUNCTUATION
            pattern += f"(?:{word}){{0,{element.lstrip('~')}}}"
        elif element.endswith("?") and len(element) > 1:
            pattern += f"(?:{_either(_words(element[:-1], known))})?"
        else:
            words = _words(element, known)
            needs.append(words)
            pattern += _either(words)
    if not needs:
        raise ValueError(f"the cue “{cue.says}” has a row without words: {written}")
    denials = known.classes["NOT"]
    denies = any(not denials.isdisjoint(word.split("_")) for need in needs for word in need)
    return Row(cue, tuple(needs), pattern, denies)


def _either(words: frozenset[str]) -> str:
    """A pattern for any of these words, each with the blank behind it; the longest counts."""
    longest = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re2.escape(_spaced(word)) for word in longest) + ") "


def _spaced(word: str) -> str:
    return word if word == UNKNOWN else word.replace("_", " ")


def _elements(written: str, known: Lexicon) -> Iterator[str]:
    """Split a row; plain words get the lexicon's spelling ("dont know" for "do not know")."""
    for element in written.split():
        plain = (
            not is_class(element) and element[-1] not in "?^$" and "|" not in element and element[0] != "~"
        )
        yield from known.plain([element]) if plain else [element]


def _words(element: str, known: Lexicon) -> frozenset[str]:
    found: set[str] = set()
    for option in element.split("|"):
        if option in SIGNS:
            found.update(SIGNS[option])
        elif option == UNKNOWN:
            found |= {UNKNOWN, *_names(known)}
        elif is_class(option):
            found |= _members(option, element, known)
        elif option:
            found.add("_".join(known.plain(option.split("_"))))
    return frozenset(found)


def _names(known: Lexicon) -> Iterator[str]:
    """Given names that some list of words happens to hold: they are as unknown as all others."""
    return (word for word in known.vocabulary if word in lore().given and not lore().is_word(word))


def _members(name: str, element: str, known: Lexicon) -> frozenset[str]:
    """The members of a class. Raises: ValueError for a class that no file knows."""
    if name not in known.classes:
        raise ValueError(f"matters.toml uses the class {name} in “{element}”, which no list of words defines")
    return known.classes[name]
