"""People of an organisation and how they belong together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the organisation."""

    TUTOR = "tutor"
    PUPIL = "pupil"
    GUARDIAN = "guardian"
    STAFF = "staff"
    MODERATOR = "moderator"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    OUTSIDER = "outsider"
    ORGANISATION = "organisation"


# Whoever signs in at the desk; of them only the first three may open a message (DESK 2).
CASE_ROLES = frozenset({Role.MODERATOR, Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})
DESK_ROLES = CASE_ROLES | {Role.AUDITOR, Role.OPERATOR}
FAMILY_ROLES = frozenset({Role.PUPIL, Role.GUARDIAN})


class Standing(StrEnum):
    """Whether a person may take part."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A tutoring organisation: one domain, one policy pack."""

    id: str
    name: str
    domain: str
    pack: str = "default"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the directory knows.

    address: the address the organisation issued (tutors, staff), never a private one.
    mailboxes: private mailboxes, where mail is delivered; never shown to the other side.
    """

    id: str
    organisation_id: str
    role: Role
    given: str = field(repr=False)
    family: str = field(default="", repr=False)
    nicknames: tuple[str, ...] = field(default=(), repr=False)
    address: str = field(default="", repr=False)
    mailboxes: tuple[str, ...] = field(default=(), repr=False)
    born: date | None = field(default=None, repr=False)
    standing: Standing = Standing.ACTIVE

    @property
    def full_name(self) -> str:
        """Given and family name, as one would write them."""
        return f"{self.given} {self.family}".strip()

    def age(self, day: date) -> int | None:
        """Full years on a day, None when no birth date is known."""
        if self.born is None:
            return None
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    @property
    def initials(self) -> str:
        """ "J.W.": the form that subjects, queues and lists may carry (clause HST-02).

        Middle names drop, hyphens give a letter each, particles belong to the surname.
        """
        given = self.given.split()[:1]
        surname = [self.family] if self.family.strip() else []
        pieces = [piece.strip() for name in (*given, *surname) for piece in name.split("-")]
        return "".join(f"{piece[0].upper()}." for piece in pieces if piece) or "?"


@dataclass(frozen=True, slots=True)
class Guardianship:
    """A guardian of a pupil.

    copied: is to be copied into every contact.
    barred: must not be told or copied (court order); wins over `copied`.
    registered: the day the guardian registered and agreed, None while they have not.
    """

    guardian_id: str
    pupil_id: str
    copied: bool = True
    barred: bool = False
    registered: date | None = None

    @property
    def required(self) -> bool:
        """True when contact with the pupil needs this guardian's copy."""
        return self.copied and not self.barred and self.registered is not None
