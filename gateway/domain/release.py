"""A policy on its way into force: its versions, what changes, and what enforces each clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

LIVE, WAITING, SHADOW, RETIRED = "live", "waiting", "shadow", "retired"
FROM_FILE = "file"  # the author of a change that somebody made to a file
OUT_OF_SCOPE = "out-of-scope"


@dataclass(frozen=True, slots=True)
class Release:
    """A policy of an organisation. loosens: what it gives up against the one before, in our words."""

    version: str
    pack: str
    state: str
    loosens: tuple[str, ...]
    author: str
    approver: str
    note: str
    entered_at: datetime
    live_at: datetime | None
    source: str = field(repr=False)

    @property
    def unsigned(self) -> bool:
        """True while nobody has put their name to it."""
        return self.author == FROM_FILE


@dataclass(frozen=True, slots=True)
class Flip:
    """A message that a shadow policy would have judged otherwise."""

    message_id: str
    at: datetime
    was: str
    would_be: str
    rule: str
    clause: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes. what: "settings.gifts". before, after: None where it is not there."""

    what: str
    before: object
    after: object
    loosens: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """A clause and what stands behind it.

    parts: what enforces it, as "section.name". examples: how many sides of an example are played.
    last_fired: when it last gave a ruling or a task here, None where nobody knows.
    """

    clause: str
    enforce: str
    parts: tuple[str, ...]
    examples: int
    last_fired: datetime | None
    owner: str
    review: date | None
    why: str

    @property
    def out_of_reach(self) -> bool:
        """No gateway can enforce it."""
        return self.enforce == OUT_OF_SCOPE

    @property
    def missing(self) -> bool:
        """In reach, and nothing enforces it."""
        return not (self.out_of_reach or self.parts)
