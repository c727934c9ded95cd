"""What a domain asks of mail in its name: DMARC (RFC 7489)."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels.email.canonical import tags
from gateway.channels.email.resolver import Resolver
from gateway.channels.email.suffixes import organisational

PREFIX = "v=dmarc1"


@dataclass(frozen=True, slots=True)
class Demand:
    """A DMARC record. policy: none, quarantine or reject. strict_*: the very same domain is wanted."""

    policy: str
    strict_dkim: bool = False
    strict_spf: bool = False


async def demand_of(domain: str, resolver: Resolver) -> Demand | None:
    """The record for a domain, its own or its organisation's; None without one (6.6.3).

    Raises LookupFailed.
    """
    for name in dict.fromkeys((domain, organisational(domain))):
        found = _records(await resolver.look_up(f"_dmarc.{name}", "TXT"))
        if found:
            return read_demand(found[0]) if len(found) == 1 else None
    return None


def _records(texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if text.partition(";")[0].replace(" ", "").lower() == PREFIX]


def read_demand(text: str) -> Demand | None:
    """Read a record, None for one that asks for nothing known."""
    try:
        found = {name.lower(): value.lower() for name, value in tags(text).items()}
    except ValueError:
        return None
    policy = found.get("p", "")
    if policy not in ("none", "quarantine", "reject"):
        if not found.get("rua"):
            return None
        policy = "none"
    return Demand(policy, found.get("adkim") == "s", found.get("aspf") == "s")


def aligned(author: str, vouched: str, *, strict: bool) -> bool:
    """Tell whether a domain that SPF or DKIM vouched for speaks for the author's (3.1)."""
    if strict:
        return author == vouched
    return organisational(author) == organisational(vouched)
