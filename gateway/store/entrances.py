"""How guardians, pupils and tutors come in: a link and a code by letter, or a tutor's app password.

What is kept of a link, a code and a session is a hash. Nothing here tells an address that is known
from one that is not: asking costs the same, and the letter is written by somebody else later.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update

from gateway.domain.correspondence import Invitation
from gateway.domain.people import Person, Role, Standing
from gateway.ports import Alarms
from gateway.store.engine import store_faults
from gateway.store.families_schema import caller_session, entrance
from gateway.store.passwords import digest
from gateway.store.people import load_people, open_person
from gateway.store.schema import guardianship, mailbox, person
from gateway.store.vault import Vault

VALID = timedelta(minutes=15)
MOST_TRIES = 5
MOST_AN_HOUR = 6  # letters to one person: what comes on top is not written
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
KEPT = timedelta(days=30)  # what ended longer ago goes with the next letter or sign-in
TOUCH = timedelta(seconds=30)
CALLERS = frozenset({Role.GUARDIAN, Role.PUPIL, Role.TUTOR})


class SqlEntrances:
    """Letters, codes and sessions on PostgreSQL."""

    def __init__(self, engine: Engine, vault: Vault, alarms: Alarms) -> None:
        self._engine = engine
        self._vault = vault
        self._alarms = alarms

    def ask(self, address: str, now: datetime) -> None:
        """Have a link sent to whoever has that address; takes as long, and does the same, for nobody."""
        wanted = {"kind": "sign_in", "organisation_id": "", "about": self._vault.blind(address).hex()}
        with store_faults(), self._engine.begin() as connection:
            self._alarms.set(connection.connection.driver_connection, "letter", now, wanted)

    def ask_code(self, organisation_id: str, person_id: str, about: str, now: datetime) -> None:
        """Have a code sent that opens one sealed message."""
        wanted = {"kind": "code", "organisation_id": organisation_id, "about": f"{about} {person_id}"}
        with store_faults(), self._engine.begin() as connection:
            self._alarms.set(connection.connection.driver_connection, "letter", now, wanted)

    def invite(self, mark: str, now: datetime) -> list[Invitation]:
        """Make a link and a code for everybody with that address; [] when nobody has it, or too many went out."""
        with store_faults(), self._engine.begin() as connection:
            people = [
                one for one in self._behind(connection, bytes.fromhex(mark)) if _may_come(connection, one)
            ]
            return [made for one in people if (made := self._invited(connection, one, "", now))]

    def code_for(self, organisation_id: str, person_id: str, about: str, now: datetime) -> Invitation | None:
        """Make a code that opens one sealed message; None when too many went out, or for nobody."""
        with store_faults(), self._engine.begin() as connection:
            one = load_people(connection, self._vault, organisation_id, [person_id]).get(person_id)
            if one is None or one.standing is not Standing.ACTIVE or not one.mailboxes:
                return None
            return self._invited(connection, one, about, now)

    def enter(self, token: str, code: str, now: datetime) -> str | None:
        """A session for whoever has an unused link and its code, else None. Five tries a link."""
        with store_faults(), self._engine.begin() as connection:
            row = self._tried(
                connection, (entrance.c.token == digest(token)) & (entrance.c.about == ""), code, now
            )
            if row is None:
                return None
            one = self._caller(connection, row.organisation_id, row.person_id)
            return self._began(connection, one, now) if one else None

    def opens(self, organisation_id: str, person_id: str, about: str, code: str, now: datetime) -> bool:
        """True for the code of the newest letter about that sealed message; it works once."""
        theirs = (
            (entrance.c.organisation_id == organisation_id)
            & (entrance.c.person_id == person_id)
            & (entrance.c.about == about)
        )
        with store_faults(), self._engine.begin() as connection:
            newest = select(entrance.c.token).where(theirs).order_by(entrance.c.sent_at.desc()).limit(1)
            return (
                self._tried(connection, entrance.c.token == newest.scalar_subquery(), code, now) is not None
            )

    def begin(self, one: Person, now: datetime) -> str:
        """A session for somebody whose password was checked."""
        with store_faults(), self._engine.begin() as connection:
            return self._began(connection, one, now)

    def who(self, token: str, now: datetime) -> Person | None:
        """The person of a live session (idle 30 min, absolute 10 h), touching it."""
        ours = caller_session.c.token == digest(token)
        live = select(caller_session).where(
            ours,
            caller_session.c.revoked_at.is_(None),
            caller_session.c.seen_at > now - IDLE,
            caller_session.c.signed_in_at > now - ABSOLUTE,
        )
        with store_faults(), self._engine.begin() as connection:
            row = connection.execute(live).one_or_none()
            if row is None:
                return None
            if row.seen_at < now - TOUCH:
                connection.execute(update(caller_session).where(ours).values(seen_at=now))
            return self._caller(connection, row.organisation_id, row.person_id)

    def revoke(self, token: str, now: datetime) -> None:
        """End a session; one that is not there has ended already."""
        self._end(caller_session.c.token == digest(token), now)

    def revoke_all(self, organisation_id: str, person_id: str, now: datetime) -> None:
        """End every session of a person."""
        theirs = caller_session.c.organisation_id == organisation_id
        self._end(theirs & (caller_session.c.person_id == person_id), now)

    def _end(self, which: ColumnElement[bool], now: datetime) -> None:
        ended = update(caller_session).where(which, caller_session.c.revoked_at.is_(None))
        with store_faults(), self._engine.begin() as connection:
            connection.execute(ended.values(revoked_at=now))

    def _behind(self, connection: Connection, mark: bytes) -> list[Person]:
        """Everybody with that mailbox or issued address, of any organisation."""
        same = (person.c.organisation_id == mailbox.c.organisation_id) & (person.c.id == mailbox.c.person_id)
        registered = select(person).join(mailbox, same).where(mailbox.c.blind == mark)
        issued = select(person).where(person.c.issued == mark)
        rows = [row for query in (registered, issued) for row in connection.execute(query)]
        found = {(row.organisation_id, row.id): open_person(row, self._vault) for row in rows}
        return [found[key] for key in sorted(found) if found[key].mailboxes]

    def _invited(self, connection: Connection, one: Person, about: str, now: datetime) -> Invitation | None:
        theirs = (entrance.c.organisation_id == one.organisation_id) & (entrance.c.person_id == one.id)
        lately = select(func.count()).where(theirs, entrance.c.sent_at > now - timedelta(hours=1))
        if connection.execute(lately).scalar_one() >= MOST_AN_HOUR:
            return None
        connection.execute(delete(entrance).where(theirs, entrance.c.sent_at < now - KEPT))
        token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(1_000_000):06d}"
        row = {
            "token": digest(token),
            "organisation_id": one.organisation_id,
            "person_id": one.id,
            "about": about,
            "code": self._code_mark(digest(token), code),
            "sent_at": now,
            "expires_at": now + VALID,
            "tries": 0,
        }
        connection.execute(insert(entrance), [row])
        return Invitation(one.organisation_id, one.id, one.mailboxes[0], one.role, token, code)

    def _tried(self, connection: Connection, which: ColumnElement[bool], code: str, now: datetime) -> Any:
        """The letter that a code belongs to, used up; None for a wrong, old or worn-out one."""
        live = (
            update(entrance)
            .where(which, entrance.c.used_at.is_(None), entrance.c.expires_at > now)
            .where(entrance.c.tries < MOST_TRIES)
            .values(tries=entrance.c.tries + 1)
            .returning(entrance)
        )
        row = connection.execute(live).one_or_none()
        kept = row.code if row else bytes(32)
        right = hmac.compare_digest(kept, self._code_mark(row.token if row else b"", code))
        if row is None or not right:
            return None
        connection.execute(update(entrance).where(entrance.c.token == row.token).values(used_at=now))
        return row

    def _code_mark(self, token: bytes, code: str) -> bytes:
        return self._vault.mark(f"entrance\0{token.hex()}\0{code}")

    def _began(self, connection: Connection, one: Person, now: datetime) -> str:
        theirs = (caller_session.c.organisation_id == one.organisation_id) & (
            caller_session.c.person_id == one.id
        )
        connection.execute(delete(caller_session).where(theirs, caller_session.c.signed_in_at < now - KEPT))
        token = secrets.token_urlsafe(32)
        row = {
            "token": digest(token),
            "organisation_id": one.organisation_id,
            "person_id": one.id,
            "signed_in_at": now,
            "seen_at": now,
        }
        connection.execute(insert(caller_session), [row])
        return token

    def _caller(self, connection: Connection, organisation_id: str, person_id: str) -> Person | None:
        one = load_people(connection, self._vault, organisation_id, [person_id]).get(person_id)
        return one if one is not None and _may_come(connection, one) else None


def _may_come(connection: Connection, one: Person) -> bool:
    """Active, and of a role with a page; a guardian barred from every child has none."""
    if one.standing is not Standing.ACTIVE or one.role not in CALLERS:
        return False
    return one.role is not Role.GUARDIAN or bool(wards(connection, one.organisation_id, one.id))


def wards(connection: Connection, organisation_id: str, guardian_id: str) -> Sequence[str]:
    """The pupils of a guardian from whom no order bars them."""
    theirs = select(guardianship.c.pupil_id).where(
        guardianship.c.organisation_id == organisation_id,
        guardianship.c.guardian_id == guardian_id,
        ~guardianship.c.barred,
    )
    return connection.execute(theirs.order_by(guardianship.c.pupil_id)).scalars().all()
