"""The record as a page shows it: newest first, narrowed by kind, person, subject and days."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, Select, select, text

from gateway.casework import LogFilter, Viewed
from gateway.domain.entry import Chained
from gateway.store.engine import store_faults
from gateway.store.proofs import chained_of
from gateway.store.schema import record_entry


class SqlLogbook:
    """Looks things up in the record of one organisation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def entries(
        self, organisation_id: str, which: LogFilter, before: int | None = None, limit: int = 50
    ) -> list[Chained]:
        """Entries that fit, newest first. before: a sequence number, for the page that follows."""
        theirs = _narrowed(select(record_entry), organisation_id, which)
        if before is not None:
            theirs = theirs.where(record_entry.c.sequence < before)
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(record_entry.c.sequence.desc()).limit(limit)).all()
        return [chained_of(row) for row in rows]

    def kinds(self, organisation_id: str) -> Sequence[str]:
        """The kinds among the last 5,000 entries."""
        with store_faults(), self._engine.connect() as connection:
            return list(connection.execute(RECENT_KINDS, {"organisation": organisation_id}).scalars())

    def views(self, organisation_id: str, message_id: str) -> list[Viewed]:
        """Who looked at a message's body, and when, oldest first."""
        theirs = (
            select(record_entry.c.at, record_entry.c.actor, record_entry.c.subject)
            .where(
                record_entry.c.organisation_id == organisation_id,
                record_entry.c.kind == text("'body.viewed'"),
                record_entry.c.subject == message_id,
            )
            .order_by(record_entry.c.at)
        )
        with store_faults(), self._engine.connect() as connection:
            return [Viewed(row.at, row.actor, row.subject) for row in connection.execute(theirs)]


# The last entries say which kinds there are; an index on the kind would cost every mail.
RECENT_KINDS = text(
    "SELECT DISTINCT kind FROM (SELECT kind FROM record_entry WHERE organisation_id = :organisation"
    " ORDER BY sequence DESC LIMIT 5000) recent ORDER BY kind"
)


def _narrowed(
    query: Select[tuple[object, ...]], organisation_id: str, which: LogFilter
) -> Select[tuple[object, ...]]:
    query = query.where(record_entry.c.organisation_id == organisation_id)
    if which.kind:
        query = query.where(record_entry.c.kind == which.kind)
    if which.actor:
        query = query.where(record_entry.c.actor == which.actor)
    if which.subject:
        query = query.where(record_entry.c.subject == which.subject)
    if which.since:
        query = query.where(record_entry.c.at >= which.since)
    if which.until:
        query = query.where(record_entry.c.at < which.until)
    return query
