"""Guardians' addresses that gave back what was sent there: pupil contact waits until a person has looked.

An address stops failing when the case about it is closed, or when the roster names another one. The
directory's version rises with either, so that every process sees it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ARRAY, Connection, Text, bindparam, delete, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.people import Role
from gateway.store.openline import driver_of, sql_of
from gateway.store.schema import failing_address, mailbox, organisation, person
from gateway.store.vault import Vault

RAISE_VERSION = sql_of(
    update(organisation)
    .where(organisation.c.id == bindparam("organisations", type_=ARRAY(Text)).any_())
    .values(directory_version=organisation.c.directory_version + literal_column("1"))
)


def raise_version(connection: Connection, organisation_ids: Collection[str]) -> None:
    """Have every process read these organisations' people anew.

    Before any chain is locked, in the order in which imports do it, or two could wait for each other.
    """
    driver_of(connection).execute(RAISE_VERSION, {"organisations": sorted(organisation_ids)})


def is_guardian(connection: Connection, organisation_id: str, person_id: str) -> bool:
    """Tell whether pupil contact hangs on this person's copies."""
    theirs = select(person.c.role).where(
        person.c.organisation_id == organisation_id, person.c.id == person_id
    )
    return connection.execute(theirs).scalar_one_or_none() == str(Role.GUARDIAN)


def mark_failing(
    connection: Connection,
    vault: Vault,
    organisation_id: str,
    person_id: str,
    address: str,
    case_id: str,
    at: datetime,
) -> None:
    """Note that a guardian's address fails, and which case is about it. `raise_version` comes first."""
    row = {
        "organisation_id": organisation_id,
        "person_id": person_id,
        "blind": vault.blind(address),
        "since": at,
        "case_id": case_id,
    }
    new = upsert(failing_address).values(row)
    key = ["organisation_id", "person_id", "blind"]
    connection.execute(new.on_conflict_do_update(index_elements=key, set_={"case_id": case_id}))


def trust_again(connection: Connection, case_id: str) -> None:
    """Forget what failed, because somebody decided on it. `raise_version` comes first."""
    connection.execute(delete(failing_address).where(failing_address.c.case_id == case_id))


def failing_among(connection: Connection, organisation_id: str, person_ids: Iterable[str]) -> frozenset[str]:
    """Those of these people one of whose present addresses fails."""
    theirs = (
        select(failing_address.c.person_id)
        .join(
            mailbox,
            (mailbox.c.organisation_id == failing_address.c.organisation_id)
            & (mailbox.c.person_id == failing_address.c.person_id)
            & (mailbox.c.blind == failing_address.c.blind),
        )
        .where(
            failing_address.c.organisation_id == organisation_id,
            failing_address.c.person_id.in_(list(person_ids)),
        )
    )
    return frozenset(connection.execute(theirs).scalars())
