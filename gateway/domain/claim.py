"""Who works on a case, and what people write beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody works on a case until a moment that each heartbeat moves on."""

    case_id: str
    person_id: str
    until: datetime


class HitVerdict(StrEnum):
    """What a person says of one thing that a detector found."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Note:
    """Somebody's own words about a pair. case_id: "" when it is about no case in particular."""

    id: str
    pair_id: str
    case_id: str
    author_id: str
    at: datetime
    text: str = field(repr=False)
