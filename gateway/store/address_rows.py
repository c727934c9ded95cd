"""Rows of guardians' changes of address, and what hangs on them: letters, and a task for the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from gateway.domain.address_change import CLAUSE, AddressChange, Outcome
from gateway.domain.message import new_id
from gateway.domain.task import Task
from gateway.ports import Alarms
from gateway.store.families_schema import address_change
from gateway.store.policy_schema import task
from gateway.store.vault import Vault

LETTER = "letter"
WAITS, OBJECTED = "guardian_address", "guardian_address_objected"
OFFICE = "office"
SAID = {
    WAITS: "A new address of this guardian waits until the old and the new one have said yes."
    " Until then mail goes to the old one. The page of new addresses shows who has answered.",
    OBJECTED: "Somebody at one of this guardian's addresses says that the change is not theirs, so nothing"
    " was changed. Ask the guardian in another way, and who wanted the change.",
}


def waiting_at(connection: Connection, vault: Vault, organisation_id: str) -> list[AddressChange]:
    """What waits at an organisation, oldest first."""
    theirs = select(address_change).where(
        address_change.c.organisation_id == organisation_id, address_change.c.settled_at.is_(None)
    )
    return [change_of(row, vault) for row in connection.execute(theirs.order_by(address_change.c.id))]


def settle(connection: Connection, one: AddressChange, outcome: Outcome, actor: str, now: datetime) -> None:
    """End a change, and with it what the office had to do about it."""
    same = update(address_change).where(address_change.c.id == one.id)
    connection.execute(same.values(settled_at=now, outcome=str(outcome)))
    waits = (task.c.organisation_id == one.organisation_id) & (task.c.kind == WAITS)
    connection.execute(
        update(task)
        .where(waits, task.c.subject == one.id, task.c.done_at.is_(None))
        .values(done_at=now, done_by=actor)
    )


def set_letters(connection: Connection, alarms: Alarms, one: AddressChange, now: datetime) -> None:
    """Have its letters written: which, hangs on how it stands then."""
    wanted = {"kind": "address", "organisation_id": one.organisation_id, "about": one.id}
    alarms.set(connection.connection.driver_connection, LETTER, now, wanted)


def task_of(kind: str, one: AddressChange, now: datetime) -> Task:
    """What the office has to do about it."""
    return Task(
        new_id(now),
        one.organisation_id,
        kind,
        CLAUSE,
        OFFICE,
        SAID[kind],
        now,
        person_id=one.person_id,
        subject=one.id,
    )


def row_of(one: AddressChange, vault: Vault) -> dict[str, Any]:
    """The row of a change."""
    words = {"legs": dict(one.legs), "wanted": list(one.wanted), "note": one.note}
    return {
        "id": one.id,
        "organisation_id": one.organisation_id,
        "person_id": one.person_id,
        "asked_at": one.asked_at,
        "words": vault.organisation(one.organisation_id).seal_json(words, _about(one.id)),
        "confirmed": sorted(one.confirmed),
        "vouched_by": one.vouched_by,
        "due_at": one.due_at,
        "settled_at": one.settled_at,
        "outcome": one.outcome,
    }


def change_of(row: Any, vault: Vault) -> AddressChange:
    """The change of a row."""
    words = vault.open_json(row.words, _about(row.id))
    return AddressChange(
        row.id,
        row.organisation_id,
        row.person_id,
        row.asked_at,
        words["legs"],
        tuple(words["wanted"]),
        frozenset(row.confirmed),
        row.vouched_by,
        words["note"],
        row.due_at,
        row.settled_at,
        row.outcome,
    )


def _about(change_id: str) -> str:
    return f"address change\0{change_id}"
