"""Copies on their way out: claimed in batches under a lease, settled under a fence."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Integer,
    SmallInteger,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)

from gateway.domain.dispatch import Bounce, Dispatch, DispatchState, Settlement
from gateway.domain.entry import Entry
from gateway.domain.policy import Policy
from gateway.ports import Alarms
from gateway.record.entries import copy_settled
from gateway.store.bounces import take_bounce
from gateway.store.dispatches import NEWS, about_address, about_content, ring_over
from gateway.store.engine import conninfo
from gateway.store.failing import RAISE_VERSION
from gateway.store.openline import OpenLine, begin, commit, driver_of, sql_of
from gateway.store.packed import packed
from gateway.store.record import append, ask_heads, heads_of
from gateway.store.schema import dispatch, message
from gateway.store.undelivered import give_up
from gateway.store.vault import Vault

LEASE = timedelta(minutes=2)
# Written out, not bound: only so can a prepared statement use the partial index.
IS_WAITING: ColumnElement[str] = literal_column("'waiting'")
ONE: ColumnElement[int] = literal_column("1")
SENT: ColumnElement[str] = literal_column("'sent'")
STOPPED: ColumnElement[str] = literal_column("'stopped'")


class SqlOutbox:
    """The Outbox port on PostgreSQL.

    policy_of: the policy of an organisation, for the clocks of cases about failed copies.
    """

    def __init__(
        self, engine: Engine, vault: Vault, alarms: Alarms, policy_of: Callable[[str], Policy]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._alarms = alarms
        self._policy_of = policy_of
        self._ear: psycopg.Connection | None = None
        self._ear_lock = threading.Lock()
        self._line = OpenLine(engine)

    def claim(self, limit: int, now: datetime) -> list[Dispatch]:
        """Lease up to `limit` due copies; a lease not settled within two minutes runs out.

        A copy that waits for a guardian's is due only when every required copy of its batch
        is SENT: settling makes it due, and this looks again.
        """
        rows = self._line.ask(CLAIM, {"limit": limit, "now": now, "until": now + LEASE})
        return [self._dispatch_of(row) for row in sorted(rows, key=lambda row: int(row.id))]

    def settle(self, done: Sequence[Settlement]) -> None:
        """Write what became of claimed copies, in one transaction; stale fences change nothing."""
        if not done:
            return
        # Run twice it is still settled once: a copy that moved on is waiting no more.
        if self._line.run(lambda connection: self._settle(connection, done)):
            ring_over(self._line)

    def _settle(self, connection: Connection, done: Sequence[Settlement]) -> bool:
        """Settle, and tell whether copies became due by it."""
        driver = driver_of(connection)
        with driver.pipeline():
            begin(driver)
            if whose := {one.dispatch.organisation_id for one in done if _given_up(one)}:
                # It may be a guardian's: then nobody may go on believing that the address works.
                driver.execute(RAISE_VERSION, {"organisations": sorted(whose)})
            asked = ask_heads(driver, {one.dispatch.organisation_id for one in done})
            moving = driver.execute(SETTLE, _states(done))
            heads, moved = heads_of(asked), set(moving.fetchall())
        live = [one for one in done if (one.dispatch.id, one.dispatch.fence) in moved]
        entries = [entry for one in live for entry in self._entries(connection, one)]
        with driver.pipeline():
            freed = driver.execute(RELEASE, _gates(live))
            append(connection, heads, entries)
            commit(driver)
        return freed.rowcount > 0

    def _entries(self, connection: Connection, one: Settlement) -> list[Entry]:
        if one.sent:
            return [copy_settled(one, self._mark(one))]
        if one.retry_at is not None and not one.stopped:
            return []
        policy = self._policy_of(one.dispatch.organisation_id)
        return give_up(connection, self._alarms, policy, self._vault, one, self._mark(one))

    def bounced(self, bounce: Bounce) -> None:
        """Write what a report says of a copy; the same report again changes nothing."""
        take_bounce(self._engine, self._vault, self._alarms, self._policy_of, bounce)

    def wait_for_work(self, timeout_s: float) -> bool:
        """Block until new copies were committed or the time is up; True when there may be work."""
        with self._ear_lock:
            try:
                if self._ear is None:
                    self._ear = self._listen()
                    return True  # what came before we listened was not heard
                return any(True for _ in self._ear.notifies(timeout=timeout_s, stop_after=1))
            except psycopg.Error:
                self._deafen()
        time.sleep(min(timeout_s, 1.0))
        return False

    def close(self) -> None:
        """Stop listening."""
        with self._ear_lock:
            self._deafen()
        self._line.close()

    def _listen(self) -> psycopg.Connection:
        url = self._engine.url.render_as_string(hide_password=False)
        ear = psycopg.connect(conninfo(url), autocommit=True, connect_timeout=5)
        ear.execute(f"LISTEN {NEWS}")
        return ear

    def _deafen(self) -> None:
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    def _dispatch_of(self, row: Any) -> Dispatch:
        key = self._vault.keeper(row.content)
        about = (row.message_id, row.recipient_id)
        mailbox, return_path = key.open_json(row.address, about_address(*about))
        return Dispatch(
            id=row.id,
            organisation_id=row.organisation_id,
            message_id=row.message_id,
            pair_id=row.pair_id,
            recipient_id=row.recipient_id,
            mailbox=mailbox,
            return_path=return_path,
            content=key.open(row.content, about_content(*about)),
            sha256=row.sha256,
            policy_version=row.policy_version,
            required=row.required,
            waits_for_required=row.waits_for_required,
            fence=row.fence,
            tries=row.tries,
            first_try_at=row.first_try_at,
            directory_version=row.directory_version,
            released=row.batch != row.message_id,
            covered=None if row.covered is None else frozenset(row.covered),
        )

    def _mark(self, one: Settlement) -> str:
        return self._vault.mark(one.dispatch.sha256).hex()


def _claim() -> Any:
    earlier = dispatch.alias("guardian_copy")
    unsent = (
        select(earlier.c.id)
        .where(earlier.c.message_id == dispatch.c.message_id, earlier.c.batch == dispatch.c.batch)
        .where(earlier.c.required, earlier.c.state != SENT)
        # With it PostgreSQL looks at the copies of one message; without, it may hash the whole table.
        .offset(literal_column("0"))
    )
    due = (
        select(dispatch.c.id)
        .where(dispatch.c.state == IS_WAITING, dispatch.c.due_at <= bindparam("now"))
        .where(or_(~dispatch.c.waits_for_required, ~unsent.exists()))
        .order_by(dispatch.c.due_at)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    return (
        update(dispatch)
        .where(dispatch.c.id == due.c.id)
        .values(due_at=bindparam("until"), fence=dispatch.c.fence + ONE, tries=dispatch.c.tries + ONE)
        .returning(dispatch, _covered())
    )


def _covered() -> Any:
    """Of a copy that waits: whose copies it waited for, and who wrote the message; else null."""
    gate = dispatch.alias("gate")
    gates = (
        select(func.array_agg(gate.c.recipient_id))
        .where(gate.c.message_id == dispatch.c.message_id, gate.c.batch == dispatch.c.batch, gate.c.required)
        .scalar_subquery()
    )
    writer = select(message.c.sender_id).where(message.c.id == dispatch.c.message_id).scalar_subquery()
    covered = func.array_append(gates, writer, type_=ARRAY(Text))
    return case((dispatch.c.waits_for_required, covered)).label("covered")


CLAIM = sql_of(_claim())


def _given_up(one: Settlement) -> bool:
    return not one.sent and not one.stopped and one.retry_at is None


def _states(done: Sequence[Settlement]) -> dict[str, Any]:
    def waits(one: Settlement) -> bool:
        return _state_after(one) is DispatchState.WAITING

    return {
        "ids": packed("int8", [one.dispatch.id for one in done]),
        "fences": packed("int4", [one.dispatch.fence for one in done]),
        "states": packed("text", [str(_state_after(one)) for one in done]),
        "dues": packed("timestamptz", [one.retry_at if waits(one) else None for one in done]),
        "ats": packed("timestamptz", [one.at for one in done]),
        "codes": packed("int2", [one.code for one in done]),
    }


def _state_after(one: Settlement) -> DispatchState:
    if one.sent:
        return DispatchState.SENT
    if one.stopped:
        return DispatchState.STOPPED
    return DispatchState.WAITING if one.retry_at is not None else DispatchState.FAILED


def _settle() -> Any:
    """Moves copies on, each only under the fence it was claimed with; gives those that moved."""
    given = (
        func.unnest(
            bindparam("ids", type_=ARRAY(BigInteger)),
            bindparam("fences", type_=ARRAY(Integer)),
            bindparam("states", type_=ARRAY(Text)),
            bindparam("dues", type_=ARRAY(DateTime(timezone=True))),
            bindparam("ats", type_=ARRAY(DateTime(timezone=True))),
            bindparam("codes", type_=ARRAY(SmallInteger)),
        )
        .table_valued("id", "fence", "state", "due_at", "settled_at", "code")
        .render_derived(name="done")
    )
    return (
        update(dispatch)
        .where(dispatch.c.id == given.c.id, dispatch.c.fence == given.c.fence)
        # One that was stopped in a courier's hands, and had left all the same, counts as what it is.
        .where(
            or_(
                dispatch.c.state == IS_WAITING,
                and_(dispatch.c.state == STOPPED, given.c.state == SENT),
            )
        )
        .values(state=given.c.state, due_at=given.c.due_at, settled_at=given.c.settled_at, code=given.c.code)
        .returning(dispatch.c.id, dispatch.c.fence)
    )


SETTLE = sql_of(_settle())


def _gates(live: Sequence[Settlement]) -> dict[str, Any]:
    gates = sorted({one.dispatch.message_id for one in live if one.sent and one.dispatch.required})
    return {"messages": packed("text", gates), "at": max((one.at for one in live), default=None)}


def _release() -> Any:
    """Makes due the waiting copies whose batch has no unsent required copy left."""
    blocking = dispatch.alias("blocking")
    unsent = (
        select(blocking.c.id)
        .where(blocking.c.message_id == dispatch.c.message_id, blocking.c.batch == dispatch.c.batch)
        .where(blocking.c.required, blocking.c.state != SENT)
    )
    return (
        update(dispatch)
        .where(dispatch.c.message_id == bindparam("messages", type_=ARRAY(Text)).any_())
        .where(dispatch.c.state == IS_WAITING, dispatch.c.waits_for_required, dispatch.c.due_at.is_(None))
        .where(~unsent.exists())
        .values(due_at=bindparam("at", type_=DateTime(timezone=True)))
    )


RELEASE = sql_of(_release())
