"""The chain: every entry carries the hash of the one before it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from gateway.domain.entry import Chained, Entry

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: the last sequence number and hash; 0 and GENESIS when empty."""

    sequence: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first place where a chain does not hold.

    what: changed, removed, reordered (or doubled), or truncated.
    """

    sequence: int
    what: str


def link(previous: Head, entry: Entry) -> Chained:
    """Put `entry` after `previous`.

    The hash is SHA-256 of canonical JSON: sorted keys, no spaces, ASCII, time in UTC to the
    microsecond. Raises ValueError when the time is naive.
    """
    if entry.at.tzinfo is None:
        raise ValueError("an entry needs a time with a zone")
    sequence = previous.sequence + 1
    return Chained(entry, sequence, previous.hash, _hash(entry, sequence, previous.hash))


def head_of(chained: Chained) -> Head:
    """The chain's end right after `chained`."""
    return Head(chained.sequence, chained.hash)


def verify(chain: Iterable[Chained], head: Head | None = None, start: Head = Head()) -> Flaw | None:
    """The first flaw of a chain in the order given, None when it holds.

    head: where it should end, as kept elsewhere; None to believe its own end.
    start: where it should begin, for a part of a chain.
    """
    at = start
    for one in chain:
        flaw = _flaw_of(one, at)
        if flaw is not None:
            return flaw
        at = head_of(one)
    if head is None or at == head:
        return None
    return Flaw(at.sequence + 1, "truncated") if at.sequence < head.sequence else Flaw(at.sequence, "changed")


def _flaw_of(one: Chained, at: Head) -> Flaw | None:
    expected = at.sequence + 1
    if one.sequence > expected:
        return Flaw(expected, "removed")
    if one.sequence < expected:
        return Flaw(expected, "reordered")
    if one.previous != at.hash or one.hash != _hash(one.entry, one.sequence, one.previous):
        return Flaw(expected, "changed")
    return None


def _hash(entry: Entry, sequence: int, previous: str) -> str:
    canonical = json.dumps(
        {
            "actor": entry.actor,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "detail": dict(entry.detail),
            "kind": entry.kind,
            "organisation": entry.organisation_id,
            "previous": previous,
            "sequence": sequence,
            "subject": entry.subject,
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
