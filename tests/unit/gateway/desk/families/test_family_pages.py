"""What the families' pages work out: weeks, agreements, ages, days, labels."""

from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import date, timedelta

import pytest

from classifiers.finding import Layer, Passage
from gateway.desk.families.guardian import filled, image_agreements
from gateway.desk.families.pupil import band
from gateway.desk.families.sealed import last_day
from gateway.desk.families.showing import of_reading, removed_from
from gateway.domain.correspondence import Volume
from gateway.domain.message import Part, Reading
from gateway.domain.people import Role
from gateway.domain.register import Fact, FactKind
from gateway.domain.report import (
    ALWAYS,
    MESSAGE,
    PRIVATE,
    message_route,
    open_routes,
    private_route,
    routes_for,
)
from gateway.domain.verdict import Lane
from tests.fakes.sql import plain_policy

TODAY = date(2026, 3, 4)  # a Wednesday


def test_weeks_of_silence_are_shown_too() -> None:
    spoken = Volume(date(2026, 2, 23), 3, 1)
    weeks = filled([spoken], TODAY)
    assert len(weeks) == 12
    assert (weeks[0].starts, weeks[-1].starts, weeks[-2]) == (date(2025, 12, 15), date(2026, 3, 2), spoken)
    assert sum(one.by_tutor for one in weeks) == 3


def test_the_last_word_about_a_purpose_counts_and_silence_is_no_consent() -> None:
    facts = (
        Fact(FactKind.IMAGE_CONSENT, "jamie", detail="lessons", until=TODAY - timedelta(days=1)),
        Fact(FactKind.IMAGE_REFUSED, "jamie", detail="lessons", since=TODAY),
        Fact(FactKind.IMAGE_CONSENT, "jamie", detail="school play"),
        Fact(FactKind.SPEAKS, "jamie", detail="cy"),
    )
    found = {one.purpose: one.state for one in image_agreements(facts, TODAY)}
    assert found == {"lessons": "refused", "progress reports": "", "website": "", "school play": "given"}


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (None, "under_13"),
        (date(2013, 3, 5), "under_13"),
        (date(2013, 3, 4), "13_to_15"),
        (date(2010, 3, 5), "13_to_15"),
        (date(2010, 3, 4), "16_and_over"),
        (date(2012, 2, 29), "13_to_15"),
    ],
)
def test_the_words_are_those_for_their_age_to_the_day(born: date | None, words: str) -> None:
    assert band(born, TODAY) == words


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        (TODAY, 5, date(2026, 3, 11)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # a Saturday
        (TODAY, 0, TODAY),
    ],
)
def test_working_days_leave_weekends_out(received: date, days: int, last: date) -> None:
    policy = replace(plain_policy(), settings={"retention_images_working_days": days})
    assert last_day(received, policy) == last
    assert last_day(TODAY, plain_policy()) == date(2026, 3, 11)


def test_labels_are_read_from_what_was_delivered() -> None:
    texts = [
        "Ring [phone number removed] or [phone number removed]",
        "[link removed] [removed] [address kept]",
    ]
    assert removed_from(texts) == ("phone number removed", "link removed")


def test_a_page_shows_text_once_and_links_as_text() -> None:
    link = "https://lesson\u0430.example.org/w7"
    reading = Reading(
        passages=(
            Passage(Layer.TEXT, "Hello\n", 1),
            Passage(Layer.HTML, "Hello", 2, array("L", range(5))),
            Passage(Layer.HIDDEN, "unseen", 2, array("L", range(6))),
            Passage(Layer.QUOTED, "earlier", 1),
            Passage(Layer.LINK, link, 2, array("L", range(len(link)))),
        ),
        parts=(Part(3, "application/pdf", content=b"%PDF", filename="sheet.pdf", inline=False),),
    )
    shown = of_reading(reading, "Subject")
    assert [kind for kind, _ in shown.texts] == ["text", "quoted", "link"]
    assert "xn--" in shown.texts[-1][1]
    assert shown.files == ("sheet.pdf",)


def test_without_plain_text_the_html_is_shown_as_text() -> None:
    reading = Reading(passages=(Passage(Layer.HTML, "Hello", 1, array("L", range(5))),))
    assert of_reading(reading, "").texts == (("text", "Hello"),)


# --- the ways to tell us ---


def test_every_organisation_offers_the_lead_to_pupils_and_a_concern_to_all() -> None:
    policy = plain_policy()
    assert private_route(policy).lane is Lane.SEALED
    for role in (Role.PUPIL, Role.GUARDIAN, Role.TUTOR):
        assert message_route(policy, role).name == MESSAGE
    assert PRIVATE in routes_for(policy, Role.PUPIL)
    for role in (Role.GUARDIAN, Role.TUTOR):
        assert not {PRIVATE, MESSAGE} & open_routes(policy, role).keys()


def test_a_packs_own_way_goes_before_ours_but_the_private_one_stays_sealed() -> None:
    ours = {one.name: one for one in ALWAYS}
    packs = {
        MESSAGE: replace(ours[MESSAGE], title="Tell the area advisor"),
        PRIVATE: replace(ours[PRIVATE], title="Tell Dee"),
    }
    policy = replace(plain_policy(), reports=packs)
    assert message_route(policy, Role.GUARDIAN).title == "Tell the area advisor"
    assert private_route(policy).title == "Tell Dee"
    unsealed = replace(policy, reports={PRIVATE: replace(ours[PRIVATE], lane=Lane.REVIEW)})
    assert private_route(unsealed).lane is Lane.SEALED


def test_the_word_of_children_reaches_nobody_by_default() -> None:
    assert all(one.guardian == "never" for one in ALWAYS)
