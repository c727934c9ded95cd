"""Who works on which case: leases that run out by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.case import Case, State
from gateway.domain.claim import LEASE, Claim
from gateway.errors import NotFound, Stale
from gateway.ports import CaseFilter
from gateway.store.cases import case_of
from gateway.store.desk_schema import case_claim
from gateway.store.engine import store_faults
from gateway.store.schema import case_file
from gateway.store.working_order import narrowed, one_by_one

MOST_TRIES = 20  # each lost to somebody who claimed in the same moment


class Claims:
    """The part of the Docket port that keeps two people from working on one case."""

    _engine: Engine

    def claim(
        self, organisation_id: str, case_id: str, person_id: str, now: datetime, take_over: bool = False
    ) -> Claim:
        """Take or renew the lease on a case. Raises Stale when somebody else holds it, NotFound.

        take_over: whoever holds it loses it.
        """
        ours = case_file.c.organisation_id == organisation_id
        with store_faults(), self._engine.begin() as connection:
            row = connection.execute(select(case_file.c.state).where(case_file.c.id == case_id, ours)).first()
            if row is None:
                raise NotFound("There is no such case.")
            if row.state == State.CLOSED or not _lease(
                connection, organisation_id, case_id, person_id, now, take_over
            ):
                raise Stale("Somebody else works on this case, or it is closed; look at it again.")
        return Claim(case_id, person_id, now + LEASE)

    def let_go(self, organisation_id: str, case_id: str, person_id: str) -> None:
        """Give up one's lease; one that is not there needs no giving up."""
        own = (case_claim.c.organisation_id == organisation_id, case_claim.c.person_id == person_id)
        with store_faults(), self._engine.begin() as connection:
            connection.execute(delete(case_claim).where(case_claim.c.case_id == case_id, *own))

    def claims(self, organisation_id: str, case_ids: Sequence[str], now: datetime) -> dict[str, Claim]:
        """The leases that have not run out, by case id."""
        live = select(case_claim).where(
            case_claim.c.organisation_id == organisation_id,
            case_claim.c.case_id.in_(list(case_ids)),
            case_claim.c.until > now,
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(live).all()
        return {row.case_id: Claim(row.case_id, row.person_id, row.until) for row in rows}

    def take_next(
        self, organisation_id: str, which: CaseFilter, person_id: str, now: datetime
    ) -> Case | None:
        """Claim the first case in the order of work that nobody else works on; None when there is none."""
        for _ in range(MOST_TRIES):
            with store_faults(), self._engine.begin() as connection:
                row = _first(connection, organisation_id, which, person_id, now)
                if row is None:
                    return None
                # Who claimed it between our look and our lock is seen only here.
                if _lease(connection, organisation_id, row.id, person_id, now):
                    return case_of(row)
        return None


def held_by_another(connection: Connection, case_id: str, person_id: str, now: datetime) -> bool:
    """True while somebody else's lease on a case runs."""
    live = (case_claim.c.until > now, case_claim.c.person_id != person_id)
    return (
        connection.execute(select(case_claim.c.case_id).where(case_claim.c.case_id == case_id, *live)).first()
        is not None
    )


def end_lease(connection: Connection, case_id: str) -> None:
    """Forget whoever worked on a case."""
    connection.execute(delete(case_claim).where(case_claim.c.case_id == case_id))


def _first(
    connection: Connection, organisation_id: str, which: CaseFilter, person_id: str, now: datetime
) -> Any:
    asked = narrowed(connection, organisation_id, which, now)
    for query in one_by_one(organisation_id, asked, person_id, now):
        row = connection.execute(query).first()
        if row is not None:
            return row
    return None


def _lease(
    connection: Connection,
    organisation_id: str,
    case_id: str,
    person_id: str,
    now: datetime,
    take_over: bool = False,
) -> bool:
    row = {
        "case_id": case_id,
        "organisation_id": organisation_id,
        "person_id": person_id,
        "until": now + LEASE,
    }
    new = upsert(case_claim).values(row)
    free = or_(case_claim.c.until <= now, case_claim.c.person_id == person_id)
    kept = {"person_id": person_id, "until": now + LEASE}
    put = new.on_conflict_do_update(index_elements=["case_id"], set_=kept, where=None if take_over else free)
    return connection.execute(put.returning(case_claim.c.case_id)).first() is not None
