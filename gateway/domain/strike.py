"""A consequence for a tutor, step by step of the organisation's ladder; only a person gives one (DFT-05)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.domain.people import Role

GIVERS = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})
"""Who gives strikes, takes them back and decides appeals; never the same person both."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One strike with all that followed.

    expires_at: when it lapses, None for never. reply, appeal, decision: "" while there is none.
    upheld: what a second person decided on the appeal, None while nobody has.
    """

    id: str
    organisation_id: str
    tutor_id: str
    step: str
    clause: str
    by_id: str
    at: datetime
    expires_at: datetime | None
    reason: str = field(repr=False)
    reply: str = field(default="", repr=False)
    replied_at: datetime | None = None
    appeal: str = field(default="", repr=False)
    appealed_at: datetime | None = None
    decision: str = field(default="", repr=False)
    decided_at: datetime | None = None
    decided_by: str = ""
    upheld: bool | None = None
    reversed_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """True while it counts: neither lapsed nor taken back."""
        return self.reversed_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def waits_for_appeal(self) -> bool:
        """True while a second person has to decide."""
        return self.appealed_at is not None and self.decided_at is None and self.reversed_at is None


def proposed(ladder: Sequence[str], standing: Iterable[str]) -> str:
    """The step of the ladder that comes next, "" without a ladder; a person decides whether it is given.

    ladder: steps, mildest first. standing: the steps of the tutor's strikes that count.
    """
    reached = [ladder.index(step) for step in standing if step in ladder]
    return ladder[min(max(reached, default=-1) + 1, len(ladder) - 1)] if ladder else ""
