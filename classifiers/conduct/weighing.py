"""Weighs what the heads and the cues say of a window into one calibrated score.

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
LONE = 1.5  # on the scale of the heads, a logarithm of odds
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
    `any_features`. any_at, marks: by role. kind_weights: of the head and the cue. kind_at: by
    category. urgent: by category, which has a scale of its own; urgent_columns: their heads;
    urgent_weights: (features, urgent categories).
    """

    categories: tuple[str, ...]
    any_weights: Floats
    any_at: Mapping[str, float]
    marks: Mapping[str, Marks]
    kind_weights: Floats
    kind_at: Floats
    urgent: Mapping[str, Urgent]
    urgent_columns: list[int] = field(init=False)
    urgent_weights: Floats = field(init=False)

    def __post_init__(self) -> None:
        columns = [self.categories.index(name) for name in self.urgent]
        object.__setattr__(self, "urgent_columns", columns)
        object.__setattr__(self, "urgent_weights", np.array([one.weights for one in self.urgent.values()]).T)


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


def any_features(said: Floats, cues: Floats, deep: Floats | None) -> Floats:
    """(windows, 3 or 4): what decides whether a window is of any concern.

    Itself, all around it, its cues, and what the encoder makes of it, if there is one. said:
    (windows and one, heads), last of the whole text. cues: (windows, categories), the strongest
    cue of each. deep: (windows, heads).
    """
    out = np.empty((len(cues), 3 if deep is None else 4), np.float32)
    out[:, 0], out[:, 1] = said[:-1, -1], around(said, -1)
    cues.max(1, out=out[:, 2])
    if deep is not None:
        out[:, 3] = deep[:, -1]
    return out


def around(said: Floats, column: int | Sequence[int]) -> Floats:
    """What the whole text says of a window; never less than LONE below what the window says.

    Innocent talk around it, however much, must not drown one sentence.
    """
    out: Floats = np.maximum(said[-1, column], said[:-1, column] - LONE)
    return out


def kind_features(said: Floats, cues: Floats, deep: Floats | None) -> Floats:
    """(windows, categories, 2 or 3): what decides which category it is."""
    heads = [said[: len(cues), :-1], cues]
    return np.stack(heads if deep is None else [*heads, deep[:, :-1]], axis=2)


def urgent_features(said: Floats, cues: Floats, deep: Floats | None, columns: Sequence[int]) -> Floats:
    """(features, windows, categories asked for): what decides whether a window is of an urgent category.

    The category's head, the same of all around it, its cue, any concern, the strongest cue, and what
    the encoder makes of that category, if there is one.
    """
    own, cue = said[:-1, columns], cues[:, columns]
    shared = (said[:-1, -1:], cues.max(1, keepdims=True))
    rest = [] if deep is None else [deep[:, columns]]
    return np.stack(
        [own, around(said, columns), cue, *(np.broadcast_to(one, own.shape) for one in shared), *rest]
    )


def any_weights(scales: Scales, role: str, said: Floats, cues: Floats, deep: Floats | None) -> Floats:
    """How much each window is of any concern."""
    out: Floats = any_features(said, cues, deep) @ scales.any_weights + scales.any_at[role]
    return out


def weigh(scales: Scales, role: str, said: Floats, cues: Floats, deep: Floats | None) -> list[Weighed]:
    """The strongest window of any concern, and of each urgent category, with their scores."""
    any_ = any_weights(scales, role, said, cues, deep)
    best = int(any_.argmax())
    score = scales.marks[role].score(float(any_[best]))
    found = []
    if score >= FAINT:
        here = slice(best, best + 1)
        features = kind_features(said[here], cues[here], None if deep is None else deep[here])
        kinds = features[0] @ scales.kind_weights
        category = scales.categories[int((kinds + scales.kind_at).argmax())]
        found.append(Weighed(best, category, score))
    weights = urgent_weights(scales, said, cues, deep)
    where = weights.argmax(0).tolist()
    for number, (name, urgent) in enumerate(scales.urgent.items()):
        weight = float(weights[where[number], number]) + urgent.intercept[role]
        score = urgent.marks[role].score(weight)
        if score >= FAINT:
            found.append(Weighed(where[number], name, score))
    return found


def urgent_weights(scales: Scales, said: Floats, cues: Floats, deep: Floats | None) -> Floats:
    """(windows, urgent categories): how much each is of each, before what is added for the role.

    As `urgent_features` times the weights, for all categories at once.
    """
    columns, weights = scales.urgent_columns, scales.urgent_weights
    out: Floats = said[:-1, columns] * weights[0] + around(said, columns) * weights[1]
    out += cues[:, columns] * weights[2]
    out += said[:-1, -1:] * weights[3] + cues.max(1, keepdims=True) * weights[4]
    if deep is not None:
        out += deep[:, columns] * weights[5]
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
