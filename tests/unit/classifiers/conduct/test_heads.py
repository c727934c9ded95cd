"""The learnt heads, and that training and reading agree on every number."""

from __future__ import annotations

import numpy as np
import pytest

from classifiers.conduct import heads as heads_module
from classifiers.conduct.detector import learnt
from classifiers.conduct.features import Speller, Stretch, stretches, windows
from classifiers.conduct.grams import END, KINDS, PARTS, RUNS, Words, laid_out, near, own
from classifiers.conduct.heads import BITS, Heads, model, over, table
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.vectors import Vectors, vectors
from classifiers.conduct.weighing import (
    CLEAR,
    FAINT,
    LONE,
    SURE,
    WEAK,
    Marks,
    any_features,
    urgent_features,
    urgent_weights,
)
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
    return stretches(skim(text, lexicon()), learnt(models_folder(), False).heads.speller)


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


def test_the_last_row_is_of_the_whole_text() -> None:
    heads, _ = shipped()
    three = heads.read(read(TEXT)[:3], "guardian")
    assert len(three.heads) == len(three.pairs) + 1
    assert np.allclose(three.heads[-1], three.heads[three.pairs.index((0, 3))], atol=1e-4)


def test_long_texts_are_read_in_blocks_as_if_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    heads, _ = shipped()
    sentences = read(TEXT) * 3
    whole = heads.read(sentences, "pupil")
    monkeypatch.setattr(heads_module, "AT_ONCE", 2)
    parted = heads.read(sentences, "pupil")
    assert parted.pairs == whole.pairs
    assert np.allclose(parted.heads, whole.heads, atol=1e-4)


def test_windows_add_up_their_sentences_and_the_last_row_all() -> None:
    sums = np.arange(8, dtype=np.float32).reshape(4, 2)
    pairs = [(0, 1), (1, 3), (1, 4)]
    added = over(pairs, sums)
    assert [row.tolist() for row in added] == [[0, 1], [6, 8], [12, 15], [12, 16]]


def test_a_key_finds_its_row_and_strangers_find_none() -> None:
    keys = np.random.default_rng(1).integers(0, 1 << 63, 500, np.uint64)
    held = shipped()[0]._model
    apart = np.unique(keys >> np.uint64(64 - BITS), return_index=True)[1]
    known = keys[np.sort(apart)]
    own_model = type(held)(table(known), held.grams, held.scale, held.square, held.at)
    assert own_model.rows(known).tolist() == list(range(1, len(known) + 1))
    assert not own_model.rows(known + np.uint64(1)).any()


def test_what_is_kept_of_strangers_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    heads, _ = shipped()
    monkeypatch.setattr(heads_module, "MOST_KEPT", 50)
    for start in range(0, 1000, 40):
        heads.read([Stretch(0, 1, tuple(f"w{n}x" for n in range(start, start + 40)))], "tutor")
    assert len(heads._words.numbers) <= 50 + 41


def test_words_are_near_no_word_of_the_next_sentence() -> None:
    heads, _ = shipped()
    both = heads.read([Stretch(0, 1, ("keep", "it")), Stretch(1, 2, ("secret", "please"))], "tutor")
    for pair, words in (((0, 1), ("keep", "it")), ((1, 2), ("secret", "please"))):
        alone = heads.read([Stretch(0, 1, words)], "tutor").heads[0]
        assert np.allclose(both.heads[both.pairs.index(pair)], alone, atol=1e-4)


@pytest.mark.parametrize("with_deep", [True, False])
def test_urgent_categories_weigh_together_what_each_weighs_alone(with_deep: bool) -> None:
    held = learnt(models_folder(), with_deep)
    scales, said = held.scales, held.heads.read(read(TEXT), "pupil").heads
    chance = np.random.default_rng(1)
    cues = chance.random((len(said) - 1, len(scales.categories))).astype(np.float32)
    deep = chance.random((len(said) - 1, said.shape[1])).astype(np.float32) if with_deep else None
    together = urgent_weights(scales, said, cues, deep)
    for number, (name, urgent) in enumerate(scales.urgent.items()):
        features = urgent_features(said, cues, deep, [scales.categories.index(name)])[:, :, 0]
        assert np.allclose(together[:, number], urgent.weights @ features, atol=1e-4)


def test_innocent_talk_around_a_sentence_takes_no_more_than_a_little_away() -> None:
    said = np.array([[0.0, 3.0], [0.0, -2.0], [0.0, -9.0]])
    assert any_features(said, np.zeros((2, 1)), None)[:, 1].tolist() == [3.0 - LONE, -2.0 - LONE]


def test_disguised_words_are_read_as_meant() -> None:
    speller = learnt(models_folder(), False).heads.speller
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


def test_a_word_alone_is_its_letters_itself_and_its_classes() -> None:
    found = own("mum", ["PARENT"])
    assert (len(found[RUNS]), len(found[KINDS])) == (1, 1)
    assert len(found[PARTS]) == len({"<m", "mu", "um", "m>", "<mu", "mum", "um>", "<mum", "mum>", "<mum>"})


def test_words_together_are_their_order_and_their_distance() -> None:
    words = Words(lexicon())
    numbers = {word: words.add(word) for word in ("keep", "this", "secret")}

    def keys(text: str) -> set[int]:
        laid, _ = laid_out([[numbers[word] for word in text.split()]])
        return {int(key) for some, _ in near(words, laid) for key in some}

    assert keys("keep secret") != keys("secret keep")
    assert keys("keep this secret") > keys("keep this secret") & keys("keep secret")
    assert keys("keep this secret") - keys("keep this") - keys("this secret") - keys("keep secret")


def test_what_stands_in_different_sentences_is_never_near() -> None:
    words = Words(lexicon())
    one, other = [words.add(word) for word in ("keep", "it")], [words.add("secret")]
    apart = [laid_out([run])[0] for run in (one, other)]
    both, _ = laid_out([one, other])
    for family in range(2):
        alone = [key for laid in apart for key in near(words, laid)[family][0].tolist()]
        assert sorted(near(words, both)[family][0].tolist()) == sorted(alone)


def test_words_are_learnt_beyond_the_first_room() -> None:
    words = Words(lexicon())
    for number in range(3000):
        words.add(f"word{number}")
    assert words.count == 3000 + END + 1
    assert len(set(words.key[END + 1 : words.count].tolist())) == 3000


def test_a_score_rises_with_its_weight_through_every_mark() -> None:
    marks = Marks((-2.0, 0.0, 1.0, 3.0))
    assert [marks.score(at) for at in marks.at] == [FAINT, WEAK, CLEAR, SURE]
    steps = [marks.score(x) for x in np.linspace(-9, 9, 200)]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0.0, 1.0)


def test_the_speller_takes_the_commonest_of_words_with_the_same_letters() -> None:
    assert Speller({"from": 0, "form": 1}).words("fomr", ("_",)) == ("from",)
