"""Desk users: giving somebody a sign-in at the desk, and organisations to have them in."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.message import new_id
from gateway.domain.people import DESK_ROLES, Organisation, Person, Role
from gateway.errors import NotFound, SettingsError
from gateway.store.engine import store_faults
from gateway.store.passwords import hash_password
from gateway.store.people import load_people, open_person, seal_person
from gateway.store.schema import desk_user, mailbox, organisation, person
from gateway.store.vault import Vault


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
        raise SettingsError("Somebody with this role does not use the desk; choose a desk role.")
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
