"""A legal hold: nothing of what it names is deleted until somebody releases it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class HoldKind(StrEnum):
    """What a hold can be put on."""

    PAIR = "pair"
    MATTER = "matter"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class LegalHold:
    """One hold. released_at: None while it is in force."""

    id: str
    organisation_id: str
    kind: HoldKind
    subject_id: str
    placed_by: str
    placed_at: datetime
    reason: str = field(repr=False)
    released_by: str = ""
    released_at: datetime | None = None
    release_reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """What a run of the retention did, or with `dry` would do.

    days: how long messages are kept. kept: how many are past their time and stay, by reason:
    sealed, legal_hold, case, delivery (the order of DFT-11).
    """

    organisation_id: str
    at: datetime
    days: int
    erased: int
    kept: Mapping[str, int]
    dry: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FamilyErasure:
    """What became of an erasure request.

    erased: messages whose text is gone. kept: how many stay, by reason. key_destroyed: False while
    anything of the family has to be kept.
    """

    pupil_id: str
    erased: int
    kept: Mapping[str, int]
    key_destroyed: bool
