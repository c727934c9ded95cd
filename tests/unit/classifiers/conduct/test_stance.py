"""Refused, advised, reported or a lesson's matter: when a cue is not what it seems."""

from __future__ import annotations

import pytest

from classifiers.conduct.cues import ConductCues
from classifiers.finding import Finding, Layer, Passage, Scene, Stance

ACTS = 0.7


@pytest.fixture(scope="module")
def cues() -> ConductCues:
    return ConductCues()


def see(cues: ConductCues, text: str, role: str = "tutor") -> list[Finding]:
    return [one for one in cues.find([Passage(Layer.TEXT, text)], Scene(role)) if one.score >= ACTS]


@pytest.mark.parametrize(
    "text",
    [
        "I can't keep secrets.",
        "I can't promise to keep this between us; I have to tell our safeguarding lead.",
        "I would never ask you to keep a secret from your mum.",
        "You don't have to hide this from your parents.",
        "We are not allowed to meet outside lessons.",
        "Meeting up on our own isn't allowed.",
        "Please don't send me photos of yourself.",
        "I don't want you to buy me a present or meet me alone.",
        "I'm sorry, adding me on Instagram is against our policy.",
    ],
)
def test_a_tutor_who_refuses_is_never_flagged(cues: ConductCues, text: str) -> None:
    assert see(cues, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for telling me. I have to pass this on so that you get help.",
        "You are not in trouble. Please tell your mum, or call Childline on 0800 1111.",
        "If anyone ever asks you to keep a secret, tell a trusted adult.",
        "No adult should ask you to meet alone.",
        "If a tutor asks you for a photo of yourself, tell us.",
    ],
)
def test_a_tutor_who_safeguards_is_never_flagged(cues: ConductCues, text: str) -> None:
    assert see(cues, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "I promise I won't tell anyone what you said.",
        "Your secret is safe with me.",
        "Don't worry, I will not say a word to your parents.",
    ],
)
def test_a_tutor_who_absorbs_a_disclosure_is_flagged_as_secrecy(cues: ConductCues, text: str) -> None:
    assert {one.category for one in see(cues, text)} == {"secrecy"}


@pytest.mark.parametrize(
    "text",
    [
        "I know it's not allowed, but meet me at the park.",
        "I can't wait to be alone with you.",
        "Why don't we meet up at the park, just us?",
        "Don't be shy, send me a photo of you.",
    ],
)
def test_a_no_that_governs_something_else_shields_nothing(cues: ConductCues, text: str) -> None:
    assert see(cues, text)


@pytest.mark.parametrize(
    "text",
    [
        "In the novel, the father hits me, says the narrator.",
        "Romeo asks Juliet to keep their secret from her parents.",
        "Write a paragraph on the quote 'keep it between us' in act two.",
        'The poem says: "I am in love with you". Which technique is that in stanza one?',
        "In PSHE the worksheet says 'send me a photo of you'; how should she answer?",
    ],
)
def test_literature_and_lessons_are_mentions(cues: ConductCues, text: str) -> None:
    assert see(cues, text) == []


def test_a_character_of_a_book_does_not_shield_words_to_the_reader(cues: ConductCues) -> None:
    assert see(cues, "After Macbeth, send me a photo of yourself in that dress.")


def test_a_surprise_for_a_parent_is_no_secret(cues: ConductCues) -> None:
    assert see(cues, "It is a surprise party for your mum, so don't tell her. Don't tell your mum!") == []


@pytest.mark.parametrize("role", ["guardian", "pupil"])
def test_telling_of_an_approach_is_a_report_and_not_the_approach(cues: ConductCues, role: str) -> None:
    text = "My tutor told me not to tell my mum." if role == "pupil" else "He asked her to keep it a secret."
    found = see(cues, text, role)
    assert {one.category for one in found} == {"third_party_report"}
    assert all(one.stance is Stance.REPORT for one in found)


def test_a_tutor_who_passes_on_what_a_child_said_reports(cues: ConductCues) -> None:
    assert {one.category for one in see(cues, "She told me her dad hits her.")} == {"third_party_report"}


def test_copied_parents_take_the_weight_off_a_meeting(cues: ConductCues) -> None:
    assert see(cues, "Meet me at the library.")
    assert see(cues, "Meet me at the library with your dad, as agreed with your mum.") == []
