"""Sets what a pack's reminders ask for: a task for a role, a letter to a person; each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from gateway.domain.message import new_id
from gateway.domain.people import Role, Standing
from gateway.domain.policy import Policy, Reminder
from gateway.domain.task import Task
from gateway.ports import Alarms
from gateway.store.engine import store_faults
from gateway.store.occasions import Asked, Occasion, occasions
from gateway.store.schema import guardianship, pair, person
from gateway.store.tasks import set_tasks
from gateway.store.vault import Vault

LETTER = "person_reminded"
PEOPLE = frozenset({Role.TUTOR.value, Role.GUARDIAN.value, Role.PUPIL.value})


class SqlReminders:
    """Looks through an organisation's reminders."""

    def __init__(self, engine: Engine, vault: Vault, alarms: Alarms) -> None:
        self._engine = engine
        self._vault = vault
        self._alarms = alarms

    def set_due(self, organisation_id: str, policy: Policy, now: datetime) -> int:
        """Set everything that has come since the last look; how many were new. In one transaction each."""
        return sum(self._set(organisation_id, policy, one, now) for one in policy.reminders)

    def _set(self, organisation_id: str, policy: Policy, reminder: Reminder, now: datetime) -> int:
        with store_faults(), self._engine.begin() as connection:
            asked = Asked(connection, self._vault, organisation_id, policy, reminder, now)
            tasks = [one for each in occasions(asked) for one in _tasks(asked, each)]
            fresh = set_tasks(connection, tasks)
            for one in fresh:
                if one.person_id and one.role in PEOPLE:
                    arguments = {"organisation_id": organisation_id, "task_id": one.id}
                    self._alarms.set(connection.connection.driver_connection, LETTER, now, arguments)
        return len(fresh)


def _tasks(asked: Asked, occasion: Occasion) -> Iterator[Task]:
    """One task for each role, and one for each person of a role that gets letters."""
    for role in asked.reminder.to:
        if occasion.role and occasion.role != _as_in_directory(asked, role):
            continue
        if role not in PEOPLE:
            yield _task(asked, occasion, role, occasion.person_id, occasion.subject)
            continue
        for person_id in _people(asked.connection, asked.organisation_id, role, occasion):
            yield _task(asked, occasion, role, person_id, f"{occasion.subject}:{person_id}")


def _as_in_directory(asked: Asked, role: str) -> str:
    """What the people are in the directory who do a role's work."""
    known = asked.policy.roles.get(role)
    return str(known.desk) if known else role


def _task(asked: Asked, occasion: Occasion, role: str, person_id: str, subject: str) -> Task:
    reminder = asked.reminder
    return Task(
        id=new_id(asked.now),
        organisation_id=asked.organisation_id,
        kind=reminder.name,
        clause=reminder.clause,
        role=role,
        because=f"{reminder.say} {occasion.adds}".rstrip(),
        opened_at=asked.now,
        due_at=None,
        pair_id=occasion.pair_id,
        message_id=occasion.message_id,
        person_id=person_id,
        subject=f"{role}:{subject}"[:200],
    )


def _people(connection: Connection, organisation_id: str, role: str, occasion: Occasion) -> list[str]:
    """Who gets the letter. What is for a pupil goes to their guardians, who pass it on."""
    if role == Role.TUTOR:
        return _tutors(connection, organisation_id, occasion)
    pupils = _pupils(connection, organisation_id, occasion)
    theirs = select(guardianship.c.guardian_id).where(
        guardianship.c.organisation_id == organisation_id,
        ~guardianship.c.barred,
        guardianship.c.copied,
        guardianship.c.registered.is_not(None),
    )
    if pupils is not None:
        theirs = theirs.where(guardianship.c.pupil_id.in_(pupils))
    elif occasion.person_id:
        theirs = theirs.where(guardianship.c.guardian_id == occasion.person_id)
    return sorted(set(connection.execute(theirs).scalars()))


def _tutors(connection: Connection, organisation_id: str, occasion: Occasion) -> list[str]:
    if occasion.pair_id:
        of_pair = select(pair.c.tutor_id).where(pair.c.id == occasion.pair_id)
        return list(connection.execute(of_pair).scalars())
    active = select(person.c.id).where(
        person.c.organisation_id == organisation_id,
        person.c.role == str(Role.TUTOR),
        person.c.standing == str(Standing.ACTIVE),
    )
    if occasion.person_id:
        active = active.where(person.c.id == occasion.person_id)
    return list(connection.execute(active.order_by(person.c.id)).scalars())


def _pupils(connection: Connection, organisation_id: str, occasion: Occasion) -> list[str] | None:
    """The pupils it is about, None when it is about none in particular."""
    if occasion.pair_id:
        of_pair = select(pair.c.pupil_id).where(pair.c.id == occasion.pair_id)
        return list(connection.execute(of_pair).scalars())
    if not occasion.person_id:
        return None
    role = select(person.c.role).where(
        person.c.organisation_id == organisation_id, person.c.id == occasion.person_id
    )
    is_pupil = connection.execute(role).scalar_one_or_none() == str(Role.PUPIL)
    return [occasion.person_id] if is_pupil else None
