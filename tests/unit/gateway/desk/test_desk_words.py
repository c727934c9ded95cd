from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from classifiers.finding import Finding, Kind, Layer
from gateway.desk import words
from gateway.domain.case import State
from gateway.domain.verdict import Lane
from tests.fakes.desk import NOW, world


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=20), "under 1 min"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=3, minutes=20), "3 h 20 min"),
        (timedelta(hours=52), "2 days 4 h"),
        (timedelta(days=9), "9 days"),
    ],
)
def test_it_says_a_length_of_time(length: timedelta, said: str) -> None:
    assert words.span(length) == said


def test_it_says_how_long_a_case_has_left_or_is_overdue() -> None:
    case = world().docket.held["case03"].case
    assert words.time_left(case, NOW) == "48 min left"
    assert words.time_left(case, NOW + timedelta(minutes=60)) == "overdue by 12 min"
    assert words.time_left(replace(case, state=State.CLOSED), NOW) == "closed"


def test_times_are_those_of_london_with_the_zone_stated() -> None:
    assert words.moment(datetime(2026, 3, 3, 14, 5, tzinfo=UTC)) == "Tue 3 Mar 2026, 14:05 GMT"
    assert words.moment(datetime(2026, 7, 1, 14, 5, tzinfo=UTC)) == "Wed 1 Jul 2026, 15:05 BST"
    assert words.short_moment(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 Jul, 00:30 BST"


def test_a_category_nobody_has_words_for_still_reads_as_words() -> None:
    assert words.category(Finding(Kind.CONTACT, "qr_code", Layer.TEXT, 0, 1, 0.5)) == "Qr code"
    assert words.category(Finding(Kind.CONTACT, "", Layer.TEXT, 0, 1, 0.5)) == "Contact detail"


def test_every_lane_has_a_name() -> None:
    assert set(words.LANES) == set(Lane)


def test_a_score_is_said_in_words() -> None:
    assert [words.score(s) for s in (0.97, 0.8, 0.5, 0.1)] == [
        "very likely",
        "likely",
        "possible",
        "weak sign",
    ]
