"""Fits the heads on messages.

A message says what its most telling window says (multiple-instance learning): a first model
learns from whole messages, and the next one from these and from the window of each that the
first found most telling, so that one sentence in a long mail counts. A feature is first weighed by how much oftener it
stands in what is of concern than in the rest, as naive Bayes would (Wang and Manning 2012), so
that the penalty falls on what is equally common in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.training.corpus import CATEGORIES, ROLES
from tests.training.samples import Features, Piece, Sample, bags
from tests.training.solver import Bags, Parted, logistic

Floats = NDArray[Any]
KINDS = len(CATEGORIES)
RIDGE = 0.33
OTHERS = 0.3  # what a message of another category counts where a category is learnt
STEPS, ANY_STEPS = 20, 60
"""Of the solver. "Of any concern" is what decides, and on messages of other writers it gains from more."""
OF_WINDOWS = 0.5  # what the most telling window of a message counts beside the whole of it
AS_IF = 1.0  # what a feature is taken to have been seen before the first message


@dataclass(slots=True)
class Fitted:
    """What was learnt.

    grams: (rows, categories and one head "of any concern" for each role). at: (roles,
    categories and "of any concern").
    """

    held: Features
    grams: Floats
    at: Floats


def fit(samples: Sequence[Sample], held: Features) -> Fitted:
    """Learn from messages."""
    whole: list[Piece] = [(row, (0, len(one.runs))) for row, one in enumerate(samples)]
    counts = [one.weight for one in samples]
    first, _ = _any(samples, whole, counts, held, STEPS)
    telling = _telling(samples, held, first)
    pieces = whole + telling
    counts += [OF_WINDOWS * samples[row].weight for row, _ in telling]
    any_, any_at = _any(samples, pieces, counts, held, ANY_STEPS)
    grams = np.concatenate([np.zeros((len(held), KINDS)), any_], 1)
    at = np.tile(np.append(np.zeros(KINDS), any_at), (len(ROLES), 1))
    found = bags(samples, pieces, held)
    labelled = np.array([bool(samples[row].labels) for row, _ in pieces])
    for kind in range(KINDS):
        right = np.array([float(kind in samples[row].labels) for row, _ in pieces])
        worth = np.where(labelled & (right == 0), OTHERS, 1.0) * counts
        grams[:, kind], at[:, kind] = weighed(found, right, worth)
    return Fitted(held, grams, at)


def weighed(rows: Bags, right: Floats, worth: Floats) -> tuple[Floats, float]:
    """A logistic model of features that were first weighed by how unequally they are spread."""
    tells = _tells(rows, right, worth)
    solved, at = logistic(rows.told(tells), right, worth, RIDGE, STEPS)
    return solved * tells, at


def _tells(rows: Bags, right: Floats, worth: Floats) -> Floats:
    own = np.repeat(worth * right, np.diff(rows.starts))
    other = np.repeat(worth * (1 - right), np.diff(rows.starts))
    with_it = np.bincount(rows.places, own, rows.width) + AS_IF
    without = np.bincount(rows.places, other, rows.width) + AS_IF
    out: Floats = np.abs(np.log(with_it / with_it.sum() / (without / without.sum())))
    return out


def _any(
    samples: Sequence[Sample], pieces: Sequence[Piece], counts: Sequence[float], held: Features, steps: int
) -> tuple[Floats, float]:
    """(rows, roles): what tells that something is of concern, for all and for the role together."""
    roles = np.array([samples[row].role for row, _ in pieces])
    order = np.argsort(roles, kind="stable")
    roles, ordered = roles[order], [pieces[at] for at in order]
    right = np.array([float(bool(samples[row].labels)) for row, _ in ordered])
    worth = np.array(counts)[order]
    rows = bags(samples, ordered, held)
    common = _tells(rows, right, worth)
    parts = [rows.chosen(roles == role) for role in range(len(ROLES))]
    apart = [_tells(part, right[roles == role], worth[roles == role]) for role, part in enumerate(parts)]
    parted = Parted(parts, common, apart)
    solved, at = logistic(parted, right, worth, RIDGE, steps)
    return np.stack(parted.joined(solved), 1), at


def _telling(samples: Sequence[Sample], held: Features, any_: Floats) -> list[Piece]:
    """Of every message of several sentences the window that says most, whether rightly or not."""
    return [
        (row, sample.windows[int(said[:-1, sample.role].argmax())])
        for row, (sample, said) in enumerate(zip(samples, _said(samples, held, any_), strict=True))
        if len(sample.runs) > 1
    ]


def _said(samples: Sequence[Sample], held: Features, weights: Floats) -> list[Floats]:
    """For each sample (windows and the whole, columns of the weights)."""
    pieces = [(row, span) for row, one in enumerate(samples) for span in (*one.windows, (0, len(one.runs)))]
    found = bags(samples, pieces, held)
    said = np.stack(
        [found.times(column) if column.any() else np.zeros(len(found)) for column in weights.T], 1
    )
    return np.split(said, np.cumsum([len(one.windows) + 1 for one in samples])[:-1])
