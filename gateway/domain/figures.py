"""Figures about the work of the desk, and how sure they are. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Z = 1.959963984540054  # 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`, with its Wilson interval at 95 %; value, low and high are None without any."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share itself."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval (E. B. Wilson, 1927), which holds for small n and shares near 0 and 1."""
        if not self.n:
            return None
        p, n = self.hits / self.n, self.n
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: medians and tails, None without any."""

    severity: str
    n: int
    p50: timedelta | None
    p90: timedelta | None
    p99: timedelta | None


@dataclass(frozen=True, slots=True)
class Missed:
    """A case that was decided after its deadline, or is past it undecided."""

    case_id: str
    reference: str
    severity: str
    due_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RulePrecision:
    """How often what a rule held was rightly held.

    by_decision: held and not simply released. by_hit: what people said of single findings.
    """

    rule: str
    by_decision: Share
    by_hit: Share


@dataclass(frozen=True, slots=True)
class Recall:
    """How much of what should be held is held, estimated from samples of what passed.

    caught: rightly held. passed: how many passed. sampled: looked at, and how many of them were missed.
    """

    caught: int
    passed: int
    sampled: Share

    @property
    def value(self) -> float | None:
        """The estimate, None while nothing was sampled or nothing is to be found."""
        return self._with(self.sampled.value)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between the worst and the best that the sample allows."""
        bounds = self.sampled.interval
        if bounds is None:
            return None
        low, high = self._with(bounds[1]), self._with(bounds[0])
        return None if low is None or high is None else (low, high)

    def _with(self, missed: float | None) -> float | None:
        if missed is None:
            return None
        there = self.caught + missed * self.passed
        return self.caught / there if there else None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one organisation over a window that ends now.

    backlog: waiting cases by severity, most severe first. per_day: (day, messages, held).
    delay: minutes that messages waited which were then released as they were.
    failures: undelivered copies by (state, role of the recipient's copy: "guardian" or "other").
    agreement: second views that came to the same as the first.
    """

    since: datetime
    until: datetime
    backlog: Sequence[tuple[str, int]]
    oldest: datetime | None
    per_day: Sequence[tuple[str, int, int]]
    to_view: Sequence[Spread]
    to_decision: Sequence[Spread]
    missed: Sequence[Missed]
    missed_count: int
    rules: Sequence[RulePrecision]
    overturned: Share
    agreement: Share
    recall: Recall
    delay_minutes: float
    delayed: int
    failures: Mapping[tuple[str, str], int]
