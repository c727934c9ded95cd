"""The words by which letters, digits and signs are said: config/words/spelling.toml, and what a word may begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from classifiers.contact.numerals import numerals
from classifiers.contact.remembered import LONGEST_REMEMBERED, Remembered
from classifiers.contact.words import entries, lexicon, table

_ROMAN_LETTERS = "ivxlcdm"


@dataclass(frozen=True, slots=True)
class Spelling:
    """config/words/spelling.toml. signs, perhaps: one or two words → sign."""

    sure: Mapping[str, str]
    unsure: Mapping[str, str]
    signs: Mapping[tuple[str, ...], str]
    perhaps: Mapping[tuple[str, ...], str]
    between: frozenset[tuple[str, ...]]
    stand_ins: frozenset[tuple[str, ...]]
    triggers: frozenset[str]


@cache
def spelling() -> Spelling:
    """The shipped ways to spell; read once a process."""
    file = table("spelling")
    signs, perhaps = _by_words(file["signs"]["sure"]), _by_words(file["signs"]["perhaps"])
    sure = {name: letter for letter, line in file["letters"]["sure"].items() for name in entries(line)}
    return Spelling(
        sure=sure,
        unsure={n: letter for letter, line in file["letters"]["perhaps"].items() for n in entries(line)},
        signs=signs,
        perhaps=perhaps,
        between=frozenset(tuple(entry.split()) for entry in entries(file["signs"]["between"])),
        stand_ins=frozenset(tuple(entry.split()) for entry in entries(file["signs"]["stand_ins"])),
        triggers=frozenset(
            {words[0] for words in signs if len(words) == 1}
            | {"forward", "under", "low", "d0t", "sign", "symbol"}
        ),
    )


def may_be_said(word: str) -> bool:
    """Whether a letter or a number that is said can begin at a word of letters: most just stand for themselves."""
    return may_be_letter(word) or may_be_figure(word)


def may_be_letter(word: str) -> bool:
    """Whether a letter that is said can begin at a word of letters."""
    return _LETTERS[word]


def may_be_figure(word: str) -> bool:
    """Whether a number that is said can begin at a word of letters."""
    return _FIGURES[word]


def _letter(word: str) -> bool:
    return len(word) < 2 or word in _letter_names()


def _figure(word: str) -> bool:
    return len(word) <= LONGEST_REMEMBERED and (not word.strip(_ROMAN_LETTERS) or word in _figure_names())


_LETTERS, _FIGURES = Remembered(_letter), Remembered(_figure)


@cache
def begin_signs() -> frozenset[str]:
    """The words with which a sign that is said can begin."""
    known = spelling()
    return frozenset({words[0] for words in (*known.signs, *known.perhaps)} | {"d", "und", "underscor"})


@cache
def _letter_names() -> frozenset[str]:
    known = spelling()
    return lexicon().nato.union(("double", "dubble"), known.sure, known.unsure)


@cache
def _figure_names() -> frozenset[str]:
    counted = numerals()
    return frozenset(("o", "oh")).union(counted.digits, counted.tens, counted.foreign, counted.multipliers)


def _by_words(section: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    return {tuple(entry.split()): sign for sign, line in section.items() for entry in entries(line)}
