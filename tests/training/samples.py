"""Messages as the heads see them: sentences of word numbers, and the features of each sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct import grams
from classifiers.conduct.features import Speller, stretches, windows
from classifiers.conduct.heads import BITS
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.vectors import Vectors
from classifiers.conduct.words import skim
from tests.training.corpus import ROLES, Example
from tests.training.solver import Bags

Piece = tuple[int, tuple[int, int]]
"""A window of a sample: which sample, sentences [first, last)."""
Run = tuple[int, ...]
WRITTEN = 1.0  # what a message counts that nobody made out of another
SEEN = 2
"""Messages that a feature must be in to tell anything."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A message: runs of word numbers, its role, its categories, and how much it counts."""

    runs: tuple[Run, ...]
    role: int
    labels: tuple[int, ...]
    weight: float = 1.0

    @property
    def windows(self) -> list[tuple[int, int]]:
        """Sentences [first, last) that are read together."""
        return windows([len(run) for run in self.runs])


@dataclass(slots=True)
class Texts:
    """Every word met, and the keys of every sentence."""

    table: Vectors
    speller: Speller = field(init=False)
    words: grams.Words = field(init=False)
    own: dict[int, tuple[list[int], ...]] = field(default_factory=dict)
    kept: dict[Run, list[grams.Keys]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.speller = Speller(self.table.places)
        self.words = grams.Words(lexicon())

    def sample(self, example: Example, weight: float = 1.0) -> Sample | None:
        """An example as numbers, None when it has no words at all."""
        found = stretches(skim(example.text, lexicon()), self.speller)
        runs = tuple(tuple(map(self._number, one.words)) for one in found)
        return Sample(runs, ROLES.index(example.role), example.labels, weight) if runs else None

    def keys(self, run: Run) -> list[grams.Keys]:
        """Every feature of one sentence, by family."""
        found = self.kept.get(run)
        if found is None:
            own = [
                np.array([key for number in run for key in self.own[number][family]], np.uint64)
                for family in range(grams.FAMILIES)
            ]
            (runs, _), (kinds, _) = grams.near(self.words, grams.laid_out([run])[0])
            found = [own[0], np.concatenate([own[1], runs]), np.concatenate([own[2], kinds])]
            self.kept[run] = found
        return found

    def _number(self, word: str) -> int:
        number = self.words.numbers.get(word)
        if number is None:
            number = self.words.add(word)
            self.own[number] = self.words.own(word)
        return number


@dataclass(slots=True)
class Features:
    """Those that tell something. keys: sorted; row number r is of keys[r - 1], row 0 of nothing.

    rarity: (rows,), how much each tells: the fewer messages have it, the more.
    """

    texts: Texts
    keys: grams.Keys
    rarity: NDArray[np.float64]
    kept: dict[Run, list[NDArray[np.int64]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rarity)

    def rows(self, run: Run) -> list[NDArray[np.int64]]:
        """The rows of one sentence's features by family, without those that tell nothing."""
        found = self.kept.get(run)
        if found is None:
            found = self.kept[run] = [self._rows(keys) for keys in self.texts.keys(run)]
        return found

    def _rows(self, keys: grams.Keys) -> NDArray[np.int64]:
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        out: NDArray[np.int64] = at[self.keys[at] == keys] + 1
        return out


def features(samples: Iterable[Sample], texts: Texts) -> Features:
    """What at least SEEN written messages have (made ones repeat them), one for each place in the table."""
    each = [
        np.unique(np.concatenate([keys for run in one.runs for keys in texts.keys(run)]))
        for one in samples
        if one.weight == WRITTEN
    ]
    keys, seen = np.unique(np.concatenate(each), return_counts=True)
    keys, seen = keys[seen >= SEEN], seen[seen >= SEEN]
    commonest = np.argsort(-seen, kind="stable")
    _, first = np.unique(grams.slots_of(keys[commonest], BITS)[0], return_index=True)
    chosen = np.sort(commonest[first])
    rarity = np.log((1 + len(each)) / (1 + seen[chosen])) + 1
    return Features(texts, keys[chosen], np.append(0.0, rarity.astype(np.float16).astype(np.float64)))


def bags(samples: Sequence[Sample], pieces: Sequence[Piece], held: Features) -> Bags:
    """The features of each window, each family of length one; row 0 is there for windows without any."""
    nothing = np.zeros(1, np.int64)
    places, sizes = [], []
    for row, (first, last) in pieces:
        runs = [held.rows(run) for run in samples[row].runs[first:last]]
        for family in range(grams.FAMILIES):
            found = [nothing, *(run[family] for run in runs)]
            places += found
            sizes.append(sum(map(len, found)))
    flat, begins = np.concatenate(places), np.cumsum([0, *sizes])
    values = held.rarity[flat]
    length = np.sqrt(np.maximum(np.add.reduceat(values * values, begins[:-1]), 1e-6))
    return Bags(flat, values / np.repeat(length, sizes), begins[:: grams.FAMILIES], len(held))
