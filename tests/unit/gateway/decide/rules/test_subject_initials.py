"""Subjects, and file names where the pack asks, keep neither names nor contact details."""

import pytest

from classifiers.finding import Kind, Layer, Passage, Stance
from gateway.decide.rules.subject_initials import subject_initials
from gateway.domain.message import Part, Reading
from gateway.domain.verdict import Amend, Pass, Replace
from tests.fakes.circle import finding, message, policy

NAME = finding(Kind.NAME, "name", layer=Layer.SUBJECT, start=0, end=5, replacement="J.W.")


def ruled(*findings, reading=None, **parameters):
    terms = policy(subject_initials=parameters).rules["subject_initials"]
    return subject_initials(message(*findings, reading=reading), terms)


def test_a_name_becomes_initials_and_a_number_becomes_a_tag():
    number = finding(Kind.CONTACT, "phone", layer=Layer.SUBJECT, start=12, end=23, evasive=True)
    assert ruled(NAME, number) == Amend(
        (Replace(Layer.SUBJECT, 0, 0, 5, "J.W."), Replace(Layer.SUBJECT, 0, 12, 23, "[contact]"))
    )


def test_two_findings_of_one_value_make_one_change():
    number = finding(Kind.CONTACT, "phone", layer=Layer.SUBJECT, start=3, end=20)
    tagged = finding(Kind.NAME, "contact", layer=Layer.SUBJECT, start=6, end=20, replacement="[contact]")
    assert ruled(NAME, number, tagged) == Amend((Replace(Layer.SUBJECT, 0, 0, 20, "[contact]"),))


@pytest.mark.parametrize(
    "harmless",
    [
        finding(Kind.CONTACT, "intent", layer=Layer.SUBJECT),
        finding(Kind.CONTACT, "phone", score=0.4, layer=Layer.SUBJECT),
        finding(Kind.CONTACT, "handle", layer=Layer.SUBJECT, stance=Stance.REFUSAL),
        finding(Kind.CONTACT, "phone", layer=Layer.TEXT),
    ],
)
def test_what_is_no_value_in_the_subject_stays(harmless):
    assert ruled(harmless) == Pass()


def test_file_names_are_written_over_only_where_the_pack_asks():
    part = Part(2, "application/pdf", None, b"x", "Jamie.pdf", inline=False, unread=False)
    named = finding(Kind.NAME, "name", layer=Layer.FILENAME, part=2, start=0, end=5, replacement="J.W.")
    elsewhere = finding(Kind.NAME, "name", layer=Layer.FILENAME, part=9, start=0, end=5, replacement="J.W.")
    reading = Reading(parts=(part,))
    assert ruled(named, elsewhere, reading=reading) == Pass()
    assert ruled(named, elsewhere, reading=reading, in_file_names=True) == Amend(
        (Replace(Layer.FILENAME, 2, 0, 5, "J.W."),)
    )


SUBJECT = "Ruth, Ruth Whitfield and Jamie"
LEFT = [(0, 4, "Ruth Whitfield"), (6, 20, "Ruth Whitfield"), (25, 30, "Jamie Whitfield")]


def people(*chosen, spans=LEFT, subject=SUBJECT):
    """The words that stand where the pack has initials for these people alone."""
    reading = Reading(subject=subject, passages=(Passage(Layer.SUBJECT, subject),))
    found = [
        finding(Kind.NAME, "name", layer=Layer.SUBJECT, start=a, end=b, value=value, replacement="X.")
        for a, b, value in spans
    ]
    terms = policy({"subject_initials_people": list(chosen)}).rules["subject_initials"]
    got = subject_initials(message(*found, reading=reading), terms)
    return {subject[one.start : one.end] for one in getattr(got, "changes", ())}


def test_only_the_names_of_whom_the_pack_names_become_initials():
    assert people("pupil", "teacher", "guardian") == {"Ruth", "Ruth Whitfield", "Jamie"}
    assert people("guardian") == {"Ruth", "Ruth Whitfield"}, "the pupil's given name gives nobody else away"
    assert people() == set()


def test_a_guardians_name_that_gives_the_pupils_away_goes_with_it():
    assert people("pupil") == {"Ruth Whitfield", "Jamie"}
    hers = [(0, 18, "Ruth Whitfield")]
    assert people("pupil", spans=hers, subject="Ruth WHITFIELD\u2019s idea") == {"Ruth WHITFIELD\u2019s i"}


def test_a_name_that_nobody_can_place_always_goes():
    assert people(spans=[(0, 4, "Ruth Somebody")]) == {"Ruth"}
    assert people(spans=[(0, 4, "")]) == {"Ruth"}
    assert people("pupil", spans=[(0, 4, "Ruth Whitfield / Jamie Whitfield")]) == {"Ruth"}
