"""Case files: what is linked to them, what people wrote in them, how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.matter import (
    REVIEW_AFTER,
    Ending,
    Filed,
    Matter,
    MatterState,
    Review,
    Tie,
    TieKind,
)
from gateway.domain.message import new_id
from gateway.errors import NotFound, Stale
from gateway.record.casework import matter_changed, record_filed, tied
from gateway.store.casework_schema import filed, matter, matter_review, matter_tie
from gateway.store.engine import store_faults
from gateway.store.filings import Filings, about_filed, filed_row
from gateway.store.record import append, lock_heads
from gateway.store.schema import case_file, message, pair, person

MOST_LISTED = 500
KNOWN_IN: Mapping[TieKind, Table] = {
    TieKind.CASE: case_file,
    TieKind.MESSAGE: message,
    TieKind.PAIR: pair,
    TieKind.PERSON: person,
}


class SqlMatters(Filings):
    """Case files of one organisation at a time. What people write is sealed under its key."""

    def open(self, organisation_id: str, title: str, sealed: bool, by: str, at: datetime) -> Matter:
        """A new case file."""
        key = self._vault.organisation(organisation_id)
        made = Matter(new_id(at), organisation_id, 1, MatterState.OPEN, sealed, title, by, at)
        row = {
            "id": made.id,
            "organisation_id": organisation_id,
            "version": 1,
            "state": str(made.state),
            "sealed": sealed,
            "title": key.seal_json(title, about_title(made.id)),
            "opened_by": by,
            "opened_at": at,
        }
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            connection.execute(insert(matter).values(row))
            entry = matter_changed(made, "opened", by, at, key.mark(title).hex(), sealed=sealed)
            append(connection, heads, [entry])
        return made

    def matters(self, organisation_id: str, state: MatterState | None = None) -> list[Matter]:
        """The newest 500, newest first; of one state when one is given."""
        theirs = select(matter).where(matter.c.organisation_id == organisation_id)
        if state is not None:
            theirs = theirs.where(matter.c.state == str(state))
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(matter.c.opened_at.desc()).limit(MOST_LISTED)).all()
        return [self._matter_of(row) for row in rows]

    def matter(self, organisation_id: str, matter_id: str) -> Matter:
        """Raises NotFound, also for another organisation's."""
        with store_faults(), self._engine.connect() as connection:
            return self._matter_of(self._row(connection, organisation_id, matter_id))

    def ties(self, organisation_id: str, matter_id: str) -> list[Tie]:
        """What is linked to a case file, oldest first."""
        theirs = (
            select(matter_tie)
            .where(matter_tie.c.matter_id == matter_id, matter_tie.c.organisation_id == organisation_id)
            .order_by(matter_tie.c.at, matter_tie.c.subject_id)
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs).all()
        return [Tie(TieKind(row.kind), row.subject_id, row.tied_by, row.at) for row in rows]

    def tie(self, organisation_id: str, matter_id: str, tie: Tie) -> None:
        """Link something of this organisation; what is linked already stays so. Raises NotFound."""
        row = {
            "matter_id": matter_id,
            "kind": str(tie.kind),
            "subject_id": tie.subject_id,
            "organisation_id": organisation_id,
            "tied_by": tie.tied_by,
            "at": tie.at,
        }
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            found = self._matter_of(self._row(connection, organisation_id, matter_id))
            check_known(connection, organisation_id, tie.kind, tie.subject_id)
            new = upsert(matter_tie).values(row).on_conflict_do_nothing().returning(matter_tie.c.kind)
            if connection.execute(new).first() is not None:
                append(connection, heads, [tied(found, tie)])

    def file(self, one: Filed, clock: tuple[datetime, datetime] | None = None) -> None:
        """Keep a filled-in record.

        clock: from when and until when, to start the clock of the harm threshold; one that runs
        already goes on. Raises NotFound.
        """
        key = self._vault.organisation(one.organisation_id)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [one.organisation_id])
            if one.person_id:
                check_known(connection, one.organisation_id, TieKind.PERSON, one.person_id)
            sealed = key.seal_json(dict(one.values), about_filed(one.id))
            connection.execute(insert(filed).values(filed_row(one, sealed)))
            entries = [record_filed(one, key.mark(repr(sorted(one.values.items()))).hex())]
            if one.matter_id:
                found = self._matter_of(self._row(connection, one.organisation_id, one.matter_id))
                if clock is not None and found.clock_from is None:
                    _change(connection, found, clock_from=clock[0], clock_due=clock[1])
                    entries.append(matter_changed(found, "clock_started", one.filed_by, one.at))
            append(connection, heads, entries)

    def meet_clock(self, organisation_id: str, matter_id: str, by: str, at: datetime) -> None:
        """Keep when a concern was put to those who must know; the first time stands (DFT-09, DFT-21)."""
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            found = self._matter_of(self._row(connection, organisation_id, matter_id))
            if found.clock_met is not None:
                return
            _change(connection, found, clock_met=at)
            append(connection, heads, [matter_changed(found, "reported", by, at)])

    def close(
        self, organisation_id: str, matter_id: str, version: int, ending: Ending, at: datetime
    ) -> Matter:
        """Close a case file, and set the days on which it is looked at again. Raises Stale, NotFound."""
        key = self._vault.organisation(organisation_id)
        words = {"outcome": ending.outcome, "heard": ending.heard, "by": ending.closed_by}
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            found = self._fresh(connection, organisation_id, matter_id, version, MatterState.OPEN)
            closed = replace(
                found, version=version + 1, state=MatterState.CLOSED, closed_at=at, ending=ending
            )
            sealed = key.seal_json(words, about_ending(matter_id, closed.version))
            _change(
                connection,
                found,
                version=closed.version,
                state=str(closed.state),
                closed_at=at,
                ending=sealed,
            )
            for after in REVIEW_AFTER:
                row = {
                    "matter_id": matter_id,
                    "due_on": (at + after).date(),
                    "organisation_id": organisation_id,
                }
                connection.execute(upsert(matter_review).values(row).on_conflict_do_nothing())
            mark = key.mark(repr(sorted(words.items()))).hex()
            append(connection, heads, [matter_changed(closed, "closed", ending.closed_by, at, mark)])
        return closed

    def reopen(self, organisation_id: str, matter_id: str, version: int, by: str, at: datetime) -> Matter:
        """Open a closed case file again; its reviews that are still to come fall away. Raises Stale."""
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            found = self._fresh(connection, organisation_id, matter_id, version, MatterState.CLOSED)
            again = replace(found, version=version + 1, state=MatterState.OPEN, closed_at=None, ending=None)
            _change(
                connection, found, version=again.version, state=str(again.state), closed_at=None, ending=None
            )
            to_come = (matter_review.c.matter_id == matter_id) & matter_review.c.done_at.is_(None)
            connection.execute(matter_review.delete().where(to_come))
            append(connection, heads, [matter_changed(again, "reopened", by, at)])
        return again

    def reviews(self, organisation_id: str, matter_id: str = "", due_by: date | None = None) -> list[Review]:
        """Reviews of one case file, or of all; with `due_by` those to be done by that day."""
        theirs = select(matter_review).where(matter_review.c.organisation_id == organisation_id)
        if matter_id:
            theirs = theirs.where(matter_review.c.matter_id == matter_id)
        if due_by is not None:
            theirs = theirs.where(matter_review.c.due_on <= due_by, matter_review.c.done_at.is_(None))
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(matter_review.c.due_on)).all()
        return [self._review_of(row) for row in rows]

    def review(
        self, organisation_id: str, matter_id: str, due_on: date, words: str, by: str, at: datetime
    ) -> None:
        """Keep what a review found. Raises NotFound, Stale when it was done before."""
        key = self._vault.organisation(organisation_id)
        sealed = key.seal_json(words, about_review(matter_id, due_on))
        this = (matter_review.c.matter_id == matter_id) & (matter_review.c.due_on == due_on)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            found = self._matter_of(self._row(connection, organisation_id, matter_id))
            done = connection.execute(
                update(matter_review)
                .where(this, matter_review.c.done_at.is_(None))
                .values(done_at=at, done_by=by, words=sealed)
            )
            if not done.rowcount:
                raise Stale("This review was done already, or there is none on that day.")
            append(connection, heads, [matter_changed(found, "reviewed", by, at, key.mark(words).hex())])

    def about(self, organisation_id: str, kind: TieKind, subject_id: str) -> list[str]:
        """Ids of the case files that something is linked to."""
        theirs = select(matter_tie.c.matter_id).where(
            matter_tie.c.organisation_id == organisation_id,
            matter_tie.c.kind == str(kind),
            matter_tie.c.subject_id == subject_id,
        )
        with store_faults(), self._engine.connect() as connection:
            return list(connection.execute(theirs).scalars())

    def _row(self, connection: Connection, organisation_id: str, matter_id: str) -> Any:
        theirs = select(matter).where(matter.c.id == matter_id, matter.c.organisation_id == organisation_id)
        row = connection.execute(theirs).one_or_none()
        if row is None:
            raise NotFound("There is no such case file.")
        return row

    def _fresh(
        self, connection: Connection, organisation_id: str, matter_id: str, version: int, state: MatterState
    ) -> Matter:
        found = self._matter_of(self._row(connection, organisation_id, matter_id))
        if found.version != version or found.state is not state:
            raise Stale("Somebody else changed this case file first; look at it again.")
        return found

    def _matter_of(self, row: Any) -> Matter:
        ending = None
        if row.ending is not None:
            words = self._vault.open_json(row.ending, about_ending(row.id, row.version))
            ending = Ending(words["outcome"], words["heard"], words["by"])
        return Matter(
            id=row.id,
            organisation_id=row.organisation_id,
            version=row.version,
            state=MatterState(row.state),
            sealed=row.sealed,
            title=self._vault.open_json(row.title, about_title(row.id)),
            opened_by=row.opened_by,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            clock_from=row.clock_from,
            clock_due=row.clock_due,
            clock_met=row.clock_met,
            ending=ending,
        )

    def _review_of(self, row: Any) -> Review:
        words = self._vault.open_json(row.words, about_review(row.matter_id, row.due_on)) if row.words else ""
        return Review(row.matter_id, row.due_on, row.done_at, row.done_by or "", words)


def check_known(connection: Connection, organisation_id: str, kind: TieKind, subject_id: str) -> None:
    """Return when something is there and of this organisation. Raises NotFound."""
    table = KNOWN_IN[kind]
    ours = select(table.c.id).where(table.c.id == subject_id, table.c.organisation_id == organisation_id)
    if connection.execute(ours).one_or_none() is None:
        raise NotFound(f"There is no such {kind}.")


def _change(connection: Connection, one: Matter, **values: Any) -> None:
    connection.execute(update(matter).where(matter.c.id == one.id).values(**values))


def about_title(matter_id: str) -> str:
    """What the sealed title of a case file is bound to."""
    return f"matter title\0{matter_id}"


def about_ending(matter_id: str, version: int) -> str:
    """What the sealed ending of a case file is bound to."""
    return f"matter ending\0{matter_id}\0{version}"


def about_review(matter_id: str, due_on: date) -> str:
    """What the sealed words of a review are bound to."""
    return f"matter review\0{matter_id}\0{due_on.isoformat()}"
