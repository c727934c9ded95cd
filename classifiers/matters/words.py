"""Sentences of a passage, and the plain words of those that are worth a look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from classifiers.conduct.lexicon import Lexicon
from classifiers.conduct.meanings import meanings
from classifiers.normalise.view import View

MOST_PIECES = 90  # blanks apart; what has more is read in stretches that overlap
OVERLAP = 20
NIGHT, DAY, NUMBER, POUNDS = "@night", "@day", "#", "£"
LATE_FROM, LATE_UNTIL = 21, 7  # hours of the day in which nobody expects a lesson
_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|\n[ \t]*\n|\n(?=[ \t]*[-*•>])")
_PIECE = re.compile(
    r"£ ?[0-9][0-9,.]*"
    r"|[0-9]{1,2}(?:[:.][0-9]{2})? ?[ap]\.?m\b|[0-9]{1,2}:[0-9]{2}"
    r"|[0-9]+(?:[.,][0-9]+)*(?![a-z0-9])"
    r"|[a-z0-9$@]+(?:['’!|$@_][a-z0-9]+)*"
    r"|\?|[,;:()]|[ ][-–—]+[ ]|\"|[.!]+"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence, or part of one too long to be one: code points [start, end) of a view's text."""

    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """The plain words of a stretch; comma, quotation mark and question mark are words too.

    spans: of every word, in code points of the passage's text.
    """

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    @cached_property
    def joined(self) -> str:
        """All words with one blank before and after each."""
        return f" {' '.join(self.words)} "

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The passage's code points behind words that stand at [start, end) of `joined`."""
        first = self.at(start)
        last = max(first, self.at(end - 1) - 1)
        return self.spans[first][0], self.spans[last][1]

    def at(self, offset: int) -> int:
        """The number of the word that follows the blank at `offset` of `joined`."""
        return self.joined.count(" ", 0, offset)


def stretches(text: str) -> Iterator[Stretch]:
    """Yield the sentences of a view's text, long ones in parts."""
    first = 0
    for mark in _END.finditer(text):
        yield from _parts(text, first, mark.end())
        first = mark.end()
    yield from _parts(text, first, len(text))


def _parts(text: str, first: int, last: int) -> Iterator[Stretch]:
    if last - first <= 2 * MOST_PIECES or len(text[first:last].split()) <= MOST_PIECES:
        if last > first:
            yield Stretch(first, last)
        return
    blanks = [first, *(first + one.end() for one in re.finditer(r"\s+", text[first:last])), last]
    for at in range(0, len(blanks) - 1, MOST_PIECES - OVERLAP):
        yield Stretch(blanks[at], blanks[min(at + MOST_PIECES, len(blanks) - 1)])


def read(view: View, stretch: Stretch, known: Lexicon) -> Sentence:
    """The plain words of a stretch."""
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for piece in _PIECE.finditer(view.text, stretch.start, stretch.end):
        span = view.span(*piece.span())
        for word in plain(piece[0], known):
            pair = known.pairs.get((words[-1], word)) if words else None
            if pair is None:
                words.append(word)
                spans.append(span)
            else:
                words[-1], spans[-1] = pair, (spans[-1][0], span[1])
    return Sentence(tuple(words), tuple(spans))


def plain(piece: str, known: Lexicon) -> tuple[str, ...]:
    """The words that one piece of a text stands for; "#" for a number, "£" for a sum."""
    if piece[0] == POUNDS:
        return (POUNDS,)
    if piece[0].isdigit() and not piece[-1].isalpha():
        return (_clock(piece),) if ":" in piece else (NUMBER,)
    if piece[0].isdigit() and piece[-1] == "m" and piece.rstrip("apm. ").replace(":", "").isdigit():
        return (_clock(piece),)
    return tuple(word for word in meanings([piece], known)[0].words if word not in (".", "_")) or ("_",)


def pieces(text: str) -> list[str]:
    """The pieces of a text, as `read` sees them."""
    return _PIECE.findall(text)


def _clock(written: str) -> str:
    """Whether a time of day lies where nobody expects a lesson."""
    digits = re.match(r"[0-9]{1,2}", written)
    hour = int(digits[0]) if digits else 12
    if "p" in written and hour < 12:
        hour += 12
    elif "a" in written and hour == 12:
        hour = 0
    return NIGHT if hour >= LATE_FROM or hour < LATE_UNTIL else DAY
