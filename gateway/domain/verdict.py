"""What was decided about a message, by which rule and clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from classifiers.finding import Finding, Layer


class Outcome(StrEnum):
    """The four things that can happen to a message."""

    PASS = "pass"
    AMEND = "amend"
    HOLD = "hold"
    REFUSE = "refuse"


class Lane(StrEnum):
    """The queue a held message waits in."""

    SEALED = "sealed"
    URGENT = "urgent"
    REVIEW = "review"
    UNREADABLE = "unreadable"
    CONTACT = "contact"
    DELIVERY = "delivery"


class Severity(StrEnum):
    """How soon a person must look."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


LANE_RANK = {lane: rank for rank, lane in enumerate(reversed(tuple(Lane)))}
SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class AddRecipient:
    """Copy somebody in who was left out."""

    person_id: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Put `text` where source offsets [start, end) of a passage's source stand.

    Offsets as in `Finding`; changes to one source never overlap.
    """

    layer: Layer
    part: int
    start: int
    end: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeliverAfter:
    """Send nothing before `at` (timezone-aware): the message waits for opening hours."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """Deliver a notice with a link to the closed page instead of the message itself."""

    because: str


Change = AddRecipient | Replace | DeliverAfter | Seal


@dataclass(frozen=True, slots=True)
class Pass:
    """Nothing to say against it."""


@dataclass(frozen=True, slots=True)
class Amend:
    """Deliver it, changed."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep it for a person. The sender is told nothing but that it was accepted.

    because: for moderator and record; words of ours, no message text.
    """

    lane: Lane
    severity: Severity
    because: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """Give it back to the sender.

    say: for the sender, at most 100 ASCII characters in its first sentence (MAIL 7).
    because: for moderator and record.
    """

    say: str
    because: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Deliver it, and give somebody something to do about it: a record, a reminder, a report.

    role: a role of the pack, such as "dsl". because: for that person and the record.
    within: how soon, None for whenever they can.
    """

    role: str
    because: str
    findings: tuple[Finding, ...] = ()
    within: timedelta | None = None


Ruling = Pass | Note | Amend | Hold | Refuse


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling with the rule that made it and the clause of the organisation's own policy."""

    rule: str
    clause: str
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Verdict:
    """The strongest ruling, and all the others kept.

    ruled: every ruling but Pass, strongest first; empty for a clean message.
    changes: what an Amend (or a later release) does to the message.
    """

    outcome: Outcome
    policy_version: str
    ruled: tuple[Ruled, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def leading(self) -> Ruled | None:
        """The ruling that decided, None for a clean message."""
        return self.ruled[0] if self.ruled else None
