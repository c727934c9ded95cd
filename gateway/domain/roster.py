"""An organisation's people as a file describes them, checked and ready to import."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Organisation, Person
from gateway.domain.register import Fact, Lesson


@dataclass(frozen=True, slots=True)
class Roster:
    """All that an import brings.

    passwords: chosen app passwords (tutors, staff) and desk passwords, by person id; whoever
        is not named keeps theirs.
    guardianships: for a pupil named here, all of theirs; those of other pupils stay.
    allow: canonical values that may stand in a message: phones, hosts, addresses.
        None leaves what there is.
    facts: what is on file, in the place of what an earlier import brought; None leaves it.
    lessons: booked ones with their pair's id; likewise.
    """

    organisation: Organisation
    people: tuple[Person, ...] = ()
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    guardianships: tuple[Guardianship, ...] = ()
    pairs: tuple[Pair, ...] = ()
    allow: frozenset[str] | None = field(default=None, repr=False)
    facts: tuple[Fact, ...] | None = field(default=None, repr=False)
    lessons: tuple[tuple[str, Lesson], ...] | None = None


@dataclass(frozen=True, slots=True)
class AliasRow:
    """One line of `gateway alias list`: who stands behind which alias towards whom."""

    tutor: str
    pupil: str
    person: str
    role: str
    address: str = field(repr=False)


def pair_id(organisation_id: str, tutor_id: str, pupil_id: str) -> str:
    """The id of a tutor with a pupil: the same at every import, and no two alike."""
    named = "\0".join((organisation_id, tutor_id, pupil_id))
    return "p" + hashlib.sha256(named.encode()).hexdigest()[:20]
