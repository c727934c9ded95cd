"""Held messages, what was decided on them, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from classifiers.finding import Finding
from gateway.domain.case import Case, Decision
from gateway.domain.claim import Claim, HitVerdict, Note
from gateway.domain.course import Trajectory
from gateway.domain.dispatch import Copy
from gateway.domain.message import Arrival
from gateway.domain.verdict import Severity, Verdict


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the queue shows: every field None or empty means no restriction.

    claimed_by: only what this person works on. without_people: nothing whose circle holds one of them.
    among, without_pairs, without_cases: what the store makes of these; ids of cases and pairs.
    """

    lane: str | None = None
    state: str | None = None
    severity: str | None = None
    include_closed: bool = False
    clause: str | None = None
    rule: str | None = None
    channel: str | None = None
    pair_id: str | None = None
    tutor_id: str | None = None
    claimed_by: str | None = None
    opened_before: datetime | None = None
    without_lanes: frozenset[str] = frozenset()
    without_states: frozenset[str] = frozenset()
    without_people: frozenset[str] = frozenset()
    without_pairs: frozenset[str] = frozenset()
    without_cases: frozenset[str] = frozenset()
    among: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in the order of work, for the page that follows it.

    at: its deadline, or when it was opened if it is closed.
    """

    late: bool
    severity: Severity
    at: datetime
    case_id: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a pair's chronology.

    kind: message, hold, decision, fault or note. actor: a person's id, "" for the gateway.
    what: a word of ours (an outcome, a rule, an action, a copy's state). text: of a note or a subject.
    """

    at: datetime
    kind: str
    what: str
    actor: str = ""
    message_id: str = ""
    case_id: str = ""
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Week:
    """What a pair wrote in a week, and how much of it was held. starts: a Monday."""

    starts: date
    by_tutor: int = 0
    by_family: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a tutor and one pupil wrote in some time. late: of the tutor's, how many at late hours."""

    pair_id: str
    pupil_id: str
    by_tutor: int = 0
    by_family: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message of the same pair, for context beside a case."""

    message_id: str
    sender_id: str
    received_at: datetime
    channel: str
    outcome: str
    subject: str = field(repr=False)


class Docket(Protocol):
    """Held messages and the decisions on them. Everything is within one organisation."""

    def cases(
        self,
        organisation_id: str,
        which: CaseFilter,
        now: datetime,
        limit: int = 100,
        offset: int = 0,
        after: Place | None = None,
    ) -> list[Case]:
        """Cases in the order to work them: overdue first, then severity, then deadline."""
        ...

    def counts(self, organisation_id: str, without_people: frozenset[str] = frozenset()) -> dict[str, int]:
        """Open cases by lane."""
        ...

    def last_opened(self, organisation_id: str, without_lanes: frozenset[str]) -> datetime | None:
        """When the newest case outside these lanes was opened."""
        ...

    def case(self, organisation_id: str, case_id: str) -> Case:
        """Raises NotFound, also for another organisation's."""
        ...

    def decisions(self, organisation_id: str, case_id: str) -> list[tuple[datetime, Decision]]:
        """What was decided on a case so far, oldest first."""
        ...

    def arrival(self, organisation_id: str, message_id: str) -> Arrival: ...

    def findings(self, organisation_id: str, message_id: str) -> tuple[Finding, ...]:
        """In the order they are numbered on the case page, 1 first."""
        ...

    def verdict(self, organisation_id: str, message_id: str) -> Verdict: ...

    def around(
        self,
        organisation_id: str,
        message_id: str,
        each_side: int = 6,
        without_lanes: frozenset[str] = frozenset(),
    ) -> list[PastMessage]:
        """The pair's messages before and after, oldest first, this one left out.

        without_lanes: nor are those shown that were ever held in one of these.
        """
        ...

    def copies(self, organisation_id: str, message_id: str) -> dict[str, str]:
        """The state of everybody's newest copy, by person id."""
        ...

    def viewed(self, organisation_id: str, case_id: str, person_id: str, at: datetime) -> None:
        """Record that somebody looked at a body."""
        ...

    def settle(
        self,
        case: Case,
        decision: Decision,
        copies: Sequence[Copy],
        at: datetime,
        undo_until: datetime | None = None,
    ) -> Case:
        """Write decision, copies and record entry if the case still has `decision.version`.

        undo_until: when copies and notices may leave, and until when it can be taken back; None for
        at once and never. Raises Stale when somebody was first, or works on the case.
        """
        ...

    def undo(self, organisation_id: str, case_id: str, version: int, person_id: str, now: datetime) -> Case:
        """Take back the decision that this person made on that version.

        Raises Stale when it is too late or anything has left, NotFound.
        """
        ...

    def carry_out(self, case_id: str, version: int, now: datetime) -> bool:
        """Do what a decision sets off once it cannot be taken back; False when it was taken back."""
        ...

    def claim(
        self, organisation_id: str, case_id: str, person_id: str, now: datetime, take_over: bool = False
    ) -> Claim:
        """Take or renew the lease on a case. Raises Stale when somebody else holds it, NotFound."""
        ...

    def let_go(self, organisation_id: str, case_id: str, person_id: str) -> None: ...

    def claims(self, organisation_id: str, case_ids: Sequence[str], now: datetime) -> dict[str, Claim]:
        """The leases that have not run out, by case id."""
        ...

    def take_next(
        self, organisation_id: str, which: CaseFilter, person_id: str, now: datetime
    ) -> Case | None:
        """Claim the first case in the order of work that nobody else works on; None when there is none."""
        ...

    def judge_hit(
        self,
        organisation_id: str,
        message_id: str,
        number: int,
        person_id: str,
        verdict: HitVerdict,
        at: datetime,
    ) -> None:
        """Keep what a person says of a finding, in place of what they said before. Raises NotFound."""
        ...

    def hit_verdicts(self, organisation_id: str, message_id: str, person_id: str) -> dict[int, HitVerdict]:
        """What this person said of a message's findings, by number."""
        ...

    def notes(self, organisation_id: str, pair_id: str) -> list[Note]:
        """What people wrote about a pair, oldest first."""
        ...

    def add_note(
        self, organisation_id: str, pair_id: str, case_id: str, person_id: str, text: str, at: datetime
    ) -> None:
        """Keep a note, sealed. Raises NotFound."""
        ...

    def kept_from(self, organisation_id: str, person_id: str) -> frozenset[str]:
        """Whose cases this person must not see: their own, and those of people they declared to know."""
        ...

    def keep_away(self, organisation_id: str, person_id: str, other_id: str, why: str, at: datetime) -> None:
        """Declare that somebody of the desk knows a person. Raises NotFound."""
        ...

    def timeline(
        self,
        organisation_id: str,
        pair_id: str,
        without_lanes: frozenset[str],
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Happening]:
        """A pair's chronology, newest first. Raises NotFound."""
        ...

    def weeks(
        self, organisation_id: str, pair_id: str, since: datetime, without_lanes: frozenset[str]
    ) -> list[Week]:
        """How much a pair wrote, by week, oldest first; a week of silence is left out."""
        ...

    def course(self, organisation_id: str, pair_id: str) -> Trajectory:
        """Where a pair is heading; an empty course where nothing was said yet."""
        ...

    def traffic(
        self, organisation_id: str, tutor_id: str, since: datetime, without_lanes: frozenset[str]
    ) -> list[Traffic]:
        """What a tutor and each of the pupils wrote, the busiest pair first; open pairs of silence too."""
        ...

    def pair_viewed(self, organisation_id: str, pair_id: str, person_id: str, at: datetime) -> None:
        """Record that somebody looked at a pair's chronology."""
        ...

    def escalate_if_overdue(self, case_id: str, now: datetime) -> bool:
        """Raise severity and mark escalated when undecided past its deadline."""
        ...
