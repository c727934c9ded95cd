"""When a pair's course calls a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.decide.rules.pair_trajectory import FURTHER, pair_trajectory
from gateway.domain.course import Course
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Lane, Pass, Severity
from tests.fakes.circle import message

TERMS = RuleTerms("MTW-71", Lane.REVIEW, Severity.HIGH, "", {"act_at": 1.0})


@pytest.mark.parametrize(
    ("reached", "told", "holds"),
    [
        (0.99, 0.0, False),
        (1.0, 0.0, True),
        (1.4, 1.2, False),  # a person was told of 1.2; this is hardly further
        (1.2 * FURTHER, 1.2, True),
    ],
)
def test_it_holds_at_the_mark_and_not_twice_for_the_same(reached: float, told: float, holds: bool) -> None:
    ruling = pair_trajectory(replace(message(), course=Course(reached, told, "signs added up")), TERMS)
    assert isinstance(ruling, Hold if holds else Pass)
    if isinstance(ruling, Hold):
        assert (ruling.lane, ruling.because) == (Lane.REVIEW, "signs added up")


def test_a_message_that_is_no_part_of_a_course_passes() -> None:
    assert isinstance(pair_trajectory(message(), TERMS), Pass)


@pytest.mark.parametrize(("pressed", "held"), [(0, False), (2, False), (3, True), (4, True)])
def test_the_third_message_of_a_night_without_an_answer_is_held_where_the_pack_says_so(
    pressed: int, held: bool
) -> None:
    one = replace(message(), course=Course(0.1, 0.0, "", pressed))
    terms = replace(TERMS, parameters={**TERMS.parameters, "night_messages": 3})
    assert isinstance(pair_trajectory(one, terms), Hold) is held
    assert isinstance(pair_trajectory(one, TERMS), Pass)
