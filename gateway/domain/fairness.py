"""Whether messages of some groups of people are held more often than those of others. Pure.

Groups are what the organisation chose to enter in its register, as "dimension: value". Judging never
sees them. Sides are compared within one role, because tutors, pupils and guardians write differently.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.domain.figures import Share
from gateway.domain.register import Fact, FactKind

FEWEST = 10
"""People: of a smaller group, or against fewer others, nothing is told."""
RATIO = 1.25
"""Times as often as the others: from here on a difference is looked at, if it is not chance."""


@dataclass(frozen=True, slots=True)
class Sender:
    """How many messages of somebody came in a window, and how many of them were held."""

    person_id: str
    role: str
    messages: int
    held: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group beside all others of its role. told: False when too few people are on one side.

    people, held, others are empty where nothing is told.
    """

    role: str
    name: str = field(repr=False)
    people: int
    held: Share
    others: Share
    told: bool = True

    @property
    def unequal(self) -> bool:
        """Held markedly more often than the others, and more than chance explains."""
        mine, theirs = self.held.interval, self.others.interval
        if not self.told or mine is None or theirs is None:
            return False
        rates = self.held.value or 0.0, self.others.value or 0.0
        return rates[0] >= RATIO * rates[1] and mine[0] > theirs[1]

    def kept_back(self) -> Group:
        """The same without any number."""
        return replace(self, people=0, held=Share(0, 0), others=Share(0, 0), told=False)


def members(facts: Iterable[Fact], day: date) -> dict[str, set[str]]:
    """The groups of each person, as far as anybody entered them."""
    found: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        if fact.kind is FactKind.GROUP and fact.holds(day):
            found[fact.person_id].add(fact.detail)
    return found


def compared(senders: Sequence[Sender], groups: Mapping[str, set[str]]) -> list[Group]:
    """Every group beside the others of its role, by role and name."""
    names = sorted({(one.role, name) for one in senders for name in groups.get(one.person_id, ())})
    return _hidden([_group(role, name, senders, groups) for role, name in names])


def _group(role: str, name: str, senders: Sequence[Sender], groups: Mapping[str, set[str]]) -> Group:
    alike = [one for one in senders if one.role == role]
    ours = [one for one in alike if name in groups.get(one.person_id, ())]
    others = [one for one in alike if name not in groups.get(one.person_id, ())]
    group = Group(role, name, len(ours), _share(ours), _share(others))
    return group if min(len(ours), len(others)) >= FEWEST else group.kept_back()


def _share(senders: Sequence[Sender]) -> Share:
    return Share(sum(one.held for one in senders), sum(one.messages for one in senders))


def _hidden(found: Sequence[Group]) -> list[Group]:
    """Where one group of a dimension is kept back, so is the next smallest: no sum gives it away."""
    again = set()
    for dimension in {_dimension(one) for one in found}:
        alike = [one for one in found if _dimension(one) == dimension]
        told = sorted((one for one in alike if one.told), key=lambda one: one.people)
        if len(alike) - len(told) == 1 and told:
            again.add(told[0])
    return [one.kept_back() if one in again else one for one in found]


def _dimension(group: Group) -> tuple[str, str]:
    return group.role, group.name.partition(":")[0]
