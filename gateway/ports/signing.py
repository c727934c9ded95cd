"""How the people of the desk, and platforms, show who they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.people import Organisation, Person
from gateway.domain.signing import Held, Means, Passkey, Session


class Sessions(Protocol):
    """Desk sign-ins: opaque tokens, hashed at rest, revocable (DESK 2)."""

    @property
    def factors(self) -> Factors: ...

    def sign_in(self, address: str, password: str, now: datetime, device: str = "") -> str | None:
        """A new token for an active desk user with that address and password, else None.

        Takes as long for nobody as for somebody. The session is complete unless a second
        factor is owed.
        """
        ...

    def sign_in_verified(
        self, organisation_id: str, address: str, now: datetime, device: str = ""
    ) -> str | None:
        """The same for an address that its organisation's own sign-in vouches for."""
        ...

    def enter(self, organisation_id: str, person_id: str, now: datetime, device: str = "") -> str | None:
        """A new token, complete, for somebody who showed a passkey; None when they have no desk."""
        ...

    def session(self, token: str, now: datetime) -> Session | None:
        """The live session of a token (idle 30 min, absolute 10 h), touching it."""
        ...

    def prove(self, token: str, means: Means, now: datetime) -> str | None:
        """Complete a session, or make it fresh, under a new token; the old one is worth nothing.

        None when it has ended meanwhile.
        """
        ...

    def is_password(self, person: Person, password: str) -> bool: ...

    def change_password(self, person: Person, password: str, keep: str, now: datetime) -> None:
        """Set a password and end the person's sessions but the one of the token `keep`."""
        ...

    def of(self, person: Person, now: datetime) -> list[Session]:
        """The person's live sessions, the last seen first."""
        ...

    def end(self, person: Person, session_id: str, now: datetime) -> None:
        """End one of the person's own sessions."""
        ...

    def end_others(self, person: Person, token: str, now: datetime) -> None:
        """End the person's sessions but the one of that token."""
        ...

    def revoke(self, token: str, now: datetime) -> None: ...


class Factors(Protocol):
    """What people hold besides the password. Every change is in the record."""

    def held(self, person: Person) -> Held: ...

    def put_app(self, person: Person, secret: str, code: str, now: datetime) -> bool:
        """Set up an authenticator app if `code` is what it shows now.

        secret: base32, as the app was given it.
        """
        ...

    def use_app(self, person: Person, code: str, now: datetime) -> bool:
        """True for the app's code of now, one step earlier or later, once (RFC 6238 5.2)."""
        ...

    def drop_app(self, person: Person, now: datetime) -> None: ...

    def put_passkey(self, passkey: Passkey) -> bool:
        """Keep a new passkey; False when its credential is known already."""
        ...

    def passkey(self, credential: bytes) -> Passkey | None: ...

    def use_passkey(self, passkey: Passkey, challenge: bytes, sign_count: int, now: datetime) -> bool:
        """True once for each challenge."""
        ...

    def drop_passkey(self, person: Person, passkey_id: str, now: datetime) -> None: ...

    def new_codes(self, person: Person, now: datetime) -> tuple[str, ...]:
        """Ten recovery codes, shown once; the earlier ones are worth nothing."""
        ...

    def are_codes(self, person: Person, codes: Sequence[str]) -> bool:
        """True when each of these is an unused recovery code of that person."""
        ...

    def use_code(self, person: Person, code: str, now: datetime) -> bool:
        """True once for each recovery code."""
        ...


class ApiKeys(Protocol):
    """Keys of integrating platforms, hashed at rest."""

    def organisation_of(self, key: str) -> Organisation | None: ...
