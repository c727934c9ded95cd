"""What desk people hold besides the password: an authenticator app, passkeys, recovery codes.

The app's secret and the passkeys' names are sealed; codes are kept as keyed marks.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.entry import Entry
from gateway.domain.people import Person
from gateway.domain.signing import Held, Passkey
from gateway.store.engine import store_faults
from gateway.store.record import append, lock_heads
from gateway.store.schema import desk_session
from gateway.store.schema_signing import desk_app, desk_passkey, desk_recovery_code, desk_spent_challenge
from gateway.store.vault import Vault

CODES = 10
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
CODE_LENGTH, GROUP = 12, 4
STEP_S = 30
NEVER = -1  # the step of an app whose codes were not used yet
CHALLENGE_LIFE = timedelta(hours=2)  # longer than the desk takes one


class SqlFactors:
    """The Factors port on PostgreSQL."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def held(self, person: Person) -> Held:
        """What that person holds; passkeys in the order they were made."""
        left = select(func.count()).where(*_of(desk_recovery_code, person), _unused())
        keys = select(desk_passkey).where(*_of(desk_passkey, person))
        with store_faults(), self._engine.connect() as connection:
            since = connection.execute(select(desk_app.c.made_at).where(*_of(desk_app, person))).scalar()
            rows = connection.execute(keys.order_by(desk_passkey.c.made_at, desk_passkey.c.id)).all()
            codes = connection.execute(left).scalar_one()
        return Held(since, tuple(self._passkey(row) for row in rows), codes)

    def put_app(self, person: Person, secret: str, code: str, now: datetime) -> bool:
        """Set up an authenticator app if `code` is what it shows now."""
        step = _step_of(secret, code, now, NEVER)
        if step is None:
            return False
        key = self._vault.organisation(person.organisation_id)
        row = _ids(person) | {
            "secret": key.seal(secret.encode(), _about_app(person)),
            "last_step": step,
            "made_at": now,
        }
        new = upsert(desk_app).values(row)
        put = new.on_conflict_do_update(index_elements=["organisation_id", "person_id"], set_=row)
        with store_faults(), self._engine.begin() as connection:
            note(connection, about_factors(person, "factor.added", now, means="app"))
            connection.execute(put)
        return True

    def use_app(self, person: Person, code: str, now: datetime) -> bool:
        """True for the app's code of now, one step earlier or later, once (RFC 6238 5.2)."""
        theirs = _of(desk_app, person)
        with store_faults(), self._engine.begin() as connection:
            row = connection.execute(select(desk_app).where(*theirs).with_for_update()).one_or_none()
            if row is None:
                return False
            secret = self._vault.open(row.secret, _about_app(person)).decode()
            step = _step_of(secret, code, now, row.last_step)
            if step is not None:
                connection.execute(update(desk_app).where(*theirs).values(last_step=step))
        return step is not None

    def drop_app(self, person: Person, now: datetime) -> None:
        """Take the app away."""
        with store_faults(), self._engine.begin() as connection:
            note(connection, about_factors(person, "factor.removed", now, means="app"))
            connection.execute(delete(desk_app).where(*_of(desk_app, person)))

    def put_passkey(self, passkey: Passkey) -> bool:
        """Keep a new passkey; False when its credential is known already."""
        key = self._vault.organisation(passkey.organisation_id)
        row = {
            "id": passkey.id,
            "organisation_id": passkey.organisation_id,
            "person_id": passkey.person_id,
            "name": key.seal(passkey.name.encode(), f"passkey\0{passkey.id}"),
            "credential": passkey.credential,
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
            "made_at": passkey.made_at,
        }
        new = upsert(desk_passkey).values(row).on_conflict_do_nothing().returning(desk_passkey.c.id)
        entry = Entry(
            passkey.organisation_id,
            passkey.made_at,
            "factor.added",
            passkey.person_id,
            passkey.person_id,
            {"means": "passkey", "passkey": passkey.id},
        )
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [entry.organisation_id])
            if connection.execute(new).scalar_one_or_none() is None:
                return False
            append(connection, heads, [entry])
        return True

    def passkey(self, credential: bytes) -> Passkey | None:
        """The passkey of a credential, whosoever it is."""
        same = select(desk_passkey).where(desk_passkey.c.credential == credential)
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(same).one_or_none()
        return self._passkey(row) if row else None

    def use_passkey(self, passkey: Passkey, challenge: bytes, sign_count: int, now: datetime) -> bool:
        """True once for each challenge."""
        spent = {"challenge": challenge, "organisation_id": passkey.organisation_id, "spent_at": now}
        old = desk_spent_challenge.c.spent_at < now - CHALLENGE_LIFE
        ours = desk_passkey.c.organisation_id == passkey.organisation_id
        used = update(desk_passkey).where(ours, desk_passkey.c.id == passkey.id)
        with store_faults(), self._engine.begin() as connection:
            connection.execute(delete(desk_spent_challenge).where(old))
            new = upsert(desk_spent_challenge).values(spent).on_conflict_do_nothing()
            if connection.execute(new.returning(desk_spent_challenge.c.spent_at)).one_or_none() is None:
                return False
            return connection.execute(used.values(sign_count=sign_count, used_at=now)).rowcount == 1

    def drop_passkey(self, person: Person, passkey_id: str, now: datetime) -> None:
        """Take one of the person's own passkeys away; one that is not there is gone already."""
        this = delete(desk_passkey).where(*_of(desk_passkey, person), desk_passkey.c.id == passkey_id)
        gone = about_factors(person, "factor.removed", now, means="passkey", passkey=passkey_id)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [person.organisation_id])
            if connection.execute(this).rowcount:
                append(connection, heads, [gone])

    def new_codes(self, person: Person, now: datetime) -> tuple[str, ...]:
        """Ten recovery codes, shown once; the earlier ones are worth nothing."""
        made = tuple(_code() for _ in range(CODES))
        rows = [_ids(person) | {"code": self._mark(person, code)} for code in made]
        with store_faults(), self._engine.begin() as connection:
            note(connection, about_factors(person, "recovery_codes.made", now))
            connection.execute(delete(desk_recovery_code).where(*_of(desk_recovery_code, person)))
            connection.execute(insert(desk_recovery_code), rows)
        return made

    def are_codes(self, person: Person, codes: Sequence[str]) -> bool:
        """True when each of these is an unused recovery code of that person."""
        marks = {self._mark(person, code) for code in codes}
        theirs = (*_of(desk_recovery_code, person), _unused(), desk_recovery_code.c.code.in_(marks))
        with store_faults(), self._engine.connect() as connection:
            return bool(connection.execute(select(func.count()).where(*theirs)).scalar_one() == len(marks))

    def use_code(self, person: Person, code: str, now: datetime) -> bool:
        """True once for each recovery code."""
        same = desk_recovery_code.c.code == self._mark(person, code)
        this = update(desk_recovery_code).where(*_of(desk_recovery_code, person), _unused(), same)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [person.organisation_id])
            if connection.execute(this.values(used_at=now)).rowcount == 0:
                return False
            append(connection, heads, [about_factors(person, "recovery_code.used", now)])
        return True

    def reset(self, person: Person, now: datetime) -> None:
        """Take every second factor away and end every session: at the next sign-in they begin anew."""
        live = (*_of(desk_session, person), desk_session.c.revoked_at.is_(None))
        entry = Entry(person.organisation_id, now, "factor.reset", person.id, "gateway", {})
        with store_faults(), self._engine.begin() as connection:
            note(connection, entry)
            for table in (desk_app, desk_passkey, desk_recovery_code):
                connection.execute(delete(table).where(*_of(table, person)))
            connection.execute(update(desk_session).where(*live).values(revoked_at=now))

    def _mark(self, person: Person, code: str) -> bytes:
        plain = "".join(letter for letter in code.lower() if letter.isalnum())
        return self._vault.mark(f"recovery code\0{person.organisation_id}\0{person.id}\0{plain}")

    def _passkey(self, row: Any) -> Passkey:
        return Passkey(
            id=row.id,
            organisation_id=row.organisation_id,
            person_id=row.person_id,
            name=self._vault.open(row.name, f"passkey\0{row.id}").decode(),
            credential=bytes(row.credential),
            public_key=bytes(row.public_key),
            sign_count=row.sign_count,
            made_at=row.made_at,
            used_at=row.used_at,
        )


def note(connection: Connection, entry: Entry) -> None:
    """Write an entry into the record, within somebody else's transaction and before its other locks."""
    append(connection, lock_heads(connection, [entry.organisation_id]), [entry])


def about_factors(person: Person, kind: str, at: datetime, **detail: str) -> Entry:
    """An entry about what somebody did with their own sign-in."""
    return Entry(person.organisation_id, at, kind, person.id, person.id, detail)


def _step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The 30 s step whose code this is: this one or a neighbour, later than `after`; else None."""
    plain = "".join(code.split())
    if not (plain.isascii() and plain.isdigit()):
        return None
    app, step = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    right = [
        one
        for one in (step - 1, step, step + 1)
        if hmac.compare_digest(app.generate_otp(one), plain) and one > after
    ]
    return right[-1] if right else None


def _code() -> str:
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return "-".join(letters[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def _ids(person: Person) -> dict[str, Any]:
    return {"organisation_id": person.organisation_id, "person_id": person.id}


def _of(table: Any, person: Person) -> tuple[Any, ...]:
    return (table.c.organisation_id == person.organisation_id, table.c.person_id == person.id)


def _unused() -> Any:
    return desk_recovery_code.c.used_at.is_(None)


def _about_app(person: Person) -> str:
    return f"app\0{person.organisation_id}\0{person.id}"
