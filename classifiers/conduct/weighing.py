"""Weighs what the three readers and the cues say of a window into one calibrated score.

A score means the same for every role: FAINT is what one ordinary message in eight reaches,
WEAK one in thirty-three, CLEAR one in a hundred, SURE one in five hundred. The
marks that say so were set on messages the weights had not seen, apart for each role.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
FAINT, WEAK, CLEAR, SURE = 0.15, 0.4, 0.7, 0.9
READERS = 2  # and the cues
SCALE = (0.0, FAINT, WEAK, CLEAR, SURE, 1.0)


@dataclass(frozen=True, slots=True)
class Marks:
    """Where on the scale of a role a weight stands. at: for FAINT, WEAK, CLEAR and SURE, rising."""

    at: tuple[float, ...]

    def score(self, weight: float) -> float:
        """0..1, rising with the weight."""
        at = (self.at[0] - 4, *self.at, self.at[-1] + 4)
        above = bisect_right(at, weight)
        if above in (0, len(at)):
            return SCALE[above and -1]
        low, share = at[above - 1], SCALE[above - 1]
        return share + (SCALE[above] - share) * (weight - low) / (at[above] - low)


@dataclass(frozen=True, slots=True)
class Scales:
    """How to weigh.

    categories: in the order of the heads, "of any concern" left out. any_weights: see
    `any_features`. any_at, marks: by role. kind_weights: of the three readers and the cue.
    kind_at: by category. urgent: by category, which has a scale of its own.
    urgent_own, urgent_shared: (readers and cue, urgent categories), the weights of these of what is
    said of the category itself and of what is said of any concern.
    """

    categories: tuple[str, ...]
    any_weights: Floats
    any_at: Mapping[str, float]
    marks: Mapping[str, Marks]
    kind_weights: Floats
    kind_at: Floats
    urgent: Mapping[str, Urgent]
    urgent_columns: list[int] = field(init=False)
    urgent_own: Floats = field(init=False)
    urgent_shared: Floats = field(init=False)

    def __post_init__(self) -> None:
        weights = np.array([one.weights for one in self.urgent.values()]).T
        ours = [*range(READERS), 2 * READERS]
        theirs = [*range(READERS, 2 * READERS), 2 * READERS + 1]
        columns = [self.categories.index(name) for name in self.urgent]
        object.__setattr__(self, "urgent_columns", columns)
        object.__setattr__(self, "urgent_own", weights[ours])
        object.__setattr__(self, "urgent_shared", weights[theirs])


@dataclass(frozen=True, slots=True)
class Urgent:
    """A category that must reach a person on less. weights: see `urgent_features`."""

    weights: Floats
    intercept: Mapping[str, float]
    marks: Mapping[str, Marks]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a window comes to: a category and its score."""

    window: int
    category: str
    score: float


def any_features(said: Floats, cues: Floats) -> Floats:
    """What decides whether a window is of any concern.

    said: (windows, readers, heads). cues: (windows, categories), the strongest cue of each.
    """
    own = said[:, :, :-1]
    return np.concatenate([said[:, :, -1], own.max(2), cues.max(1, keepdims=True)], axis=1)


def kind_features(said: Floats, cues: Floats) -> Floats:
    """(windows, categories, 4): what decides which category it is."""
    return np.concatenate([said[:, :, :-1].transpose(0, 2, 1), cues[:, :, None]], axis=2)


def urgent_features(said: Floats, cues: Floats, category: int) -> Floats:
    """What decides whether a window is of one urgent category."""
    return np.concatenate(
        [said[:, :, category], said[:, :, -1], cues[:, category, None], cues.max(1, keepdims=True)], axis=1
    )


def any_weights(scales: Scales, role: str, said: Floats, cues: Floats) -> Floats:
    """How much each window is of any concern."""
    out: Floats = any_features(said, cues) @ scales.any_weights + scales.any_at[role]
    return out


def weigh(scales: Scales, role: str, said: Floats, cues: Floats, any_: Floats) -> list[Weighed]:
    """The strongest window of any concern, and of each urgent category, with their scores.

    any_: as from `any_weights`.
    """
    best = int(any_.argmax())
    score = scales.marks[role].score(float(any_[best]))
    found = []
    if score >= FAINT:
        kinds = kind_features(said[best : best + 1], cues[best : best + 1])[0] @ scales.kind_weights
        category = scales.categories[int((kinds + scales.kind_at).argmax())]
        found.append(Weighed(best, category, score))
    weights = urgent_weights(scales, said, cues)
    where = weights.argmax(0).tolist()
    for number, (name, urgent) in enumerate(scales.urgent.items()):
        weight = float(weights[where[number], number]) + urgent.intercept[role]
        score = urgent.marks[role].score(weight)
        if score >= FAINT:
            found.append(Weighed(where[number], name, score))
    return found


def urgent_weights(scales: Scales, said: Floats, cues: Floats) -> Floats:
    """(windows, urgent categories): how much each is of each, before what is added for the role.

    As `urgent_features` times the weights, for all categories at once.
    """
    own, shared = scales.urgent_own, scales.urgent_shared
    out: Floats = (said[:, :, scales.urgent_columns] * own[:READERS]).sum(1)
    out += said[:, :, -1] @ shared[:READERS] + cues.max(1, keepdims=True) * shared[READERS]
    out += cues[:, scales.urgent_columns] * own[READERS]
    return out


def scales_of(held: Mapping[str, Any], categories: Sequence[str]) -> Scales:
    """The scales out of the manifest."""
    urgent = {
        name: Urgent(np.array(one["weights"]), one["intercept"], _marks(one["marks"]))
        for name, one in held["urgent"].items()
    }
    return Scales(
        categories=tuple(categories),
        any_weights=np.array(held["any_weights"]),
        any_at=held["any_at"],
        marks=_marks(held["marks"]),
        kind_weights=np.array(held["kind_weights"]),
        kind_at=np.array(held["kind_at"]),
        urgent=urgent,
    )


def _marks(held: Mapping[str, Sequence[float]]) -> dict[str, Marks]:
    return {role: Marks(tuple(at)) for role, at in held.items()}
