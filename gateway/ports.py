"""What the journey needs from the wires, and nothing about how they do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from classifiers.finding import Examination, Fault, Finding, Passage, Scene
from gateway.domain.alias import Alias
from gateway.domain.case import Case, Cut, Decision
from gateway.domain.claim import Claim, HitVerdict, Note
from gateway.domain.course import Signals, Trajectory
from gateway.domain.dispatch import Bounce, Copy, Dispatch, SendAnswer, Settlement
from gateway.domain.message import Arrival, Earlier, Envelope, Reading
from gateway.domain.pair import Circle
from gateway.domain.people import Organisation, Person
from gateway.domain.policy import Policy
from gateway.domain.signing import Held, Means, Passkey, Session
from gateway.domain.verdict import Change, Severity, Verdict

Clock = Callable[[], datetime]


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


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender's channel may answer after the commit.

    duplicate: the same message was taken before; this is its first answer again.
    """

    message_id: str
    reference: str
    verdict: Verdict
    text: str | None = field(default=None, repr=False)
    duplicate: bool = False


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


class Directory(Protocol):
    """Who is who. Reads may take a database round trip; call off the event loop."""

    def organisations(self) -> tuple[Organisation, ...]: ...

    def alias(self, address: str) -> Alias | None:
        """The live alias of that address, None when unknown, revoked or its pair closed."""
        ...

    def circle(self, pair_id: str) -> Circle:
        """The circle of a pair. Raises NotFound."""
        ...

    def person(self, organisation_id: str, person_id: str) -> Person:
        """Raises NotFound, also for another organisation's."""
        ...

    def sign_in(self, address: str, password: str) -> Person | None:
        """The active person with that issued address and app password, else None."""
        ...

    def issued(self, address: str) -> Person | None:
        """The person to whom the organisation issued that address."""
        ...

    def by_mailbox(self, address: str) -> tuple[Person, ...]:
        """Every person registered with that private mailbox."""
        ...

    def pairs_of(self, person_id: str) -> tuple[str, ...]:
        """Ids of the open pairs whose circle holds that person, oldest first."""
        ...

    def policy_of(self, organisation_id: str) -> Policy: ...

    def shadow_of(self, organisation_id: str) -> Policy | None:
        """The draft that runs beside the policy, None when there is none."""
        ...

    def deciders(self, organisation_id: str) -> tuple[Person, ...]:
        """The organisation's active people of the desk."""
        ...


class Ledger(Protocol):
    """The one transaction before every answer."""

    def keep(self, arrival: Arrival, judgement: Judgement, circle: Circle) -> Future[Receipt]:
        """Commit message, findings, verdict, case or copies, pair memory and record entry.

        The future raises StoreUnavailable or StoreFull, in which case nothing was kept.
        """
        ...

    def priors(self, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
        """Short messages of the last 24 hours, oldest first, by (pair id, sender id).

        Whoever wrote none is left out.
        """
        ...

    def earlier(self, asked: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[Earlier, ...]]:
        """The mails that message ids name, by pair id: `asked` holds pair ids with such ids.

        An id means nothing in another pair than its own.
        """
        ...

    def trajectories(self, pair_ids: Sequence[str]) -> dict[str, Trajectory]:
        """Where each pair is heading; a pair that wrote nothing yet is left out."""
        ...

    def keyed(self, organisation_id: str, idempotency_key: str) -> tuple[str, Receipt] | None:
        """The SHA-256 of the raw bytes and the receipt of the message with that key."""
        ...

    def progress(self, organisation_id: str, message_id: str) -> Progress:
        """Where a message stands. Raises NotFound, also for another organisation's."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a message stands, as its sender may know it.

    state: delivered, on_its_way, checking, refused, returned (conduct is never told apart).
    decide_by: when a held message should be decided, None otherwise.
    text: what a platform may show, None while held or refused.
    recipients: (person id, state of the copy).
    """

    message_id: str
    reference: str
    state: str
    received_at: datetime
    decide_by: datetime | None = None
    text: str | None = field(default=None, repr=False)
    recipients: tuple[tuple[str, str], ...] = ()
    policy_version: str = ""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the queue shows: every field None or empty means no restriction.

    claimed_by: only what this person works on. without_people: nothing whose circle holds one of them.
    among, without_pairs: what the store makes of these; ids of cases and pairs.
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

    def pair_viewed(self, organisation_id: str, pair_id: str, person_id: str, at: datetime) -> None:
        """Record that somebody looked at a pair's chronology."""
        ...

    def escalate_if_overdue(self, case_id: str, now: datetime) -> bool:
        """Raise severity and mark escalated when undecided past its deadline."""
        ...


class Outbox(Protocol):
    """Copies on their way out."""

    def claim(self, limit: int, now: datetime) -> list[Dispatch]:
        """Lease up to `limit` due copies to this courier.

        A copy with `waits_for_required` is due only when every required copy of its
        message is SENT. SKIP LOCKED, lease, rising fence.
        """
        ...

    def settle(self, done: Sequence[Settlement]) -> None:
        """Write what became of claimed copies, with record entries, in one transaction.

        A settlement whose fence is old changes nothing. A given-up copy opens a case in the
        delivery lane in the same transaction; if it was required, its pupil copies are STOPPED.
        A guardian whose copy was given up is one whose address fails: see `Circle.failing`.
        """
        ...

    def bounced(self, bounce: Bounce) -> None:
        """Write what a report says of a copy; the same report again changes nothing.

        A final one is as a given-up copy: FAILED, a case, pupil copies STOPPED, the guardian's
        address failing. Any other is a record entry. A copy that is no longer known is passed over.
        """
        ...


class Send(Protocol):
    """Hands one copy to the next hop; never raises for the hop's own faults."""

    async def __call__(self, dispatch: Dispatch) -> SendAnswer: ...


class Alarms(Protocol):
    """Timers that are set inside the caller's own transaction."""

    def set(self, connection: object, kind: str, at: datetime, arguments: dict[str, str]) -> None:
        """Arrange for `kind` to happen at `at`. connection: the open psycopg connection."""
        ...


class Sessions(Protocol):
    """Desk sign-ins: opaque tokens, hashed at rest, revocable (DESK 2)."""

    @property
    def factors(self) -> Factors: ...

    def sign_in(self, address: str, password: str, now: datetime, device: str = "") -> str | None:
        """A new token for an active desk user with that address and password, else None.

        Takes as long for nobody as for somebody. The session is complete unless a second
        factor is owed.
        """
        ...

    def sign_in_verified(
        self, organisation_id: str, address: str, now: datetime, device: str = ""
    ) -> str | None:
        """The same for an address that its organisation's own sign-in vouches for."""
        ...

    def enter(self, organisation_id: str, person_id: str, now: datetime, device: str = "") -> str | None:
        """A new token, complete, for somebody who showed a passkey; None when they have no desk."""
        ...

    def session(self, token: str, now: datetime) -> Session | None:
        """The live session of a token (idle 30 min, absolute 10 h), touching it."""
        ...

    def prove(self, token: str, means: Means, now: datetime) -> str | None:
        """Complete a session, or make it fresh, under a new token; the old one is worth nothing.

        None when it has ended meanwhile.
        """
        ...

    def is_password(self, person: Person, password: str) -> bool: ...

    def change_password(self, person: Person, password: str, keep: str, now: datetime) -> None:
        """Set a password and end the person's sessions but the one of the token `keep`."""
        ...

    def of(self, person: Person, now: datetime) -> list[Session]:
        """The person's live sessions, the last seen first."""
        ...

    def end(self, person: Person, session_id: str, now: datetime) -> None:
        """End one of the person's own sessions."""
        ...

    def end_others(self, person: Person, token: str, now: datetime) -> None:
        """End the person's sessions but the one of that token."""
        ...

    def revoke(self, token: str, now: datetime) -> None: ...


class Factors(Protocol):
    """What people hold besides the password. Every change is in the record."""

    def held(self, person: Person) -> Held: ...

    def put_app(self, person: Person, secret: str, code: str, now: datetime) -> bool:
        """Set up an authenticator app if `code` is what it shows now.

        secret: base32, as the app was given it.
        """
        ...

    def use_app(self, person: Person, code: str, now: datetime) -> bool:
        """True for the app's code of now, one step earlier or later, once (RFC 6238 5.2)."""
        ...

    def drop_app(self, person: Person, now: datetime) -> None: ...

    def put_passkey(self, passkey: Passkey) -> bool:
        """Keep a new passkey; False when its credential is known already."""
        ...

    def passkey(self, credential: bytes) -> Passkey | None: ...

    def use_passkey(self, passkey: Passkey, challenge: bytes, sign_count: int, now: datetime) -> bool:
        """True once for each challenge."""
        ...

    def drop_passkey(self, person: Person, passkey_id: str, now: datetime) -> None: ...

    def new_codes(self, person: Person, now: datetime) -> tuple[str, ...]:
        """Ten recovery codes, shown once; the earlier ones are worth nothing."""
        ...

    def are_codes(self, person: Person, codes: Sequence[str]) -> bool:
        """True when each of these is an unused recovery code of that person."""
        ...

    def use_code(self, person: Person, code: str, now: datetime) -> bool:
        """True once for each recovery code."""
        ...


class ApiKeys(Protocol):
    """Keys of integrating platforms, hashed at rest."""

    def organisation_of(self, key: str) -> Organisation | None: ...


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A case laid out for the person who decides it.

    findings: numbered from 1 in this order on the page.
    """

    case: Case
    envelope: Envelope
    circle: Circle
    reading: Reading
    findings: tuple[Finding, ...]
    verdict: Verdict
    around: tuple[PastMessage, ...]
    decisions: tuple[tuple[datetime, Decision], ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """One recipient's copy as it would leave, read back from its exact bytes."""

    recipient_id: str
    wire: str
    required: bool
    size_bytes: int
    passages: tuple[Passage, ...] = field(repr=False)
    files: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision would let leave.

    mark: of all that is shown here; the decision that is made on it names it.
    still_found: what the detectors find in the copies.
    """

    mark: str
    leaving: tuple[Leaving, ...] = ()
    cuts: tuple[Cut, ...] = field(default=(), repr=False)
    still_found: tuple[Finding, ...] = ()


class Office(Protocol):
    """What the channels and the desk ask of the journey."""

    async def take(self, arrival: Arrival) -> Receipt:
        """Judge, decide, commit; returns only after the commit.

        Raises StoreUnavailable or StoreFull when nothing was kept. Anything that goes wrong
        in reading or judging is a hold, not an error.
        """
        ...

    def lay_out(self, organisation_id: str, case_id: str, viewer: Person) -> Exhibit:
        """Everything the case page shows; recorded as a view. Raises NotFound."""
        ...

    def decide(self, organisation_id: str, decision: Decision) -> Case:
        """Carry out a moderator's decision. Raises Stale, NotFound, or Forbidden."""
        ...

    def preview(self, organisation_id: str, decision: Decision) -> Preview:
        """What everybody would get by a release. Changes nothing. Raises NotFound, or Forbidden."""
        ...

    def undo(self, organisation_id: str, case_id: str, version: int, person: Person) -> Case:
        """Take back this person's own decision within its time. Raises Stale, NotFound, or Forbidden."""
        ...
