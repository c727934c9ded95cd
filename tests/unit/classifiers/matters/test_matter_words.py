"""Sentences, their plain words, and where these were read."""

from __future__ import annotations

from itertools import pairwise

import pytest

from classifiers.matters.cues import cues
from classifiers.matters.words import MOST_PIECES, Reader, Stretch, stretches
from classifiers.normalise.view import normalise


def said(text: str) -> tuple[str, ...]:
    return Reader(cues().known).sentence(normalise(text).text).words


def test_sentences_end_where_readers_see_an_end() -> None:
    text = "One. Two e.g. this? Costs 12.99 pounds!\n\nThree\n- four"
    assert [text[one.start : one.end].strip() for one in stretches(text)] == [
        "One.",
        "Two e.g.",
        "this?",
        "Costs 12.99 pounds!",
        "Three",
        "- four",
    ]


def test_a_text_without_an_end_is_read_in_parts_that_overlap() -> None:
    text = "word " * (3 * MOST_PIECES)
    parts = list(stretches(text))
    assert parts[0].start == 0
    assert parts[-1].end == len(text)
    assert all(one.start < before.end for before, one in pairwise(parts))
    assert all(len(text[one.start : one.end].split()) <= MOST_PIECES for one in parts)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("11pm", ("@night",)),
        ("11 p.m.", ("@night",)),
        ("6 am", ("@night",)),
        ("12am", ("@night",)),
        ("12pm", ("@day",)),
        ("23:40", ("@night",)),
        ("17:00", ("@day",)),
        ("1:25", ("@day",)),
        ("01:25", ("@night",)),
        ("£50", ("£",)),
        ("1,250", ("#",)),
        ("I'll", ("i", "will")),
        ("do not", ("dont",)),
        ("mum's", ("mum",)),
        ("displacement", ("_",)),
        ("Zoom?", ("zoom", "?")),
    ],
)
def test_words_are_read_as_they_are_meant(written: str, read: tuple[str, ...]) -> None:
    assert said(written) == read


@pytest.mark.parametrize("text", ["We do not use Ｚｏｏｍ at 11 pm", "I’ll pay £50 — in cash"])
def test_every_word_knows_where_it_was_read(text: str) -> None:
    reader, view = Reader(cues().known), normalise(text)
    whole = Stretch(0, len(view.text))
    words = reader.sentence(view.text).words
    ends = [reader.span(view, whole, at, at + 1) for at in range(len(words))]
    assert ends[0][0] == 0
    assert ends[-1][1] == len(text)
    assert reader.span(view, whole, 0, len(words)) == (0, len(text))
