"""A guardian's new address: what is asked of whom before mail moves there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.domain.people import Person, Role

CLAUSE = "DFT-18"
ANSWER_WITHIN = timedelta(days=14)
COOL_OFF = timedelta(hours=24)
"""Between the last yes and the move: time for whoever still reads the old mailbox to object."""


class Side(StrEnum):
    """Whether an address is left behind or new."""

    OLD = "old"
    NEW = "new"


class Outcome(StrEnum):
    """How a change ended. OBJECTED: somebody at one of the addresses said that it was not theirs."""

    MOVED = "moved"
    OBJECTED = "objected"
    REFUSED = "refused"
    REPLACED = "replaced"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class AddressChange:
    """A change that the roster asked for.

    legs: every address that is asked, by a name such as "old1". wanted: the mailboxes to have.
    confirmed: the legs that said yes. vouched_by: who at the office answered for the old side; note:
    how they know.
    due_at: when it takes effect, None until everybody has said yes.
    """

    id: str
    organisation_id: str
    person_id: str
    asked_at: datetime
    legs: Mapping[str, str] = field(repr=False)
    wanted: tuple[str, ...] = field(repr=False)
    confirmed: frozenset[str] = frozenset()
    vouched_by: str = ""
    note: str = field(repr=False, default="")
    due_at: datetime | None = None
    settled_at: datetime | None = None
    outcome: str = ""

    @property
    def missing(self) -> frozenset[Side]:
        """The sides of which somebody has still to say yes; the office may answer for the old one."""
        open_legs = (side_of(leg) for leg in self.legs.keys() - self.confirmed)
        return frozenset(one for one in open_legs if one is Side.NEW or not self.vouched_by)

    def answerable(self, now: datetime) -> bool:
        """True while a link still counts."""
        return self.settled_at is None and (self.due_at is not None or now < self.asked_at + ANSWER_WITHIN)


@dataclass(frozen=True, slots=True)
class AddressLetter:
    """A letter that asks, or that says that mail has moved. token: of its link, "" for the latter."""

    side: Side
    mailbox: str = field(repr=False)
    token: str = field(repr=False, default="")


def needs_asking(now: Person, wanted: Person, registered: bool) -> bool:
    """Whether a roster's mailboxes have to be confirmed first.

    registered: is this guardian registered for any pupil? Before that nothing is copied to them.
    The order alone never matters here: all of them were confirmed, or came with the first roster.
    """
    known = now.role is Role.GUARDIAN and bool(now.mailboxes)
    return known and registered and set(now.mailboxes) != set(wanted.mailboxes)


def legs_of(old: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Who is asked: every address that goes, every one that comes; where none goes, the first that stays."""
    going = [one for one in old if one not in new] or list(old[:1])
    coming = [one for one in new if one not in old]
    return {f"{Side.OLD}{n}": one for n, one in enumerate(going, 1)} | {
        f"{Side.NEW}{n}": one for n, one in enumerate(coming, 1)
    }


def side_of(leg: str) -> Side:
    """The side of a leg's name."""
    return Side(leg[:3])
