"""Who is who, what is kept of a message, and how its copies leave."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.domain.alias import Alias
from gateway.domain.course import Trajectory
from gateway.domain.dispatch import Bounce, Dispatch, SendAnswer, Settlement
from gateway.domain.message import Arrival, Earlier
from gateway.domain.pair import Circle
from gateway.domain.people import Organisation, Person
from gateway.domain.policy import Policy
from gateway.domain.verdict import Verdict
from gateway.ports.judging import Judgement


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
