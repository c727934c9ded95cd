"""A tutor with a pupil, and the circle of people around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from gateway.domain.people import Guardianship, Organisation, Person, Role
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.domain.zones import zone_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pair:
    """One tutor teaching one pupil.

    contract: private or school. overlay: name of the school's own policy, "" without one.
    """

    id: str
    organisation_id: str
    tutor_id: str
    pupil_id: str
    subject: str = ""
    contract: str = "private"
    open: bool = True
    overlay: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """The excerpt of the directory that judging a message of one pair needs.

    people: tutor, pupil and every guardian of the pupil, by id.
    aliases: this pair's live aliases, by person id.
    neighbours: other people whose names may turn up (the tutor's other pupils and theirs).
    former: the same of pupils whom the tutor taught before.
    allowed: canonical values that may stand in a message.
    failing: guardians whose address gave back what was sent to it; nobody knows how to reach them.
    version: the directory's version this was read at.
    facts: what the register says of these people, this pair and the organisation.
    lessons: the pair's booked lessons, in order of time.
    """

    organisation: Organisation
    pair: Pair
    people: Mapping[str, Person]
    guardianships: tuple[Guardianship, ...]
    aliases: Mapping[str, str] = field(repr=False)
    neighbours: tuple[Person, ...] = field(default=(), repr=False)
    allowed: frozenset[str] = field(default=frozenset(), repr=False)
    version: int = 0
    failing: frozenset[str] = frozenset()
    facts: tuple[Fact, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    former: tuple[Person, ...] = ()

    @property
    def tutor(self) -> Person:
        """The tutor of the pair."""
        return self.people[self.pair.tutor_id]

    @property
    def pupil(self) -> Person:
        """The pupil of the pair."""
        return self.people[self.pair.pupil_id]

    @property
    def required_guardians(self) -> tuple[Person, ...]:
        """Guardians without whose copy the pupil may not be written to, in directory order."""
        return tuple(self.people[g.guardian_id] for g in self.guardianships if g.required)

    @property
    def barred_ids(self) -> frozenset[str]:
        """Guardians who must learn nothing."""
        return frozenset(g.guardian_id for g in self.guardianships if g.barred)

    def role_of(self, person_id: str) -> Role:
        """The role of somebody in the circle; OUTSIDER for anybody else."""
        person = self.people.get(person_id)
        return person.role if person else Role.OUTSIDER

    def on_file(self, kind: FactKind, day: date, person_id: str = "", pair_id: str = "") -> tuple[Fact, ...]:
        """The facts of that kind that hold on a day, of one person, one pair, or the organisation."""
        return tuple(
            one
            for one in self.facts
            if one.kind is kind and one.person_id == person_id and one.pair_id == pair_id and one.holds(day)
        )

    def zone(self, day: date) -> ZoneInfo | None:
        """The family's time zone (clause WSEN-12): the pupil's, or that of a guardian; None when none is on file."""
        guardians = (one.guardian_id for one in self.guardianships if not one.barred)
        return zone_of(self.facts, (self.pair.pupil_id, *guardians), day)

    def in_lesson(self, at: datetime) -> bool:
        """True while a booked lesson of this pair is running."""
        return any(lesson.running(at) for lesson in self.lessons)


class OfCircle(Generic[T]):
    """What is worked out of a circle, kept as long as messages bring the very same object.

    Until the directory changes they do; a circle that only equals another is worked out anew.
    """

    KEPT = 256

    def __init__(self, work_out: Callable[[Circle], T]) -> None:
        self._work_out = work_out
        self._known: dict[int, tuple[Circle, T]] = {}

    def __call__(self, circle: Circle) -> T:
        """What was worked out of this circle."""
        known = self._known.get(id(circle))
        if known is not None and known[0] is circle:
            return known[1]
        if len(self._known) >= self.KEPT:
            self._known.clear()
        made = self._work_out(circle)
        self._known[id(circle)] = circle, made
        return made
