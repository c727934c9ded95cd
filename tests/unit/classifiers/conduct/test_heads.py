"""The learnt heads, and that training and reading agree on every number."""

from __future__ import annotations

import numpy as np
import pytest

from classifiers.conduct import heads as heads_module
from classifiers.conduct.detector import learnt
from classifiers.conduct.features import PARTS, Known, Speller, Stretch, beside, parts, stretches, windows
from classifiers.conduct.heads import Heads, model
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.vectors import Vectors, vectors
from classifiers.conduct.weighing import CLEAR, FAINT, SURE, WEAK, Marks, urgent_features, urgent_weights
from classifiers.conduct.weights import arrays, models_folder
from classifiers.conduct.words import skim

TEXT = (
    "Hi Sam. Great work on the fractions today! Shall we keep this between us? Bring your book. See you soon."
)


def shipped() -> tuple[Heads, Vectors]:
    held = arrays("conduct_heads.npz", models_folder())
    numbers = {name: one for name, one in held.items() if not name.startswith("theme")}
    table = vectors(arrays("conduct_vectors.npz", models_folder()))
    return Heads(model(numbers), table, lexicon()), table


def read(text: str) -> list[Stretch]:
    return stretches(skim(text, lexicon()), learnt(models_folder()).heads.speller)


def test_windows_hold_up_to_three_sentences_and_every_sentence_alone() -> None:
    assert windows([5, 5, 5, 5]) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
    assert windows([45, 45]) == [(0, 1), (1, 2)]


def test_a_window_says_the_same_whatever_stands_around_it() -> None:
    heads, _ = shipped()
    sentences = read(TEXT)
    every = heads.read(sentences, "tutor")
    alone = heads.read(sentences[2:3], "tutor")
    at = every.pairs.index((2, 3))
    assert np.allclose(every.heads[at], alone.heads[0], atol=1e-4)


def test_long_texts_are_read_in_blocks_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    heads, _ = shipped()
    sentences = read(TEXT) * 3
    whole = heads.read(sentences, "pupil")
    monkeypatch.setattr(heads_module, "AT_ONCE", 2)
    parted = heads.read(sentences, "pupil")
    single = [pair for pair in whole.pairs if pair[1] - pair[0] == 1]
    assert [pair for pair in parted.pairs if pair[1] - pair[0] == 1] == single
    for pair in single:
        mine, other = whole.pairs.index(pair), parted.pairs.index(pair)
        assert np.allclose(whole.heads[mine], parted.heads[other], atol=1e-4)


def test_what_is_kept_of_strangers_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    heads, _ = shipped()
    monkeypatch.setattr(heads_module, "MOST_KEPT", 50)
    for start in range(0, 1000, 40):
        heads.read([Stretch(0, 1, tuple(f"w{n}x" for n in range(start, start + 40)))], "tutor")
    assert len(heads._ids) <= 50 + 41


def test_pairs_that_want_the_same_place_in_the_table_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = read(TEXT)
    roomy, _ = shipped()
    monkeypatch.setattr(heads_module, "SLOTS", 1)
    crowded, _ = shipped()
    for _ in range(2):
        assert np.array_equal(crowded.read(sentences, "tutor").heads, roomy.read(sentences, "tutor").heads)


def test_words_are_near_no_word_of_the_next_sentence() -> None:
    heads, _ = shipped()
    both = heads.read([Stretch(0, 1, ("keep", "it")), Stretch(1, 2, ("secret", "please"))], "tutor")
    for pair, words in (((0, 1), ("keep", "it")), ((1, 2), ("secret", "please"))):
        alone = heads.read([Stretch(0, 1, words)], "tutor").heads[0]
        assert np.allclose(both.heads[both.pairs.index(pair)], alone, atol=1e-4)


def test_urgent_categories_weigh_together_what_each_weighs_alone() -> None:
    scales, heads = learnt(models_folder()).scales, learnt(models_folder()).heads
    said = heads.read(read(TEXT), "pupil").heads
    cues = np.random.default_rng(1).random((len(said), len(scales.categories))).astype(np.float32)
    together = urgent_weights(scales, said, cues)
    for number, (name, urgent) in enumerate(scales.urgent.items()):
        alone = urgent_features(said, cues, scales.categories.index(name)) @ urgent.weights
        assert np.allclose(together[:, number], alone, atol=1e-4)


def test_disguised_words_are_read_as_meant() -> None:
    speller = learnt(models_folder()).heads.speller
    for written, meant in [
        ("s3cret", "secret"),
        ("secrte", "secret"),
        ("moooother", "mother"),
        ("12345", "0"),
    ]:
        assert speller.words(written, ("_",)) == (meant,)


def test_an_unknown_word_is_read_by_its_pieces() -> None:
    _, table = shipped()
    vector, weight = table.of("untutorable")
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)
    assert weight > 0
    assert not table.of("☃☃☃")[0].any()


def test_features_fall_into_their_own_halves() -> None:
    assert all(0 <= row < PARTS for row in parts("secret", ("SECRET",)))
    first, second = Known("tell", ("TELL",)), Known("mum", ("PARENT",))
    assert all(row >= PARTS for row in beside(first, second, 1))
    assert len(beside(first, second, 2)) == 1
    assert beside(Known("a", ()), Known("b", ()), 2) == []


def test_a_score_rises_with_its_weight_through_every_mark() -> None:
    marks = Marks((-2.0, 0.0, 1.0, 3.0))
    assert [marks.score(at) for at in marks.at] == [FAINT, WEAK, CLEAR, SURE]
    steps = [marks.score(x) for x in np.linspace(-9, 9, 200)]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0.0, 1.0)


def test_the_speller_takes_the_commonest_of_words_with_the_same_letters() -> None:
    assert Speller({"from": 0, "form": 1}).words("fomr", ("_",)) == ("from",)
