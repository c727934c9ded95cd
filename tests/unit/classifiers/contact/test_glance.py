"""The short cuts of the reader say "nothing here" only where the long way finds nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.contact import aloud as reader
from classifiers.contact.domains import parts_sentences, read_domain
from classifiers.contact.glance import says_only_itself
from classifiers.contact.phrases import Phrases
from classifiers.contact.remembered import LONGEST_REMEMBERED, Remembered
from classifiers.contact.stream import read
from classifiers.contact.tokens import tokenise
from classifiers.normalise.view import normalise

DEV = Path(__file__).parents[3] / "corpora" / "contact" / "dev"
PIECES = [
    "at",
    "dot",
    "a",
    "the",
    "at sign",
    "then",
    "followed by",
    "bitly",
    "monzo me",
    "/",
    "_",
    "@",
    "-",
    ".",
    ",",
    "(",
    ")",
    "\n",
    "com",
    "me",
    "it",
    "It",
    "gmail",
    "example.org",
    ". com",
    "3a",
    "x^2 - 5x + 6",
    "12-14",
    "4:30pm",
    "18/20",
    "(10-3)",
    "three to eight",
    "oh seven",
    "em ay ar",
    "7",
    "0",
    "2",
    "hundred",
    "one",
    "you",
    "see",
    "i",
    "I",
    "MMXVII",
    "room",
    "number",
    "stop",
    "point",
    "e.g.",
    "£32.50",
    "p.a.y.p.a.l",
    "s n a p",
    "3²",
    "plus 4",
    "squared",
    "Great",
    "lesson",
]
mixtures = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(("", " ", " ", " "))), max_size=14)


def the_long_way(view, tokens):
    pieces = reader.signs_resolved(reader._without_commas(reader._without_between(reader._pieces(tokens))))
    return reader.joined(view, pieces, frozenset(), frozenset())


@given(mixtures)
@settings(max_examples=400, deadline=None)
def test_a_text_that_says_only_itself_has_nothing_to_join(parts):
    view = normalise("".join(word + gap for word, gap in parts))
    tokens = tokenise(view)
    if says_only_itself(tokens):
        assert the_long_way(view, tokens) is None


@pytest.mark.parametrize("path", sorted(DEV.glob("*.jsonl")), ids=lambda path: path.stem)
def test_no_text_of_the_corpus_is_passed_over(path):
    for line in path.read_text("utf-8").splitlines():
        view = normalise(json.loads(line)["text"])
        tokens = tokenise(view)
        assert not says_only_itself(tokens) or the_long_way(view, tokens) is None


@given(mixtures)
@settings(max_examples=300, deadline=None)
def test_no_host_is_read_over_a_full_stop_that_parts_sentences(parts):
    stream = read(normalise("".join(word + gap for word, gap in parts)))
    for index in range(len(stream.tokens.words)):
        if parts_sentences(stream, index):
            domain = read_domain(stream, index - 1)
            assert domain is None or not domain.whole


@given(st.text("%&#;0123456789abcdefxé \u200b", max_size=40))
def test_a_view_that_cannot_be_disguised_is_not(text):
    view = normalise(text)
    assert view.may_be_disguised() or not any(view.disguised(at, at + 1) for at in range(len(view.text)))


def test_what_is_remembered_is_bounded_in_length_and_number():
    lengths = Remembered(len)
    assert lengths["x" * (LONGEST_REMEMBERED + 1)] == LONGEST_REMEMBERED + 1
    assert not lengths
    for number in range(30_000):
        assert lengths[str(number)] == len(str(number))
    assert len(lengths) <= 10_000


@pytest.mark.parametrize(
    ("text", "found"), [("say it reversed", True), ("a.b", False), ("\ud800 [dot]", True)]
)
def test_phrases_are_found_letter_by_letter(text, found):
    assert Phrases(["revers", "[dot]"]).stand_in(text) is found
