"""A held message waiting for a person, and what the person decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.domain.verdict import Lane, Severity


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Action(StrEnum):
    """What a moderator can do."""

    RELEASE = "release"
    REDACT = "redact"
    RETURN = "return"
    REJECT = "reject"
    ESCALATE = "escalate"


CLOSING = frozenset({Action.RELEASE, Action.REDACT, Action.RETURN, Action.REJECT})


@dataclass(frozen=True, slots=True)
class Case:
    """Something for a person to decide.

    version: rises with every change; a decision names the version it was made on.
    message_id: our id of the message, None for a case about a delivery that has none.
    rule, clause, because: of the leading ruling.
    """

    id: str
    organisation_id: str
    pair_id: str
    message_id: str
    lane: Lane
    severity: Severity
    state: State
    version: int
    opened_at: datetime
    due_at: datetime
    rule: str
    clause: str
    because: str
    reference: str = ""
    channel: str = "email"
    pair_initials: str = ""
    outcome: str = ""

    def overdue(self, now: datetime) -> bool:
        """True when the deadline has passed and nobody has decided."""
        return self.state is not State.CLOSED and now > self.due_at


@dataclass(frozen=True, slots=True)
class Decision:
    """A moderator's decision on one version of a case.

    reason: why, required, at least a few words; kept in the record.
    say: text for the sender (return, reject), may be empty.
    redactions: numbers of the findings to be covered (action REDACT); all when empty.
    """

    case_id: str
    version: int
    action: Action
    moderator_id: str
    reason: str = field(repr=False)
    clause: str = ""
    say: str = field(default="", repr=False)
    redactions: tuple[int, ...] = ()
