"""Rates of holds between groups: who is compared with whom, what is chance, and what is not told."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.domain.fairness import FEWEST, Group, Sender, compared, members
from gateway.domain.figures import Share
from gateway.domain.register import Fact, FactKind

DAY = date(2026, 3, 4)
WELSH, POLISH = "first language: welsh", "first language: polish"


def senders(count: int, of: str, messages: int = 20, held: int = 1, role: str = "pupil") -> list[Sender]:
    return [Sender(f"{of}{n}", role, messages, held) for n in range(count)]


def grouped(people: list[Sender], *names: str) -> dict[str, set[str]]:
    return {one.person_id: set(names) for one in people}


def test_a_group_is_set_beside_all_others_of_its_role() -> None:
    welsh, rest, tutors = senders(12, "w", held=2), senders(30, "r"), senders(40, "t", role="tutor", held=20)
    (found,) = compared([*welsh, *rest, *tutors], grouped(welsh, WELSH))
    assert (found.role, found.name, found.people) == ("pupil", WELSH, 12)
    assert (found.held, found.others) == (Share(24, 240), Share(30, 600))


@pytest.mark.parametrize(
    ("held", "others", "unequal"),
    [
        (Share(60, 600), Share(60, 1200), True),
        (Share(6, 60), Share(60, 1200), False),  # twice as often, and chance explains it
        (Share(560, 10_000), Share(5000, 100_000), False),  # surely more often, and hardly so
        (Share(30, 600), Share(120, 1200), False),  # less often
        (Share(0, 0), Share(60, 1200), False),
        (Share(40, 400), Share(0, 4000), True),
    ],
)
def test_unequal_is_a_quarter_more_and_not_by_chance(held: Share, others: Share, unequal: bool) -> None:
    assert Group("pupil", WELSH, 50, held, others).unequal is unequal


@pytest.mark.parametrize(("ours", "theirs"), [(FEWEST - 1, 40), (40, FEWEST - 1)])
def test_a_side_of_few_people_is_not_told(ours: int, theirs: int) -> None:
    welsh, rest = senders(ours, "w", held=15), senders(theirs, "r")
    (found,) = compared([*welsh, *rest], grouped(welsh, WELSH))
    assert not found.told and not found.unequal
    assert (found.people, found.held, found.others) == (0, Share(0, 0), Share(0, 0))


def test_no_sum_gives_the_group_away_that_is_not_told() -> None:
    few, some, many = senders(5, "f"), senders(15, "s"), senders(60, "m")
    groups = grouped(few, WELSH) | grouped(some, POLISH) | grouped(many, "first language: english")
    found = {one.name: one.told for one in compared([*few, *some, *many], groups)}
    assert found == {"first language: english": True, POLISH: False, WELSH: False}


def test_of_two_dimensions_each_is_judged_by_itself() -> None:
    few, many = senders(5, "f"), senders(30, "m")
    groups = grouped(few, WELSH, "sight: none") | grouped(many, "sight: full")
    told = {one.name: one.told for one in compared([*few, *many, *senders(50, "r")], groups)}
    assert told == {WELSH: False, "sight: full": False, "sight: none": False}


def test_only_entries_that_hold_count() -> None:
    facts = [
        Fact(FactKind.GROUP, "w1", detail=WELSH),
        Fact(FactKind.GROUP, "w2", detail=WELSH, until=date(2026, 3, 3)),
        Fact(FactKind.SPEAKS, "w3", detail="cy"),
    ]
    assert members(facts, DAY) == {"w1": {WELSH}}
