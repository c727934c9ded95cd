"""Rows of people to people and back: names and addresses are sealed under the organisation's key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Connection, Text, delete, func, literal, select, tuple_, update

from gateway.domain.pair import Pair
from gateway.domain.people import Person, Role, Standing
from gateway.store.bulk import copy_in
from gateway.store.schema import guardianship, mailbox, pair, person
from gateway.store.vault import Vault

PEOPLE_AT_ONCE = 5_000
MOST_BEFORE = 300  # people of former pupils whose names are looked out for


def seal_person(one: Person, vault: Vault) -> dict[str, object]:
    """The row of a person, without a password."""
    particulars = {
        "given": one.given,
        "family": one.family,
        "nicknames": list(one.nicknames),
        "address": one.address,
        "mailboxes": list(one.mailboxes),
        "born": one.born.isoformat() if one.born else None,
    }
    key = vault.organisation(one.organisation_id)
    return {
        "organisation_id": one.organisation_id,
        "id": one.id,
        "role": str(one.role),
        "standing": str(one.standing),
        "issued": vault.blind(one.address) if one.address else None,
        "particulars": key.seal_json(particulars, _about(one.organisation_id, one.id)),
    }


def open_person(row: Any, vault: Vault) -> Person:
    """The person of a row."""
    kept = vault.open_json(row.particulars, _about(row.organisation_id, row.id))
    return Person(
        id=row.id,
        organisation_id=row.organisation_id,
        role=Role(row.role),
        given=kept["given"],
        family=kept["family"],
        nicknames=tuple(kept["nicknames"]),
        address=kept["address"],
        mailboxes=tuple(kept["mailboxes"]),
        born=date.fromisoformat(kept["born"]) if kept["born"] else None,
        standing=Standing(row.standing),
    )


def put_mailboxes(connection: Connection, vault: Vault, one: Person) -> None:
    """Give somebody who is there the mailboxes of `one`. The caller raises the directory's version."""
    same = (person.c.organisation_id == one.organisation_id) & (person.c.id == one.id)
    row = seal_person(one, vault)
    connection.execute(update(person).where(same).values(particulars=row["particulars"]))
    set_mailboxes(connection, vault, one.organisation_id, [one])


def set_mailboxes(connection: Connection, vault: Vault, ours: str, people: Sequence[Person]) -> None:
    """Write the look-up marks of these people's mailboxes in the place of what there was."""
    if not people:
        return
    named = [one.id for one in people]
    theirs = mailbox.c.person_id == literal(named, ARRAY(Text)).any_()
    connection.execute(delete(mailbox).where(mailbox.c.organisation_id == ours, theirs))
    marks = {(one.id, vault.blind(address)) for one in people for address in one.mailboxes}
    rows = [{"organisation_id": ours, "person_id": who, "blind": mark} for who, mark in marks]
    copy_in(connection, mailbox, rows)


def pair_of(row: Any) -> Pair:
    """The pair of a row."""
    return Pair(
        id=row.id,
        organisation_id=row.organisation_id,
        tutor_id=row.tutor_id,
        pupil_id=row.pupil_id,
        subject=row.subject,
        contract=row.contract,
        open=row.open,
        overlay=row.overlay,
    )


def load_people(
    connection: Connection, vault: Vault, organisation_id: str, person_ids: Iterable[str]
) -> dict[str, Person]:
    """These people of an organisation by id; unknown ids are left out."""
    wanted = sorted(set(person_ids))
    found: dict[str, Person] = {}
    for at in range(0, len(wanted), PEOPLE_AT_ONCE):
        rows = connection.execute(_these(organisation_id, wanted[at : at + PEOPLE_AT_ONCE]))
        found.update((row.id, open_person(row, vault)) for row in rows)
    return found


def others_of(
    connection: Connection, organisation_id: str, tutor_id: str, pupil_id: str
) -> tuple[list[str], list[str]]:
    """Ids of the tutor's other pupils and of those pupils' guardians; the same of pupils taught before."""
    others = (
        select(
            pair.c.pupil_id,
            func.bool_or(pair.c.open).label("open"),
            func.array_agg(guardianship.c.guardian_id).label("guardians"),
        )
        .outerjoin(
            guardianship,
            (guardianship.c.organisation_id == pair.c.organisation_id)
            & (guardianship.c.pupil_id == pair.c.pupil_id),
        )
        .where(pair.c.organisation_id == organisation_id, pair.c.tutor_id == tutor_id)
        .where(pair.c.pupil_id != pupil_id)
        .group_by(pair.c.pupil_id)
        .order_by(pair.c.pupil_id)
    )
    beside: dict[str, None] = {}
    before: dict[str, None] = {}
    for row in connection.execute(others):
        family = dict.fromkeys([row.pupil_id, *(g for g in row.guardians if g)])
        (beside if row.open else before).update(family)
    return list(beside), [one for one in before if one not in beside][:MOST_BEFORE]


def _these(organisation_id: str, ids: Sequence[str]) -> Any:
    keys = [(organisation_id, one) for one in ids]
    return select(person).where(tuple_(person.c.organisation_id, person.c.id).in_(keys))


def _about(organisation_id: str, person_id: str) -> str:
    return f"person\0{organisation_id}\0{person_id}"
