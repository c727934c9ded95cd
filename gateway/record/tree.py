"""The tree over the record: proves one entry without showing the others (RFC 9162 section 2.1). Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

LEAF, NODE = b"\x00", b"\x01"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The root of the tree over the first `sequence` entries, signed.

    root, signature, public_key: hex; the signature is Ed25519 over `signed_bytes`.
    """

    organisation_id: str
    sequence: int
    at: datetime
    root: str
    signature: str = ""
    public_key: str = ""

    @property
    def signed_bytes(self) -> bytes:
        """What is signed: canonical JSON, as in the chain."""
        plain = {
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "organisation": self.organisation_id,
            "root": self.root,
            "sequence": self.sequence,
        }
        return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


class Tree:
    """The tree over the hashes of entries 1, 2, 3 …, in order."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        sha = hashlib.sha256
        level = [sha(LEAF + one).digest() for one in hashes]
        self._levels = [level]
        while len(level) > 1:
            above = [sha(NODE + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
            if len(level) % 2:
                above.append(level[-1])  # without a sibling it goes up as it is
            self._levels.append(above)
            level = above

    @property
    def size(self) -> int:
        """How many entries it stands on."""
        return len(self._levels[0])

    @property
    def root(self) -> str:
        """Hex; the hash of nothing when there are no entries."""
        top = self._levels[-1]
        return (top[0] if top else hashlib.sha256(b"").digest()).hex()

    def path(self, sequence: int) -> list[str]:
        """The hashes, hex, that lead from an entry (numbered from 1) to the root."""
        at, found = sequence - 1, []
        for level in self._levels[:-1]:
            sibling = at ^ 1
            if sibling < len(level):
                found.append(level[sibling].hex())
            at //= 2
        return found


def checkpoint_plain(one: Checkpoint) -> Mapping[str, str | int]:
    """A checkpoint as JSON carries it."""
    return {
        "organisation": one.organisation_id,
        "sequence": one.sequence,
        "at": one.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "root": one.root,
        "signature": one.signature,
        "public_key": one.public_key,
    }
