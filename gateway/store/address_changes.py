"""Guardians' changes of address that wait: who said yes, who objected, and the move itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, select, update

from gateway.domain.address_change import COOL_OFF, AddressChange, AddressLetter, Outcome, side_of
from gateway.domain.links import Way, holder, message_of, token
from gateway.errors import NotFound
from gateway.ports import Alarms
from gateway.record.entries import GATEWAY
from gateway.record.told import address_changed
from gateway.store.address_rows import OBJECTED, change_of, row_of, set_letters, settle, task_of, waiting_at
from gateway.store.engine import store_faults
from gateway.store.failing import raise_version
from gateway.store.families_schema import address_change
from gateway.store.people import load_people, put_mailboxes
from gateway.store.record import append, lock_heads
from gateway.store.tasks import set_tasks
from gateway.store.vault import Vault

DUE = "address_due"


class SqlAddressChanges:
    """What letters, pages and the desk ask of waiting changes."""

    def __init__(self, engine: Engine, vault: Vault, alarms: Alarms) -> None:
        self._engine = engine
        self._vault = vault
        self._alarms = alarms

    def waiting(self, organisation_id: str) -> list[AddressChange]:
        """What waits at an organisation, oldest first."""
        with store_faults(), self._engine.connect() as connection:
            return waiting_at(connection, self._vault, organisation_id)

    def letters(self, organisation_id: str, change_id: str, now: datetime) -> tuple[str, list[AddressLetter]]:
        """Whose change it is, and the letters that it calls for now.

        Those that ask while it waits, to whoever has not answered; once it is done, one to every address.
        """
        with store_faults(), self._engine.connect() as connection:
            one = self._one(connection, address_change.c.id == change_id, organisation_id)
        if one.outcome == Outcome.MOVED:
            return one.person_id, [AddressLetter(side_of(leg), where) for leg, where in one.legs.items()]
        asked = one.legs.keys() - one.confirmed if one.answerable(now) else set()
        key = self._key()
        return one.person_id, [
            AddressLetter(side_of(leg), one.legs[leg], token(key, Way.ADDRESS, one.id, leg))
            for leg in sorted(asked)
        ]

    def answer(self, text: str, yes: bool, now: datetime) -> AddressChange:
        """Count what somebody at an address said; the change as it stands then. Raises NotFound."""
        change_id = message_of(text)
        with store_faults(), self._engine.begin() as connection:
            one = self._one(connection, address_change.c.id == change_id, locked=True)
            leg = holder(self._key(), Way.ADDRESS, text, one.legs)
            if not leg or not one.answerable(now):
                raise NotFound("There is no such link.")
            if not yes:
                return self._objected(connection, one, leg, now)
            return self._agreed(connection, replace(one, confirmed=one.confirmed | {leg}), leg, now)

    def vouch(self, organisation_id: str, change_id: str, person_id: str, note: str, now: datetime) -> None:
        """Answer for the old address, which may be dead, after asking the guardian. Raises NotFound."""
        with store_faults(), self._engine.begin() as connection:
            one = self._one(connection, address_change.c.id == change_id, organisation_id, locked=True)
            if one.settled_at is not None:
                raise NotFound("There is no such change that waits.")
            self._agreed(connection, replace(one, vouched_by=person_id, note=note), "", now, person_id)

    def refuse(self, organisation_id: str, change_id: str, person_id: str, now: datetime) -> None:
        """Leave everything as it is. Raises NotFound."""
        with store_faults(), self._engine.begin() as connection:
            one = self._one(connection, address_change.c.id == change_id, organisation_id, locked=True)
            if one.settled_at is not None:
                raise NotFound("There is no such change that waits.")
            self._ended(connection, one, Outcome.REFUSED, person_id, now)

    def take(self, organisation_id: str, change_id: str, now: datetime) -> bool:
        """Let a change that everybody agreed to take effect; False when somebody objected meanwhile."""
        with store_faults(), self._engine.begin() as connection:
            raise_version(connection, [organisation_id])
            one = self._one(connection, address_change.c.id == change_id, organisation_id, locked=True)
            if one.settled_at is not None or one.due_at is None or one.due_at > now:
                return False
            person = load_people(connection, self._vault, organisation_id, [one.person_id])[one.person_id]
            put_mailboxes(connection, self._vault, replace(person, mailboxes=one.wanted))
            self._ended(connection, one, Outcome.MOVED, GATEWAY, now)
            set_letters(connection, self._alarms, one, now)
        return True

    def _key(self) -> bytes:
        return self._vault.mark("links of address changes")

    def _one(
        self,
        connection: Connection,
        which: ColumnElement[bool],
        organisation_id: str = "",
        locked: bool = False,
    ) -> AddressChange:
        if organisation_id:
            which = which & (address_change.c.organisation_id == organisation_id)
        asked = select(address_change).where(which)
        row = connection.execute(asked.with_for_update() if locked else asked).one_or_none()
        if row is None:
            raise NotFound("There is no such change of an address.")
        return change_of(row, self._vault)

    def _agreed(
        self,
        connection: Connection,
        one: AddressChange,
        leg: str,
        now: datetime,
        actor: str = GATEWAY,
    ) -> AddressChange:
        """Write what was agreed; once nobody is missing, arrange for the move."""
        if not one.missing and one.due_at is None:
            one = replace(one, due_at=now + COOL_OFF)
            due = {"organisation_id": one.organisation_id, "change_id": one.id}
            self._alarms.set(connection.connection.driver_connection, DUE, now + COOL_OFF, due)
        same = update(address_change).where(address_change.c.id == one.id)
        connection.execute(same.values(row_of(one, self._vault)))
        heads = lock_heads(connection, [one.organisation_id])
        append(connection, heads, [address_changed(one, "agreed" if leg else "vouched", actor, now, leg)])
        return one

    def _objected(self, connection: Connection, one: AddressChange, leg: str, now: datetime) -> AddressChange:
        set_tasks(connection, [task_of(OBJECTED, one, now)])
        return self._ended(connection, one, Outcome.OBJECTED, GATEWAY, now, leg)

    def _ended(
        self,
        connection: Connection,
        one: AddressChange,
        outcome: Outcome,
        actor: str,
        now: datetime,
        leg: str = "",
    ) -> AddressChange:
        settle(connection, one, outcome, actor, now)
        heads = lock_heads(connection, [one.organisation_id])
        append(connection, heads, [address_changed(one, outcome, actor, now, leg)])
        return replace(one, settled_at=now, outcome=outcome)
