"""How moderators want to be shown messages, what they were shown, and what they gave away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.casework import Care
from gateway.domain.entry import Entry
from gateway.errors import NotFound
from gateway.store.casework_schema import care, swapped
from gateway.store.engine import store_faults
from gateway.store.record import append, lock_heads
from gateway.store.schema import case_file

# Bodies of high and critical cases, each counted once however often it was looked at.
SEEN = text(
    "SELECT count(DISTINCT r.subject) FROM record_entry r JOIN case_file c ON c.message_id = r.subject"
    " AND c.severity >= 2 WHERE r.organisation_id = :organisation AND r.kind = 'body.viewed'"
    " AND r.actor = :person AND r.at >= :since"
)


class SqlCare:
    """Care for the people of the desk."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def care(self, organisation_id: str, person_id: str) -> Care:
        """What somebody chose; the defaults before they chose."""
        theirs = select(care).where(care.c.organisation_id == organisation_id, care.c.person_id == person_id)
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(theirs).one_or_none()
        return Care(row.veil, row.marks_only, row.cap) if row else Care()

    def keep(self, organisation_id: str, person_id: str, chosen: Care) -> None:
        """Keep what somebody chose."""
        new = upsert(care).values(
            organisation_id=organisation_id,
            person_id=person_id,
            veil=chosen.veil,
            marks_only=chosen.marks_only,
            cap=chosen.cap,
        )
        changed = {name: new.excluded[name] for name in ("veil", "marks_only", "cap")}
        same = ["organisation_id", "person_id"]
        with store_faults(), self._engine.begin() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=same, set_=changed))

    def seen_today(self, organisation_id: str, person_id: str, day_began: datetime) -> int:
        """How many bodies of high severity somebody looked at since their day began."""
        wanted = {"organisation": organisation_id, "person": person_id, "since": day_began}
        with store_faults(), self._engine.connect() as connection:
            return int(connection.execute(SEEN, wanted).scalar_one())

    def swap(self, organisation_id: str, case_id: str, person_id: str, at: datetime) -> None:
        """Give a case to somebody else; no reason is asked, and none is kept. Raises NotFound."""
        row = {"organisation_id": organisation_id, "case_id": case_id, "person_id": person_id, "at": at}
        ours = select(case_file.c.id).where(
            case_file.c.id == case_id, case_file.c.organisation_id == organisation_id
        )
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            if connection.execute(ours).one_or_none() is None:
                raise NotFound("There is no such case.")
            new = upsert(swapped).values(row).on_conflict_do_nothing().returning(swapped.c.case_id)
            if connection.execute(new).first() is not None:
                append(
                    connection, heads, [Entry(organisation_id, at, "case.swapped", case_id, person_id, {})]
                )

    def swapped(self, organisation_id: str, person_id: str) -> frozenset[str]:
        """Cases that somebody gave away and is not offered again."""
        theirs = select(swapped.c.case_id).where(
            swapped.c.organisation_id == organisation_id, swapped.c.person_id == person_id
        )
        with store_faults(), self._engine.connect() as connection:
            return frozenset(connection.execute(theirs).scalars())
