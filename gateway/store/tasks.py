"""Things that somebody has to do or to know: set by rules and clocks, ticked off by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.message import Envelope, new_id
from gateway.domain.people import Organisation
from gateway.domain.task import Task
from gateway.domain.verdict import Note, Verdict
from gateway.errors import NotFound
from gateway.record.entries import task_done
from gateway.store.engine import store_faults
from gateway.store.policy_schema import task
from gateway.store.record import append, lock_heads
from gateway.store.vault import Vault

Row = dict[str, Any]
MOST = 200


def task_rows(envelope: Envelope, verdict: Verdict) -> list[Row]:
    """The rows of what a verdict gives people to do."""
    at = envelope.received_at
    return [
        _row(
            Task(
                id=new_id(at),
                organisation_id=envelope.organisation_id,
                kind=one.rule,
                clause=one.clause,
                role=one.ruling.role,
                because=one.ruling.because,
                opened_at=at,
                due_at=at + one.ruling.within if one.ruling.within else None,
                pair_id=envelope.pair_id,
                message_id=envelope.id,
                person_id=envelope.sender_id,
            )
        )
        for one in verdict.ruled
        if isinstance(one.ruling, Note)
    ]


def set_tasks(connection: Connection, tasks: Sequence[Task]) -> list[Task]:
    """Write tasks, in the caller's transaction; those that are new. One with the same kind and subject stays."""
    if not tasks:
        return []
    fresh = upsert(task).values([_row(one) for one in tasks]).on_conflict_do_nothing().returning(task.c.id)
    written = set(connection.execute(fresh).scalars())
    return [one for one in tasks if one.id in written]


def finish_tasks(connection: Connection, organisation_id: str, kind: str, about: str, at: datetime) -> None:
    """Tick off what is done by being done elsewhere, in the caller's transaction. about: ends its subject."""
    same = (task.c.organisation_id == organisation_id) & (task.c.kind == kind)
    waiting = same & task.c.subject.endswith(f":{about}", autoescape=True) & task.c.done_at.is_(None)
    connection.execute(update(task).where(waiting).values(done_at=at, done_by="gateway"))


class SqlTasks:
    """What is to be done at an organisation."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def give(self, organisation: Organisation, one: Task) -> None:
        """Give somebody something to do; what is there already stays as it is."""
        with store_faults(), self._engine.begin() as connection:
            set_tasks(connection, [replace(one, organisation_id=organisation.id)])

    def open_for(self, organisation_id: str, roles: Sequence[str], limit: int = MOST) -> list[Task]:
        """What waits for these roles, the most urgent first."""
        waiting = select(task).where(
            task.c.organisation_id == organisation_id, task.c.role.in_(roles), task.c.done_at.is_(None)
        )
        ordered = waiting.order_by(task.c.due_at.asc().nulls_last(), task.c.id).limit(limit)
        return self._all(ordered)

    def of_pair(self, organisation_id: str, pair_id: str, limit: int = MOST) -> list[Task]:
        """What was to be done about a pair, the newest first."""
        theirs = select(task).where(task.c.organisation_id == organisation_id, task.c.pair_id == pair_id)
        return self._all(theirs.order_by(task.c.id.desc()).limit(limit))

    def waiting(self, organisation_id: str, now: datetime) -> tuple[int, int]:
        """How many wait, and how many of them are overdue."""
        late = func.count().filter(task.c.due_at < now)
        counted = select(func.count(), late).where(
            task.c.organisation_id == organisation_id, task.c.done_at.is_(None)
        )
        with store_faults(), self._engine.connect() as connection:
            waiting, overdue = connection.execute(counted).one()
        return int(waiting), int(overdue)

    def task(self, organisation_id: str, task_id: str) -> Task:
        """Raises NotFound."""
        same = select(task).where(task.c.organisation_id == organisation_id, task.c.id == task_id)
        found = self._all(same)
        if not found:
            raise NotFound("There is no such thing to do.")
        return found[0]

    def done(self, organisation_id: str, task_id: str, person_id: str, note: str, at: datetime) -> None:
        """Tick a task off, with a word of what was done; recorded. Raises NotFound when it is done or not there."""
        sealed = self._vault.organisation(organisation_id).seal_json(note, _about(task_id))
        same = (task.c.organisation_id == organisation_id) & (task.c.id == task_id) & task.c.done_at.is_(None)
        ticked = update(task).where(same).values(done_at=at, done_by=person_id, note=sealed)
        with store_faults(), self._engine.begin() as connection:
            row = connection.execute(ticked.returning(task.c.kind, task.c.clause)).one_or_none()
            if row is None:
                raise NotFound("There is no such thing to do, or somebody has done it.")
            heads = lock_heads(connection, [organisation_id])
            append(
                connection, heads, [task_done(organisation_id, task_id, row.kind, row.clause, person_id, at)]
            )

    def last_fired(self, organisation_id: str) -> dict[str, datetime]:
        """When each kind last gave somebody something to do."""
        newest = (
            select(task.c.kind, func.max(task.c.opened_at))
            .where(task.c.organisation_id == organisation_id)
            .group_by(task.c.kind)
        )
        with store_faults(), self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(newest)}

    def _all(self, which: Select[Any]) -> list[Task]:
        with store_faults(), self._engine.connect() as connection:
            return [self._task(row) for row in connection.execute(which)]

    def _task(self, row: Any) -> Task:
        note = self._vault.open_json(row.note, _about(row.id)) if row.note else ""
        return Task(
            id=row.id,
            organisation_id=row.organisation_id,
            kind=row.kind,
            clause=row.clause,
            role=row.role,
            because=row.because,
            opened_at=row.opened_at,
            due_at=row.due_at,
            pair_id=row.pair_id,
            message_id=row.message_id,
            person_id=row.person_id,
            subject=row.subject,
            done_at=row.done_at,
            done_by=row.done_by,
            note=note,
        )


def _row(one: Task) -> Row:
    return {
        "id": one.id,
        "organisation_id": one.organisation_id,
        "kind": one.kind,
        "clause": one.clause,
        "role": one.role,
        "because": one.because,
        "pair_id": one.pair_id,
        "message_id": one.message_id,
        "person_id": one.person_id,
        "subject": one.subject,
        "opened_at": one.opened_at,
        "due_at": one.due_at,
        "done_at": None,
        "done_by": "",
        "note": None,
    }


def _about(task_id: str) -> str:
    return f"task\0{task_id}"
