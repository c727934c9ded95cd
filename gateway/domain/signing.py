"""Signing in at the desk: sessions, and what a person holds besides the password."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.domain.people import Person

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1024
FRESH = timedelta(minutes=10)  # how long a proof of who sits there is good for what matters most


class Means(StrEnum):
    """What somebody showed to be let in."""

    PASSWORD = "password"
    APP = "app"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in of one person in one browser.

    id: may be shown; it lets nobody in. means: the last that was shown.
    complete: False while a second factor is still owed.
    enrolled: the person holds a second factor.
    proved_at: when they last showed everything that is asked of them.
    device: words for the browser, such as "Firefox on Windows".
    """

    id: str
    person: Person
    means: Means
    complete: bool
    enrolled: bool
    signed_in_at: datetime
    seen_at: datetime
    proved_at: datetime
    device: str

    def fresh(self, now: datetime) -> bool:
        """True when the person proved who they are within the last ten minutes."""
        return self.complete and now - self.proved_at < FRESH


@dataclass(frozen=True, slots=True)
class Passkey:
    """A WebAuthn credential of a person.

    credential, public_key: as the authenticator gave them (COSE). sign_count: of its last use.
    """

    id: str
    organisation_id: str
    person_id: str
    name: str = field(repr=False)
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int
    made_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What a person holds besides the password.

    app_since: when an authenticator app was set up, None without one.
    codes_left: recovery codes that were not used yet.
    """

    app_since: datetime | None = None
    passkeys: tuple[Passkey, ...] = ()
    codes_left: int = 0

    @property
    def enrolled(self) -> bool:
        """True when there is a second factor; recovery codes alone are none."""
        return self.app_since is not None or bool(self.passkeys)
