"""The tables of second factors, beside those of `schema`; the same rules hold."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from gateway.store.schema import metadata


def _is(name: str, kind: type[Text | LargeBinary | BigInteger]) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _moment(name: str, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _of_a_desk_user() -> ForeignKeyConstraint:
    theirs = ["desk_user.organisation_id", "desk_user.person_id"]
    return ForeignKeyConstraint(["organisation_id", "person_id"], theirs)


# secret: sealed. last_step: the 30 s step of the last code taken; none at or before it is taken.
desk_app = Table(
    "desk_app",
    metadata,
    _is("organisation_id", Text),
    _is("person_id", Text),
    _is("secret", LargeBinary),
    _is("last_step", BigInteger),
    _moment("made_at"),
    PrimaryKeyConstraint("organisation_id", "person_id"),
    _of_a_desk_user(),
)

# name: sealed. credential: the authenticator's id for it. public_key: COSE.
desk_passkey = Table(
    "desk_passkey",
    metadata,
    Column("id", Text, primary_key=True),
    _is("organisation_id", Text),
    _is("person_id", Text),
    _is("name", LargeBinary),
    Column("credential", LargeBinary, nullable=False, unique=True),
    _is("public_key", LargeBinary),
    _is("sign_count", BigInteger),
    _moment("made_at"),
    _moment("used_at", nullable=True),
    _of_a_desk_user(),
    Index("desk_passkey_of_person", "organisation_id", "person_id"),
)

# code: a keyed mark, because sixty bits alone could be guessed from a plain hash.
desk_recovery_code = Table(
    "desk_recovery_code",
    metadata,
    _is("organisation_id", Text),
    _is("person_id", Text),
    _is("code", LargeBinary),
    _moment("used_at", nullable=True),
    PrimaryKeyConstraint("organisation_id", "person_id", "code"),
    _of_a_desk_user(),
)

# Challenges that a passkey has answered: each is good once. Those that nobody answered are not kept.
desk_spent_challenge = Table(
    "desk_spent_challenge",
    metadata,
    Column("challenge", LargeBinary, primary_key=True),
    _is("organisation_id", Text),
    _moment("spent_at"),
    Index("desk_spent_challenge_age", "spent_at"),
)
