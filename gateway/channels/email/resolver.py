"""Questions to the DNS: the one port they go through, and dnspython behind it."""

from __future__ import annotations

import asyncio
import re
from typing import Literal, Protocol

from gateway.errors import Unavailable

Kind = Literal["TXT", "A", "AAAA", "MX", "PTR"]

ANSWER_WITHIN_S = 4.0
ANSWERS_KEPT = 10_000
MOST_RECORDS = 100

LONGEST_NAME = 253
# A backslash would begin an escape of dnspython's.
_NAME = re.compile(r"(?:[ -\-/-\[\]-~]{1,63}\.)*[ -\-/-\[\]-~]{1,63}")


class LookupFailed(Unavailable):
    """The DNS did not answer; nothing is known."""


class Resolver(Protocol):
    """Asks the DNS."""

    async def look_up(self, name: str, kind: Kind) -> tuple[str, ...]:
        """The records of a name; none when the name, or its records of that kind, do not exist.

        TXT: each record's strings joined. MX: "preference host". Names without a last dot.
        Raises LookupFailed when there was no answer.
        """
        ...


def is_name(name: str) -> bool:
    """Tell whether a name can be asked for: labels of 1 to 63 characters, 253 in all."""
    return len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


class DnsResolver:
    """Asks the machine's own name servers, or those given. Keeps answers as long as they say.

    servers: IP addresses and ports.
    """

    def __init__(
        self, servers: tuple[tuple[str, int], ...] = (), answer_within_s: float = ANSWER_WITHIN_S
    ) -> None:
        from dns.asyncresolver import Resolver as Asking
        from dns.nameserver import Do53Nameserver
        from dns.resolver import LRUCache, NoResolverConfiguration

        try:
            self._asking = Asking(configure=not servers)
        except NoResolverConfiguration:
            self._asking = Asking(configure=False)
        if servers:
            self._asking.nameservers = [Do53Nameserver(*one) for one in servers]
        self._asking.cache = LRUCache(ANSWERS_KEPT)
        self._asking.lifetime = answer_within_s

    async def look_up(self, name: str, kind: Kind) -> tuple[str, ...]:
        """As in `Resolver`."""
        from dns.exception import DNSException
        from dns.resolver import NXDOMAIN

        name = name.removesuffix(".")
        if not is_name(name):
            return ()
        try:
            answer = await self._asking.resolve(name + ".", kind, raise_on_no_answer=False, search=False)
        except NXDOMAIN:
            return ()
        except (DNSException, OSError, ValueError, asyncio.IncompleteReadError) as fault:
            raise LookupFailed(f"The DNS did not answer ({type(fault).__name__}).") from None
        return tuple(_text(record, kind) for record in list(answer.rrset or ())[:MOST_RECORDS])


def _text(record: object, kind: Kind) -> str:
    if kind == "TXT":
        strings: tuple[bytes, ...] = getattr(record, "strings", ())
        return b"".join(strings).decode("latin-1")
    return str(record).removesuffix(".")
