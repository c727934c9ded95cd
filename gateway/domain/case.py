"""A held message waiting for a person, and what the person decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from classifiers.finding import Layer
from gateway.domain.people import Role
from gateway.domain.verdict import Lane, Severity

UNDO = timedelta(seconds=30)  # what a decision sets off waits so long, and until then it can be taken back
SEES_SEALED = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})
DECIDES = frozenset({Role.MODERATOR, *SEES_SEALED})


def hidden_lanes(role: Role) -> frozenset[Lane]:
    """Lanes that somebody of this role must not learn the contents, or the number, of."""
    return frozenset() if role in SEES_SEALED else frozenset({Lane.SEALED})


class State(StrEnum):
    """Where a case stands.

    ASKED: the sender was asked something and the case waits for the answer.
    SECOND: one person gave a first view, another has to decide without knowing it.
    SPLIT: the two differ; the safeguarding lead decides.
    """

    OPEN = "open"
    ASKED = "asked"
    SECOND = "second"
    SPLIT = "split"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Action(StrEnum):
    """What a moderator can do."""

    RELEASE = "release"
    REDACT = "redact"
    RETURN = "return"
    REJECT = "reject"
    ASK = "ask"
    ESCALATE = "escalate"
    SEAL = "seal"


class Standing(StrEnum):
    """What became of a decision.

    FIRST: a first view, carried out only if a second person comes to the same.
    DIFFERING: a second view that was another. UNDONE: taken back in time.
    """

    CARRIED = "carried"
    FIRST = "first"
    DIFFERING = "differing"
    UNDONE = "undone"


CLOSING = frozenset({Action.RELEASE, Action.REDACT, Action.RETURN, Action.REJECT})
TELLS_SENDER = frozenset({Action.RETURN, Action.REJECT, Action.ASK})
GRAVE = frozenset({Severity.HIGH, Severity.CRITICAL})


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
class Cut:
    """What a release put in place of something, with the words themselves: the proof of a redaction.

    Offsets as in `Replace`.
    """

    layer: Layer
    part: int
    start: int
    end: int
    before: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """A moderator's decision on one version of a case.

    code: the kind of reason, a word of ours. reason: why, in the moderator's own words; kept sealed.
    say: text for the sender (return, reject, ask), may be empty.
    redactions: numbers of the findings to be covered (action REDACT); all when empty.
    preview: of a redaction that was looked at, the mark of what would leave; "" when it was not.
    undo_until: until when it can be taken back; filled in when it is written, as are the cuts.
    cuts: what a release replaced.
    """

    case_id: str
    version: int
    action: Action
    moderator_id: str
    reason: str = field(repr=False)
    clause: str = ""
    say: str = field(default="", repr=False)
    redactions: tuple[int, ...] = ()
    code: str = ""
    notify_guardian: bool = False
    standing: Standing = Standing.CARRIED
    preview: str = ""
    undo_until: datetime | None = None
    cuts: tuple[Cut, ...] = field(default=(), repr=False)


Made = tuple[datetime, Decision]


def first_view(case: Case, decisions: Iterable[Made]) -> Decision | None:
    """The view that a second person is waited for, None when there is none."""
    if case.state is not State.SECOND:
        return None
    return next((one for _, one in reversed(list(decisions)) if one.standing is Standing.FIRST), None)


def shown_to(person_id: str, case: Case, decisions: Iterable[Made]) -> tuple[Made, ...]:
    """The decisions that this person may know: never another's first view while a second is waited for."""
    all_of_them = tuple(decisions)
    first = first_view(case, all_of_them)
    return tuple(made for made in all_of_them if made[1] is not first or first.moderator_id == person_id)
