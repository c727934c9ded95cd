"""Where a tutor and a pupil are heading, as the store keeps it: numbers, never words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.domain.people import Role


@dataclass(frozen=True, slots=True)
class Signals:
    """What one message adds.

    scores: the strongest score of each category, 0..1. guardian_copied: the sender did it, not
    we. hour: local, 0..24.
    """

    at: datetime
    sender: Role
    to_pupil: bool
    guardian_copied: bool
    hour: float
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The state of a pair, one row in the store.

    sums: by category. strongest: the highest scores so far, decayed. copied, uncopied, late,
    early: decayed counts of the tutor's messages to the pupil. volume: decayed count of all
    between the two; usual: of the tutor with other pupils on average, None without any. told: the
    score at which a case was last opened. pressed: the tutor's messages to the pupil of one night since
    the pupil last wrote.
    """

    at: datetime | None = None
    sums: Mapping[str, float] = field(default_factory=dict)
    strongest: tuple[float, ...] = ()
    copied: float = 0.0
    uncopied: float = 0.0
    late: float = 0.0
    early: float = 0.0
    volume: float = 0.0
    told: float = 0.0
    usual: float | None = None
    pressed: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """What a rule may know of it. reached: the score with this message. told, pressed: as in `Trajectory`."""

    reached: float
    told: float
    because: str
    pressed: int = 0
