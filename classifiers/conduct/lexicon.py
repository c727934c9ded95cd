"""The words of conduct: classes and cues, read from config/words and folded like messages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick

# Classes that only calm or turn a cue: their phrases are noted and never made one word,
# so that "tell your mum" (safe) does not hide in "don't tell your mum".
GUARDS = frozenset(
    ("ADVICE", "FORBID", "SAFE", "SURPRISE", "COPIED", "FRAME", "WORKNAME", "SUBJECT", "LAUGH")
)

OWNERS = frozenset(("my", "our", "your", "his", "her", "their", "the", "a", "this"))


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing people say. patterns: rows of the notation in conduct_cues.toml.

    by: roles it counts for. drop: classes beside which it is something else.
    calm: classes that damp it. told: a report of it is a third-party report.
    """

    says: str
    category: str
    score: float
    by: frozenset[str]
    patterns: tuple[str, ...]
    drop: frozenset[str] = frozenset()
    calm: frozenset[str] = frozenset()
    told: bool = False
    stance: str = ""


class Meaning(NamedTuple):
    """The plain words that a piece of text stands for. evasive: they were hidden in it."""

    words: tuple[str, ...]
    evasive: bool = False


@dataclass(slots=True)
class Lexicon:
    """Words and classes.

    spelling: one written word to the words meant. pairs: two words that are one.
    classes: members of a class, phrases joined by "_". belongs: a member's classes.
    phrases: finds every phrase in a text of single-spaced words.
    guards: single words that calm or turn a cue.
    meanings: what was found out about pieces of text so far.
    """

    spelling: Mapping[str, tuple[str, ...]]
    pairs: Mapping[tuple[str, str], str]
    classes: dict[str, frozenset[str]] = field(default_factory=dict)
    belongs: dict[str, frozenset[str]] = field(default_factory=dict)
    phrases: Any = None
    vocabulary: frozenset[str] = frozenset()
    guards: frozenset[str] = frozenset()
    cues: tuple[Cue, ...] = ()
    meanings: dict[str, Meaning] = field(default_factory=dict)

    def plain(self, words: Iterable[str]) -> list[str]:
        """Return words in the spelling that classes and patterns are written in."""
        single = [meant for word in words for meant in self.spelling.get(word, (word,))]
        return self.paired(single)

    def paired(self, words: Sequence[str]) -> list[str]:
        """Return words with those joined that are one: "do not" is "dont"."""
        joined: list[str] = []
        for word in words:
            pair = self.pairs.get((joined[-1], word)) if joined else None
            if pair is None:
                joined.append(word)
            else:
                joined[-1] = pair
        return joined


def words_folder() -> Path:
    """Where the word lists are: inside an installed package, or beside the sources."""
    root = Path(__file__).resolve().parents[2]
    inside = root / "gateway" / "_config" / "words"
    return inside if inside.is_dir() else root / "config" / "words"


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the shipped lexicon."""
    folder = words_folder()
    raw = tomllib.loads((folder / "conduct_lexicon.toml").read_text(encoding="utf-8"))
    cues = tomllib.loads((folder / "conduct_cues.toml").read_text(encoding="utf-8"))
    return build(raw, cues)


def build(raw: Mapping[str, Any], cues: Mapping[str, Any]) -> Lexicon:
    """Make a lexicon from the two files' contents."""
    spelling = {word: tuple(meant.split()) for word, meant in raw["spelling"].items() if " " not in word}
    pairs = {_pair(words): meant for words, meant in raw["spelling"].items() if " " in words}
    built = Lexicon(spelling, pairs)
    for name, members in raw["classes"].items():
        built.classes[name] = frozenset(_members(built, members))
    built.cues = tuple(_cue(cue, cues["category"][cue["category"]]) for cue in cues["cue"])
    literal = {word for cue in built.cues for row in cue.patterns for word in _literals(built, row)}
    _index(built, literal)
    return built


def _pair(words: str) -> tuple[str, str]:
    first, second = words.split()
    return first, second


def _members(built: Lexicon, written: str) -> Iterable[str]:
    for entry in written.split(","):
        word = entry.strip()
        for form in _forms(word[:-1]) if word.endswith("+") else (word,):
            yield "_".join(built.plain(form.replace("'", "").replace("-", " ").split()))


def _forms(verb: str) -> tuple[str, ...]:
    """Regular forms: "hug" gives hug, hugs, hugging, hugged."""
    stem = verb[:-1] if verb.endswith("e") else verb
    doubled = stem[-1] if _doubles(verb) else ""
    third = verb[:-1] + "ies" if verb[-1] == "y" and verb[-2] not in "aeiou" else verb + "s"
    past = verb[:-1] + "ied" if third.endswith("ies") else stem + doubled + "ed"
    return verb, third, stem + doubled + "ing", past


def _doubles(verb: str) -> bool:
    ends_short = len(verb) < 5 and verb[-1] not in "aeiouwxy" and verb[-2] in "aeiou"
    return ends_short and (len(verb) < 3 or verb[-3] not in "aeiou")


def _cue(cue: Mapping[str, Any], category: Mapping[str, Any]) -> Cue:
    return Cue(
        says=cue["says"],
        category=cue["category"],
        score=cue["score"],
        by=frozenset(cue.get("by", category["by"]).split()),
        patterns=tuple(" ".join(row.split()) for row in cue["patterns"].splitlines() if row.strip()),
        drop=frozenset(cue.get("drop", ())),
        calm=frozenset(cue.get("calm", category.get("calm", ()))),
        told=category.get("told", False),
        stance=cue.get("stance", ""),
    )


def is_class(word: str) -> bool:
    """True for SECRET and BETWEEN_US, false for "secret"."""
    return word[:1].isupper()


def _literals(built: Lexicon, row: str) -> Iterable[str]:
    for element in row.split():
        if not element.startswith("~"):
            for option in element.rstrip("?").split("|"):
                if option and not is_class(option):
                    yield from built.plain([option])


def _index(built: Lexicon, literal: Iterable[str]) -> None:
    belongs: dict[str, set[str]] = {}
    for name, members in built.classes.items():
        for member in members:
            belongs.setdefault(member, set()).add(name)
    finder = ahocorasick.Automaton()
    for member, names in belongs.items():
        if "_" in member:
            owner, _, owned = member.partition("_")
            if owner in OWNERS and not names <= GUARDS:  # "my mum" is also whatever "mum" is
                names |= belongs.get(owned, set())
            finder.add_word(f" {member.replace('_', ' ')} ", member)
    finder.make_automaton()
    built.belongs = {member: frozenset(names) for member, names in belongs.items()}
    built.classes = {
        name: frozenset(member for member, names in built.belongs.items() if name in names)
        for name in built.classes
    }
    built.phrases = finder
    built.guards = frozenset(
        member for member, names in built.belongs.items() if "_" not in member and names & GUARDS
    )
    pieces = (piece for member in belongs for piece in member.split("_"))
    spelt = (word for word in built.spelling if len(word) > 2)
    built.vocabulary = frozenset((*pieces, *literal, *spelt))
