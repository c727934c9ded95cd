"""Browsers from which somebody signed in before, so that guesses of strangers do not lock them out.

Tries are counted apart for each known browser. A stranger who guesses at an address slows down
other strangers only; and a known browser that guesses slows down itself.
Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Response

from gateway.desk import cookies
from gateway.desk.parts import parts
from gateway.domain.people import Person


def counted_as(whom: str) -> str:
    """Under which name a try for `whom` (an address, a person's id) from this browser is counted."""
    nonce, *seals = cookies.get(cookies.KNOWN).split(".")
    known = any(hmac.compare_digest(seal.encode(), _seal(nonce, whom).encode()) for seal in seals)
    return f"{_plain(whom)} {nonce}" if nonce and known else _plain(whom)


def remember(response: Response, person: Person) -> None:
    """Make this browser one of those that are known for a person; it is told apart for a year."""
    nonce = secrets.token_urlsafe(12)
    names = dict.fromkeys((who(person), person.address, *person.mailboxes))
    seals = [_seal(nonce, name) for name in names if name]
    cookies.put(response, cookies.KNOWN, ".".join([nonce, *seals]), cookies.YEAR_S)


def who(person: Person) -> str:
    """The name under which wrong second factors of a person are counted."""
    return f"factor of {person.organisation_id}/{person.id}"


def _plain(whom: str) -> str:
    return whom.strip().casefold()


def _seal(nonce: str, whom: str) -> str:
    said = f"known\0{nonce}\0{_plain(whom)}".encode(errors="surrogatepass")
    return hmac.new(parts().secret_key, said, hashlib.sha256).hexdigest()[:32]
