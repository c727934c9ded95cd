"""Desk users and their sign-ins: opaque tokens, hashed at rest, revocable (DESK 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.message import new_id
from gateway.domain.people import DESK_ROLES, Organisation, Person, Role, Standing
from gateway.errors import NotFound, SettingsError
from gateway.store.engine import store_faults
from gateway.store.passwords import SESSION, digest, hash_password, make_secret, verify
from gateway.store.people import load_people, open_person, seal_person
from gateway.store.schema import desk_session, desk_user, mailbox, organisation, person
from gateway.store.vault import Vault

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
TOUCH = timedelta(seconds=30)  # a page of ten requests writes `seen_at` once


class SqlSessions:
    """The Sessions port on PostgreSQL."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def sign_in(self, address: str, password: str, now: datetime) -> str | None:
        """A new token for an active desk user with that address and password, else None."""
        same = select(desk_user).where(desk_user.c.address == self._vault.blind(address))
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(same).one_or_none()
            right = verify(password, row.password if row else None)
            who = self._desk_person(connection, row.organisation_id, row.person_id) if row and right else None
        if who is None:
            return None
        token = make_secret(SESSION)
        with store_faults(), self._engine.begin() as connection:
            fresh = {"organisation_id": who.organisation_id, "person_id": who.id}
            moments = {"signed_in_at": now, "seen_at": now}
            connection.execute(upsert(desk_session).values(token=digest(token), **fresh, **moments))
        return token

    def who(self, token: str, now: datetime) -> Person | None:
        """The person of a live session (idle 30 min, absolute 10 h), touching it."""
        ours = desk_session.c.token == digest(token)
        live = select(desk_session).where(
            ours,
            desk_session.c.revoked_at.is_(None),
            desk_session.c.seen_at > now - IDLE,
            desk_session.c.signed_in_at > now - ABSOLUTE,
        )
        with store_faults(), self._engine.begin() as connection:
            row = connection.execute(live).one_or_none()
            if row is None:
                return None
            if row.seen_at < now - TOUCH:
                connection.execute(update(desk_session).where(ours).values(seen_at=now))
            return self._desk_person(connection, row.organisation_id, row.person_id)

    def revoke(self, token: str) -> None:
        """End a session; one that is not there has ended already."""
        self._end(desk_session.c.token == digest(token))

    def revoke_all(self, organisation_id: str, person_id: str) -> None:
        """End every session of a person."""
        self._end(
            (desk_session.c.organisation_id == organisation_id) & (desk_session.c.person_id == person_id)
        )

    def _end(self, which: object) -> None:
        with store_faults(), self._engine.begin() as connection:
            ended = update(desk_session).where(which, desk_session.c.revoked_at.is_(None))  # type: ignore[arg-type]  # a column expression
            connection.execute(ended.values(revoked_at=datetime.now(UTC)))

    def _desk_person(self, connection: Connection, organisation_id: str, person_id: str) -> Person | None:
        found = load_people(connection, self._vault, organisation_id, [person_id]).get(person_id)
        if found is None or found.standing is not Standing.ACTIVE or found.role not in DESK_ROLES:
            return None
        return found


def add_desk_user(
    engine: Engine,
    vault: Vault,
    organisation_id: str,
    *,
    address: str,
    role: Role,
    password: str,
    given: str = "",
    family: str = "",
) -> Person:
    """Give somebody a sign-in at the desk, and return them.

    Somebody the directory knows by that address keeps their id and names; anybody else is added.
    Raises: NotFound for an unknown organisation, SettingsError for a role that has no desk.
    """
    if role not in DESK_ROLES:
        raise SettingsError("Only moderators, safeguarding leads and administrators use the desk.")
    stored = hash_password(password)
    with store_faults(), engine.begin() as connection:
        changed = (
            update(organisation)
            .where(organisation.c.id == organisation_id)
            .values(directory_version=organisation.c.directory_version + 1)
        )
        if connection.execute(changed).rowcount == 0:
            raise NotFound("There is no such organisation; run `gateway init` first.")
        known = _known(connection, vault, organisation_id, address)
        one = known or Person(
            new_id(datetime.now(UTC)), organisation_id, role, given, family, mailboxes=(address,)
        )
        if known is None:
            connection.execute(upsert(person).values(seal_person(one, vault)))
            mark = {"organisation_id": organisation_id, "person_id": one.id, "blind": vault.blind(address)}
            connection.execute(upsert(mailbox).values(mark))
        else:
            theirs = (person.c.organisation_id == organisation_id) & (person.c.id == one.id)
            connection.execute(update(person).where(theirs).values(role=str(role)))
        put_desk_password(connection, vault, one, address, stored)
        return load_people(connection, vault, organisation_id, [one.id])[one.id]


def set_desk_password(engine: Engine, vault: Vault, address: str, password: str) -> None:
    """Change a desk user's password and end their sessions. Raises NotFound."""
    same = desk_user.c.address == vault.blind(address)
    with store_faults(), engine.begin() as connection:
        row = connection.execute(select(desk_user).where(same)).one_or_none()
        if row is None:
            raise NotFound("No desk user has that address; see `gateway user add`.")
        connection.execute(update(desk_user).where(same).values(password=hash_password(password)))
    SqlSessions(engine, vault).revoke_all(row.organisation_id, row.person_id)


def put_desk_password(connection: Connection, vault: Vault, one: Person, address: str, stored: str) -> None:
    """Write a person's desk sign-in within somebody else's transaction."""
    new = upsert(desk_user).values(
        organisation_id=one.organisation_id, person_id=one.id, address=vault.blind(address), password=stored
    )
    kept = {"address": new.excluded.address, "password": new.excluded.password}
    same = ["organisation_id", "person_id"]
    connection.execute(new.on_conflict_do_update(index_elements=same, set_=kept))


def _known(connection: Connection, vault: Vault, organisation_id: str, address: str) -> Person | None:
    mark = vault.blind(address)
    registered = select(mailbox.c.person_id).where(
        mailbox.c.organisation_id == organisation_id, mailbox.c.blind == mark
    )
    theirs = select(person).where(
        person.c.organisation_id == organisation_id,
        (person.c.issued == mark) | person.c.id.in_(registered),
        person.c.role.in_([str(one) for one in (*DESK_ROLES, Role.STAFF)]),
    )
    row = connection.execute(theirs.limit(1)).one_or_none()
    return open_person(row, vault) if row else None


def create_organisation(engine: Engine, ours: Organisation) -> None:
    """Write an organisation without any people; one that is there gets the new name and pack."""
    new = upsert(organisation).values(id=ours.id, name=ours.name, domain=ours.domain.lower(), pack=ours.pack)
    kept = {
        "name": new.excluded.name,
        "pack": new.excluded.pack,
        "directory_version": organisation.c.directory_version + 1,
    }
    with store_faults(), engine.begin() as connection:
        connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=kept))
