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
        out: Vector = np.add.reduceat(weights[self.places] * self.values, self.starts[:-1])
        return out

    def back(self, errors: Vector) -> Vector:
        """A number for each feature."""
        each = np.repeat(errors, np.diff(self.starts))
        return np.bincount(self.places, each * self.values, self.width)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def chosen(self, rows: NDArray[np.bool_]) -> Bags:
        """Some of the rows."""
        sizes = np.diff(self.starts)
        kept = np.repeat(rows, sizes)
        starts = np.append(0, np.cumsum(sizes[rows])).astype(np.int64)
        return Bags(self.places[kept], self.values[kept], starts, self.width)

    def told(self, tells: Vector) -> Bags:
        """The same rows, each feature multiplied by what it tells."""
        return Bags(self.places, self.values * tells[self.places], self.starts, self.width)


@dataclass(frozen=True, slots=True)
class Parted:
    """Rows of several sorts, one sort after the other.

    Every feature counts twice: for all sorts together, and for its own.
    common, apart: what each feature is multiplied by for all, and for each sort.
    """

    parts: Sequence[Bags]
    common: Vector
    apart: Sequence[Vector]

    def times(self, weights: Vector) -> Vector:
        """A number for each row."""
        return np.concatenate(
            [part.times(joined) for part, joined in zip(self.parts, self.joined(weights), strict=True)]
        )

    def back(self, errors: Vector) -> Vector:
        """A number for each feature, first for all sorts and then for each."""
        each = np.split(errors, np.cumsum([len(part) for part in self.parts])[:-1])
        slopes = [part.back(some) for part, some in zip(self.parts, each, strict=True)]
        own = [tells * slope for tells, slope in zip(self.apart, slopes, strict=True)]
        return np.concatenate([self.common * np.sum(slopes, axis=0), *own])

    def joined(self, weights: Vector) -> list[Vector]:
        """For each sort what its features weigh, for all and for it together."""
        common, *apart = weights.reshape(1 + len(self.parts), -1)
        return [self.common * common + tells * own for tells, own in zip(self.apart, apart, strict=True)]

    @property
    def width(self) -> int:
        """Features of a row, as often as they count."""
        return self.parts[0].width * (1 + len(self.parts))


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
    rows: Bags | Parted | Dense,
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
