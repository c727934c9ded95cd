"""Sentences of a passage in plain words, and where each word was read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from classifiers.conduct.lexicon import Lexicon
from classifiers.conduct.meanings import meanings
from classifiers.normalise.view import View

MOST_PIECES = 90  # blanks apart; what has more is read in stretches that overlap
OVERLAP = 20
LONGEST_KEPT, MOST_KEPT = 60, 20_000
NIGHT, DAY, NUMBER, POUNDS, UNKNOWN = "@night", "@day", "#", "£", "_"
LATE_FROM, LATE_UNTIL = 21, 7  # hours of the day in which nobody expects a lesson
# Both begin with one class of characters, which lets `re` skip what cannot begin them.
_END = re.compile(r"[.!?\n](?:(?<=\n)(?=[ \t]*(?:\n|[-*•>]))|(?<!\n)[.!?]*[\"')\]]*(?=\s|$))")
_SPLIT_CLOCK = re.compile(r"[0-9] [ap]\.?m\b")
_BLANKS = re.compile(r"[0-9]{1,2}(?:[:.][0-9]{2})? [ap]\.?m\b|\S+")
_PIECE = re.compile(
    r"£[0-9][0-9,.]*"
    r"|[0-9]{1,2}(?:[:.][0-9]{2})? ?[ap]\.?m\b|[0-9]{1,2}:[0-9]{2}"
    r"|[0-9]+(?:[.,][0-9]+)*(?![a-z0-9])"
    r"|[a-z0-9$@]+(?:['’!|$@_][a-z0-9]+)*"
    r"|\?|[,;:()–—]|-(?=-|$)|\""
)


class Stretch(NamedTuple):
    """A sentence, or part of one too long to be one: code points [start, end) of a view's text."""

    start: int
    end: int


class Word(NamedTuple):
    """A plain word and where it was read, in code points of the piece between blanks."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """The plain words of a stretch, one blank before and after each.

    Comma, quotation mark and question mark are words too.
    """

    words: tuple[str, ...]
    joined: bytes

    def at(self, offset: int) -> int:
        """The number of the word that follows the blank at `offset` of `joined`."""
        return self.joined.count(b" ", 0, offset)


class Reader:
    """Reads stretches of text; remembers what the pieces between blanks mean."""

    def __init__(self, known: Lexicon) -> None:
        self._known = known
        self._seconds = frozenset(second for _, second in known.pairs)
        self._kept: dict[str, tuple[str, ...]] = {}

    def sentence(self, text: str) -> Sentence:
        """The plain words of a stretch of a view's text."""
        kept = self._kept
        words: list[str] = []
        for piece in _split(text):
            found = kept.get(piece)
            words += self._learn(piece) if found is None else found
        if not self._seconds.isdisjoint(words) and not self._known.pairs.keys().isdisjoint(pairwise(words)):
            words = self._known.paired(words)
        return Sentence(tuple(words), f" {' '.join(words)} ".encode())

    def span(self, view: View, stretch: Stretch, first: int, last: int) -> tuple[int, int]:
        """The code points of the passage behind the words [first, last) of a stretch."""
        spans: list[tuple[int, int]] = []
        words: list[str] = []
        for piece in _BLANKS.finditer(view.text, stretch.start, stretch.end):
            for word in _words(piece[0], self._known):
                span = piece.start() + word.start, piece.start() + word.end
                if words and (pair := self._known.pairs.get((words[-1], word.text))) is not None:
                    words[-1], spans[-1] = pair, (spans[-1][0], span[1])
                else:
                    words.append(word.text)
                    spans.append(span)
        return view.span(spans[first][0], spans[last - 1][1])

    def _learn(self, piece: str) -> tuple[str, ...]:
        words = tuple(word.text for word in _words(piece, self._known))
        if len(piece) <= LONGEST_KEPT:
            if len(self._kept) >= MOST_KEPT:  # strangers choose the words: they must not fill the memory
                self._kept.clear()
            self._kept[piece] = words
        return words


def stretches(text: str) -> Iterator[Stretch]:
    """Yield the sentences of a view's text, long ones in parts."""
    first = 0
    for mark in _END.finditer(text):
        yield from _parts(text, first, mark.end())
        first = mark.end()
    yield from _parts(text, first, len(text))


def _parts(text: str, first: int, last: int) -> Iterator[Stretch]:
    if last - first <= 2 * MOST_PIECES or len(text[first:last].split()) <= MOST_PIECES:
        if text[first:last].strip():
            yield Stretch(first, last)
        return
    blanks = [first, *(first + one.end() for one in re.finditer(r"\s+", text[first:last])), last]
    for at in range(0, len(blanks) - 1, MOST_PIECES - OVERLAP):
        yield Stretch(blanks[at], blanks[min(at + MOST_PIECES, len(blanks) - 1)])


def _split(text: str) -> Sequence[str]:
    """The pieces between blanks; "11 pm" is one."""
    return text.split() if _SPLIT_CLOCK.search(text) is None else _BLANKS.findall(text)


def _words(piece: str, known: Lexicon) -> Iterator[Word]:
    """The words that one piece between blanks stands for; "#" for a number, "£" for a sum."""
    for found in _PIECE.finditer(piece):
        for word in _plain(found[0], known):
            yield Word(word, *found.span())


def _plain(written: str, known: Lexicon) -> Sequence[str]:
    if written[0] == POUNDS:
        return (POUNDS,)
    if written in "–—-":
        return (",",)
    if written[0].isdigit():
        bare = written.rstrip("apm. ")
        if ":" in written or (written[-1] == "m" and bare.replace(".", "").isdigit()):
            return (_clock(written),)
        if bare.isdigit() or not written[-1].isalpha():
            return (NUMBER,)
    meaning = meanings([written], known)[0]
    if meaning.evasive and len(meaning.words) > 1 and written.isalpha():
        return (UNKNOWN,)  # "displacement" is one word, however it may be cut up
    return [word for word in meaning.words if word != "."]


def _clock(written: str) -> str:
    """Whether a time of day lies where nobody expects a lesson."""
    hour = int(re.split("[:. apm]", written)[0])
    if "p" in written and hour < 12:
        hour += 12
    elif "a" in written and hour == 12:
        hour = 0
    bare = ":" in written and written[-1].isdigit() and written[0] != "0"  # 1:25 may be a scale, or a lunch
    return NIGHT if hour >= LATE_FROM or (hour < LATE_UNTIL and not bare) else DAY
