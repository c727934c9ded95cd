"""A line of the record: what happened, to which ids, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Detail = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry before it is chained.

    kind: such as message.passed, message.held, case.released, copy.sent, body.viewed.
    subject: id of what it is about.
    actor: id of who did it; "gateway" for ourselves.
    detail: ids, kinds and hashes only; never text, names or addresses.
    """

    organisation_id: str
    at: datetime
    kind: str
    subject: str
    actor: str
    detail: Detail


@dataclass(frozen=True, slots=True)
class Chained:
    """An entry in its place in the chain.

    sequence: 1, 2, 3 … per organisation without gaps.
    previous, hash: hex SHA-256; `previous` of the first is 64 zeros.
    """

    entry: Entry
    sequence: int
    previous: str
    hash: str
