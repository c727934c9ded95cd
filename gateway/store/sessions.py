"""Sign-ins at the desk: opaque tokens, hashed at rest, revocable (DESK 2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.entry import Entry
from gateway.domain.message import new_id
from gateway.domain.people import DESK_ROLES, Person, Standing
from gateway.domain.signing import Means, Session
from gateway.store.engine import store_faults
from gateway.store.factors import SqlFactors, about_factors, note
from gateway.store.passwords import SESSION, digest, hash_password, make_secret, verify
from gateway.store.people import load_people
from gateway.store.record import append, lock_heads
from gateway.store.schema import desk_session, desk_user
from gateway.store.schema_signing import desk_app, desk_passkey
from gateway.store.vault import Vault

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
OWED = timedelta(minutes=10)  # how long a password waits for its second factor
TOUCH = timedelta(seconds=30)  # a page of ten requests writes `seen_at` once
LONGEST_DEVICE = 60


class SqlSessions:
    """The Sessions port on PostgreSQL."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self.factors = SqlFactors(engine, vault)

    def sign_in(self, address: str, password: str, now: datetime, device: str = "") -> str | None:
        """A new token for an active desk user with that address and password, else None."""
        row = self._user(address)
        # Outside the connection, which would otherwise be held for the time of an argon2.
        right = verify(password, row.password if row else None)
        return self._let_in(row, Means.PASSWORD, now, device) if row and right else None

    def sign_in_verified(
        self, organisation_id: str, address: str, now: datetime, device: str = ""
    ) -> str | None:
        """The same for an address that its organisation's own sign-in vouches for."""
        row = self._user(address)
        ours = row is not None and row.organisation_id == organisation_id
        return self._let_in(row, Means.ORGANISATION, now, device) if ours else None

    def enter(self, organisation_id: str, person_id: str, now: datetime, device: str = "") -> str | None:
        """A new token, complete, for somebody who showed a passkey; None when they have no desk."""
        with store_faults(), self._engine.begin() as connection:
            who = self._desk_person(connection, organisation_id, person_id)
            return self._begin(connection, who, Means.PASSKEY, True, now, device) if who else None

    def session(self, token: str, now: datetime) -> Session | None:
        """The live session of a token (idle 30 min, absolute 10 h), touching it."""
        ours = desk_session.c.token == digest(token)
        with store_faults(), self._engine.begin() as connection:
            row = connection.execute(_asked().where(ours, *_live(now))).one_or_none()
            if row is None:
                return None
            if row.seen_at < now - TOUCH:
                connection.execute(update(desk_session).where(ours).values(seen_at=now))
            who = self._desk_person(connection, row.organisation_id, row.person_id)
        return _session(row, who) if who else None

    def prove(self, token: str, means: Means, now: datetime) -> str | None:
        """Complete a session, or make it fresh, under a new token; the old one is worth nothing."""
        fresh, ours = make_secret(SESSION), desk_session.c.token == digest(token)
        new = {"token": digest(fresh), "means": means, "complete": True, "proved_at": now, "seen_at": now}
        with store_faults(), self._engine.begin() as connection:
            row = connection.execute(select(desk_session).where(ours, *_live(now))).one_or_none()
            if row is None:
                return None
            heads = lock_heads(connection, [row.organisation_id])
            # Again, because it may have ended, or been proved in another tab, while we waited.
            if connection.execute(update(desk_session).where(ours, *_live(now)).values(new)).rowcount == 0:
                return None
            kind = "desk.confirmed" if row.complete else "desk.signed_in"
            append(connection, heads, [_entry(row.organisation_id, row.person_id, kind, now, means, row.id)])
        return fresh

    def is_password(self, person: Person, password: str) -> bool:
        """True when it is that person's; takes as long without one as with."""
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(select(desk_user).where(*_of(desk_user, person))).one_or_none()
        return verify(password, row.password if row else None)

    def change_password(self, person: Person, password: str, keep: str, now: datetime) -> None:
        """Set a password and end the person's sessions but the one of the token `keep`."""
        stored = hash_password(password)
        with store_faults(), self._engine.begin() as connection:
            note(connection, about_factors(person, "password.changed", now))
            theirs = update(desk_user).where(*_of(desk_user, person))
            connection.execute(theirs.values(password=stored))
            _end(connection, now, *_of(desk_session, person), desk_session.c.token != digest(keep))

    def of(self, person: Person, now: datetime) -> list[Session]:
        """The person's live sessions, the last seen first."""
        theirs = _asked().where(*_of(desk_session, person), *_live(now))
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(desk_session.c.seen_at.desc(), desk_session.c.id)).all()
        return [_session(row, person) for row in rows]

    def end(self, person: Person, session_id: str, now: datetime) -> None:
        """End one of the person's own sessions; one that is not there has ended already."""
        with store_faults(), self._engine.begin() as connection:
            _end(connection, now, *_of(desk_session, person), desk_session.c.id == session_id)

    def end_others(self, person: Person, token: str, now: datetime) -> None:
        """End the person's sessions but the one of that token."""
        with store_faults(), self._engine.begin() as connection:
            _end(connection, now, *_of(desk_session, person), desk_session.c.token != digest(token))

    def revoke(self, token: str, now: datetime) -> None:
        """End the session of a token; one that is not there has ended already."""
        with store_faults(), self._engine.begin() as connection:
            _end(connection, now, desk_session.c.token == digest(token))

    def revoke_all(self, person: Person, now: datetime) -> None:
        """End every session of a person."""
        with store_faults(), self._engine.begin() as connection:
            _end(connection, now, *_of(desk_session, person))

    def _user(self, address: str) -> Any:
        """The row of the desk user of an address, None without one."""
        same = select(desk_user).where(desk_user.c.address == self._vault.blind(address))
        with store_faults(), self._engine.connect() as connection:
            return connection.execute(same).one_or_none()

    def _let_in(self, row: Any, means: Means, now: datetime, device: str) -> str | None:
        """A session for a desk user, complete unless they hold a second factor; None without a desk."""
        with store_faults(), self._engine.begin() as connection:
            who = self._desk_person(connection, row.organisation_id, row.person_id)
            if who is None:
                return None
            owed = connection.execute(select(_enrolled(desk_user)).where(*_of(desk_user, who))).scalar_one()
            return self._begin(connection, who, means, not owed, now, device)

    def _begin(
        self, connection: Connection, who: Person, means: Means, complete: bool, now: datetime, device: str
    ) -> str:
        token, session_id = make_secret(SESSION), new_id(now)
        row = {
            "token": digest(token),
            "id": session_id,
            "organisation_id": who.organisation_id,
            "person_id": who.id,
            "means": means,
            "complete": complete,
            "device": device[:LONGEST_DEVICE],
            "signed_in_at": now,
            "seen_at": now,
            "proved_at": now,
        }
        if complete:
            entry = _entry(who.organisation_id, who.id, "desk.signed_in", now, means, session_id)
            note(connection, entry)
        connection.execute(upsert(desk_session).values(row))
        return token

    def _desk_person(self, connection: Connection, organisation_id: str, person_id: str) -> Person | None:
        found = load_people(connection, self._vault, organisation_id, [person_id]).get(person_id)
        if found is None or found.standing is not Standing.ACTIVE or found.role not in DESK_ROLES:
            return None
        return found


def _asked() -> Any:
    return select(desk_session, _enrolled(desk_session).label("enrolled"))


def _enrolled(table: Any) -> ColumnElement[bool]:
    """Whether the person of a row holds a second factor."""

    def held(factor: Any) -> ColumnElement[bool]:
        same = factor.c.organisation_id == table.c.organisation_id
        return exists().where(same, factor.c.person_id == table.c.person_id)

    return or_(held(desk_app), held(desk_passkey))


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        desk_session.c.revoked_at.is_(None),
        desk_session.c.seen_at > now - IDLE,
        desk_session.c.signed_in_at > now - ABSOLUTE,
        or_(desk_session.c.complete, desk_session.c.signed_in_at > now - OWED),
    )


def _of(table: Any, person: Person) -> tuple[ColumnElement[bool], ...]:
    return (table.c.organisation_id == person.organisation_id, table.c.person_id == person.id)


def _end(connection: Connection, now: datetime, *which: ColumnElement[bool]) -> None:
    ended = update(desk_session).where(desk_session.c.revoked_at.is_(None), *which)
    connection.execute(ended.values(revoked_at=now))


def _session(row: Any, person: Person) -> Session:
    return Session(
        id=row.id,
        person=person,
        means=Means(row.means),
        complete=row.complete,
        enrolled=row.enrolled,
        signed_in_at=row.signed_in_at,
        seen_at=row.seen_at,
        proved_at=row.proved_at,
        device=row.device,
    )


def _entry(
    organisation_id: str, person_id: str, kind: str, at: datetime, means: Means, session_id: str
) -> Entry:
    return Entry(organisation_id, at, kind, person_id, person_id, {"means": means, "session": session_id})
