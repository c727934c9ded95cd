"""The record in the database: appending within somebody else's transaction, reading back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from itertools import takewhile
from typing import Any

import psycopg
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Engine,
    LargeBinary,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.entry import Chained, Entry
from gateway.record.chain import GENESIS, Flaw, Head, head_of, link, verify
from gateway.store.bulk import insert_together
from gateway.store.engine import store_faults
from gateway.store.openline import Driver, driver_of, rows_of, sql_of
from gateway.store.packed import packed
from gateway.store.schema import record_entry, record_head

PAGE = 2_000
Heads = dict[str, Head]
Row = dict[str, Any]
Asked = psycopg.Cursor[Any]


def lock_heads(connection: Connection, organisation_ids: Iterable[str]) -> Heads:
    """Take the chains of these organisations for this transaction.

    Always the first lock a transaction takes, and in one order, so that none can deadlock.
    """
    driver, wanted = driver_of(connection), sorted(set(organisation_ids))
    heads = heads_of(ask_heads(driver, wanted))
    if len(heads) < len(wanted):
        driver.execute(BEGIN_CHAINS, {"organisations": wanted, "genesis": bytes.fromhex(GENESIS)})
        heads = heads_of(ask_heads(driver, wanted))
    return heads


def ask_heads(driver: Driver, organisation_ids: Iterable[str]) -> Asked:
    """Ask to lock chains as `lock_heads` does, except for those not begun, without waiting."""
    return rows_of(driver, LOCK, {"organisations": packed("text", sorted(set(organisation_ids)))})


def heads_of(asked: Asked) -> Heads:
    """The answer, once it is there."""
    return {row.organisation_id: Head(row.sequence, row.hash.hex()) for row in asked.fetchall()}


def append(connection: Connection, heads: Heads, entries: Sequence[Entry]) -> None:
    """Chain `entries` after the locked heads, in order, and move the heads."""
    driver = driver_of(connection)
    insert_together(driver, [(record_entry, chain(heads, entries))])
    move_heads(driver, heads, entries)


def chain(heads: Heads, entries: Sequence[Entry]) -> list[Row]:
    """The rows of `entries`, chained in order; `heads` are then where the chains will end."""
    rows = []
    for entry in entries:
        chained = link(heads[entry.organisation_id], entry)
        heads[entry.organisation_id] = head_of(chained)
        rows.append(_row(chained))
    return rows


def move_heads(driver: Driver, heads: Heads, entries: Sequence[Entry]) -> None:
    """Write where the chains end that `entries` made longer."""
    moved = sorted({entry.organisation_id for entry in entries})
    if moved:
        ends = [heads[one] for one in moved]
        moves = {
            "ids": packed("text", moved),
            "ends": packed("int8", [end.sequence for end in ends]),
            "hashes": packed("bytea", [bytes.fromhex(end.hash) for end in ends]),
        }
        driver.execute(MOVE, moves)


_wanted = bindparam("organisations", type_=ARRAY(Text))
LOCK = sql_of(
    select(record_head)
    .where(record_head.c.organisation_id == _wanted.any_())
    .order_by(record_head.c.organisation_id)
    .with_for_update()
)
_begun = select(func.unnest(_wanted), literal_column("0"), bindparam("genesis", type_=LargeBinary))
BEGIN_CHAINS = sql_of(
    upsert(record_head).from_select(["organisation_id", "sequence", "hash"], _begun).on_conflict_do_nothing()
)
_ends = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Text)),
        bindparam("ends", type_=ARRAY(BigInteger)),
        bindparam("hashes", type_=ARRAY(LargeBinary)),
    )
    .table_valued("id", "sequence", "hash")
    .render_derived(name="moved")
)
MOVE = sql_of(
    update(record_head)
    .where(record_head.c.organisation_id == _ends.c.id)
    .values(sequence=_ends.c.sequence, hash=_ends.c.hash)
)


def _row(chained: Chained) -> Row:
    entry = chained.entry
    return {
        "organisation_id": entry.organisation_id,
        "sequence": chained.sequence,
        "at": entry.at.astimezone(UTC),
        "kind": entry.kind,
        "subject": entry.subject,
        "actor": entry.actor,
        "detail": dict(entry.detail),
        "previous": bytes.fromhex(chained.previous),
        "hash": bytes.fromhex(chained.hash),
    }


class RecordReader:
    """Reads the record of one organisation, for verification and export."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def head(self, organisation_id: str) -> Head:
        """Where the chain should end."""
        ours = select(record_head).where(record_head.c.organisation_id == organisation_id)
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(ours).one_or_none()
        return Head(row.sequence, row.hash.hex()) if row else Head()

    def entries(self, organisation_id: str, after: int = 0) -> Iterator[Chained]:
        """The entries after a sequence number, in order, a page in memory at a time."""
        while True:
            page = (
                select(record_entry)
                .where(record_entry.c.organisation_id == organisation_id, record_entry.c.sequence > after)
                .order_by(record_entry.c.sequence)
                .limit(PAGE)
            )
            with store_faults(), self._engine.connect() as connection:
                rows = connection.execute(page).all()
            for row in rows:
                detail = dict(row.detail)
                entry = Entry(row.organisation_id, row.at, row.kind, row.subject, row.actor, detail)
                yield Chained(entry, row.sequence, row.previous.hex(), row.hash.hex())
            if len(rows) < PAGE:
                return
            after = rows[-1].sequence

    def verify(self, organisation_id: str) -> tuple[int, Flaw | None]:
        """How many entries the chain should have, and its first flaw or None.

        Entries written meanwhile are left out.
        """
        head = self.head(organisation_id)
        upto = takewhile(lambda one: one.sequence <= head.sequence, self.entries(organisation_id))
        return head.sequence, verify(upto, head)
