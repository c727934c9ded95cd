"""A DNS of a few lines of zone data, for tests of what asks it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.channels.email.resolver import Kind, LookupFailed


@dataclass
class Zone:
    """A `Resolver` over records by (name, kind).

    silent: names that get no answer. asked: every question so far.
    """

    records: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def look_up(self, name: str, kind: Kind) -> tuple[str, ...]:
        name = name.lower().removesuffix(".")
        self.asked.append((name, kind))
        if name in self.silent:
            raise LookupFailed("The DNS did not answer.")
        return self.records.get((name, kind), ())


def zone(text: str, *silent: str) -> Zone:
    """A zone from lines such as "example.org TXT v=spf1 -all"."""
    records: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in text.splitlines():
        if line.strip():
            name, kind, value = line.strip().split(" ", 2)
            records[name, kind] = (*records.get((name, kind), ()), value)
    return Zone(records, set(silent))
