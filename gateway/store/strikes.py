"""Strikes: given by a person, answered by the tutor, an appeal decided by somebody else (DFT-05, MTW-11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from gateway.domain.message import new_id
from gateway.domain.people import Person, Role
from gateway.domain.strike import GIVERS, Strike
from gateway.errors import Forbidden, NotFound, Stale
from gateway.ports import Alarms
from gateway.record.told import strike_changed
from gateway.store.engine import store_faults
from gateway.store.families_schema import strike
from gateway.store.people import load_people
from gateway.store.record import append, lock_heads
from gateway.store.vault import Vault

WORDS = ("reason", "reply", "appeal", "decision")


class SqlStrikes:
    """Strikes on PostgreSQL; every act is an entry of the record."""

    def __init__(self, engine: Engine, vault: Vault, alarms: Alarms) -> None:
        self._engine = engine
        self._vault = vault
        self._alarms = alarms

    def of_tutor(self, organisation_id: str, tutor_id: str) -> list[Strike]:
        """All of a tutor's strikes, newest first."""
        theirs = select(strike).where(
            strike.c.organisation_id == organisation_id, strike.c.tutor_id == tutor_id
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(strike.c.at.desc())).all()
        return [self._strike_of(row) for row in rows]

    def give(
        self,
        by: Person,
        tutor_id: str,
        step: str,
        clause: str,
        reason: str,
        now: datetime,
        expires_at: datetime | None,
    ) -> Strike:
        """Give a tutor a strike and tell them. Raises Forbidden for whom it is not to give, NotFound."""
        if by.role not in GIVERS:
            raise Forbidden("Only a safeguarding lead or an administrator gives a strike.")
        made = Strike(new_id(now), by.organisation_id, tutor_id, step, clause, by.id, now, expires_at, reason)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [by.organisation_id])
            found = load_people(connection, self._vault, by.organisation_id, [tutor_id]).get(tutor_id)
            if found is None or found.role is not Role.TUTOR:
                raise NotFound("There is no such tutor.")
            row = {
                "id": made.id,
                "organisation_id": made.organisation_id,
                "tutor_id": tutor_id,
                "step": step,
                "clause": clause,
                "by_id": by.id,
                "at": now,
                "expires_at": expires_at,
                "reason": self._sealed(made, "reason", reason),
            }
            connection.execute(insert(strike), [row])
            self._tell(connection, made, now)
            append(connection, heads, [strike_changed(made, "given", by.id, now, self._mark(made, reason))])
        return made

    def reply(self, organisation_id: str, tutor_id: str, strike_id: str, words: str, now: datetime) -> None:
        """Keep what the tutor says to it. Raises NotFound, also for another's; Stale when there is a reply."""
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            one = self._locked(connection, organisation_id, strike_id, tutor_id)
            if one.replied_at is not None:
                raise Stale("There is a reply already.")
            kept = {"reply": self._sealed(one, "reply", words), "replied_at": now}
            self._change(connection, one, kept)
            append(
                connection, heads, [strike_changed(one, "replied_to", tutor_id, now, self._mark(one, words))]
            )

    def appeal(self, organisation_id: str, tutor_id: str, strike_id: str, words: str, now: datetime) -> None:
        """Ask that a second person decides. Raises NotFound; Stale when it was asked, lapsed or reversed."""
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            one = self._locked(connection, organisation_id, strike_id, tutor_id)
            if one.appealed_at is not None or not one.stands(now):
                raise Stale("It was appealed already, or no longer stands.")
            self._change(connection, one, {"appeal": self._sealed(one, "appeal", words), "appealed_at": now})
            append(
                connection, heads, [strike_changed(one, "appealed", tutor_id, now, self._mark(one, words))]
            )

    def decide(self, by: Person, strike_id: str, upheld: bool, words: str, now: datetime) -> None:
        """Decide an appeal: a strike that is not upheld is reversed.

        Raises Forbidden for whoever gave it, Stale when nothing waits to be decided, NotFound.
        """
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [by.organisation_id])
            one = self._locked(connection, by.organisation_id, strike_id)
            if by.role not in GIVERS or by.id == one.by_id:
                raise Forbidden("Somebody other than the person who gave it has to decide the appeal.")
            if not one.waits_for_appeal:
                raise Stale("Nothing waits to be decided.")
            decided = {
                "decided_at": now,
                "decided_by": by.id,
                "upheld": upheld,
                "decision": self._sealed(one, "decision", words),
            }
            back = {} if upheld else {"reversed_at": now, "reversed_by": by.id}
            self._change(connection, one, decided | back)
            self._tell(connection, one, now)
            what = "upheld" if upheld else "reversed"
            append(connection, heads, [strike_changed(one, what, by.id, now, self._mark(one, words))])

    def reverse(self, by: Person, strike_id: str, words: str, now: datetime) -> None:
        """Take a strike back without an appeal. Raises Forbidden, NotFound, Stale when it was."""
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [by.organisation_id])
            one = self._locked(connection, by.organisation_id, strike_id)
            if by.role not in GIVERS:
                raise Forbidden("Only a safeguarding lead or an administrator takes a strike back.")
            if one.reversed_at is not None:
                raise Stale("It was taken back already.")
            back = {"reversed_at": now, "reversed_by": by.id}
            self._change(connection, one, back | {"decision": self._sealed(one, "decision", words)})
            self._tell(connection, one, now)
            append(connection, heads, [strike_changed(one, "reversed", by.id, now, self._mark(one, words))])

    def _locked(
        self, connection: Connection, organisation_id: str, strike_id: str, tutor_id: str = ""
    ) -> Strike:
        theirs = select(strike).where(strike.c.id == strike_id, strike.c.organisation_id == organisation_id)
        row = connection.execute(theirs.with_for_update()).one_or_none()
        if row is None or (tutor_id and row.tutor_id != tutor_id):
            raise NotFound("There is no such strike.")
        return self._strike_of(row)

    def _change(self, connection: Connection, one: Strike, values: dict[str, object]) -> None:
        connection.execute(update(strike).where(strike.c.id == one.id).values(**values))

    def _tell(self, connection: Connection, one: Strike, now: datetime) -> None:
        about = {"kind": "strike", "organisation_id": one.organisation_id, "about": one.tutor_id}
        self._alarms.set(connection.connection.driver_connection, "letter", now, about)

    def _sealed(self, one: Strike, what: str, words: str) -> bytes:
        return self._vault.organisation(one.organisation_id).seal_json(words, _about(one.id, what))

    def _mark(self, one: Strike, words: str) -> str:
        return self._vault.organisation(one.organisation_id).mark(words).hex()

    def _strike_of(self, row: Any) -> Strike:
        words = {
            what: self._vault.open_json(sealed, _about(row.id, what)) if sealed else ""
            for what in WORDS
            for sealed in (getattr(row, what),)
        }
        return Strike(
            id=row.id,
            organisation_id=row.organisation_id,
            tutor_id=row.tutor_id,
            step=row.step,
            clause=row.clause,
            by_id=row.by_id,
            at=row.at,
            expires_at=row.expires_at,
            replied_at=row.replied_at,
            appealed_at=row.appealed_at,
            decided_at=row.decided_at,
            decided_by=row.decided_by or "",
            upheld=row.upheld,
            reversed_at=row.reversed_at,
            **words,
        )


def _about(strike_id: str, what: str) -> str:
    """What sealed words of a strike are bound to."""
    return f"strike {what}\0{strike_id}"
