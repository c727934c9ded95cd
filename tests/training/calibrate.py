"""Weighs the heads and the cues together, and sets the marks, on messages their heads have not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.cues import ConductCues, Hit, strongest
from classifiers.conduct.deep import Deep
from classifiers.conduct.detector import cue_scores, doubted, windows_of
from classifiers.conduct.features import Stretch, stretches
from classifiers.conduct.heads import Heads, Said
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.weighing import (
    CLEAR,
    WEAK,
    Scales,
    any_features,
    any_weights,
    kind_features,
    scales_of,
    urgent_features,
)
from classifiers.conduct.words import Skimmed, skim
from tests.training.corpus import CATEGORIES, ROLES, Example
from tests.training.solver import Dense, logistic

Floats = NDArray[Any]
URGENT = ("disclosure_abuse", "disclosure_self_harm", "threat", "third_party_report")
LOADS = (0.12, 0.03, 0.01, 0.002)
"""Share of ordinary messages at FAINT, WEAK, CLEAR and SURE."""
NEAR_LOADS = (0.30, 0.13, 0.075, 0.015)
"""And of messages that were written to resemble what is of concern."""
URGENT_LOADS = (0.10, 0.02, 0.006, 0.0015)
TOGETHER, NEAR_TOGETHER = 0.01, 0.085
"""Share of both that all marks together may hold of what the cues let pass."""
URGENT_ACTS = 0.5
URGENT_LOAD, URGENT_NEAR = 0.005, 0.045
"""Shares of it that the urgent categories may take."""
STEP, MOST = 0.02, 5.0  # by which marks are raised until the loads are kept
OF_WINDOW = 0.3  # the least share that a window has beside all around it: it says where to look
UNHEARD = 0.02  # share of them that the encoder is not shown
RIDGE = 1.0
ROUNDS = 3


@dataclass(slots=True)
class Heard:
    """What the heads and the cues say of every window of some messages.

    said: (windows and the whole, heads) of each. cues: (windows, categories). deep: (windows, heads)
    of the encoder, None without one. hits: the cues, each with its windows.
    """

    examples: list[Example] = field(default_factory=list)
    said: list[Floats] = field(default_factory=list)
    cues: list[Floats] = field(default_factory=list)
    deep: list[Floats | None] = field(default_factory=list)
    hits: list[list[tuple[Hit, list[int]]]] = field(default_factory=list)

    def add(
        self, example: Example, said: Said, skimmed: Skimmed, sentences: Sequence[Stretch], deep: Deep | None
    ) -> None:
        """Note one message; it has words."""
        hits = strongest(ConductCues().hits(skimmed, example.role, {}))
        cues = cue_scores(hits, said.pairs, sentences, skimmed, CATEGORIES)
        self.examples.append(example)
        self.said.append(said.heads)
        self.cues.append(cues)
        self.deep.append(deep and deep.read(sentences, said, cues, example.role))
        self.hits.append([(one, windows_of(one, said.pairs, sentences, skimmed)) for one in hits])

    @property
    def heard(self) -> list[tuple[Floats, Floats, Floats | None]]:
        """What heads, cues and encoder say of each message."""
        return list(zip(self.said, self.cues, self.deep, strict=True))

    @property
    def concern(self) -> Floats:
        """1 for what is of concern."""
        return np.array([bool(one.label) for one in self.examples], float)

    @property
    def roles(self) -> NDArray[np.int64]:
        """Each writer's role, by number."""
        return np.array([ROLES.index(one.role) for one in self.examples])

    @property
    def ordinary(self) -> NDArray[np.bool_]:
        """What is ordinary talk."""
        return np.array([one.ordinary for one in self.examples])

    @property
    def near(self) -> NDArray[np.bool_]:
        """What was written to resemble concern."""
        return np.array([not one.ordinary and not one.label for one in self.examples])


def heard(examples: Sequence[Example], heads: Heads, deep: Deep | None = None) -> Heard:
    """What is said of messages that have words."""
    found = Heard()
    for one in examples:
        skimmed = skim(one.text, lexicon())
        sentences = stretches(skimmed, heads.speller)
        if sentences:
            found.add(one, heads.read(sentences, one.role), skimmed, sentences, deep)
    return found


def ease(some: Heard) -> dict[str, float]:
    """By role, what the heads say of any concern of all but a few messages that are of it and hold no cue.

    Below it the encoder does not read: see `classifiers.conduct.deep`.
    """
    most = np.array([one[:-1, -1].max() for one in some.said])
    plain = np.array([not one.any() for one in some.cues]) & (some.concern > 0)
    return {
        role: round(float(np.quantile(most[plain & (some.roles == number)], UNHEARD)), 6)
        for number, role in enumerate(ROLES)
    }


def _holds(hit: Hit) -> bool:
    return hit.score >= (URGENT_ACTS if hit.cue.category in URGENT else CLEAR)


def by_cues(some: Heard, alone: Scales | None = None) -> NDArray[np.bool_]:
    """Whether a cue alone holds each message; with scales, one that they do not doubt. alone: without encoder."""
    return np.array([_by_cue(some, number, alone) for number in range(len(some.examples))])


def _by_cue(some: Heard, number: int, alone: Scales | None) -> bool:
    acting = [one for one in some.hits[number] if _holds(one[0])]
    if alone is None or not acting:
        return bool(acting)
    role, deep = some.examples[number].role, some.deep[number]
    any_ = any_weights(alone, role, some.said[number], some.cues[number], None)
    return not all(
        doubted(hit, alone, role, any_[rows], None if deep is None else deep[rows]) for hit, rows in acting
    )


def calibrated(some: Heard, alone: dict[str, Any] | None = None) -> dict[str, Any]:
    """The scales for the manifest. alone: those without the encoder, once they are set."""
    before = _calibrated(some, by_cues(some)) if alone is None else alone
    return _calibrated(some, by_cues(some, scales_of(before, CATEGORIES)))


def _calibrated(some: Heard, held: NDArray[np.bool_]) -> dict[str, Any]:
    weights, any_at = _fit_any(some)
    roles = some.roles
    features = [any_features(*one) for one in some.heard]
    any_ = np.array([float((one @ weights).max()) for one in features]) + any_at[roles]
    fitted = {name: _fit_urgent(some, name) for name in URGENT}
    near_loads = tuple(3 * one for one in URGENT_LOADS)
    urgent_marks = {
        name: _marks(some, said, URGENT_LOADS, near_loads) for name, (_, _, said) in fitted.items()
    }
    marks = _marks(some, any_, LOADS, NEAR_LOADS)
    over = {
        name: said - _acting(urgent_marks[name], URGENT_ACTS)[roles] for name, (_, _, said) in fitted.items()
    }
    most = np.max(list(over.values()), axis=0)
    passed = ~held
    urgent_by = _least(some, lambda by: passed & (most >= by), URGENT_LOAD, URGENT_NEAR)
    plain = any_ - _acting(marks, CLEAR)[roles]
    by = _least(some, lambda by: passed & ((most >= urgent_by) | (plain >= by)), TOGETHER, NEAR_TOGETHER)
    kind_weights, kind_at = _fit_kinds(some, weights)
    return {
        "any_weights": _plain(weights),
        "any_at": dict(zip(ROLES, _plain(any_at), strict=True)),
        "marks": _raised(marks, by),
        "kind_weights": _plain(kind_weights),
        "kind_at": _plain(kind_at),
        "urgent": {
            name: {
                "weights": _plain(weights),
                "intercept": dict.fromkeys(ROLES, round(at, 6)),
                "marks": _raised(urgent_marks[name], urgent_by),
            }
            for name, (weights, at, _) in fitted.items()
        },
    }


def _acting(marks: dict[str, list[float]], score: float) -> Floats:
    """(roles,): the weight at which a score is reached that lies from WEAK to CLEAR."""
    share = (score - WEAK) / (CLEAR - WEAK)
    return np.array([marks[role][1] + share * (marks[role][2] - marks[role][1]) for role in ROLES])


def _least(some: Heard, holds: Callable[[float], NDArray[np.bool_]], load: float, near_load: float) -> float:
    """How far marks must be raised, or may be lowered, for both loads to be kept."""
    ordinary, near = some.ordinary, some.near
    for by in np.arange(-MOST, MOST, STEP):
        held = holds(float(by))
        if held[ordinary].mean() <= load and held[near].mean() <= near_load:
            return float(by)
    return MOST


def _raised(marks: dict[str, list[float]], by: float) -> dict[str, list[float]]:
    return {role: [round(one + by, 6) for one in at] for role, at in marks.items()}


def _fit_any(some: Heard) -> tuple[Floats, Floats]:
    features = [any_features(*one) for one in some.heard]
    best = [int(one[:, 0].argmax()) for one in features]
    weights, at = np.zeros(features[0].shape[1]), np.zeros(len(ROLES))
    for _ in range(ROUNDS):
        weights, at = _by_role(some, [one[row] for one, row in zip(features, best, strict=True)])
        best = [int((one @ weights).argmax()) for one in features]
    return weights, at


def _by_role(some: Heard, rows: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Weights for all, and an intercept for each role."""
    own = np.eye(len(ROLES))[some.roles]
    table = np.concatenate([np.array(rows, float), own], axis=1)
    solved, at = logistic(Dense(table), some.concern, np.ones(len(table)), RIDGE)
    return _with_window(solved[: -len(ROLES)]), solved[-len(ROLES) :] + at


def _with_window(weights: Floats) -> Floats:
    """The same weights, but that of the window itself is at least its share of the first two."""
    both = weights[0] + weights[1]
    own = max(weights[0], OF_WINDOW * both)
    return np.array([own, both - own, *weights[2:]])


def _fit_kinds(some: Heard, weights: Floats) -> tuple[Floats, Floats]:
    """Shared weights of head and cue, and how far each category has to be raised."""
    rows, right = [], []
    for (said, cues, deep), one in zip(some.heard, some.examples, strict=True):
        if one.label:
            best = int((any_features(said, cues, deep) @ weights).argmax())
            here = slice(best, best + 1)
            rows.append(kind_features(said[here], cues[here], None if deep is None else deep[here])[0])
            right.append(CATEGORIES.index(one.label))
    many = len(CATEGORIES)
    flat = np.concatenate(
        [np.array(rows, float).reshape(-1, rows[0].shape[1]), np.tile(np.eye(many), (len(rows), 1))], axis=1
    )
    answers = np.eye(many)[right].reshape(-1)
    solved, _ = logistic(Dense(flat), answers, np.ones(len(flat)), RIDGE)
    return solved[:-many], solved[-many:]


def _fit_urgent(some: Heard, name: str) -> tuple[Floats, float, Floats]:
    """Weights and intercept of an urgent category, and what they say of each message."""
    column = CATEGORIES.index(name)
    features = [urgent_features(*one, [column])[:, :, 0].T for one in some.heard]
    right = np.array([one.label == name for one in some.examples], float)
    best = [int(one[:, 0].argmax()) for one in features]
    weights, at = np.zeros(features[0].shape[1]), 0.0
    for _ in range(ROUNDS):
        rows = np.array([one[row] for one, row in zip(features, best, strict=True)], float)
        weights, at = logistic(Dense(rows), right, np.ones(len(right)), RIDGE)
        weights = _with_window(weights)
        best = [int((one @ weights).argmax()) for one in features]
    return weights, at, np.array([float((one @ weights).max()) + at for one in features])


def _marks(
    some: Heard, said: Floats, loads: Sequence[float], near_loads: Sequence[float]
) -> dict[str, list[float]]:
    """Per role where the loads are kept, on ordinary talk and on what resembles concern."""
    ordinary, near = some.ordinary, some.near
    marks = {}
    for number, role in enumerate(ROLES):
        mine = some.roles == number
        at = [
            max(_tail(said[ordinary & mine], load), _tail(said[near & mine], more))
            for load, more in zip(loads, near_loads, strict=True)
        ]
        marks[role] = _plain(np.maximum.accumulate(np.array(at) + np.arange(len(at)) * 1e-3))
    return marks


def _tail(values: Floats, share: float) -> float:
    """What that share of values lies above; of rare ones by an exponential tail."""
    if len(values) == 0:
        return -4.0
    base = 0.15
    if share >= base:
        return float(np.quantile(values, 1 - share))
    start = float(np.quantile(values, 1 - base))
    excess = values[values > start] - start
    return start + float(excess.mean() if len(excess) else 1.0) * float(np.log(base / share))


def _plain(values: Floats) -> list[float]:
    return [round(float(one), 6) for one in values]
