"""How many days ahead a message says that something ends."""

from __future__ import annotations

from datetime import date

import pytest

from classifiers.finding import Finding, Kind, Layer, Passage
from gateway.decide.notice import least_notice
from gateway.decide.watching import watched
from gateway.domain.message import Reading
from gateway.domain.verdict import Note
from tests.fakes.callers import real_pack
from tests.fakes.circle import message

TUESDAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("I stop from tomorrow.", 1),
        ("I stop on the 30th, 16 days from now.", 16),
        ("This is the end, with immediate effect.", 0),
        ("I finish in two weeks", 14),
        ("Please take this as a month's notice.", 30),
        ("I give you 3 weeks’ notice", 21),
        ("my last day is Friday", 3),
        ("my last day is Tuesday", 0),
        ("I leave next week", 6),
        ("From next month I'm no longer teaching.", 29),
        ("I stop at the end of the month", 28),
        ("My last lesson is on 2 March", 364),
        ("My last lesson is on April 17th", 45),
        ("My last lesson is the 31st", 28),
        ("See you Friday, and I stop on 30 April.", 3),  # the nearest counts
        ("I have decided to stop.", None),
        ("I told you in two weeks ago", None),
        ("I have taught her for two years", None),
        ("page 30 of the book", None),
    ],
)
def test_the_nearest_day_that_is_named_counts(said: str, days: int | None) -> None:
    assert least_notice(said, TUESDAY) == days


def test_a_day_that_no_month_has_is_looked_for_in_the_next_one() -> None:
    assert least_notice("the 30th", date(2026, 2, 1)) == 57
    assert least_notice("29 February", TUESDAY) is None


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("I stop from tomorrow.", True),
        ("I stop on 30 March.", False),
        ("I am giving up tutoring.", True),
        ("I stop on 17 March.", True),
        ("I stop on 18 March.", False),
    ],
)
def test_only_a_notice_that_is_short_or_names_no_day_is_noted(said: str, noted: bool) -> None:
    seen = Finding(Kind.MATTER, "notice_to_stop", Layer.TEXT, 0, 5, 0.75)
    passages = (Passage(Layer.TEXT, said),)
    one = message(seen, recipients=("ruth",), reading=Reading(passages=passages))
    ruled = watched(one, real_pack("mytutor"))
    assert [(each.rule, each.clause, type(each.ruling)) for each in ruled] == (
        [("notice_to_stop", "MTW-67", Note)] if noted else []
    )
