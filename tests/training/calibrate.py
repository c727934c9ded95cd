"""Weighs the readers and the cues together, and sets the marks, on messages not trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.cues import ConductCues, strongest
from classifiers.conduct.detector import cue_scores
from classifiers.conduct.features import stretches
from classifiers.conduct.heads import Heads
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.weighing import (
    CLEAR,
    Weighed,
    any_features,
    any_weights,
    kind_features,
    scales_of,
    urgent_features,
    weigh,
)
from classifiers.conduct.words import skim
from tests.training.corpus import CATEGORIES, ROLES, Example
from tests.training.solver import Dense, logistic

Floats = NDArray[Any]
URGENT = ("disclosure_abuse", "disclosure_self_harm", "threat", "third_party_report")
LOADS = (0.12, 0.03, 0.01, 0.002)
"""Share of ordinary messages at FAINT, WEAK, CLEAR and SURE."""
NEAR_LOADS = (0.30, 0.12, 0.06, 0.015)
"""And of messages that were written to resemble what is of concern."""
URGENT_LOADS = (0.10, 0.02, 0.006, 0.0015)
NEAR_TOGETHER = 0.08
"""Share of what resembles concern that all marks together may hold."""
URGENT_ACTS = 0.5
URGENT_LOAD, URGENT_NEAR = 0.004, 0.03
"""Shares of it that the urgent categories may take."""
RIDGE = 1.0
ROUNDS = 3


class Heard:
    """What readers and cues say of every window of some messages."""

    def __init__(self, examples: Sequence[Example], heads: Heads) -> None:
        self.examples: list[Example] = []
        self.said: list[Floats] = []
        self.cues: list[Floats] = []
        cues = ConductCues()
        for one in examples:
            skimmed = skim(one.text, lexicon())
            sentences = stretches(skimmed, heads.speller)
            if not sentences:
                continue
            said = heads.read(sentences, one.role)
            hits = strongest(cues.hits(skimmed, one.role, {}))
            self.examples.append(one)
            self.said.append(said.heads)
            self.cues.append(cue_scores(hits, said.pairs, sentences, skimmed, CATEGORIES))

    @property
    def concern(self) -> Floats:
        """1 for what is of concern."""
        return np.array([bool(one.label) for one in self.examples], float)

    @property
    def roles(self) -> NDArray[np.int64]:
        """Each writer's role, by number."""
        return np.array([ROLES.index(one.role) for one in self.examples])


def calibrated(heard: Heard) -> dict[str, Any]:
    """The scales for the manifest."""
    weights, any_at, best = _fit_any(heard)
    said = np.array([one.max() for one in _weights(heard, weights, any_at)])
    kind_weights, kind_at = _fit_kinds(heard, best)
    return _within_load(
        heard,
        {
            "any_weights": _plain(weights),
            "any_at": dict(zip(ROLES, _plain(any_at), strict=True)),
            "marks": _marks(heard, said, LOADS, NEAR_LOADS),
            "kind_weights": _plain(kind_weights),
            "kind_at": _plain(kind_at),
            "urgent": {name: _fit_urgent(heard, name) for name in URGENT},
        },
    )


def _within_load(heard: Heard, held: dict[str, Any]) -> dict[str, Any]:
    """The scales with marks raised until what they hold together is within the load.

    First those of the urgent categories, within their share of it, then the others.
    """
    urgent = _least(heard, lambda by: _raised(held, 9.0, by), URGENT_LOAD, URGENT_NEAR)
    rest = _least(heard, lambda by: _raised(held, by, urgent), LOADS[2], NEAR_TOGETHER)
    return _raised(held, rest, urgent)


def _least(heard: Heard, raise_by: Callable[[float], dict[str, Any]], load: float, near_load: float) -> float:
    """How far marks must be raised for both loads to be kept."""
    ordinary = np.array([one.ordinary for one in heard.examples])
    near = np.array([not one.ordinary and not one.label for one in heard.examples])
    for by in np.arange(-1, 5, 0.05):
        scales = scales_of(raise_by(float(by)), CATEGORIES)
        acts = np.array(
            [
                _acts(weigh(scales, one.role, said, cues, any_weights(scales, one.role, said, cues)))
                for one, said, cues in zip(heard.examples, heard.said, heard.cues, strict=True)
            ]
        )
        if acts[ordinary].mean() <= load and acts[near].mean() <= near_load:
            return float(by)
    return 5.0


def _raised(held: dict[str, Any], by: float, urgent_by: float) -> dict[str, Any]:
    def up(marks: dict[str, list[float]], by: float) -> dict[str, list[float]]:
        return {role: [round(one + by, 6) for one in at] for role, at in marks.items()}

    urgent = {name: {**one, "marks": up(one["marks"], urgent_by)} for name, one in held["urgent"].items()}
    return {**held, "marks": up(held["marks"], by), "urgent": urgent}


def _acts(found: Sequence[Weighed]) -> bool:
    """Whether the default pack holds a message for these, its cues left aside."""
    return any(one.score >= (URGENT_ACTS if one.category in URGENT else CLEAR) for one in found)


def _fit_any(heard: Heard) -> tuple[Floats, Floats, list[int]]:
    features = [any_features(said, cues) for said, cues in zip(heard.said, heard.cues, strict=True)]
    best = [int(one[:, :2].sum(1).argmax()) for one in features]
    weights, at = np.zeros(features[0].shape[1]), np.zeros(len(ROLES))
    for _ in range(ROUNDS):
        weights, at = _by_role(heard, [one[row] for one, row in zip(features, best, strict=True)])
        best = [int((one @ weights).argmax()) for one in features]
    return weights, at, best


def _by_role(heard: Heard, rows: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Weights for all, and an intercept for each role."""
    own = np.eye(len(ROLES))[heard.roles]
    table = np.concatenate([np.array(rows, float), own], axis=1)
    solved, at = logistic(Dense(table), heard.concern, np.ones(len(table)), RIDGE)
    return solved[: -len(ROLES)], solved[-len(ROLES) :] + at


def _weights(heard: Heard, weights: Floats, at: Floats) -> list[Floats]:
    return [
        any_features(said, cues) @ weights + at[role]
        for said, cues, role in zip(heard.said, heard.cues, heard.roles, strict=True)
    ]


def _fit_kinds(heard: Heard, best: Sequence[int]) -> tuple[Floats, Floats]:
    """Shared weights of readers and cue, and how far each category has to be raised."""
    rows, right = [], []
    for said, cues, row, one in zip(heard.said, heard.cues, best, heard.examples, strict=True):
        if one.label:
            rows.append(kind_features(said[row : row + 1], cues[row : row + 1])[0])
            right.append(CATEGORIES.index(one.label))
    many = len(CATEGORIES)
    flat = np.concatenate(
        [np.array(rows, float).reshape(-1, rows[0].shape[1]), np.tile(np.eye(many), (len(rows), 1))], axis=1
    )
    answers = np.eye(many)[right].reshape(-1)
    solved, _ = logistic(Dense(flat), answers, np.ones(len(flat)), RIDGE)
    return solved[:-many], solved[-many:]


def _fit_urgent(heard: Heard, name: str) -> dict[str, Any]:
    number = CATEGORIES.index(name)
    features = [
        urgent_features(said, cues, number) for said, cues in zip(heard.said, heard.cues, strict=True)
    ]
    right = np.array([one.label == name for one in heard.examples], float)
    worth = np.ones(len(right))
    best = [int(one[:, :2].sum(1).argmax()) for one in features]
    weights, at = np.zeros(features[0].shape[1]), 0.0
    for _ in range(ROUNDS):
        rows = np.array([one[row] for one, row in zip(features, best, strict=True)], float)
        weights, at = logistic(Dense(rows), right, worth, RIDGE)
        best = [int((one @ weights).argmax()) for one in features]
    said = np.array([float((one @ weights).max()) + at for one in features])
    return {
        "weights": _plain(weights),
        "intercept": dict.fromkeys(ROLES, round(float(at), 6)),
        "marks": _marks(heard, said, URGENT_LOADS, tuple(3 * one for one in URGENT_LOADS)),
    }


def _marks(
    heard: Heard, said: Floats, loads: Sequence[float], near_loads: Sequence[float]
) -> dict[str, list[float]]:
    """Per role where the loads are kept, on ordinary talk and on what resembles concern."""
    ordinary = np.array([one.ordinary for one in heard.examples])
    near = np.array([not one.ordinary and not one.label for one in heard.examples])
    marks = {}
    for number, role in enumerate(ROLES):
        mine = heard.roles == number
        at = [
            max(_tail(said[ordinary & mine], some), _tail(said[near & mine], more))
            for some, more in zip(loads, near_loads, strict=True)
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
