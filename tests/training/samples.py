"""Messages as the heads see them: words by number, sentence by sentence, and their features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.features import (
    PAIRS,
    PARTS,
    REACH,
    Known,
    Speller,
    beside,
    known,
    parts,
    stretches,
    windows,
)
from classifiers.conduct.heads import MEAN_SCALE
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.vectors import Vectors
from classifiers.conduct.words import skim
from tests.training.corpus import ROLES, Example
from tests.training.solver import Bags

ROWS = PARTS + PAIRS
Piece = tuple[int, tuple[int, int]]
"""A window of a sample: which sample, sentences [first, last)."""
Run = tuple[int, ...]


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
class Words:
    """Every word met, numbered, and what the readers need of it."""

    table: Vectors
    speller: Speller = field(init=False)
    numbers: dict[str, int] = field(default_factory=dict)
    spelt: list[Known] = field(default_factory=list)
    parted: list[list[int]] = field(default_factory=list)
    vectors: list[NDArray[Any]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    near: dict[tuple[int, int, int], list[int]] = field(default_factory=dict)
    rows: dict[Run, NDArray[np.int64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.speller = Speller(self.table.places)

    def sample(self, example: Example, weight: float = 1.0) -> Sample | None:
        """An example as numbers, None when it has no words at all."""
        found = stretches(skim(example.text, lexicon()), self.speller)
        runs = tuple(tuple(map(self._number, one.words)) for one in found)
        return Sample(runs, ROLES.index(example.role), example.labels, weight) if runs else None

    def features(self, run: Run) -> NDArray[np.int64]:
        """Every feature of one sentence."""
        found = self.rows.get(run)
        if found is None:
            rows = [row for word in run for row in self.parted[word]]
            for apart in range(1, REACH + 1):
                for key in zip(run, run[apart:], (apart,) * len(run), strict=False):
                    rows += self._near(key)
            found = self.rows[run] = np.array(rows, np.int64)
        return found

    def _near(self, key: tuple[int, int, int]) -> list[int]:
        if key not in self.near:
            self.near[key] = beside(self.spelt[key[0]], self.spelt[key[1]], key[2])
        return self.near[key]

    def _number(self, word: str) -> int:
        number = self.numbers.get(word)
        if number is None:
            number = self.numbers[word] = len(self.spelt)
            self.spelt.append(known(word, lexicon()))
            self.parted.append(parts(word, self.spelt[-1].classes))
            vector, weight = self.table.of(word)
            self.vectors.append(vector)
            self.weights.append(weight)
        return number


def rarity_of(samples: Sequence[Sample], words: Words) -> NDArray[np.float64]:
    """How much a feature tells: the fewer messages have it the more, but nothing if only one has."""
    seen = np.zeros(ROWS)
    for sample in samples:
        seen[np.unique(np.concatenate([words.features(run) for run in sample.runs]))] += 1
    rarity = np.log((1 + len(samples)) / (1 + seen)) + 1
    rarity[(seen < 2) | (np.arange(ROWS) == PARTS)] = 0
    return rarity.astype(np.float16).astype(np.float64)


def bags(
    samples: Sequence[Sample], pieces: Sequence[Piece], words: Words, rarity: NDArray[np.float64]
) -> Bags:
    """The features of each window, of length one; the first is there for windows without any."""
    kept: dict[Run, NDArray[np.int64]] = {}
    places, starts = [], [0]
    for row, (first, last) in pieces:
        size = 1
        places.append(np.array([PARTS]))
        for run in samples[row].runs[first:last]:
            if run not in kept:
                every = words.features(run)
                kept[run] = every[rarity[every] > 0]
            places.append(kept[run])
            size += len(kept[run])
        starts.append(starts[-1] + size)
    flat, begins = np.concatenate(places), np.array(starts)
    values = rarity[flat]
    length = np.sqrt(np.maximum(np.add.reduceat(values * values, begins[:-1]), 1e-6))
    return Bags(flat, values / np.repeat(length, np.diff(begins)), begins, ROWS)


def dense(samples: Sequence[Sample], pieces: Sequence[Piece], words: Words) -> NDArray[np.float64]:
    """Mean, largest and smallest of the word vectors of each window."""
    table, weight = np.array(words.vectors, np.float32), np.array(words.weights, np.float32)
    out = np.empty((len(pieces), 3 * table.shape[1]), np.float32)
    kept: dict[Run, tuple[NDArray[Any], ...]] = {}
    for at, (row, (first, last)) in enumerate(pieces):
        runs = samples[row].runs[first:last]
        for run in runs:
            if run not in kept:
                vectors = table[list(run)]
                kept[run] = ((vectors * weight[list(run)][:, None]).sum(0), vectors.max(0), vectors.min(0))
        held = [kept[run] for run in runs]
        mean = np.sum([one[0] for one in held], axis=0)
        mean = mean * (MEAN_SCALE / max(float(np.linalg.norm(mean)), 1e-6))
        most, least = np.max([one[1] for one in held], axis=0), np.min([one[2] for one in held], axis=0)
        out[at] = np.concatenate([mean, most, -least])
    return out.astype(np.float64)
