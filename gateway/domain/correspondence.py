"""What a guardian may know of delivered messages, and a tutor of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.domain.people import Role


@dataclass(frozen=True, slots=True)
class Letter:
    """A copy that one person was sent.

    accepted_at: when our next hop took it: the proof of the copy. content: its exact bytes.
    """

    message_id: str
    organisation_id: str
    pair_id: str
    pupil_id: str
    sender_id: str
    reference: str
    received_at: datetime
    accepted_at: datetime
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Volume:
    """How much a tutor and a pupil wrote in a week that this guardian has copies of. starts: a Monday."""

    starts: date
    by_tutor: int = 0
    by_pupil: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What the desk asked the sender of a held message. answer: what they said to it, "" so far."""

    case_id: str
    at: datetime
    text: str = field(repr=False)
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sending:
    """One of a tutor's own messages, as they may know of it.

    state: sent, on_its_way, checking, needs_a_change, returned or withdrawn.
    expected: by when a message that is checked should be decided.
    superseded_by, supersedes: ids of the newer and the older attempt, "" without.
    can_withdraw, can_appeal, can_rewrite: what is open to them now. said: the words of whoever gave
    it back, on the page of this one message only. question: what the desk asked while it is checked.
    """

    message_id: str
    pair_id: str
    pupil_id: str
    reference: str
    channel: str
    state: str
    received_at: datetime
    recipient_ids: tuple[str, ...]
    subject: str = field(repr=False)
    expected: datetime | None = None
    supersedes: str = ""
    superseded_by: str = ""
    can_withdraw: bool = False
    can_appeal: bool = False
    can_rewrite: bool = False
    said: str = field(default="", repr=False)
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """Who was sent copies of a message, for finding out whose a link is."""

    message_id: str
    organisation_id: str
    pair_id: str
    pupil_id: str
    recipient_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A letter with which somebody signs in, before it is written. token: of its link; "" for a code alone."""

    organisation_id: str
    person_id: str
    mailbox: str = field(repr=False)
    role: Role
    token: str = field(repr=False)
    code: str = field(repr=False)
