"""Writing the directory: importing, exporting and listing an organisation's people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import psycopg
from sqlalchemy import ARRAY, Connection, Engine, Text, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from gateway.domain.alias import mint
from gateway.domain.pair import Pair
from gateway.domain.people import DESK_ROLES, Guardianship, Organisation
from gateway.domain.roster import AliasRow, Roster
from gateway.errors import NotFound, RosterError
from gateway.ports import Alarms
from gateway.record.entries import directory_changed
from gateway.store.address_imports import Imported
from gateway.store.bulk import copy_in
from gateway.store.desk_users import put_desk_password
from gateway.store.engine import store_faults
from gateway.store.passwords import hash_password
from gateway.store.people import open_person, pair_of, seal_person, set_mailboxes
from gateway.store.record import append, lock_heads
from gateway.store.register import ROSTER, all_facts, lessons_of, replace_imported, replace_lessons
from gateway.store.schema import alias, guardianship, organisation, pair, person
from gateway.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import did.

    version: the directory's version afterwards. addresses_waiting: guardians whose new address waits
    until it is confirmed.
    """

    people: int
    pairs: int
    aliases_minted: int
    aliases_revoked: int
    version: int
    addresses_waiting: int = 0


def apply(engine: Engine, vault: Vault, roster: Roster, alarms: Alarms) -> Applied:
    """Bring in a roster, all of it or nothing, in one transaction.

    People and pairs are added or changed and never removed (their standing, or `open`, ends
    them). A person who joins a circle gets an alias; one who leaves it loses theirs. A registered
    guardian keeps the mailboxes of before until a change of them is confirmed (clause DFT-18).
    """
    roster = replace(
        roster, organisation=replace(roster.organisation, domain=roster.organisation.domain.lower())
    )
    ours = roster.organisation.id
    passwords = {person_id: hash_password(word) for person_id, word in roster.passwords.items()}
    people = {one.id: seal_person(replace(one, organisation_id=ours), vault) for one in roster.people}
    now = datetime.now(UTC)
    allowed = _seal_allowed(vault, roster)
    with _clashes(), store_faults(), engine.begin() as connection:
        version = _upsert_organisation(connection, roster.organisation, allowed)
        held = Imported(connection, vault, alarms, ours, now)
        kept = held.held_back(roster.people)
        members = [replace(one, mailboxes=kept.get(one.id, one.mailboxes)) for one in roster.people]
        for one in members:
            if one.id in kept:
                people[one.id] = seal_person(replace(one, organisation_id=ours), vault)
        _upsert_people(connection, list(people.values()))
        _set_passwords(connection, vault, roster, passwords)
        set_mailboxes(connection, vault, ours, members)
        _set_guardianships(connection, ours, roster.guardianships)
        _upsert_pairs(connection, ours, roster.pairs)
        minted, revoked = _settle_aliases(connection, roster.organisation)
        if roster.facts is not None:
            replace_imported(connection, vault, ours, roster.facts)
        if roster.lessons is not None:
            replace_lessons(connection, ours, roster.lessons)
        # Last, or mail would wait for a large import; nobody who holds a chain waits for the directory.
        heads = lock_heads(connection, [ours])
        append(connection, heads, [directory_changed(ours, version, now), *held.entries])
    vault.prepare(ours, sorted({one.pupil_id for one in roster.pairs}))
    return Applied(len(people), len(roster.pairs), minted, revoked, version, len(kept))


def export(engine: Engine, vault: Vault, organisation_id: str) -> Roster:
    """Everything an import would bring, without passwords. Raises NotFound."""
    with store_faults(), engine.connect() as connection:
        row = connection.execute(
            select(organisation).where(organisation.c.id == organisation_id)
        ).one_or_none()
        if row is None:
            raise NotFound("There is no such organisation.")
        people = [open_person(one, vault) for one in connection.execute(_all(person, organisation_id))]
        guardianships = [
            Guardianship(one.guardian_id, one.pupil_id, one.copied, one.barred, one.registered)
            for one in connection.execute(_all(guardianship, organisation_id))
        ]
        pairs = [pair_of(one) for one in connection.execute(_all(pair, organisation_id))]
        facts = all_facts(connection, vault, organisation_id, ROSTER)
        lessons = tuple((one.id, booked) for one in pairs for booked in lessons_of(connection, one.id))
    allowed = vault.open_json(row.allowed, "allowed\0" + row.id) if row.allowed else []
    ours = Organisation(row.id, row.name, row.domain, row.pack)
    return Roster(
        ours,
        tuple(people),
        guardianships=tuple(guardianships),
        pairs=tuple(pairs),
        allow=frozenset(allowed),
        facts=facts,
        lessons=lessons,
    )


def aliases(engine: Engine, organisation_id: str) -> list[AliasRow]:
    """Every live alias of an organisation's open pairs, by tutor, pupil and person."""
    live = (
        select(pair.c.tutor_id, pair.c.pupil_id, alias.c.person_id, person.c.role, alias.c.address)
        .join(pair, pair.c.id == alias.c.pair_id)
        .join(
            person,
            (person.c.organisation_id == alias.c.organisation_id) & (person.c.id == alias.c.person_id),
        )
        .where(alias.c.organisation_id == organisation_id, alias.c.revoked_at.is_(None), pair.c.open)
        .order_by(pair.c.tutor_id, pair.c.pupil_id, alias.c.person_id)
    )
    with store_faults(), engine.connect() as connection:
        return [AliasRow(*row) for row in connection.execute(live)]


CLASHES = {
    "organisation_domain_unique": "another organisation has that domain",
    "person_issued_unique": "an issued address belongs to two people",
    "desk_user_address_unique": "a desk address belongs to two people",
}


@contextmanager
def _clashes() -> Iterator[None]:
    """Turn a broken constraint into words: a checked file breaks none, a race or a bad caller may."""
    try:
        yield
    except (IntegrityError, psycopg.IntegrityError) as fault:
        refused = fault.orig if isinstance(fault, IntegrityError) else fault
        name = getattr(getattr(refused, "diag", None), "constraint_name", None) or ""
        problem = CLASHES.get(name, f"a row names somebody who is not there ({name})")
        raise RosterError([f"{problem}; nothing was imported"]) from None


def _any(ids: Iterable[str]) -> Any:
    """One array instead of one parameter each, of which PostgreSQL takes 65,535."""
    return func.any(literal(list(ids), ARRAY(Text)))


def _all(table, organisation_id: str):  # type: ignore[no-untyped-def]
    return select(table).where(table.c.organisation_id == organisation_id)


def _seal_allowed(vault: Vault, roster: Roster) -> bytes | None:
    if roster.allow is None:
        return None
    ours = roster.organisation.id
    return vault.organisation(ours).seal_json(sorted(roster.allow), "allowed\0" + ours)


def _upsert_organisation(connection: Connection, ours: Organisation, allowed: bytes | None) -> int:
    row = {"id": ours.id, "name": ours.name, "domain": ours.domain, "pack": ours.pack}
    new = upsert(organisation).values(**row, allowed=allowed)
    changed = new.on_conflict_do_update(
        index_elements=["id"],
        set_={
            "name": new.excluded.name,
            "domain": new.excluded.domain,
            "pack": new.excluded.pack,
            "allowed": func.coalesce(new.excluded.allowed, organisation.c.allowed),
            "directory_version": organisation.c.directory_version + 1,
        },
    ).returning(organisation.c.directory_version)
    return int(connection.execute(changed).scalar_one())


def _upsert_people(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    if not rows:
        return
    new = upsert(person)
    kept = {name: new.excluded[name] for name in ("role", "standing", "issued", "particulars")}
    connection.execute(
        new.on_conflict_do_update(index_elements=["organisation_id", "id"], set_=kept), list(rows)
    )


def _set_passwords(connection: Connection, vault: Vault, roster: Roster, passwords: dict[str, str]) -> None:
    """Desk people sign in at the desk with their mailbox, others at the submission port."""
    ours = roster.organisation.id
    for one in roster.people:
        stored = passwords.get(one.id)
        if stored is None:
            continue
        at_desk = one.role in DESK_ROLES and (one.address or one.mailboxes)
        if at_desk:
            owner = replace(one, organisation_id=ours)
            put_desk_password(connection, vault, owner, one.address or one.mailboxes[0], stored)
        else:
            theirs = (person.c.organisation_id == ours) & (person.c.id == one.id)
            connection.execute(update(person).where(theirs).values(password=stored))


def _set_guardianships(connection: Connection, ours: str, given: Sequence[Guardianship]) -> None:
    if not given:
        return
    pupils = {one.pupil_id for one in given}
    connection.execute(
        delete(guardianship).where(
            guardianship.c.organisation_id == ours, guardianship.c.pupil_id == _any(pupils)
        )
    )
    rows = [
        {
            "organisation_id": ours,
            "pupil_id": one.pupil_id,
            "guardian_id": one.guardian_id,
            "position": position,
            "copied": one.copied,
            "barred": one.barred,
            "registered": one.registered,
        }
        for _, group in groupby(sorted(given, key=lambda one: one.pupil_id), lambda one: one.pupil_id)
        for position, one in enumerate(group)
    ]
    copy_in(connection, guardianship, rows)


def _upsert_pairs(connection: Connection, ours: str, pairs: Iterable[Pair]) -> None:
    rows = [
        {
            "id": one.id,
            "organisation_id": ours,
            "tutor_id": one.tutor_id,
            "pupil_id": one.pupil_id,
            "subject": one.subject,
            "contract": one.contract,
            "open": one.open,
            "overlay": one.overlay,
        }
        for one in pairs
    ]
    if not rows:
        return
    new = upsert(pair)
    # The id of a pair never changes: its aliases and messages hang on it.
    kept = {name: new.excluded[name] for name in ("subject", "contract", "open", "overlay")}
    same = ["organisation_id", "tutor_id", "pupil_id"]
    connection.execute(new.on_conflict_do_update(index_elements=same, set_=kept), rows)


def _settle_aliases(connection: Connection, ours: Organisation) -> tuple[int, int]:
    """Mint what is missing and revoke what belongs to nobody; return how many of each."""
    guardians = (
        select(pair.c.id, guardianship.c.guardian_id.label("person_id"))
        .join(
            guardianship,
            (guardianship.c.organisation_id == pair.c.organisation_id)
            & (guardianship.c.pupil_id == pair.c.pupil_id),
        )
        .where(pair.c.organisation_id == ours.id)
    )
    tutors = select(pair.c.id, pair.c.tutor_id).where(pair.c.organisation_id == ours.id)
    pupils = select(pair.c.id, pair.c.pupil_id).where(pair.c.organisation_id == ours.id)
    wanted = {tuple(row) for each in (tutors, pupils, guardians) for row in connection.execute(each)}
    live = select(alias.c.pair_id, alias.c.person_id, alias.c.address).where(
        alias.c.organisation_id == ours.id, alias.c.revoked_at.is_(None)
    )
    have = {(row.pair_id, row.person_id): row.address for row in connection.execute(live)}
    rows = [
        {"address": mint(ours.domain), "organisation_id": ours.id, "pair_id": where, "person_id": who}
        for where, who in sorted(wanted - have.keys())
    ]
    copy_in(connection, alias, rows)
    gone = [have[one] for one in have.keys() - wanted]
    if gone:
        connection.execute(update(alias).where(alias.c.address == _any(gone)).values(revoked_at=func.now()))
    return len(rows), len(gone)
