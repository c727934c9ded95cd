"""Any spelling and disguise becomes plain words that know where they came from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.conduct import meanings
from classifiers.conduct.lexicon import build, lexicon
from classifiers.conduct.patterns import compiled
from classifiers.conduct.words import LONGEST_SENTENCE, sentences, skim


def read(text: str) -> list[str]:
    return [word.text for sentence in sentences(text, lexicon()) for word in sentence.words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't", "dont ."),
        ("do not tell", "dont tell ."),
        ("I'm", "i am ."),
        ("ur mum", "your mum ."),
        ("s3cr3t", "secret ."),
        ("s e c r e t", "secret ."),
        ("s.e.c.r.e.t", "secret ."),
        ("seeeecret", "secret ."),
        ("donttellyourmum", "dont tell your mum ."),
        ("dо nоt tеll", "dont tell ."),
        ("tell. mum", "tell . mum ."),
    ],
)
def test_it_reads_what_is_meant(text: str, words: str) -> None:
    assert " ".join(read(text)) == words


def test_phrases_are_known_with_their_place() -> None:
    (sentence,) = sentences("we are home alone tonight", lexicon())
    assert (2, 5, "home_alone_tonight") in sentence.phrases
    joined = sentence.joined(frozenset({"home_alone_tonight"}))
    assert [word.text for word in joined] == ["we", "are", "home_alone_tonight", "."]


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_every_word_points_into_the_text_in_order(text: str) -> None:
    for sentence in sentences(text, lexicon()):
        spans = [(word.start, word.end) for word in sentence.words]
        assert all(0 <= start <= end <= len(text) for start, end in spans)
        assert spans == sorted(spans)


def test_a_sentence_without_end_is_read_in_windows() -> None:
    parts = list(sentences("mum " * 500, lexicon()))
    assert len(parts) > 5
    assert all(len(part.words) <= LONGEST_SENTENCE + 1 for part in parts)


def test_a_regular_verb_brings_its_forms() -> None:
    built = build(
        {"spelling": {}, "classes": {"X": "hug+, hide+, carry+, call+"}}, {"category": {}, "cue": []}
    )
    assert built.classes["X"] >= {"hugging", "hugged", "hides", "hiding", "carries", "carried", "calling"}


def test_a_row_without_words_is_refused_with_its_cue() -> None:
    cue = {"says": "nothing", "category": "c", "score": 1, "patterns": "~3"}
    classes = dict.fromkeys(("BREAK", "NEG", "NOT_A_NO", "KEEPS_ON", "COMMON"), "no")
    built = build({"spelling": {}, "classes": classes}, {"category": {"c": {"by": "tutor"}}, "cue": [cue]})
    with pytest.raises(ValueError, match="nothing"):
        compiled(built)


def test_every_class_that_a_cue_names_exists() -> None:
    known = lexicon()
    for cue in known.cues:
        assert cue.drop | cue.calm <= known.classes.keys(), cue.says
        assert 0.4 <= cue.score <= 1 and cue.by
    compiled(known)


def test_strangers_words_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meanings, "MOST_KEPT", 50)
    known = replace(lexicon(), meanings={})
    list(sentences(" ".join(f"word{number}" for number in range(500)) + "x" * 5000, known))
    assert 0 < len(known.meanings) <= 50
    assert max(map(len, known.meanings)) <= meanings.LONGEST_KEPT


@pytest.mark.parametrize(
    "text", ["Don't tell ur mum, ok? Keep it s3cr3t. Do not say.", "mum " * 130, "is not. A b c d"]
)
def test_a_skimmed_sentence_is_the_one_made_in_full(text: str) -> None:
    skimmed = skim(text, lexicon())
    for run, sentence in zip(skimmed.runs, sentences(text, lexicon()), strict=True):
        assert run.texts == tuple(word.text for word in sentence.words[:-1])
        assert run.present(lexicon()) == sentence.present
