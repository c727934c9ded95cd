"""Whether a domain lets a host send for it: SPF (RFC 7208).

`check_host` is the RFC's function of that name, with its limits on look-ups. Explanations
(exp=) are read over: what a stranger's DNS says is never shown to anybody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from gateway.channels.email.resolver import Kind, LookupFailed, Resolver, is_name
from gateway.channels.email.spf_record import (
    Mechanism,
    Record,
    Wrong,
    expanded,
    read_record,
    record_among,
)

PASS, FAIL, SOFTFAIL, NEUTRAL = "pass", "fail", "softfail", "neutral"
NONE, TEMPERROR, PERMERROR = "none", "temperror", "permerror"

# RFC 7208 section 4.6.4.
MOST_LOOKUPS = 10
MOST_VOID_LOOKUPS = 2
MOST_NAMES = 10

RESULT_OF = {"+": PASS, "-": FAIL, "~": SOFTFAIL, "?": NEUTRAL}

Address = IPv4Address | IPv6Address


async def check_host(peer_ip: str, domain: str, sender: str, helo: str, resolver: Resolver) -> str:
    """Say pass, fail, softfail, neutral, none, temperror or permerror.

    domain: of `sender`, the address in MAIL FROM; of `helo` when that is empty.
    """
    try:
        address = ip_address(peer_ip)
    except ValueError:
        return NONE
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    local, _, of_sender = sender.rpartition("@")
    inquiry = _Inquiry(address, local or "postmaster", of_sender or helo, helo, resolver)
    try:
        return await inquiry.result(domain.removesuffix("."))
    except LookupFailed:
        return TEMPERROR
    except Wrong:
        return PERMERROR


@dataclass(slots=True)
class _Inquiry:
    """One check: who asks for whom, and what it has cost so far."""

    address: Address
    local: str = field(repr=False)
    sender_domain: str
    helo: str = field(repr=False)
    resolver: Resolver
    lookups: int = 0
    void_lookups: int = 0

    async def result(self, domain: str) -> str:
        """The result for a domain. Raises LookupFailed and Wrong."""
        if not is_name(domain) or "." not in domain or not domain.isascii():
            return NONE
        text = record_among(await self.resolver.look_up(domain, "TXT"))
        if text is None:
            return NONE
        record = read_record(text)
        for mechanism in record.mechanisms:
            if await self._matches(mechanism, domain):
                return RESULT_OF[mechanism.sign]
        return await self._redirected(record, domain)

    async def _redirected(self, record: Record, domain: str) -> str:
        if not record.redirect:
            return NEUTRAL
        self._count()
        result = await self.result(await self._name(record.redirect, domain))
        if result == NONE:
            raise Wrong("a redirection to no record")
        return result

    async def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        if mechanism.name == "all":
            return True
        if mechanism.network is not None:
            return self.address in mechanism.network
        self._count()
        name = await self._name(mechanism.domain, domain) if mechanism.domain else domain
        return await _TESTS[mechanism.name](self, name, mechanism)

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise Wrong("too many look-ups")

    async def _include(self, name: str, _: Mechanism) -> bool:
        result = await self.result(name)
        if result == NONE:
            raise Wrong("an inclusion of no record")
        return result == PASS

    async def _a(self, name: str, mechanism: Mechanism) -> bool:
        return self._in_reach(await self._addresses(name), mechanism)

    async def _mx(self, name: str, mechanism: Mechanism) -> bool:
        found = await self._asked(name, "MX")
        if len(found) > MOST_NAMES:
            raise Wrong("too many mail exchangers")
        for one in found:
            host = one.rpartition(" ")[2].removesuffix(".")
            if host and self._in_reach(await self._addresses(host), mechanism):
                return True
        return False

    async def _exists(self, name: str, _: Mechanism) -> bool:
        return bool(await self._asked(name, "A"))

    async def _ptr(self, name: str, _: Mechanism) -> bool:
        name = name.casefold()
        return any(
            one == name or one.endswith("." + name) for one in map(str.casefold, await self._own_names())
        )

    def _in_reach(self, found: tuple[str, ...], mechanism: Mechanism) -> bool:
        length = mechanism.reach4 if self.address.version == 4 else mechanism.reach6
        return any(self.address in ip_network(f"{one}/{length}", strict=False) for one in found)

    async def _addresses(self, name: str) -> tuple[str, ...]:
        return await self._asked(name, "A" if self.address.version == 4 else "AAAA")

    async def _asked(self, name: str, kind: Kind) -> tuple[str, ...]:
        found = await self.resolver.look_up(name, kind) if is_name(name) else ()
        if not found:
            self.void_lookups += 1
            if self.void_lookups > MOST_VOID_LOOKUPS:
                raise Wrong("too many look-ups without an answer")
        return found

    async def _own_names(self) -> list[str]:
        """The names of the peer that lead back to it; DNS faults only leave names out (5.5)."""
        try:
            names = await self._asked(self.address.reverse_pointer, "PTR")
        except LookupFailed:
            return []
        proven = []
        for name in names[:MOST_NAMES]:
            try:
                found = await self.resolver.look_up(name, "A" if self.address.version == 4 else "AAAA")
            except LookupFailed:
                continue
            if self.address in map(ip_address, found):
                proven.append(name.removesuffix("."))
        return proven

    async def _name(self, spec: str, domain: str) -> str:
        """A domain-spec with its macros replaced; too long a name loses labels on its left (7.3)."""
        own = await self._own_name(domain) if "%{p" in spec.lower() else ""
        name = expanded(spec, self._letters(domain, own)).removesuffix(".")
        while len(name) > 253 and "." in name:
            name = name.partition(".")[2]
        return name

    async def _own_name(self, domain: str) -> str:
        names = await self._own_names()
        under = [one for one in names if one == domain or one.endswith("." + domain)]
        return next(iter(under or names), "unknown")

    def _letters(self, domain: str, own: str) -> Mapping[str, str]:
        address = self.address
        nibbles = ".".join(f"{int(address):032x}") if isinstance(address, IPv6Address) else str(address)
        return {
            "s": f"{self.local}@{self.sender_domain}",
            "l": self.local,
            "o": self.sender_domain,
            "d": domain,
            "i": nibbles,
            "p": own,
            "h": self.helo,
            "v": "in-addr" if address.version == 4 else "ip6",
        }


_TESTS: Mapping[str, Callable[[_Inquiry, str, Mechanism], Awaitable[bool]]] = {
    "include": _Inquiry._include,
    "a": _Inquiry._a,
    "mx": _Inquiry._mx,
    "ptr": _Inquiry._ptr,
    "exists": _Inquiry._exists,
}
