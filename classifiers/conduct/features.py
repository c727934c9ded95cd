"""What the heads look at: the words of a message as meant, sentence by sentence, and windows of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from classifiers.conduct.meanings import ASKS, LONGEST_KEPT, MOST_KEPT, candidates
from classifiers.conduct.words import Skimmed

LONGEST, TOGETHER = 50, 3  # words of a stretch, sentences of a window
UNKNOWN, NUMBER = "_", "0"
CLOSE_ENOUGH = 4  # letters; of shorter words too many are others' letters in another order
MARKS = frozenset(',."')
_FIGURES = re.compile(r"[0-9][0-9.,]*")


@dataclass(slots=True)
class Speller:
    """Turns pieces of a text into words that the vectors know, where it can.

    known: those words, commonest first.
    """

    known: dict[str, int]
    _mixed: dict[str, str] = field(default_factory=dict)
    kept: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for word in self.known:
            if len(word) >= CLOSE_ENOUGH and word.isalpha():
                self._mixed.setdefault(_mixed(word), word)

    def words(self, piece: str, meant: Sequence[str]) -> tuple[str, ...]:
        """The words of a piece. meant: what the lexicon makes of it, "_" where it knows none."""
        kept = self.kept.get(piece)
        if kept is None:
            kept = tuple(self._spell(piece, meant))
            if len(self.kept) >= MOST_KEPT:  # strangers choose the pieces: they must not fill the memory
                self.kept.clear()
            if len(piece) <= LONGEST_KEPT:
                self.kept[piece] = kept
        return kept

    def _spell(self, piece: str, meant: Sequence[str]) -> Iterator[str]:
        if UNKNOWN in meant:
            yield self._mended(piece)
        else:
            yield from (word for word in meant if word not in MARKS)

    def _mended(self, piece: str) -> str:
        if piece in self.known and not piece.isdigit():
            return piece
        bare = re.sub(r"[^a-z0-9]", "", piece)
        if _FIGURES.fullmatch(bare):
            return NUMBER
        for word in (bare, *candidates(piece)):
            if word in self.known:
                return word
        return self._mixed.get(_mixed(bare), bare) if len(bare) >= CLOSE_ENOUGH and bare.isalpha() else bare


def _mixed(word: str) -> str:
    """The same for words whose letters, but for the first, only stand in another order."""
    return word[:1] + "".join(sorted(word[1:]))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence, or a piece of a very long one: pieces [first, last) of a text and their words."""

    first: int
    last: int
    words: tuple[str, ...]


def stretches(skimmed: Skimmed, speller: Speller) -> list[Stretch]:
    """Tell a text apart into sentences of at most LONGEST words; those without words are left out."""
    spelt = list(map(speller.kept.get, skimmed.texts))
    for place, words in enumerate(spelt):
        if words is None:
            spelt[place] = speller.words(skimmed.texts[place], skimmed.meanings[place].words)
    found: list[Stretch] = []
    first = 0
    for place in (*skimmed.ends, len(spelt)):
        asks = place < len(spelt) and skimmed.meanings[place] is ASKS
        found += _parted(spelt, first, place + 1 if asks else place)
        first = place + 1
    return found


def _parted(spelt: Sequence[Sequence[str] | None], first: int, last: int) -> Iterator[Stretch]:
    """Pieces [first, last), in parts that are not too long."""
    words = tuple(chain.from_iterable(filter(None, spelt[first:last])))
    if 0 < len(words) <= LONGEST:
        yield Stretch(first, last, words)
        return
    held: list[str] = []
    for place in range(first, last):
        held += spelt[place] or ()
        if len(held) >= LONGEST:
            yield Stretch(first, place + 1, tuple(held))
            held, first = [], place + 1
    if held:
        yield Stretch(first, last, tuple(held))


def windows(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Runs [first, last) of up to three sentences that are short enough to be read together.

    lengths: words in each sentence. One sentence of a long mail must not drown, and two short
    ones may only mean something together.
    """
    found = []
    for first in range(len(lengths)):
        words = 0
        for last in range(first + 1, min(first + TOGETHER, len(lengths)) + 1):
            words += lengths[last - 1]
            if words > LONGEST and last > first + 1:
                break
            found.append((first, last))
    return found
