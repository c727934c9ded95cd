"""Schools, birth dates and numbers that tell a pupil apart."""

from __future__ import annotations

import sys

import pytest

from classifiers.finding import KnownName, Layer, Passage, Scene
from classifiers.names.matcher import NameMatcher
from tests.fakes.rewriting import rewrite

JAMIE = KnownName("jamie", "pupil", "Jamie", "Whitfield", ("Jay", "Emma"))


def amended(text: str) -> str:
    found = NameMatcher().find([Passage(Layer.SUBJECT, text)], Scene("tutor", names=(JAMIE,)))
    return rewrite(text, found)


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("Meeting at Oakfield School", "Meeting at [school]"),
        ("St Mary's CE Primary School report", "[school] report"),
        ("Seven Oaks Primary School", "[school]"),
        ("Pupil at Elmwood Academy: Jamie Whitfield", "Pupil at [school]: J.W."),
        ("Eton College", "[school]"),
        ("DOB 04/03/2012", "DOB [dob]"),
        ("date of birth: 3rd May 2011", "date of birth: [dob]"),
        ("Jamie born 4 March 2012", "J.W. born [dob]"),
        ("Jamie Whitfield (04/03/2012)", "J.W. ([dob])"),
        ("UPN H801200001001", "UPN [upn]"),
        ("H801200001001 transfer", "[upn] transfer"),
        ("Candidate number 1234", "Candidate number [ref]"),
        ("Candidate no: 4021 entry", "Candidate no: [ref] entry"),
        ("ULN: 1234567890", "ULN: [ref]"),
        ("UCI 123456789012X", "UCI [ref]"),
    ],
)
def test_it_covers_what_identifies_a_pupil(subject: str, wanted: str) -> None:
    assert amended(subject) == wanted
    assert amended(wanted) == wanted


@pytest.mark.parametrize(
    "subject",
    [
        "School holidays",
        "New school term",
        "Primary School places",
        "Secondary school entrance",
        "Summer School dates",
        "Khan Academy link",
        "King's College London open day",
        "Imperial College London visit",
        "Royal College of Music exam",
        "Exam 12/06/2025",
        "Invoice 20260115",
        "Paper 1234",
        "June 2019 paper 2",
        "Lesson on 5 June",
        "Chapter 12 questions 1-10",
    ],
)
def test_it_leaves_institutions_dates_and_numbers_of_lessons_alone(subject: str) -> None:
    assert amended(subject) == subject


@pytest.mark.parametrize(
    "unit",
    [
        "0 ",
        "a@",
        "@a_",
        "snap ",
        "Emma and ",
        "Jay's ",
        "Macbeth ",
        "ysgol ",
        "dob ",
        "1 ",
        "candidate ",
        "School ",
        "A",
        "[",
        "born 1/",
        "Jamie ",
        "jamiewhitfiel",
    ],
)
def test_a_hostile_subject_costs_no_more_than_its_length(unit: str) -> None:
    steps: list[int] = []

    def counted(frame: object, event: str, arg: object) -> None:
        steps[-1] += event == "call"

    for size in (2_000, 4_000):
        steps.append(0)
        sys.setprofile(counted)
        try:
            amended((unit * size)[:size])
        finally:
            sys.setprofile(None)
    assert steps[1] <= 2.3 * steps[0] + 2_000
