"""Reading what was filed, and whom case files are about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, func, select, text

from gateway.domain.matter import Filed
from gateway.store.casework_schema import filed
from gateway.store.engine import store_faults
from gateway.store.vault import Vault

# Whom a case file is about: those it names, and the tutor, pupil and guardians of its pairs.
PEOPLE = text("""
WITH pairs AS (
    SELECT subject_id AS id FROM matter_tie WHERE matter_id = :matter AND kind = 'pair'
    UNION SELECT c.pair_id FROM matter_tie t JOIN case_file c ON c.id = t.subject_id
          WHERE t.matter_id = :matter AND t.kind = 'case'
    UNION SELECT m.pair_id FROM matter_tie t JOIN message m ON m.id = t.subject_id
          WHERE t.matter_id = :matter AND t.kind = 'message'),
around AS (SELECT p.tutor_id, p.pupil_id FROM pair p JOIN pairs ON pairs.id = p.id
           WHERE p.organisation_id = :organisation)
SELECT tutor_id FROM around UNION SELECT pupil_id FROM around
UNION SELECT g.guardian_id FROM guardianship g JOIN around a ON a.pupil_id = g.pupil_id
      WHERE g.organisation_id = :organisation
UNION SELECT subject_id FROM matter_tie WHERE matter_id = :matter AND kind = 'person'
UNION SELECT person_id FROM filed WHERE matter_id = :matter AND person_id <> ''
""")
ABOUT_SOMEBODY = text("""
SELECT matter_id FROM matter_tie
    WHERE organisation_id = :organisation AND kind = 'person' AND subject_id = :person
UNION SELECT matter_id FROM filed WHERE organisation_id = :organisation AND person_id = :person AND matter_id <> ''
UNION SELECT t.matter_id FROM matter_tie t
    LEFT JOIN case_file c ON t.kind = 'case' AND c.id = t.subject_id
    LEFT JOIN message m ON t.kind = 'message' AND m.id = t.subject_id
    JOIN pair p ON p.id = coalesce(c.pair_id, m.pair_id, t.subject_id)
    WHERE t.organisation_id = :organisation AND (:person IN (p.tutor_id, p.pupil_id) OR EXISTS (
        SELECT FROM guardianship g WHERE g.organisation_id = p.organisation_id
        AND g.pupil_id = p.pupil_id AND g.guardian_id = :person))
""")


class Filings:
    """The reading half of case files; what people write is sealed under the organisation's key."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def filed(self, organisation_id: str, matter_id: str) -> list[Filed]:
        """What was filed in a case file, oldest first."""
        return self._filed(
            select(filed).where(filed.c.organisation_id == organisation_id, filed.c.matter_id == matter_id)
        )

    def log(self, organisation_id: str, role: str, person_id: str = "") -> list[Filed]:
        """Every record of a role, of one person when one is given, oldest first."""
        theirs = select(filed).where(filed.c.organisation_id == organisation_id, filed.c.role == role)
        return self._filed(theirs.where(filed.c.person_id == person_id) if person_id else theirs)

    def many_about(self, organisation_id: str, role: str, at_least: int) -> dict[str, int]:
        """How many records of a role there are about each person with `at_least` so many."""
        counted = (
            select(filed.c.person_id, func.count().label("many"))
            .where(filed.c.organisation_id == organisation_id, filed.c.role == role, filed.c.person_id != "")
            .group_by(filed.c.person_id)
            .having(func.count() >= at_least)
        )
        with store_faults(), self._engine.connect() as connection:
            return {row.person_id: row.many for row in connection.execute(counted)}

    def people_of(self, organisation_id: str, matter_id: str) -> frozenset[str]:
        """Everybody whom a case file is about: nobody of them may see it (DFT-22)."""
        with store_faults(), self._engine.connect() as connection:
            found = connection.execute(PEOPLE, {"organisation": organisation_id, "matter": matter_id})
            return frozenset(found.scalars())

    def about_somebody(self, organisation_id: str, person_id: str) -> frozenset[str]:
        """Ids of the case files that are about a person, who may see none of them (DFT-22)."""
        with store_faults(), self._engine.connect() as connection:
            wanted = {"organisation": organisation_id, "person": person_id}
            return frozenset(connection.execute(ABOUT_SOMEBODY, wanted).scalars())

    def _filed(self, query: Any) -> list[Filed]:
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(filed.c.at, filed.c.id)).all()
        return [
            Filed(
                row.id, row.organisation_id, row.matter_id, row.form, row.role, row.person_id, row.filed_by,
                row.at, self._vault.open_json(row.words, about_filed(row.id)),
            )
            for row in rows
        ]  # fmt: skip


def filed_row(one: Filed, sealed: bytes) -> dict[str, Any]:
    """The row of a record. sealed: its values."""
    return {
        "id": one.id,
        "organisation_id": one.organisation_id,
        "matter_id": one.matter_id,
        "form": one.form,
        "role": one.role,
        "person_id": one.person_id,
        "filed_by": one.filed_by,
        "at": one.at,
        "words": sealed,
    }


def about_filed(filed_id: str) -> str:
    """What a sealed record is bound to."""
    return f"filed\0{filed_id}"
