"""Numbers, addresses and account names in a subject."""

from __future__ import annotations

import pytest

from classifiers.finding import KnownName, Layer, Passage, Scene
from classifiers.names.matcher import NameMatcher
from tests.fakes.rewriting import rewrite

DYLAN = KnownName("dylan", "pupil", "Dylan", "Roe")
ALLOWED = frozenset({"+442079460000", "office@relay.test"})


def amended(text: str) -> str:
    scene = Scene("tutor", names=(DYLAN,), allowed=ALLOWED)
    return rewrite(text, NameMatcher().find([Passage(Layer.SUBJECT, text)], scene))


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("Call 07700 900123 tonight", "Call [contact] tonight"),
        ("Ring (020) 7946 0123.", "Ring [contact]."),
        ("Emergency contact: +44 7700 900456", "Emergency contact: [contact]"),
        ("Write to dylan.roe@example.com please", "Write to [contact] please"),
        ("Dylan <dylan.roe@example.com>", "D.R. <[contact]>"),
        ("jamie@family.example.org", "[contact]"),
        ("add Dylan on snap @dylroe_09", "add D.R. on snap [contact]"),
        ("Dylan's insta: dyl.roe09", "D.R.'s insta: [contact]"),
        ("instagram.com/dylroe is me", "[contact] is me"),
    ],
)
def test_values_are_written_over(subject: str, wanted: str) -> None:
    assert amended(subject) == wanted
    assert amended(wanted) == wanted


@pytest.mark.parametrize(
    "subject",
    [
        "Childline 0800 1111 poster",
        "Office 020 7946 0000 closed on Friday",
        "Reply to office@relay.test",
        "Zoom ID 812 3456 7890",
        "ISBN 0 19 853453 1",
        "AQA 7408/1 June 2022 QP",
        "Lesson @ 5pm",
        "Snap revision cards for chapter 3",
        "Homework on https://lessons.example.org/room_12",
        "Maths 2024-25 dates 03/09/2024 to 18/07/2025",
    ],
)
def test_what_anybody_may_show_stays(subject: str) -> None:
    assert amended(subject) == subject
