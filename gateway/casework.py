"""What the pages of casework need from the store: case files, proofs, figures, rota and care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from gateway.domain.entry import Chained
from gateway.domain.fairness import Group
from gateway.domain.figures import Figures
from gateway.domain.hold import HoldKind, LegalHold, RetentionRun
from gateway.domain.matter import Ending, Filed, Matter, MatterState, Review, Tie, TieKind
from gateway.domain.message import Reading
from gateway.domain.people import Person
from gateway.domain.rota import Page, Shift, StandIn
from gateway.record.chain import Flaw
from gateway.record.tree import Checkpoint


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the record page shows; "" and None mean no restriction. until: exclusive."""

    kind: str = ""
    actor: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Viewed:
    """Somebody looked at a message's body."""

    at: datetime
    person_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A message that passed and was drawn for a second look. verdict: "", fine or missed."""

    message_id: str
    organisation_id: str
    tutor_id: str
    term: str
    drawn_at: datetime
    verdict: str = ""
    judged_by: str = ""


@dataclass(frozen=True, slots=True)
class Care:
    """How a moderator wants to be shown messages.

    veil: covered until asked for. marks_only: the marked words alone. cap: bodies of high severity a
    day before a swap is offered.
    """

    veil: bool = False
    marks_only: bool = False
    cap: int = 20


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that failed. what: the task's name. tries: how often it was tried."""

    id: int
    what: str
    state: str
    tries: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LostCopy:
    """A copy that did not arrive. state: failed or stopped. code: of the next hop, 0 without one."""

    id: int
    message_id: str
    recipient_id: str
    state: str
    code: int
    at: datetime | None
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How the gateway does, in numbers alone."""

    database_bytes: int
    waiting_copies: int
    oldest_copy: datetime | None
    jobs: Mapping[str, int] = field(default_factory=dict)
    last_message: datetime | None = None
    messages_last_hour: int = 0


class Matters(Protocol):
    """Case files."""

    def open(self, organisation_id: str, title: str, sealed: bool, by: str, at: datetime) -> Matter: ...
    def matters(self, organisation_id: str, state: MatterState | None = None) -> list[Matter]: ...
    def matter(self, organisation_id: str, matter_id: str) -> Matter: ...
    def ties(self, organisation_id: str, matter_id: str) -> list[Tie]: ...
    def tie(self, organisation_id: str, matter_id: str, tie: Tie) -> None: ...
    def file(self, one: Filed, clock: tuple[datetime, datetime] | None = None) -> None: ...
    def filed(self, organisation_id: str, matter_id: str) -> list[Filed]: ...
    def log(self, organisation_id: str, role: str, person_id: str = "") -> list[Filed]: ...
    def many_about(self, organisation_id: str, role: str, at_least: int) -> dict[str, int]: ...
    def meet_clock(self, organisation_id: str, matter_id: str, by: str, at: datetime) -> None: ...
    def close(
        self, organisation_id: str, matter_id: str, version: int, ending: Ending, at: datetime
    ) -> Matter: ...
    def reopen(self, organisation_id: str, matter_id: str, version: int, by: str, at: datetime) -> Matter: ...
    def reviews(
        self, organisation_id: str, matter_id: str = "", due_by: date | None = None
    ) -> list[Review]: ...
    def review(
        self, organisation_id: str, matter_id: str, due_on: date, words: str, by: str, at: datetime
    ) -> None: ...
    def about(self, organisation_id: str, kind: TieKind, subject_id: str) -> list[str]: ...
    def people_of(self, organisation_id: str, matter_id: str) -> frozenset[str]: ...
    def about_somebody(self, organisation_id: str, person_id: str) -> frozenset[str]: ...


class Holds(Protocol):
    """Legal holds."""

    def place(
        self, organisation_id: str, kind: HoldKind, subject_id: str, reason: str, by: str, at: datetime
    ) -> LegalHold: ...
    def release(self, organisation_id: str, hold_id: str, reason: str, by: str, at: datetime) -> None: ...
    def holds(self, organisation_id: str, released_too: bool = False) -> list[LegalHold]: ...


class Retention(Protocol):
    """What was erased, and why others were kept."""

    def runs(self, organisation_id: str, many: int = 30) -> list[RetentionRun]: ...


class Export(Protocol):
    """Makes a bundle of evidence; what it made is recorded."""

    def __call__(
        self, person: Person, matter_id: str, case_id: str, reason: str, passphrase: str, at: datetime
    ) -> bytes:
        """The zip, locked when there is a passphrase. One of the two ids is empty. Raises NotFound."""
        ...


class Proofs(Protocol):
    """The chain, and what is signed of it."""

    @property
    def public_key(self) -> str: ...
    def verify(self, organisation_id: str) -> tuple[int, Flaw | None]: ...
    def last(self, organisation_id: str) -> Checkpoint | None: ...
    def checkpoint(self, organisation_id: str, at: datetime) -> Checkpoint: ...


class Logbook(Protocol):
    """The record, as a page shows it."""

    def entries(
        self, organisation_id: str, which: LogFilter, before: int | None = None, limit: int = 50
    ) -> list[Chained]: ...
    def kinds(self, organisation_id: str) -> Sequence[str]: ...
    def views(self, organisation_id: str, message_id: str) -> list[Viewed]: ...


class FigureBook(Protocol):
    """Figures of the desk."""

    def figures(self, organisation_id: str, since: datetime, until: datetime) -> Figures: ...
    def groups(self, organisation_id: str, since: datetime, until: datetime) -> list[Group]: ...


class Samples(Protocol):
    """Messages that passed and are looked at again."""

    def samples(self, organisation_id: str, waiting: bool, limit: int = 100) -> list[Sample]: ...
    def sample(self, organisation_id: str, message_id: str) -> Sample: ...
    def judge(self, organisation_id: str, message_id: str, verdict: str, by: str, at: datetime) -> None: ...
    def show(self, organisation_id: str, message_id: str, by: str, at: datetime) -> Reading: ...


class CareBook(Protocol):
    """How moderators want to be shown things, and what they were shown."""

    def care(self, organisation_id: str, person_id: str) -> Care: ...
    def keep(self, organisation_id: str, person_id: str, care: Care) -> None: ...
    def seen_today(self, organisation_id: str, person_id: str, day_began: datetime) -> int: ...
    def swap(self, organisation_id: str, case_id: str, person_id: str, at: datetime) -> None: ...
    def swapped(self, organisation_id: str, person_id: str) -> frozenset[str]: ...


class RotaBook(Protocol):
    """Who is on call, and who was called."""

    def shifts(self, organisation_id: str) -> list[Shift]: ...
    def exceptions(self, organisation_id: str, after: datetime) -> list[StandIn]: ...
    def add_shift(self, organisation_id: str, shift: Shift, by: str, at: datetime) -> None: ...
    def add_exception(self, organisation_id: str, one: StandIn, by: str, at: datetime) -> None: ...
    def remove(self, organisation_id: str, entry_id: str, by: str, at: datetime) -> None: ...
    def deciders(self, organisation_id: str) -> list[Person]: ...
    def call(self, organisation_id: str, kind: str, case_id: str, at: datetime) -> Page: ...
    def pages(self, organisation_id: str, limit: int = 20) -> list[Page]: ...
    def acknowledge(self, organisation_id: str, page_id: str, by: str, at: datetime) -> None: ...
    def add_hook(self, organisation_id: str, url: str, by: str, at: datetime) -> str: ...
    def hooks(self, organisation_id: str) -> list[tuple[str, str, datetime]]: ...
    def remove_hook(self, organisation_id: str, hook_id: str, by: str, at: datetime) -> None: ...


class Operations(Protocol):
    """How the machinery does; never a body."""

    def health(self, organisation_id: str, now: datetime) -> Health: ...
    def dead_letters(self, organisation_id: str, limit: int = 50) -> list[DeadLetter]: ...
    def lost_copies(self, organisation_id: str, limit: int = 50) -> list[LostCopy]: ...
    def try_again(self, job_id: int, organisation_id: str, by: str, at: datetime) -> None: ...
