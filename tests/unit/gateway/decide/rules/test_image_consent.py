"""Pictures go on with consent, for what it was given, and with the pupil's own word where they can give it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from classifiers.finding import Kind, Layer, Passage
from gateway.decide.purposes import purposes
from gateway.decide.ruling import decide
from gateway.domain.message import Reading
from gateway.domain.register import Fact, FactKind
from gateway.domain.verdict import Hold, Note
from tests.fakes.circle import JAMIE, circle, finding, message, policy

BOUND = {"guardian_written": True, "purpose_bound": True}


def ruled(
    *facts: Fact, text: str = "", reuse: bool = False, born: date = JAMIE.born, **asked: bool
) -> object:  # type: ignore[assignment]
    plain = circle()
    people = {**plain.people, "jamie": replace(JAMIE, born=born)}
    seen = finding(Kind.MATTER, "image_reuse" if reuse else "image_of_pupil")
    reading = Reading(passages=(Passage(Layer.TEXT, text),))
    settings = {"image_consent": {**BOUND, **asked}, "roles_routes": {"first": "lcc", "safeguarding": "dsl"}}
    written = message(seen, around=replace(plain, facts=facts, people=people), reading=reading)
    rulings = decide(written, policy(settings, more=("image_consent",))).ruled
    return next(one.ruling for one in rulings if one.rule == "image_consent")


def given(purpose: str = "", kind: FactKind = FactKind.IMAGE_CONSENT) -> Fact:
    return Fact(kind, "jamie", detail=purpose)


REFUSED = FactKind.IMAGE_REFUSED


@pytest.mark.parametrize(
    ("facts", "text", "reuse", "outcome"),
    [
        ((given("website"),), "Here is a photo for our website.", False, Note),
        ((given("website"),), "We would like to put his photo on our web page.", True, Note),
        ((given("website"),), "Here is a photo for the newsletter.", False, Hold),
        ((given("website"),), "Here is a photo for the website and the newsletter.", False, Hold),
        ((given("website"), given("newsletter")), "For the website and the newsletter.", False, Note),
        ((given("lessons"),), "A photo from our lesson, for our website.", False, Hold),
        ((given("website"),), "A photo from our lesson.", False, Hold),
        ((given("lessons"),), "A photo from our lesson.", False, Note),
        ((given("lessons"),), "A photo, as agreed.", False, Note),
        ((given(),), "A photo from our lesson.", False, Note),
        ((given(),), "A photo for Instagram.", False, Hold),
        ((given("summer play"),), "The photo for the summer play.", True, Note),
        ((given("website"),), "May I use the photo again?", True, Hold),
        ((given("lessons"), given("website", REFUSED)), "A photo from our lesson.", False, Note),
        ((given("lessons"), given("website", REFUSED)), "A photo for the website.", False, Hold),
        ((given("lessons"), given("website", REFUSED)), "A photo, as agreed.", False, Hold),
        ((given("lessons"), given("", REFUSED)), "A photo from our lesson.", False, Hold),
    ],
)
def test_a_picture_serves_what_was_agreed(facts, text, reuse, outcome) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(ruled(*facts, text=text, reuse=reuse), outcome)


def test_where_purposes_do_not_count_a_consent_is_one_for_all_and_so_is_a_refusal() -> None:
    assert isinstance(ruled(given("lessons"), text="A photo for Instagram.", purpose_bound=False), Note)
    both = (given("lessons"), given("website", REFUSED))
    assert isinstance(ruled(*both, text="A photo from our lesson.", purpose_bound=False), Hold)


def test_a_consent_has_to_say_for_what_where_the_pack_asks() -> None:
    assert isinstance(ruled(given(), reason=True), Hold)
    assert isinstance(ruled(given("lessons"), reason=True), Note)


def test_without_a_written_consent_the_lead_is_told_where_the_pack_asks_for_none() -> None:
    told = ruled(guardian_written=False)
    assert isinstance(told, Note) and "without" in told.because and told.role == "dsl"
    assert isinstance(ruled(given("", REFUSED), guardian_written=False), Hold), "a refusal wins all the same"
    assert isinstance(ruled(reuse=True, text="For Instagram.", guardian_written=False), Hold)


@pytest.mark.parametrize(
    ("born", "own_word", "outcome"),
    [
        (date(2013, 3, 5), False, Note),  # twelve
        (date(2013, 3, 4), False, Hold),  # thirteen today
        (date(2013, 3, 4), True, Note),
        (None, False, Hold),
    ],
)
def test_a_pupil_who_can_is_asked_too(born, own_word, outcome) -> None:  # type: ignore[no-untyped-def]
    facts = (given("lessons"), *([given(kind=FactKind.IMAGE_ASSENT)] if own_word else []))
    assert isinstance(ruled(*facts, born=born, pupil_if_competent=True), outcome)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("for the school website", {"website"}),
        ("on Facebook and in the newsletter", {"social media", "newsletter"}),
        ("with her progress report", {"progress reports"}),
        ("taken in the lesson, for a flyer", {"advertising"}),
        ("he was impressed", set()),
    ],
)
def test_what_a_picture_is_for_is_read_from_plain_words(text: str, named: set[str]) -> None:
    assert purposes(text) == named
