"""What the heads look at: the words of a message, the parts of words, and pairs of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from classifiers.conduct.lexicon import Lexicon
from classifiers.conduct.meanings import ASKS, ENDS, LONGEST_KEPT, MOST_KEPT, candidates
from classifiers.conduct.words import Skimmed

PARTS, PAIRS = 1 << 16, 1 << 17
"""Rows of weights for words and their parts, and after them for words near each other."""
LONGEST_PARTED = 20
REACH = 3  # words: how far apart two may stand and still be read together
LONGEST, TOGETHER = 50, 3  # words of a stretch, sentences of a window
UNKNOWN, NUMBER = "_", "0"
CLOSE_ENOUGH = 4  # letters; of shorter words too many are others' letters in another order
MARKS = frozenset(',."')
_FIGURES = re.compile(r"[0-9][0-9.,]*")


def parts(word: str, classes: Sequence[str]) -> list[int]:
    """Rows of a word, of its classes, and of every 3 to 5 letters in it; `<` and `>` mark its ends."""
    whole = f"<{word[:LONGEST_PARTED]}>"
    found = [f"w {word}", *(f"c {name}" for name in classes)]
    for size in (3, 4, 5):
        found += [whole[at : at + size] for at in range(len(whole) - size + 1)]
    return [crc32(part.encode()) % PARTS for part in dict.fromkeys(found)]


def beside(first: Known, second: Known, apart: int) -> list[int]:
    """Rows of two words `apart` words from each other: of their classes, and themselves when neighbours."""
    pairs = [
        f"{apart} {a} {b}"
        for a in first.classes or (first.word,)
        for b in second.classes or (second.word,)
        if first.classes or second.classes
    ]
    if apart == 1:
        pairs.append(f"{first.word} {second.word}")
    return [PARTS + crc32(one.encode()) % PAIRS for one in pairs]


@dataclass(frozen=True, slots=True)
class Known:
    """A word and the classes of the lexicon it is in."""

    word: str
    classes: tuple[str, ...]


def known(word: str, lexicon: Lexicon) -> Known:
    """A word as features are made of it."""
    return Known(word, tuple(sorted(lexicon.belongs.get(word, ()))))


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
    found: list[Stretch] = []
    words: list[str] = []
    first = 0
    kept = speller.kept
    for place, (piece, meaning) in enumerate(zip(skimmed.pieces, skimmed.meanings, strict=True)):
        if meaning is not ENDS:
            words += kept.get(piece[0]) or speller.words(piece[0], meaning.words)
            if meaning is not ASKS and len(words) < LONGEST:
                continue
        if words:
            found.append(Stretch(first, place + 1, tuple(words)))
        words, first = [], place + 1
    if words:
        found.append(Stretch(first, len(skimmed.pieces), tuple(words)))
    return found


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
