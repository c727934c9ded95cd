"""Fits the two readers on messages, and says what they would say of others.

A message says what its most telling window says (multiple-instance learning): a first model
learns from whole messages, and the next ones from the window that the last found most telling,
so that one sentence in a long mail counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.training.corpus import CATEGORIES, ROLES
from tests.training.samples import Piece, Sample, Words, bags, dense, rarity_of
from tests.training.solver import Dense, logistic

Floats = NDArray[Any]
HEADS = len(CATEGORIES) + 1
"""The categories and, last, "of any concern"."""
GRAMS_RIDGE, PLAIN_RIDGE, OWN_RIDGE = 0.1, 4.0, 40.0
OTHERS = 0.3  # what a message of another category counts where a category is learnt
STEPS, ANY_STEPS = 20, 80
"""Of the solver. "Of any concern" is what decides, and on messages of other writers it gains from more."""
ROUNDS = 1


@dataclass(slots=True)
class Fitted:
    """Both readers.

    grams: (ROWS, heads). grams_at: (heads,). plain: (roles, features, heads). plain_at: (roles, heads).
    """

    rarity: Floats
    grams: Floats
    grams_at: Floats
    plain: Floats
    plain_at: Floats


def fit(samples: Sequence[Sample], words: Words) -> Fitted:
    """Learn from messages."""
    rarity = rarity_of(samples, words)
    pieces: list[Piece] = [(row, (0, len(one.runs))) for row, one in enumerate(samples)]
    counts = [one.weight for one in samples]
    for _ in range(ROUNDS):
        pieces, counts = _telling(samples, words, rarity, pieces, counts)
    right, worth = _targets([samples[row] for row, _ in pieces], counts)
    found, rows = bags(samples, pieces, words, rarity), dense(samples, pieces, words)
    roles = np.array([samples[row].role for row, _ in pieces])
    solved = [
        logistic(found, right[:, h], worth[:, h], GRAMS_RIDGE, ANY_STEPS if h == HEADS - 1 else STEPS)
        for h in range(HEADS)
    ]
    plain, plain_at = _plain(rows, right, worth, roles)
    return Fitted(
        rarity, np.stack([one[0] for one in solved], 1), np.array([one[1] for one in solved]), plain, plain_at
    )


def say(fitted: Fitted, samples: Sequence[Sample], words: Words) -> list[Floats]:
    """For each sample (windows, readers, heads)."""
    pieces = [(row, span) for row, one in enumerate(samples) for span in one.windows]
    found, rows = bags(samples, pieces, words, fitted.rarity), dense(samples, pieces, words)
    roles = np.array([samples[row].role for row, _ in pieces])
    by_grams = np.stack([found.times(fitted.grams[:, h]) for h in range(HEADS)], 1) + fitted.grams_at
    by_plain = np.empty_like(by_grams)
    for role in range(len(ROLES)):
        mine = roles == role
        by_plain[mine] = rows[mine] @ fitted.plain[role] + fitted.plain_at[role]
    both = np.stack([by_grams, by_plain], 1)
    ends = np.cumsum([len(one.windows) for one in samples])
    return np.split(both, ends[:-1])


def _telling(
    samples: Sequence[Sample], words: Words, rarity: Floats, pieces: Sequence[Piece], counts: Sequence[float]
) -> tuple[list[Piece], list[float]]:
    """What to learn from next: of concern the most telling window, of the others every window."""
    right, worth = _targets([samples[row] for row, _ in pieces], counts)
    weights, _ = logistic(
        bags(samples, pieces, words, rarity), right[:, -1], worth[:, -1], GRAMS_RIDGE, STEPS
    )
    every = [(row, span) for row, one in enumerate(samples) for span in one.windows]
    said = bags(samples, every, words, rarity).times(weights)
    chosen: list[Piece] = []
    shares: list[float] = []
    at = 0
    for row, sample in enumerate(samples):
        spans = sample.windows
        if sample.labels:
            spans = [spans[int(said[at : at + len(spans)].argmax())]]
        at += len(sample.windows)
        chosen += [(row, span) for span in spans]
        shares += [sample.weight / len(spans) ** 0.5] * len(spans)
    return chosen, shares


def _targets(samples: Sequence[Sample], counts: Sequence[float]) -> tuple[Floats, Floats]:
    """What each head should say, and how much it counts.

    A message of one category says little about whether it is of another as well.
    """
    right = np.zeros((len(samples), HEADS))
    worth = np.ones((len(samples), HEADS))
    for row, sample in enumerate(samples):
        if sample.labels:
            worth[row] = OTHERS
            right[row, [*sample.labels, HEADS - 1]] = 1
            worth[row, [*sample.labels, HEADS - 1]] = 1
    return right, worth * np.array(counts)[:, None]


def _plain(rows: Floats, right: Floats, worth: Floats, roles: Floats) -> tuple[Floats, Floats]:
    """First what holds for everybody, then what a role adds to it."""
    weights = np.zeros((len(ROLES), rows.shape[1], HEADS))
    intercept = np.zeros((len(ROLES), HEADS))
    parted = [(roles == role, Dense(rows[roles == role])) for role in range(len(ROLES))]
    for head in range(HEADS):
        shared, at = logistic(Dense(rows), right[:, head], worth[:, head], PLAIN_RIDGE, STEPS)
        for role, (mine, own_rows) in enumerate(parted):
            said = own_rows.times(shared) + at
            own, more = logistic(own_rows, right[mine, head], worth[mine, head], OWN_RIDGE, STEPS, said)
            weights[role, :, head], intercept[role, head] = shared + own, at + more
    return weights, intercept
