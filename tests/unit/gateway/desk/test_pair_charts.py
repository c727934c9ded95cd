"""Where a pair is heading and what it writes beside others, as bars with their tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from gateway.desk.pair_charts import beside, course, late_share, said_late
from gateway.domain.course import Trajectory
from gateway.domain.people import Person, Role
from gateway.moderate.trajectory import HALF_LIFE, score
from gateway.ports import Traffic

NOW = datetime(2026, 3, 3, 10, 30, tzinfo=UTC)
STATE = Trajectory(NOW, {"secrecy": 0.7, "flattery": 0.35, "gifts": 0.05}, (0.8, 0.6), told=1.1)


def texts(chart: object) -> list[str]:
    return [str(one.text) for one in ElementTree.fromstring(str(chart)).iter() if one.tag == "text"]


def pupil(name: str) -> Person:
    return Person(name, "demo", Role.PUPIL, name.title(), "Marsh")


def test_behaviours_stand_in_the_order_of_their_stages_and_the_faint_are_left_out() -> None:
    made = course(STATE, 1.0, NOW)
    told = [(one.name, one.stage, one.said) for one in made.behaviours]
    assert told == [("Flattery", "closeness", "some"), ("Asks for secrecy", "secrecy", "much")]
    assert texts(made.chart) == ["Flattery", "some", "Asks for secrecy", "much"]
    assert (made.reached, made.called_at, made.told) == (score(STATE), 1.0, 1.1)


def test_what_was_long_ago_has_faded_as_it_has_for_the_rule() -> None:
    made = course(STATE, 1.0, NOW + HALF_LIFE)
    assert [(one.name, round(one.weight, 3)) for one in made.behaviours] == [
        ("Flattery", 0.175),
        ("Asks for secrecy", 0.35),
    ]
    assert made.reached < score(STATE)
    assert course(STATE, 1.0, NOW + timedelta(days=400)).behaviours == ()


def test_a_pair_that_said_nothing_has_no_behaviours() -> None:
    made = course(Trajectory(), 1.0, NOW)
    assert (made.behaviours, made.reached, made.told) == ((), 0.0, 0.0)


def test_this_pair_comes_first_and_the_others_after_it() -> None:
    found = [Traffic("p2", "ben", 40, 10, 1), Traffic("p1", "ann", 6, 2, 3), Traffic("p3", "cas", 0, 0, 0)]
    made = beside(found, {one.pair_id: pupil(one.pupil_id) for one in found}, "p1")
    assert made.own == found[1] and made.others == (found[0], found[2])
    assert made.usual == 20.0
    assert texts(made.volume) == ["A.M. (this one)", "8", "B.M.", "50", "C.M.", "0"]
    assert texts(made.hours) == ["A.M. (this one)", "3 of 6", "B.M.", "1 of 40", "C.M.", "none sent"]


def test_a_tutor_of_one_has_nobody_to_compare_with() -> None:
    one = Traffic("p1", "ann", 6, 2, 3)
    made = beside([one], {"p1": pupil("ann")}, "p1")
    assert (made.others, made.usual) == ((), None)


def test_shares_are_of_what_the_tutor_sent() -> None:
    assert late_share(Traffic("p1", "ann", 6, 90, 3)) == 0.5
    assert (late_share(Traffic("p1", "ann", 0, 9)), said_late(Traffic("p1", "ann", 0, 9))) == (
        0.0,
        "none sent",
    )
