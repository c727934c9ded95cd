"""The word lists of `config/words`, folded the way messages are, ready to look things up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classifiers.contact.remembered import LONGEST_REMEMBERED as LONGEST_REMEMBERED
from classifiers.names.lore import lore
from classifiers.normalise.view import normalise

Phrases = dict[str, dict[str, list[tuple[tuple[str, ...], str]]]]

# One symbol a group in config/words/contact.toml; `intent` reads sentences written in them.
SYMBOLS = {
    "filler": "", "contact": "N", "number": "n", "phone": "f", "email": "e", "address": "a", "handle": "u",
    "link": "L", "search": "j", "my": "M", "your": "Y", "me": "m", "you": "U", "reported": "R",
    "relayed": "r", "policy": "p", "offering": "Z", "bio": "1", "way": "3", "visit": "6", "hide": "7", "yourcontact": "8", "date": "9", "friends": "4", "group": "5", "lets": "l", "i": "I", "add": "A", "text": "T", "call": "C",
    "message": "S", "talk": "K", "swap": "W", "give": "g", "get": "h", "what": "Q", "where": "y",
    "off": "E", "here": "H", "instead": "i", "same": "s", "better": "b", "move": "v", "find": "D", "see": "c",
    "be": "B", "aux": "d", "on": "o", "time": "t", "name": "k", "as": "z", "live": "V", "he": "J",
    "not": "X", "treat": "%", "spoken": "&", "organisation": "#", "asking": "?", "stopping": ".", "pausing": ",", "but": ";", "if": "F", "can": "w", "subject": "q",
}  # fmt: skip
STRONG, WEAK, MAIL, ROOM = "P", "O", "G", "2"


def folder() -> Path:
    """Where the word lists lie: beside the packages in a checkout, inside them when installed."""
    root = Path(__file__).resolve().parents[2]
    inside = root / "gateway" / "_config" / "words"
    return inside if inside.is_dir() else root / "config" / "words"


def table(name: str) -> dict[str, Any]:
    """One word list as it stands in its file."""
    with (folder() / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def entries(line: str) -> Iterator[str]:
    """The folded entries of a comma-separated line, without apostrophes."""
    for entry in line.split(","):
        if folded := " ".join(normalise(entry).text.replace("'", "").split()):
            yield folded


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words mean to the grammar.

    meaning: word → symbol (or "" for a filler); phrases: first word → second → (words after the first,
    symbol), longest first. platforms, phrase_platforms: word or phrase → (symbol, platform).
    """

    meaning: Mapping[str, str]
    phrases: Phrases
    platforms: Mapping[str, tuple[str, str]]
    context: Mapping[str, frozenset[str]]
    signs: Mapping[str, frozenset[str]]
    nato: frozenset[str]
    common: frozenset[str]
    not_handles: frozenset[str]
    lesson_codes: frozenset[str]
    passed: frozenset[str]
    introducing: frozenset[str]
    saying: frozenset[str]
    everywhere: frozenset[str]
    code: frozenset[str]
    texting: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The lexicon of the shipped word lists; read once a process."""
    contact = table("contact")
    platforms = _platforms(table("platforms"))
    meaning = {name: symbol for name, (symbol, _) in platforms.items()}
    for group, line in contact["groups"].items():
        for entry in entries(line):
            meaning.setdefault(entry, SYMBOLS[group])
    words = {entry: symbol for entry, symbol in meaning.items() if " " not in entry}
    return Lexicon(
        meaning=words,
        phrases=_phrases(meaning),
        platforms=platforms,
        context={name: frozenset(entries(line)) for name, line in contact["context"].items()},
        signs={name: frozenset(entries(line)) for name, line in contact["signs"].items()},
        nato=frozenset(contact["letters"]["nato"].split()),
        common=frozenset(contact["common"]["words"].split()),
        not_handles=frozenset(contact["common"]["not_handles"].split()),
        lesson_codes=frozenset(contact["common"]["lesson_codes"].split()),
        **{name: frozenset(line.split()) for name, line in contact["handles"].items()},
    )


def _platforms(file: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    for section, symbol in (("strong", STRONG), ("mail", MAIL), ("weak", WEAK), ("rooms", ROOM)):
        for platform, line in file[section].items():
            for entry in entries(line):
                known.setdefault(entry, (symbol, platform))
                if symbol == STRONG and " " not in entry and len(entry) >= 5:
                    known.setdefault(f"{entry}s", (symbol, platform))  # "discord's"
    return known


def _phrases(meaning: Mapping[str, str]) -> Phrases:
    found: Phrases = {}
    for entry, symbol in meaning.items():
        first, *others = entry.split()
        if others:
            found.setdefault(first, {}).setdefault(others[0], []).append((tuple(others), symbol))
    for seconds in found.values():
        for choices in seconds.values():
            choices.sort(key=lambda choice: -len(choice[0]))
    return found


_LONG_ENDINGS = (
    "tion",
    "tions",
    "ment",
    "ments",
    "ness",
    "ing",
    "ly",
    "ity",
    "ities",
    "ical",
    "able",
    "ible",
    "ism",
    "ists",
    "ology",
    "ive",
    "ance",
    "ence",
    "ously",
    "ised",
    "ized",
)


def is_english(word: str) -> bool:
    """Whether a word is ordinary English: then it is hardly somebody's user name."""
    if word in lexicon().common or word in lexicon().meaning or word in lore().english:
        return True
    return len(word) > 9 and word.endswith(_LONG_ENDINGS)


def any_of(words: Iterable[str], wanted: frozenset[str]) -> bool:
    """Whether one of the words is wanted."""
    return not wanted.isdisjoint(words)
