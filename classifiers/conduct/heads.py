"""Learnt heads: how much each window of a text reads like each category, for the writer's role.

Two readers look at the same windows: weights on words, parts of words and words near each
other (`grams`), and weights on mean, largest and smallest word vectors (`plain`). All they
need of a word is worked out once and kept, so that a sentence costs look-ups and sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.features import (
    REACH,
    TOGETHER,
    Known,
    Speller,
    Stretch,
    beside,
    known,
    parts,
    windows,
)
from classifiers.conduct.lexicon import Lexicon
from classifiers.conduct.vectors import Vectors
from classifiers.conduct.weights import Arrays

Floats = NDArray[Any]
ROLES = ("tutor", "pupil", "guardian")
AT_ONCE = 128  # sentences; a longer text is read in such blocks
MOST_KEPT = 12_000  # words, and MOST_NEAR pairs: strangers choose them, so they must not fill the memory
MOST_NEAR = 200_000
MEAN_SCALE = np.float32(3.0)
APART = range(1, REACH + 1)
APART_COLUMN = np.array(APART)[:, None]
GAP = (0,) * REACH
"""No words, so that the last of a sentence is near nothing of the next."""
KEY_BITS = 16  # of a word's number; a key is two of them and how far apart they stand
ALONE = 0  # the key of a word with nothing beside it
SLOTS, SPREAD = 1 << 17, 0x9E3779B1


class Spans:
    """Sentences and windows of a text whose words are laid out with GAP after every sentence.

    lengths: words in each sentence. pairs: sentences [first, last) of each window.
    belongs: (sentences, words laid out) 1 where a word is of a sentence. holds: (windows,
    sentences) 1 where a sentence is of a window. Sums are products with these.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        self.pairs = windows(lengths)
        self.first, self.last = np.array(self.pairs).T
        self.ends = np.cumsum(lengths) + len(GAP) * np.arange(len(lengths))
        self.starts = self.ends - lengths
        sentences = np.arange(len(lengths))
        self.holds = ((self.first[:, None] <= sentences) & (sentences < self.last[:, None])).astype(
            np.float32
        )
        places = np.arange(self.ends[-1] + len(GAP))
        self.belongs = ((self.starts[:, None] <= places) & (places < self.ends[:, None])).astype(np.float32)

    def largest(self, runs: Floats) -> Floats:
        """For every window the largest numbers of its one to three sentences."""
        out: Floats = runs[self.first]
        for more in range(1, TOGETHER):
            wide = np.flatnonzero(self.last - self.first > more)
            out[wide] = np.maximum(out[wide], runs[self.first[wide] + more])
        return out


@dataclass(frozen=True, slots=True)
class Said:
    """What the readers say. pairs: sentences [first, last) of each window.

    heads: (windows, readers, heads), the last head "of any concern".
    """

    pairs: list[tuple[int, int]]
    heads: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """The learnt numbers.

    grams: (PARTS + PAIRS, heads). grams_scale: (heads,). grams_at: (roles, heads).
    rarity: (PARTS + PAIRS,), 0 for what training saw too seldom.
    plain: (roles, 3 widths, heads). plain_at: (roles, heads).
    """

    grams: NDArray[np.int8]
    grams_scale: Floats
    grams_at: Floats
    rarity: Floats
    plain: Floats
    plain_at: Floats


def model(held: Arrays) -> Model:
    """The model out of its file; halves become floats once."""
    whole: Any = {name: one if name == "grams" else one.astype(np.float32) for name, one in held.items()}
    return Model(**whole)


class Heads:
    """Scores windows. Keeps what it worked out of the words it met."""

    def __init__(self, learnt: Model, table: Vectors, lexicon: Lexicon) -> None:
        self.speller = Speller(table.places)
        self._model, self._table, self._lexicon = learnt, table, lexicon
        self._forget()

    def read(self, sentences: Sequence[Stretch], role: str) -> Said:
        """Score every window of a text's sentences, of which there is at least one."""
        number = ROLES.index(role) if role in ROLES else 0
        pairs: list[tuple[int, int]] = []
        heads = []
        for start in range(0, len(sentences), AT_ONCE):
            spans, said = self._block(sentences[start : start + AT_ONCE], number)
            pairs += [(first + start, last + start) for first, last in spans.pairs]
            heads.append(said)
        return Said(pairs, np.concatenate(heads))

    def _block(self, sentences: Sequence[Stretch], role: int) -> tuple[Spans, Floats]:
        if len(self._ids) > MOST_KEPT or len(self._near) > MOST_NEAR:
            self._forget()
        runs = [[self._ids.get(word) or self._learn(word) for word in one.words] for one in sentences]
        spans = Spans([len(run) for run in runs])
        words = np.array([number for run in runs for number in (*run, *GAP)])
        said = (self._by_grams(words, spans, role), self._by_vectors(words, spans, role))
        return spans, np.stack(said, axis=1)

    def _by_grams(self, words: NDArray[Any], spans: Spans, role: int) -> Floats:
        """Weighted features over the length of all features, as a text of its own for each window."""
        worth = self._gram[words]
        for rows in self._rows_near(words):
            worth[: len(rows)] += self._near_gram[rows]
        total = spans.holds @ (spans.belongs @ worth)
        out: Floats = total[:, :-1] / np.sqrt(np.maximum(total[:, -1:], 1e-6))
        out += self._model.grams_at[role]
        return out

    def _rows_near(self, words: NDArray[Any]) -> NDArray[Any]:
        """(REACH, words but the last gap): the row of each word with the one so many words on.

        Looked up in a table in which two pairs may want the same place: the later one has it.
        """
        here = words[: -len(GAP)]
        there = np.stack([words[apart : apart + len(here)] for apart in APART])
        keys = ((here << KEY_BITS | there) << 2 | APART_COLUMN) * ((here > 0) & (there > 0))
        slots = keys * SPREAD >> 16 & (SLOTS - 1)
        rows = self._slot_rows[slots]
        for at in zip(*np.nonzero(self._slot_keys[slots] != keys), strict=True):
            key = int(keys[at])
            row = self._near.get(key)
            rows[at] = self._learn_near(key) if row is None else row
            self._slot_keys[slots[at]], self._slot_rows[slots[at]] = key, rows[at]
        out: NDArray[Any] = rows
        return out

    def _by_vectors(self, words: NDArray[Any], spans: Spans, role: int) -> Floats:
        vectors, width = self._vector[words], self._table.width
        most = np.empty((len(spans.starts), 2 * width), np.float32)  # largest, and largest of the opposite
        # One reduction a sentence beats `reduceat`, which goes column by column.
        for row, start, end in zip(most, spans.starts.tolist(), spans.ends.tolist(), strict=True):
            np.maximum.reduce(vectors[start:end], 0, out=row[:width])
            np.minimum.reduce(vectors[start:end], 0, out=row[width:])
        np.negative(most[:, width:], out=most[:, width:])
        mean = spans.holds @ ((spans.belongs * self._weight[words]) @ vectors)
        mean *= (MEAN_SCALE / np.maximum(np.sqrt((mean * mean).sum(1)), 1e-6))[:, None]
        out: Floats = np.concatenate([mean, spans.largest(most)], axis=1) @ self._model.plain[role]
        out += self._model.plain_at[role]
        return out

    def _forget(self) -> None:
        room, heads = 1024, self._model.grams.shape[1]
        self._ids: dict[str, int] = {"": 0}
        self._known = [Known("", ())]
        self._near: dict[int, int] = {ALONE: 0}
        self._slot_keys = np.zeros(SLOTS, np.int64)
        self._slot_rows = np.zeros(SLOTS, np.int64)
        self._vector = np.zeros((room, self._table.width), np.float32)
        self._weight = np.zeros(room, np.float32)
        self._gram = np.zeros((room, heads + 1), np.float32)  # and last the features' squared length
        self._near_gram = np.zeros((room, heads + 1), np.float32)
        self._near_kept = 1

    def _learn(self, word: str) -> int:
        """Work out all that any window will need of a word."""
        number = len(self._ids)
        if number == len(self._weight):
            self._vector, self._weight, self._gram = (
                _roomier(one) for one in (self._vector, self._weight, self._gram)
            )
        self._known.append(known(word, self._lexicon))
        self._vector[number], self._weight[number] = self._table.of(word)
        self._gram[number] = self._worth(parts(word, self._known[-1].classes))
        self._ids[word] = number
        return number

    def _learn_near(self, key: int) -> int:
        """The row of two words near each other; 0 for most, which training never saw."""
        first, second = divmod(key >> 2, 1 << KEY_BITS)
        found = beside(self._known[first], self._known[second], key & 3)
        rows = [row for row in found if self._model.rarity[row]]
        number = 0
        if rows:
            number = self._near_kept
            if number == len(self._near_gram):
                self._near_gram = _roomier(self._near_gram)
            self._near_gram[number] = self._worth(rows)
            self._near_kept += 1
        self._near[key] = number
        return number

    def _worth(self, rows: list[int]) -> Floats:
        """What features add to each head, and last to the squared length."""
        rarity = self._model.rarity[rows]
        worth = rarity @ self._model.grams[rows] * self._model.grams_scale
        return np.append(worth, rarity @ rarity)


def _roomier(held: Floats) -> Floats:
    return np.concatenate([held, np.zeros_like(held)])
