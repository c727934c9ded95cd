"""What people write beside cases: verdicts on hits, notes, and whom they declared to know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.claim import HitVerdict, Note
from gateway.domain.entry import Entry
from gateway.domain.message import new_id
from gateway.errors import NotFound
from gateway.record.entries import hit_judged, note_added, relation_declared
from gateway.store.desk_schema import declared_relation, hit_verdict, pair_note
from gateway.store.engine import store_faults
from gateway.store.record import append, lock_heads
from gateway.store.schema import finding, pair, person
from gateway.store.vault import Key, Vault


class Margins:
    """The part of the Docket port that holds what people write beside cases."""

    _engine: Engine
    _vault: Vault

    def judge_hit(
        self,
        organisation_id: str,
        message_id: str,
        number: int,
        person_id: str,
        verdict: HitVerdict,
        at: datetime,
    ) -> None:
        """Keep what a person says of a finding, in place of what they said before. Raises NotFound."""
        row = {
            "organisation_id": organisation_id,
            "message_id": message_id,
            "number": number,
            "person_id": person_id,
            "at": at,
            "verdict": str(verdict),
        }
        new = upsert(hit_verdict).values(row)
        kept = {"at": new.excluded.at, "verdict": new.excluded.verdict}
        hit = (finding.c.message_id == message_id, finding.c.number == number)
        known = select(finding.c.number).where(*hit, finding.c.organisation_id == organisation_id)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            if connection.execute(known).first() is None:
                raise NotFound("There is no such finding.")
            same = ["message_id", "number", "person_id"]
            connection.execute(new.on_conflict_do_update(index_elements=same, set_=kept))
            entry = hit_judged(organisation_id, message_id, number, person_id, str(verdict), at)
            append(connection, heads, [entry])

    def hit_verdicts(self, organisation_id: str, message_id: str, person_id: str) -> dict[int, HitVerdict]:
        """What this person said of a message's findings, by number."""
        own = select(hit_verdict).where(
            hit_verdict.c.organisation_id == organisation_id,
            hit_verdict.c.message_id == message_id,
            hit_verdict.c.person_id == person_id,
        )
        with store_faults(), self._engine.connect() as connection:
            return {row.number: HitVerdict(row.verdict) for row in connection.execute(own)}

    def notes(self, organisation_id: str, pair_id: str) -> list[Note]:
        """What people wrote about a pair, oldest first."""
        theirs = select(pair_note).where(
            pair_note.c.organisation_id == organisation_id, pair_note.c.pair_id == pair_id
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(pair_note.c.at, pair_note.c.id)).all()
        return [
            Note(
                row.id,
                row.pair_id,
                row.case_id,
                row.author_id,
                row.at,
                self._vault.open_json(row.words, about_note(row.id)),
            )
            for row in rows
        ]

    def add_note(
        self, organisation_id: str, pair_id: str, case_id: str, person_id: str, text: str, at: datetime
    ) -> None:
        """Keep a note under the family's key. Raises NotFound."""
        theirs = select(pair.c.pupil_id).where(
            pair.c.id == pair_id, pair.c.organisation_id == organisation_id
        )
        with store_faults(), self._engine.connect() as connection:
            pupil_id = connection.execute(theirs).scalar_one_or_none()
        if pupil_id is None:
            raise NotFound("There is no such pair.")
        note = Note(new_id(at), pair_id, case_id, person_id, at, text)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            entry = write_note(
                connection, self._vault.family(organisation_id, pupil_id), organisation_id, note
            )
            append(connection, heads, [entry])

    def kept_from(self, organisation_id: str, person_id: str) -> frozenset[str]:
        """Whose cases this person must not see: their own, and those of people they declared to know."""
        declared = select(declared_relation.c.other_id).where(
            declared_relation.c.organisation_id == organisation_id,
            declared_relation.c.person_id == person_id,
        )
        with store_faults(), self._engine.connect() as connection:
            return frozenset({person_id, *connection.execute(declared).scalars()})

    def keep_away(self, organisation_id: str, person_id: str, other_id: str, why: str, at: datetime) -> None:
        """Declare that somebody of the desk knows a person. Raises NotFound."""
        row = {
            "organisation_id": organisation_id,
            "person_id": person_id,
            "other_id": other_id,
            "why": why,
            "at": at,
        }
        known = select(person.c.id).where(
            person.c.organisation_id == organisation_id, person.c.id == other_id
        )
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            if connection.execute(known).first() is None:
                raise NotFound("There is no such person.")
            connection.execute(upsert(declared_relation).values(row).on_conflict_do_nothing())
            append(connection, heads, [relation_declared(organisation_id, person_id, other_id, at)])


def write_note(connection: Connection, key: Key, organisation_id: str, note: Note) -> Entry:
    """Keep a note under the family's key, in the caller's transaction; what the record says of it."""
    row = {
        "id": note.id,
        "organisation_id": organisation_id,
        "pair_id": note.pair_id,
        "case_id": note.case_id,
        "author_id": note.author_id,
        "at": note.at,
        "words": key.seal_json(note.text, about_note(note.id)),
    }
    connection.execute(insert(pair_note).values(row))
    mark = key.mark(note.text).hex()
    return note_added(organisation_id, note.pair_id, note.case_id, note.author_id, mark, note.at)


def about_note(note_id: str) -> str:
    """What a note's sealed words are bound to."""
    return f"note\0{note_id}"
