"""A case file: what belongs to one concern, what people wrote about it, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

REVIEW_AFTER = (timedelta(days=30), timedelta(days=90), timedelta(days=180))  # KST-16


class MatterState(StrEnum):
    """Where a case file stands."""

    OPEN = "open"
    CLOSED = "closed"


class TieKind(StrEnum):
    """What can be linked to a case file."""

    CASE = "case"
    MESSAGE = "message"
    PAIR = "pair"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Tie:
    """Something linked to a case file."""

    kind: TieKind
    subject_id: str
    tied_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """How a case file ended (MTW-19). heard: who was heard, in the words of whoever closed it."""

    outcome: str = field(repr=False)
    heard: str = field(repr=False)
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """One case file.

    version: rises with every closing and reopening; a form names the one it was filled in on.
    sealed: for the safeguarding lead alone.
    clock_from: when somebody noted that it may meet the harm threshold, None until then.
    clock_due: one working day later (DFT-09). clock_met: when it was put to those who must know.
    """

    id: str
    organisation_id: str
    version: int
    state: MatterState
    sealed: bool
    title: str = field(repr=False)
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None = None
    clock_from: datetime | None = None
    clock_due: datetime | None = None
    clock_met: datetime | None = None
    ending: Ending | None = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """True until it is closed."""
        return self.state is MatterState.OPEN

    def clock_late(self, now: datetime) -> bool:
        """True when the working day has passed and nobody was told."""
        return self.clock_due is not None and self.clock_met is None and now > self.clock_due


@dataclass(frozen=True, slots=True)
class Filed:
    """A filled-in record, or a note.

    form: name of the record in the pack, or "note". role: which of the records we know (see
    `records.FormRole`), "" for any other. values: by field. person_id: whom it is about, "" for nobody.
    """

    id: str
    organisation_id: str
    matter_id: str
    form: str
    role: str
    person_id: str
    filed_by: str
    at: datetime
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Review:
    """A day on which a closed case file is looked at again."""

    matter_id: str
    due_on: date
    done_at: datetime | None = None
    done_by: str = ""
    words: str = field(default="", repr=False)
