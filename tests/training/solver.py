"""Logistic regression, solved the same way every time: L-BFGS in float64, from zero."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Slope = Callable[[Vector], tuple[float, Vector]]
REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Bags:
    """Rows of few features each.

    places: features of all rows, one after the other. values: beside them. starts: where each
    row begins, one more than there are rows. No row is empty.
    """

    places: NDArray[np.int64]
    values: Vector
    starts: NDArray[np.int64]
    width: int

    def times(self, weights: Vector) -> Vector:
        """A number for each row."""
        return np.add.reduceat(weights[self.places] * self.values, self.starts[:-1])

    def back(self, errors: Vector) -> Vector:
        """A number for each feature."""
        each = np.repeat(errors, np.diff(self.starts))
        return np.bincount(self.places, each * self.values, self.width)

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True)
class Dense:
    """Rows of numbers."""

    rows: NDArray[np.float64]

    def times(self, weights: Vector) -> Vector:
        """A number for each row."""
        out: Vector = self.rows @ weights
        return out

    def back(self, errors: Vector) -> Vector:
        """A number for each feature."""
        out: Vector = errors @ self.rows
        return out

    @property
    def width(self) -> int:
        """Features in a row."""
        return int(self.rows.shape[1])


def logistic(
    rows: Bags | Dense,
    right: Vector,
    weight: Vector,
    ridge: float,
    most: int = 60,
    offset: Vector | float = 0.0,
) -> tuple[Vector, float]:
    """Weights and intercept of the likeliest logistic model.

    right: 0 or 1 a row. weight: how much a row counts. ridge: penalty on the weights' squares.
    offset: added to what the weights say, and left as it is.
    """

    def slope(x: Vector) -> tuple[float, Vector]:
        said = rows.times(x[:-1]) + x[-1] + offset
        loss = float(weight @ (np.logaddexp(0, said) - right * said)) + ridge / 2 * float(x[:-1] @ x[:-1])
        errors = weight * (0.5 * (1 + np.tanh(said / 2)) - right)
        return loss, np.append(rows.back(errors) + ridge * x[:-1], errors.sum())

    solved = lbfgs(slope, np.zeros(rows.width + 1), most)
    return solved[:-1], float(solved[-1])


def lbfgs(slope: Slope, x: Vector, most: int, close: float = 1e-4) -> Vector:
    """The lowest place near x, after at most `most` steps; slope gives height and gradient."""
    height, gradient = slope(x)
    steps: deque[tuple[Vector, Vector]] = deque(maxlen=REMEMBERED)
    for _ in range(most):
        way = -_turned(gradient, steps)
        falls = float(gradient @ way)
        length = 1.0 if steps else 1 / max(1.0, float(np.abs(gradient).sum()))
        for _ in range(30):
            there = slope(x + length * way)
            if there[0] <= height + 1e-4 * length * falls:
                break
            length /= 2
        else:
            return x
        move, bend = length * way, there[1] - gradient
        if float(move @ bend) > 1e-12:
            steps.append((move, bend))
        done = height - there[0] < close * 1e-2 * max(1.0, abs(height)) and np.abs(there[1]).max() < close
        x, (height, gradient) = x + move, there
        if done:
            break
    return x


def _turned(gradient: Vector, steps: Sequence[tuple[Vector, Vector]]) -> Vector:
    """The gradient times what is known of the inverse curvature (two-loop recursion)."""
    way = gradient.copy()
    shares = []
    for move, bend in reversed(steps):
        share = float(move @ way) / float(move @ bend)
        way -= share * bend
        shares.append(share)
    if steps:
        move, bend = steps[-1]
        way *= float(move @ bend) / float(bend @ bend)
    for (move, bend), share in zip(steps, reversed(shares), strict=True):
        way += (share - float(bend @ way) / float(move @ bend)) * move
    return way
