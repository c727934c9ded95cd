"""What the organisation has on file about people: who agreed, was cleared, was granted what."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class FactKind(StrEnum):
    """What a register entry says.

    Of a person: ACKNOWLEDGED a document, AGREED to an agreement, VETTED by a scheme, INDUCTED in a
    part, ENGAGED until a day (tutors), IN_EDUCATION (pupils), CONTACT by another way than mail
    (guardians; one of WAYS), LOOKED_AFTER (pupils), SPEAKS a language, COVERED by delegated
    authority for pupils who are looked after (guardians), lives in a TIME_ZONE (guardians, pupils),
    belongs to a GROUP that the organisation compares ("first language: welsh"; judging never sees it).
    Of a pair: EXEMPT relation, SCHOOL_LEAVE to write to the pupil, PLACE to teach from and RECORDING
    with own equipment, both as permissions,
    ATTACHED (an open concern that the pupil is infatuated), SOLICITED contact (an open booking).
    Of a pupil's pictures: IMAGE_CONSENT and IMAGE_REFUSED of the guardians for a purpose,
    IMAGE_ASSENT of the pupil.
    Of the organisation: TECHNOLOGY assessed, OFFICIAL_PAGE registered.
    """

    ACKNOWLEDGED = "acknowledged"
    AGREED = "agreed"
    VETTED = "vetted"
    INDUCTED = "inducted"
    ENGAGED = "engaged"
    IN_EDUCATION = "in_education"
    ADULT_AGREEMENT = "adult_agreement"
    CONTACT = "contact"
    LOOKED_AFTER = "looked_after"
    SPEAKS = "speaks"
    COVERED = "covered"
    TIME_ZONE = "time_zone"
    GROUP = "group"
    EXEMPT = "exempt"
    SCHOOL_LEAVE = "school_leave"
    PLACE = "place"
    RECORDING = "recording"
    ATTACHED = "attached"
    SOLICITED = "solicited"
    IMAGE_CONSENT = "image_consent"
    IMAGE_REFUSED = "image_refused"
    IMAGE_ASSENT = "image_assent"
    TECHNOLOGY = "technology"
    OFFICIAL_PAGE = "official_page"


WAYS = ("text", "portal", "post")
"""How a guardian without a mailbox is reached, by a person."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the register.

    person_id, pair_id: whom it is about; both empty for the whole organisation.
    detail: what exactly, in lower case: a document, a purpose, a tool, a page.
    since, until: the first and the last day it holds; None for as long as nobody ends it.
    """

    kind: FactKind
    person_id: str = ""
    pair_id: str = ""
    detail: str = field(default="", repr=False)
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """True on a day within `since` and `until`."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def lapses(since: date, months: int) -> date:
    """The first day on which something of that day has lapsed, so many months later."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))


def lapsed(fact: Fact, months: int, day: date) -> bool:
    """True when a fact is older than so many months; never without a day on which it began."""
    return fact.since is not None and lapses(fact.since, months) <= day


@dataclass(frozen=True, slots=True)
class Lesson:
    """A booked lesson of a pair, timezone-aware. tool: where it takes place, in lower case."""

    starts: datetime
    ends: datetime
    tool: str = ""

    def running(self, at: datetime) -> bool:
        """True from its first to its last moment."""
        return self.starts <= at <= self.ends
