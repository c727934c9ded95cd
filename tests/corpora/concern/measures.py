"""Figures of one score over messages: recall at a load, area under the curve, paired intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
RESAMPLED = 1000
SEED = 7


def threshold(innocent: Floats, load: float) -> float:
    """The lowest score that at most that share of innocent messages lies above."""
    if not len(innocent):
        return 0.0
    ordered = np.sort(innocent)[::-1]
    return float(ordered[int(load * len(ordered))])


def recall_at(score: Floats, concern: Floats, innocent: Floats, load: float) -> float:
    """The share of messages of concern above the threshold of that load."""
    return float((score[concern] > threshold(score[innocent], load)).mean())


def auc(score: Floats, concern: Floats) -> float:
    """How often a message of concern scores above one that is not; ties count half."""
    own, other = score[concern], np.sort(score[~concern])
    below = np.searchsorted(other, own, "left") + np.searchsorted(other, own, "right")
    return float(below.mean() / 2 / max(len(other), 1))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The middle 95 % of resampled figures."""
    low, high = np.quantile(np.array(values), [0.025, 0.975])
    return float(low), float(high)


def resampled(
    scores: Sequence[Floats], concern: Floats, innocent: Floats, load: float
) -> NDArray[np.float64]:
    """(resamples, scores): recall at the load when the same messages are drawn again for all."""
    chance = np.random.default_rng(SEED)
    own, other = np.flatnonzero(concern), np.flatnonzero(innocent)
    out = np.empty((RESAMPLED, len(scores)))
    for row in range(RESAMPLED):
        drawn, beside = chance.choice(own, len(own)), chance.choice(other, len(other))
        for column, score in enumerate(scores):
            out[row, column] = (score[drawn] > threshold(score[beside], load)).mean()
    return out


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not n:
        return 0.0, 1.0
    z, share = 1.96, hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(middle - reach), float(middle + reach)
