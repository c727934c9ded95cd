"""The Ledger port on PostgreSQL: committing by `committer`, and reading back what was kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

from sqlalchemy import ARRAY, Engine, Integer, Text, bindparam, delete, func, literal_column, select, true

from gateway.domain.course import Trajectory
from gateway.domain.message import Arrival, Earlier
from gateway.domain.pair import Circle
from gateway.domain.policy import Policy
from gateway.errors import NotFound
from gateway.ports import Alarms, Clock, Judgement, Progress, Receipt
from gateway.store.committer import Committer
from gateway.store.courses import ask_courses, courses_of
from gateway.store.engine import store_faults
from gateway.store.keeping import (
    about_fragment,
    about_particulars,
    idempotency_mark,
    receipt_of,
)
from gateway.store.openline import OpenLine, driver_of, sql_of
from gateway.store.packed import packed
from gateway.store.progress import read_progress
from gateway.store.schema import fragment, message
from gateway.store.threads import earlier
from gateway.store.vault import Vault

MEMORY = timedelta(hours=24)
MEMORY_MESSAGES = 50
FORGET_STEP = 2000


def _now() -> datetime:
    return datetime.now(UTC)


class SqlLedger:
    """The Ledger port on PostgreSQL. Has a thread of its own: `close` when done.

    policy_of: the policy of an organisation, for its clocks.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        alarms: Alarms,
        policy_of: Callable[[str], Policy],
        clock: Clock = _now,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._committer = Committer(engine, vault, alarms, policy_of)
        self._line = OpenLine(engine)  # of whoever prepares briefs

    def keep(self, arrival: Arrival, judgement: Judgement, circle: Circle) -> Future[Receipt]:
        """Commit a judged message; the future holds its receipt after the sync. Never blocks.

        It raises StoreUnavailable or StoreFull when nothing was kept, and Stale when the
        idempotency key was used for another message.
        """
        return self._committer.keep(arrival, judgement, circle)

    def close(self) -> None:
        """Commit what is queued and stop."""
        self._committer.close()
        self._line.close()

    def priors(self, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
        """Short messages of the last 24 hours, oldest first, by (pair id, sender id)."""
        pairs, senders = zip(*sorted(set(asked)), strict=True) if asked else ((), ())
        wanted = {
            "pairs": packed("text", pairs),
            "senders": packed("text", senders),
            "since": self._clock() - MEMORY,
        }
        rows = self._line.ask(PRIORS, wanted)
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for row in rows:
            who = (row.pair_id, row.sender_id)
            found[who] = (*found.get(who, ()), self._vault.open_json(row.words, about_fragment(*who)))
        return found

    def forget(self, now: datetime) -> int:
        """Delete the pair memory that no message will be read with again; how much went.

        In small steps, each a transaction of its own, so that nobody waits for it.
        """
        gone = 0
        while True:
            with store_faults(), self._engine.begin() as connection:
                step = connection.execute(FORGET, {"since": now - MEMORY, "most": FORGET_STEP}).rowcount
            gone += step
            if step < FORGET_STEP:
                return gone

    def earlier(self, asked: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[Earlier, ...]]:
        """The mails that message ids name, newest first, by pair id."""
        return earlier(self._line, self._vault, asked)

    def trajectories(self, pair_ids: Sequence[str]) -> dict[str, Trajectory]:
        """Where each pair is heading."""
        return courses_of(self._line.run(lambda line: ask_courses(driver_of(line), pair_ids).fetchall()))

    def keyed(self, organisation_id: str, idempotency_key: str) -> tuple[str, Receipt] | None:
        """The SHA-256 of the raw bytes and the receipt of the message with that key."""
        mark = idempotency_mark(self._vault, organisation_id, idempotency_key)
        same = select(message).where(
            message.c.organisation_id == organisation_id, message.c.idempotency == mark
        )
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(same).one_or_none()
        if row is None:
            return None
        particulars = self._vault.open_json(row.particulars, about_particulars(row.id))
        return particulars["raw_sha256"], receipt_of(row, self._vault, duplicate=True)

    def find(self, organisation_id: str, reference: str) -> str:
        """The id of the message with that reference. Raises NotFound."""
        same = select(message.c.id).where(
            message.c.organisation_id == organisation_id, message.c.reference == reference
        )
        with store_faults(), self._engine.connect() as connection:
            found = connection.execute(same).scalars().first()
        if found is None:
            raise NotFound("There is no message with that reference.")
        return str(found)

    def progress(self, organisation_id: str, message_id: str) -> Progress:
        """Where a message stands. Raises NotFound, also for another organisation's."""
        with store_faults(), self._engine.connect() as connection:
            return read_progress(connection, self._vault, organisation_id, message_id)


_asked = select(
    func.unnest(bindparam("pairs", type_=ARRAY(Text))).label("pair_id"),
    func.unnest(bindparam("senders", type_=ARRAY(Text))).label("sender_id"),
).subquery()
_recent = (
    select(fragment.c.pair_id, fragment.c.sender_id, fragment.c.words, fragment.c.at, fragment.c.id)
    .where(fragment.c.pair_id == _asked.c.pair_id, fragment.c.sender_id == _asked.c.sender_id)
    .where(fragment.c.at > bindparam("since"))
    .order_by(fragment.c.at.desc(), fragment.c.id.desc())
    .limit(literal_column(str(MEMORY_MESSAGES)))
    .lateral()
)
PRIORS = sql_of(
    select(_recent.c.pair_id, _recent.c.sender_id, _recent.c.words)
    .select_from(_asked.join(_recent, true()))
    .order_by(_recent.c.at, _recent.c.id)
)
_oldest = (
    select(fragment.c.id).order_by(fragment.c.id).limit(bindparam("most", type_=Integer)).scalar_subquery()
)
FORGET = delete(fragment).where(fragment.c.id.in_(_oldest), fragment.c.at <= bindparam("since"))
