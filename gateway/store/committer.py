"""The one transaction before every answer, many messages at a time.

A commit waits for the disk, and the disk takes sixty messages as fast as one. So a single
thread draws whatever has queued up meanwhile, writes it in one transaction, syncs, and only
then lets every sender know.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from sqlalchemy import ARRAY, Connection, Engine, LargeBinary, Text, bindparam, or_, select

from gateway.domain.message import Arrival, Assurance
from gateway.domain.pair import Circle
from gateway.domain.policy import Policy
from gateway.domain.rush import Rush
from gateway.domain.verdict import SEVERITY_RANK, Hold, Severity
from gateway.errors import GatewayError, Stale, StoreUnavailable, Unavailable
from gateway.ports import Alarms, Judgement, Receipt
from gateway.store.bulk import insert_together
from gateway.store.courses import RULE as COURSE_RULE
from gateway.store.courses import Step, ask_courses, courses_of, write_courses
from gateway.store.dispatches import ring_along
from gateway.store.keeping import Kept, prepare, receipt_of
from gateway.store.openline import Driver, OpenLine, begin, commit, driver_of, rows_of, sql_of
from gateway.store.packed import packed
from gateway.store.policy_schema import shadow_verdict, task
from gateway.store.record import ask_heads, chain, heads_of, lock_heads, move_heads
from gateway.store.schema import case_file, dispatch, finding, fragment, message, record_entry
from gateway.store.vault import Vault

log = logging.getLogger(__name__)

BATCH = 64
BATCH_BYTES = 8 << 20  # a few large messages must not keep sixty small ones waiting
CAPACITY = 2_048
# The rule whose case its writer hears of, when it is certain who that is and there is no other.
WARNING_RULE = "addressed_directly"
PRESSING = SEVERITY_RANK[Severity.HIGH]  # from here on moderators are told at once


@dataclass(slots=True)
class _Unit:
    """A message on its way through the commit."""

    arrival: Arrival
    judgement: Judgement
    circle: Circle
    future: Future[Receipt] = field(default_factory=Future)
    kept: Kept | None = None

    @property
    def organisation_id(self) -> str:
        return self.arrival.envelope.organisation_id

    @property
    def size_bytes(self) -> int:
        return len(self.arrival.raw) + sum(len(copy.content) for copy in self.judgement.copies)


@dataclass(frozen=True, slots=True)
class _Before:
    """What was taken before: answers by fingerprint, and the idempotency keys used."""

    answers: dict[bytes, Receipt]
    keys: set[bytes]


class Committer:
    """A thread that commits; `close` when done.

    policy_of: the policy of an organisation, for its clocks.
    """

    def __init__(
        self, engine: Engine, vault: Vault, alarms: Alarms, policy_of: Callable[[str], Policy]
    ) -> None:
        self._line = OpenLine(engine)
        self._vault = vault
        self._alarms = alarms
        self._policy_of = policy_of
        self._rush = Rush()
        self._queue: queue.Queue[_Unit | None] = queue.Queue(CAPACITY)
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    def keep(self, arrival: Arrival, judgement: Judgement, circle: Circle) -> Future[Receipt]:
        """As `Ledger.keep`: the future holds the receipt after the sync. Never blocks."""
        unit = _Unit(arrival, judgement, circle)
        # Once queued it is committed, whoever hangs up meanwhile.
        unit.future.set_running_or_notify_cancel()
        try:
            self._queue.put_nowait(unit)
        except queue.Full:
            unit.future.set_exception(StoreUnavailable("Too many messages wait to be stored; try again."))
        return unit.future

    def close(self) -> None:
        """Commit what is queued and stop."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (batch := self._draw()) is not None:
            self._rush.count(len(batch), time.monotonic())
            ready = [unit for unit in batch if self._prepared(unit)]
            if ready:
                self._commit(ready)
        self._line.close()

    def _draw(self) -> list[_Unit] | None:
        """Wait for one message and take along what queued up behind it; None at the end."""
        first = self._queue.get()
        if first is None:
            return None
        time.sleep(self._rush.gather_s(time.monotonic()))
        batch, size = [first], first.size_bytes
        while len(batch) < BATCH and size < BATCH_BYTES:
            try:
                unit = self._queue.get_nowait()
            except queue.Empty:
                break
            if unit is None:
                self._queue.put(None)
                break
            batch.append(unit)
            size += unit.size_bytes
        return batch

    def _prepared(self, unit: _Unit) -> bool:
        try:
            policy = self._policy_of(unit.organisation_id)
            unit.kept = prepare(unit.arrival, unit.judgement, unit.circle, policy, self._vault)
        except Exception as fault:
            self._fail(unit, fault)
            return False
        return True

    def _commit(self, units: Sequence[_Unit]) -> None:
        """Write a batch; when it fails, each alone, so that one bad message sinks no other."""
        try:
            # Run twice it is still written once: the second finds its messages as duplicates.
            receipts = self._line.run(lambda connection: self._write(connection, units))
        except Exception as fault:
            if len(units) == 1 or isinstance(fault, Unavailable):
                for unit in units:
                    self._fail(unit, fault)
            else:
                for unit in units:
                    self._commit([unit])
            return
        for unit, receipt in zip(units, receipts, strict=True):
            if isinstance(receipt, Receipt):
                unit.future.set_result(receipt)
            else:
                unit.future.set_exception(receipt)

    def _write(self, connection: Connection, units: Sequence[_Unit]) -> list[Receipt | GatewayError]:
        """Two trips to the server: lock and look, then write and commit."""
        driver, organisations = driver_of(connection), {unit.organisation_id for unit in units}
        with driver.pipeline():
            begin(driver)
            # A statement of its own, after the lock: it must see what the last holder wrote.
            asked, same = ask_heads(driver, organisations), _ask_same(driver, units, organisations)
            headed = ask_courses(driver, (unit.circle.pair.id for unit in units))
            heads, before, courses = heads_of(asked), self._before(same), courses_of(headed.fetchall())
        if len(heads) < len(organisations):
            heads = lock_heads(connection, organisations)
            before = self._before(_ask_same(driver, units, organisations))
        answers, fresh = _sort_out(units, before)
        self._set_alarms(driver, fresh)
        entries = [entry for kept in fresh for entry in kept.entries]
        with driver.pipeline():
            insert_together(driver, [*_by_table(fresh), (record_entry, chain(heads, entries))])
            write_courses(driver, courses, _steps(units, fresh))
            move_heads(driver, heads, entries)
            commit(driver)
            if any(kept.dispatches for kept in fresh):
                ring_along(driver)
        return answers

    def _before(self, same: psycopg.Cursor[Any]) -> _Before:
        found = same.fetchall()
        answers = {row.fingerprint: receipt_of(row, self._vault, duplicate=True) for row in found}
        return _Before(answers, {row.idempotency for row in found if row.idempotency is not None})

    def _set_alarms(self, driver: Driver, fresh: Sequence[Kept]) -> None:
        for one, case in ((kept, case) for kept in fresh for case in kept.cases):
            about = {"case_id": case["id"]}
            whose = {**about, "organisation_id": case["organisation_id"]}
            self._alarms.set(driver, "case_overdue", case["due_at"], about)
            if case["severity"] >= PRESSING:
                self._alarms.set(driver, "case_waits", case["opened_at"], whose)
            if _is_for_warning(one):
                self._alarms.set(driver, "writer_warned", case["opened_at"], whose)

    def _fail(self, unit: _Unit, fault: Exception) -> None:
        if isinstance(fault, Unavailable):
            unit.future.set_exception(fault)
            return
        # The words of an unforeseen fault may quote the message; its kind does not.
        log.error("message %s was not kept: %s", unit.arrival.envelope.id, type(fault).__name__)
        unit.future.set_exception(StoreUnavailable(f"The message was not kept ({type(fault).__name__})."))


def _is_for_warning(kept: Kept) -> bool:
    """Tell whether the writer may hear why it is held; beside any other reason it would tell too much."""
    reasons = [one.rule for one in kept.receipt.verdict.ruled if isinstance(one.ruling, Hold)]
    return reasons == [WARNING_RULE] and kept.message["assurance"] != Assurance.NONE


def _sort_out(units: Sequence[_Unit], before: _Before) -> tuple[list[Receipt | GatewayError], list[Kept]]:
    """Each unit's answer, and what is new: the same message again gets its first answer."""
    answers: list[Receipt | GatewayError] = []
    fresh: list[Kept] = []
    for unit in units:
        assert unit.kept is not None
        kept, row = unit.kept, unit.kept.message
        earlier = before.answers.get(row["fingerprint"])
        if earlier is not None:
            answers.append(earlier)
        elif row["idempotency"] is not None and row["idempotency"] in before.keys:
            answers.append(Stale("That idempotency key was used for another message; use a new one."))
        else:
            fresh.append(kept)
            answers.append(kept.receipt)
            before.answers[row["fingerprint"]] = replace(kept.receipt, duplicate=True)
            before.keys.add(row["idempotency"])
    return answers, fresh


def _steps(units: Sequence[_Unit], fresh: Sequence[Kept]) -> list[Step]:
    """What each new message adds to its pair's course."""
    new = {id(kept) for kept in fresh}
    return [
        (
            unit.organisation_id,
            unit.circle.pair.id,
            unit.circle.pair.tutor_id,
            unit.judgement.signals,
            any(one.rule == COURSE_RULE for one in unit.judgement.verdict.ruled),
        )
        for unit in units
        if id(unit.kept) in new and unit.judgement.signals is not None
    ]


def _ask_same(driver: Driver, units: Sequence[_Unit], organisations: set[str]) -> psycopg.Cursor[Any]:
    rows = [unit.kept.message for unit in units if unit.kept]
    prints = packed("bytea", [row["fingerprint"] for row in rows])
    keys = [row["idempotency"] for row in rows if row["idempotency"] is not None]
    ours = packed("text", sorted(organisations))
    wanted = {"organisations": ours, "prints": prints, "keys": packed("bytea", keys)}
    return rows_of(driver, SAME_KEYED if keys else SAME, wanted)


_ours = message.c.organisation_id == bindparam("organisations", type_=ARRAY(Text)).any_()
_printed = message.c.fingerprint == bindparam("prints", type_=ARRAY(LargeBinary)).any_()
_keyed = message.c.idempotency == bindparam("keys", type_=ARRAY(LargeBinary)).any_()
_columns = select(
    message.c.id, message.c.reference, message.c.fingerprint, message.c.idempotency, message.c.particulars
)
SAME = sql_of(_columns.where(_ours, _printed))
SAME_KEYED = sql_of(_columns.where(_ours, or_(_printed, _keyed)))


def _by_table(fresh: Sequence[Kept]) -> list[tuple[Any, list[dict[str, Any]]]]:
    return [
        (message, [kept.message for kept in fresh]),
        (finding, [row for kept in fresh for row in kept.findings]),
        (fragment, [row for kept in fresh for row in kept.fragments]),
        (case_file, [row for kept in fresh for row in kept.cases]),
        (task, [row for kept in fresh for row in kept.tasks]),
        (shadow_verdict, [row for kept in fresh for row in kept.shadows]),
        (dispatch, [row for kept in fresh for row in kept.dispatches]),
    ]
