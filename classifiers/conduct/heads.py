"""Learnt heads: how much each window of a text reads like each category, for the writer's role.

A window's score is the sum of what its features add to a head, each family of features
divided by its own length. What a word adds by itself is worked out once and kept, as is what a sentence adds up to; what
words add together is looked up for all new sentences of a text at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.features import TOGETHER, Speller, Stretch, windows
from classifiers.conduct.grams import FAMILIES, KINDS, RUNS, Keys, Numbers, Words, laid_out, near, slots_of
from classifiers.conduct.lexicon import Lexicon
from classifiers.conduct.vectors import Vectors
from classifiers.conduct.weights import Arrays

Floats = NDArray[Any]
ROLES = ("tutor", "pupil", "guardian")
AT_ONCE = 48  # sentences; a longer text is read in such blocks
MOST_KEPT = 12_000  # words: strangers choose them, so they must not fill the memory
MOST_READ = 4_000  # sentences: greetings, signatures and what is quoted come again and again
BITS = 20  # of a place in the table of features
ROW_BITS = 20  # of a row's number there; above them stands the key's mark


@dataclass(frozen=True, slots=True)
class Said:
    """What the heads say. pairs: sentences [first, last) of each window.

    heads: (windows and one, heads), last of the whole text; the last head is "of any concern", for
    the role of the writer.
    """

    pairs: list[tuple[int, int]]
    heads: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """The learnt numbers.

    places: the table of features by slot, a row's number below the mark of its key; 0 for none.
    grams: (rows, categories and one head "of any concern" for each role), row 0 of zeros.
    scale: (rows,), what a row is multiplied by. square: (rows,), what it adds to the length.
    at: (roles, categories and "of any concern").
    """

    places: NDArray[np.uint32]
    grams: NDArray[np.int8]
    scale: Floats
    square: Floats
    at: Floats

    def rows(self, keys: Keys) -> Numbers:
        """The row of each key, 0 for what training saw too seldom."""
        slots, marks = slots_of(keys, BITS)
        held = self.places[slots]
        rows: Numbers = (held & np.uint32((1 << ROW_BITS) - 1)).astype(np.int64)
        rows[held >> np.uint32(ROW_BITS) != marks] = 0
        return rows

    def worth(self, rows: Numbers) -> Floats:
        """(rows, heads and one): what each adds to every head, and last to the squared length."""
        out = np.empty((len(rows), self.grams.shape[1] + 1), np.float32)
        np.multiply(self.grams[rows], self.scale[rows, None], out=out[:, :-1])
        out[:, -1] = self.square[rows]
        return out


def table(keys: Keys) -> NDArray[np.uint32]:
    """Places of the features of keys, whose rows are counted from 1; the first come has a slot."""
    slots, marks = slots_of(keys[::-1], BITS)
    places = np.zeros(1 << BITS, np.uint32)
    places[slots] = marks << np.uint32(ROW_BITS) | np.arange(len(keys), 0, -1, dtype=np.uint32)
    return places


def model(held: Arrays) -> Model:
    """The model out of its file."""
    whole = [held[name].astype(np.float32) for name in ("scale", "square", "at")]
    return Model(table(held["keys"]), held["grams"], *whole)


class Heads:
    """Scores windows. Keeps what it worked out of the words it met."""

    def __init__(self, learnt: Model, known: Vectors, lexicon: Lexicon) -> None:
        self.speller = Speller(known.places)
        self._model = learnt
        self._words = Words(lexicon)
        self._read: dict[tuple[str, ...], Floats] = {}
        self._forget()

    def read(self, sentences: Sequence[Stretch], role: str) -> Said:
        """Score every window of a text's sentences, of which there is at least one."""
        number = ROLES.index(role) if role in ROLES else 0
        new = list({one.words: None for one in sentences if one.words not in self._read})
        for at in range(0, len(new), AT_ONCE):
            some = new[at : at + AT_ONCE]
            self._read.update(zip(some, self._sums(some), strict=True))
        pairs = windows([len(one.words) for one in sentences])
        total = over(pairs, np.stack([self._read[one.words] for one in sentences]))
        total = total.reshape(len(pairs) + 1, FAMILIES, -1)
        if len(self._read) > MOST_READ:
            self._read.clear()
        total /= np.sqrt(np.maximum(total[:, :, -1:], 1e-6))
        every = total.sum(1)
        categories = len(self._model.at[number]) - 1
        said = np.concatenate([every[:, :categories], every[:, categories + number, None]], axis=1)
        said += self._model.at[number]
        return Said(pairs, said)

    def _sums(self, sentences: Sequence[tuple[str, ...]]) -> Floats:
        """(sentences, families of heads and one): what all features of each sentence add up to."""
        if self._words.count > MOST_KEPT:
            self._forget()
        numbers = self._words.numbers
        runs = [[numbers.get(word) or self._learn(word) for word in one] for one in sentences]
        laid, sentence = laid_out(runs)
        total = _belongs(sentence, len(runs)) @ self._alone[laid]
        wide = total.shape[1] // FAMILIES
        for family, (keys, at) in zip((RUNS, KINDS), near(self._words, laid), strict=True):
            rows = self._model.rows(keys)
            found = np.flatnonzero(rows)
            belongs = _belongs(sentence[at[found]], len(runs))
            total[:, family * wide : (family + 1) * wide] += belongs @ self._model.worth(rows[found])
        return total

    def _forget(self) -> None:
        self._words.forget()
        self._alone = np.zeros(
            (len(self._words.key), FAMILIES * (self._model.grams.shape[1] + 1)), np.float32
        )

    def _learn(self, word: str) -> int:
        """Work out what a word says by itself."""
        number = self._words.add(word)
        if number >= len(self._alone):
            self._alone = np.concatenate([self._alone, np.zeros_like(self._alone)])
        self._alone[number] = np.concatenate(
            [
                self._model.worth(self._model.rows(np.array(keys, np.uint64))).sum(0)
                for keys in self._words.own(word)
            ]
        )
        return number


def _belongs(sentence: Numbers, many: int) -> Floats:
    """(sentences, features): 1 where a feature is of a sentence."""
    out: Floats = (sentence == np.arange(many)[:, None]).astype(np.float32)
    return out


def over(pairs: Sequence[tuple[int, int]], sums: Floats) -> Floats:
    """What every window adds up to, of the sums of its one to TOGETHER sentences; last, all sentences."""
    first, last = np.array(pairs).T
    out = np.empty((len(pairs) + 1, sums.shape[1]), np.float32)
    out[:-1], out[-1] = sums[first], sums.sum(0)
    for more in range(1, TOGETHER):
        wide = np.flatnonzero(last - first > more)
        out[wide] += sums[first[wide] + more]
    return out
