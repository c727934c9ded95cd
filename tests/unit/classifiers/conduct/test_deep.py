"""The sentence encoder: what it is shown, what it is spared, and what it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.conduct.deep import MOST, TOGETHER, UNREAD, Deep, encoder, runs, text_of
from classifiers.conduct.features import Stretch
from classifiers.conduct.heads import Said
from classifiers.conduct.weights import models_folder
from classifiers.conduct.wordpiece import WordPiece

PIECES = WordPiece(
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "tutor", ":", ".", "?", "play", "##ing", "green", "e", "##e"]
)
HEADS = 3


@dataclass
class Session:
    """Says how many pieces it was shown."""

    shown: list[list[int]] = field(default_factory=list)

    def run(self, _: None, given: dict[str, Any]) -> list[Any]:
        self.shown.append(given["pieces"].tolist())
        return [np.full(HEADS, len(self.shown), np.float32)]


def sentences(*texts: str) -> list[Stretch]:
    return [Stretch(at, at + 1, tuple(text.split())) for at, text in enumerate(texts)]


def said(*doubts: float) -> Said:
    """One window a sentence; `doubts` of any concern."""
    heads = np.zeros((len(doubts) + 1, HEADS), np.float32)
    heads[:-1, -1] = doubts
    return Said([(at, at + 1) for at in range(len(doubts))], heads)


def cues(many: int, *at: int) -> Any:
    out = np.zeros((many, HEADS - 1), np.float32)
    out[list(at), 0] = 0.4
    return out


@pytest.fixture
def reader() -> Deep:
    return Deep(Session(), PIECES, {"tutor": 0.0})


def test_it_reads_the_role_and_whole_sentences(reader: Deep) -> None:
    found = reader.read(sentences("playing", "green ?"), said(1.0, 1.0), cues(2), "tutor")
    assert [PIECES.pieces[one] for one in reader.session.shown[0]] == [
        "[CLS]", "tutor", ":", "play", "##ing", ".", "green", "?", "[SEP]",
    ]  # fmt: skip
    assert (found == 1).all() and found.shape == (2, HEADS)


def test_what_leaves_the_heads_at_ease_is_not_read(reader: Deep) -> None:
    assert (reader.read(sentences("green"), said(-0.1), cues(1), "tutor") == UNREAD).all()
    assert reader.session.shown == []


def test_a_cue_is_read_however_innocent_the_rest(reader: Deep) -> None:
    assert (reader.read(sentences("green"), said(-9.0), cues(1, 0), "tutor") == 1).all()


def test_a_run_is_read_once_and_kept(reader: Deep) -> None:
    for _ in range(3):
        reader.read(sentences("green"), said(1.0), cues(1), "tutor")
    assert len(reader.session.shown) == 1


def test_of_a_long_text_the_least_innocent_runs_are_read(reader: Deep) -> None:
    long = " ".join(["e" * 40] * 2)
    many = MOST + 8
    doubts = [float(at + 1) for at in range(many)]
    found = reader.read(
        sentences(*[f"{long} {'green ' * at}" for at in range(many)]), said(*doubts), cues(many), "tutor"
    )
    read = [row for row in range(many) if found[row, 0] != UNREAD]
    assert read == list(range(many - MOST, many))


def test_a_stop_alone_is_no_text(reader: Deep) -> None:
    assert (reader.read(sentences("?"), said(1.0), cues(1), "tutor") == UNREAD).all()
    assert reader.session.shown == []


def test_the_sentence_that_says_most_is_told_from_those_around_it(reader: Deep) -> None:
    reader.session.run = lambda _, given: [np.array([float(4 in given["pieces"][2:])] * HEADS)]
    assert reader.closest(sentences("green", "playing", "tutor", "green"), 0, 1, "tutor") == 2


def test_no_reading_is_longer_than_the_encoder_was_taught_on(reader: Deep) -> None:
    reader.read(sentences("e" * 99 + " " + "e" * 99), said(1.0), cues(1), "tutor")
    assert len(reader.session.shown[0]) == TOGETHER + 4  # and [CLS], the role and its colon, [SEP]


@given(st.lists(st.integers(1, 200), min_size=1, max_size=60))
def test_runs_hold_every_sentence_once_and_are_no_longer_than_need_be(lengths: list[int]) -> None:
    found = runs(lengths)
    assert [at for run in found for at in range(*run)] == list(range(len(lengths)))
    assert all(sum(lengths[first:last]) <= TOGETHER or last == first + 1 for first, last in found)
    assert all(sum(lengths[a:b]) + lengths[c] > TOGETHER for (a, b), (c, _) in pairwise(found))


def test_sentences_end_as_they_were_meant() -> None:
    assert text_of(Stretch(0, 1, ("are", "you", "alone", "?"))) == "are you alone ?"
    assert text_of(Stretch(0, 1, ("well", "done"))) == "well done."


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Playing green", ["play", "##ing", "green"]),
        ("gréen?", ["green", "?"]),
        ("zebra", ["[UNK]"]),
        ("e" * 101, ["[UNK]"]),
        ("", []),
    ],
)
def test_words_are_cut_as_the_vocabulary_has_them(text: str, pieces: list[str]) -> None:
    assert [PIECES.pieces[one] for one in PIECES.bare(text)] == pieces


def test_words_that_strangers_choose_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifiers.conduct.wordpiece.MOST_KEPT", 10)
    spelt = WordPiece(PIECES.pieces)
    for number in range(100):
        spelt.bare(f"e{number}")
    assert len(spelt._kept) <= 10


def test_the_shipped_encoder_tells_a_secret_from_a_lesson() -> None:
    shipped = encoder(models_folder())
    said_of = [
        shipped._said(shipped.text("tutor", shipped.wordpiece.bare(text)))[-1]
        for text in (
            "this stays between the two of us, your mum would only worry.",
            "learn the ten words for tuesday.",
        )
    ]
    assert said_of[0] > 0 > said_of[1]
