"""Holds guardians' new addresses back while a roster is imported, until the old and the new one say yes.

Until then the directory has the old mailboxes, so that mail goes on to come there, pupil contact pauses
when they fail, and the new address is nobody's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from gateway.domain.address_change import AddressChange, Outcome, legs_of, needs_asking
from gateway.domain.entry import Entry
from gateway.domain.message import new_id
from gateway.domain.people import Person, Role
from gateway.ports import Alarms
from gateway.record.entries import GATEWAY
from gateway.record.told import address_changed
from gateway.store.address_rows import WAITS, row_of, set_letters, settle, task_of, waiting_at
from gateway.store.families_schema import address_change
from gateway.store.people import load_people
from gateway.store.schema import guardianship, mailbox
from gateway.store.tasks import set_tasks
from gateway.store.vault import Vault


class Imported:
    """An import, in its own transaction. entries: what the record is to say of it."""

    def __init__(
        self, connection: Connection, vault: Vault, alarms: Alarms, ours: str, now: datetime
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._alarms = alarms
        self._ours = ours
        self._now = now
        self.entries: list[Entry] = []

    def held_back(self, people: Sequence[Person]) -> dict[str, tuple[str, ...]]:
        """The mailboxes that some keep for now, by person; letters are set, and a task for the office."""
        guardians = {one.id: one for one in people if one.role is Role.GUARDIAN}
        waiting = {one.person_id: one for one in waiting_at(self._connection, self._vault, self._ours)}
        differing = self._differing(guardians)
        for person_id in (guardians.keys() & waiting.keys()) - differing:
            self._settle(waiting[person_id], Outcome.DROPPED)
        here = load_people(self._connection, self._vault, self._ours, differing)
        registered = self._registered(here)
        kept = {}
        for person_id, now in sorted(here.items()):
            wanted = guardians[person_id]
            if needs_asking(now, wanted, person_id in registered):
                kept[person_id] = now.mailboxes
                self._ask(now, wanted, waiting.get(person_id))
        return kept

    def _differing(self, guardians: dict[str, Person]) -> set[str]:
        """Those whose mailboxes are others than in the directory, told by their marks alone."""
        theirs = select(mailbox.c.person_id, mailbox.c.blind).where(mailbox.c.organisation_id == self._ours)
        marks: dict[str, set[bytes]] = defaultdict(set)
        for row in self._connection.execute(theirs):
            if row.person_id in guardians:
                marks[row.person_id].add(bytes(row.blind))
        blind = self._vault.blind
        return {one for one, known in marks.items() if known != set(map(blind, guardians[one].mailboxes))}

    def _registered(self, people: dict[str, Person]) -> set[str]:
        theirs = select(guardianship.c.guardian_id).where(
            guardianship.c.organisation_id == self._ours,
            guardianship.c.guardian_id.in_(list(people)),
            guardianship.c.registered.is_not(None),
        )
        return set(self._connection.execute(theirs).scalars())

    def _ask(self, now: Person, wanted: Person, before: AddressChange | None) -> None:
        if before and before.answerable(self._now) and set(before.wanted) == set(wanted.mailboxes):
            return
        if before:
            self._settle(before, Outcome.REPLACED)
        legs = legs_of(now.mailboxes, wanted.mailboxes)
        one = AddressChange(new_id(self._now), self._ours, now.id, self._now, legs, wanted.mailboxes)
        self._connection.execute(insert(address_change), [row_of(one, self._vault)])
        set_tasks(self._connection, [task_of(WAITS, one, self._now)])
        set_letters(self._connection, self._alarms, one, self._now)
        self.entries.append(address_changed(one, "asked", GATEWAY, self._now))

    def _settle(self, one: AddressChange, outcome: Outcome) -> None:
        settle(self._connection, one, outcome, GATEWAY, self._now)
        self.entries.append(address_changed(one, outcome, GATEWAY, self._now))
