"""What a reader needs to judge one message, and what it says of it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from classifiers.finding import Examination, Fault, Finding, Passage, Scene
from gateway.domain.course import Signals, Trajectory
from gateway.domain.dispatch import Copy
from gateway.domain.message import Arrival, Earlier, Envelope, Reading
from gateway.domain.pair import Circle
from gateway.domain.people import Person
from gateway.domain.policy import Policy
from gateway.domain.verdict import Change, Verdict


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything a reader needs to judge one message, and to compose its copies.

    prior: the sender's recent short messages in this pair, oldest first.
    changes: None to judge; a moderator's changes to compose a release without judging.
    thread: the earlier mails of the pair that the message names.
    trajectory: where the pair was heading before this message.
    shadow: a draft policy that is asked too, and decides nothing.
    """

    arrival: Arrival
    circle: Circle
    policy: Policy
    prior: tuple[str, ...] = field(default=(), repr=False)
    changes: tuple[Change, ...] | None = field(default=None, repr=False)
    thread: tuple[Earlier, ...] = field(default=(), repr=False)
    trajectory: Trajectory = field(default_factory=Trajectory, repr=False)
    shadow: Policy | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader says of one message.

    copies: composed from what was judged; empty unless the message may leave.
    fingerprint: of the arrival, worked out here to spare the event loop.
    fragment: the message's own short text for the pair's memory, "" when it is long.
    text: the text a platform may show, amended; None for e-mail and when nothing may leave.
    signals: what it adds to the pair's trajectory, None when it was not read.
    shadow: what the draft policy of the brief says, None without one.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]
    copies: tuple[Copy, ...] = field(repr=False)
    fingerprint: str
    subject: str = field(repr=False)
    original_message_id: str = field(repr=False)
    fragment: str = field(default="", repr=False)
    form_faults: tuple[str, ...] = ()
    text: str | None = field(default=None, repr=False)
    signals: Signals | None = field(default=None, repr=False)
    shadow: Verdict | None = None


class Readers(Protocol):
    """Judges messages in killable child processes."""

    def judge(self, brief: Brief) -> Future[Judgement]:
        """Judge; the future raises ReaderFailed when the reader died or ran late."""
        ...

    def read(self, arrival: Arrival) -> Future[Reading]:
        """Only read, for showing a held message to a moderator."""
        ...


class Read(Protocol):
    """A channel's parser: bytes to a reading. Pure; never raises on bad input."""

    def __call__(self, raw: bytes) -> Reading: ...


class Compose(Protocol):
    """Builds one recipient's copy from what was judged, never from the old bytes."""

    def __call__(
        self, reading: Reading, envelope: Envelope, circle: Circle, visible: Sequence[Person], to: Person
    ) -> bytes: ...


class Leaks(Protocol):
    """Looks for private identifiers in the exact bytes that would leave."""

    def __call__(self, content: bytes, circle: Circle, to: Person) -> tuple[str, ...]:
        """Ids of the people whose private mailbox stands in `content`; empty when clean.

        to: whom it would go to.
        """
        ...


class Screen(Protocol):
    """The detectors, all at once."""

    def __call__(self, passages: Sequence[Passage], scene: Scene) -> Examination: ...
