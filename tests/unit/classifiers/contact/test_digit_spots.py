"""Stretches with too few digits are passed over only where they could be no number and no part of one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.contact.figures import figures
from classifiers.contact.phone import phones
from classifiers.contact.protected import helplines
from classifiers.contact.runs import runs, spots
from classifiers.contact.stream import read
from classifiers.contact.tokens import tokenise
from classifiers.contact.traits import PERHAPS_DIGIT, SURE_DIGITS, traits_of
from classifiers.normalise.view import normalise

PIECES = [
    "seven", "double seven", "triple", "oh", "zero", "nine hundred", "hundred", "thousand and twelve", "forty",
    "forty-two", "three sevens", "quatre-vingt-dix", "soixante", "dix", "y", "to", "for", "a", "won", "heaven",
    "07700", "900123", "07", "7", "44", "4", "0", "12", "2026", "14/03/2026", "4:30pm", "£32.50", "(10-3)", "(10 x 3)",
    "ooo", "l0", "s", "IV", "i", "and", "then", "is", "page", "mine", "ends", "starts", "first", "number", "ring",
    "+", "-", ",", ".", "=", "^", "/", "\n", "x", "the", "+44 7700", "blah",
]  # fmt: skip


def written(data: st.DataObject) -> str:
    return " ".join(data.draw(st.lists(st.sampled_from(PIECES), max_size=24)))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_run_that_may_be_a_number_is_passed_over(data: st.DataObject) -> None:
    tokens = read(normalise(written(data))).tokens
    every = traits_of(tokens).where(PERHAPS_DIGIT | SURE_DIGITS)
    barriers = figures(tokens, range(len(tokens.words)))
    whole = [run for run in runs(tokens, barriers, every) if sum(len(one.digits) for one in run) >= 7]
    part = 1 << 30
    near = spots(tokens, 7, part, openings=True)
    kept = figures(tokens, near)
    near = spots(tokens, 7, part, openings=True, barriers=kept)
    assert [run for run in runs(tokens, kept, near) if sum(len(one.digits) for one in run) >= 7] == whole


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_run_that_begins_as_a_mobile_number_is_passed_over(data: st.DataObject) -> None:
    tokens = read(normalise(written(data))).tokens
    every = traits_of(tokens).where(PERHAPS_DIGIT | SURE_DIGITS)
    near = spots(tokens, 7, 3, openings=True)
    looked_at = set(near)
    for run in runs(tokens, frozenset(), every):
        told = run[1:] if run[0].how == "weak" and len(run) > 1 else run
        digits = "".join(one.digits for one in told)
        if len(digits) >= 3 and digits.startswith(("07", "447")):
            assert {one.first for one in run} <= looked_at


def test_a_number_after_words_far_away_is_still_found() -> None:
    text = "+ we did pages 12-14 and 3 more, then " + "and so on it went " * 20 + "ring 07700 900123"
    assert [one.category for one in phones(read(normalise(text)), helplines())] == ["phone"]


def test_digits_of_ordinary_lessons_are_passed_over() -> None:
    tokens = tokenise(
        normalise("pages 12-14 and got 18/20 in the quiz (90%), x^2 - 5x + 6 = 0, p. 46 and 45 minutes")
    )
    assert spots(tokens, 7, 1 << 30, openings=True) == []
