"""Slows down guessing without locking anybody out: tries are counted by where they come from.

A browser from which that person signed in before is counted by itself, a stranger with those of
the same network. So whoever guesses at an address slows down themselves, and never a browser that
is known. Many networks at once are slowed down together, but by seconds only.
Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from ipaddress import ip_address, ip_network

from flask import Response, request

from gateway.desk import cookies
from gateway.desk.parts import parts
from gateway.desk.throttle import NONE
from gateway.domain.people import Person


def wait_for(whom: str) -> timedelta:
    """Count a try for `whom` (an address, or `who`) and return zero, or how long to wait first."""
    now, name, known = parts().clock(), *_counted_as(whom)
    wait = parts().throttle.attempt(name, now)
    return wait if known or wait > NONE else parts().crowd.attempt(_plain(whom), now)


def succeeded(whom: str) -> None:
    """Forget this browser's tries for somebody who was let in."""
    parts().throttle.succeeded(_counted_as(whom)[0])


def remember(response: Response, person: Person) -> None:
    """Make this browser one of those that are known for a person; it is told apart for a year."""
    nonce = secrets.token_urlsafe(12)
    names = dict.fromkeys((who(person), person.address, *person.mailboxes))
    seals = [_seal(nonce, name) for name in names if name]
    cookies.put(response, cookies.KNOWN, ".".join([nonce, *seals]), cookies.YEAR_S)


def who(person: Person) -> str:
    """The name under which wrong second factors of a person are counted."""
    return f"factor of {person.organisation_id}/{person.id}"


def _counted_as(whom: str) -> tuple[str, bool]:
    """Under which name a try from this browser is counted, and whether the browser is known."""
    nonce, *seals = cookies.get(cookies.KNOWN).split(".")
    known = any(hmac.compare_digest(seal.encode(), _seal(nonce, whom).encode()) for seal in seals)
    return f"{_plain(whom)} {nonce if known else _network()}", known


def _network() -> str:
    """The caller's network. A proxy on this machine says whom it serves, last in its header."""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        peer = ip_address(request.remote_addr or "")
        caller = ip_address(told) if told and peer.is_loopback else peer
    except ValueError:
        return "nowhere"
    return str(ip_network(f"{caller}/{24 if caller.version == 4 else 56}", strict=False))


def _plain(whom: str) -> str:
    return whom.strip().casefold()


def _seal(nonce: str, whom: str) -> str:
    said = f"known\0{nonce}\0{_plain(whom)}".encode(errors="surrogatepass")
    return hmac.new(parts().secret_key, said, hashlib.sha256).hexdigest()[:32]
