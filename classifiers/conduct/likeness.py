"""Says what a passage resembles: the nearest themes of what the heads learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.vectors import Vectors
from classifiers.conduct.weights import Arrays

MOST = 2
CLOSE = 0.35  # cosine below which nothing is said to resemble anything


class Likeness:
    """Themes of training messages as mean word vectors.

    held: theme_rows (int8, length 127), theme_kinds (number of the category), theme_words.
    """

    def __init__(self, table: Vectors, held: Arrays, categories: Sequence[str]) -> None:
        self._table = table
        self._rows = held["theme_rows"]
        self._kinds = held["theme_kinds"]
        self._words = held["theme_words"].tobytes().decode().split("\n")
        self._categories = tuple(categories)

    def evidence(self, words: Sequence[str], category: str) -> tuple[str, ...]:
        """What the words resemble, in words of ours that hold none of theirs."""
        mine = self._kinds == self._categories.index(category)
        near = (self._rows[mine].astype(np.float32) / 127) @ mean_vector(words, self._table)
        order = np.argsort(-near)[:MOST]
        places = np.flatnonzero(mine)[order]
        alike = [
            self._words[place] for place, score in zip(places, near[order], strict=True) if score >= CLOSE
        ]
        return tuple(f"resembles training theme: {one}" for one in alike) or ("resembles nothing by itself",)


def mean_vector(words: Sequence[str], table: Vectors) -> NDArray[Any]:
    """The weighted mean of the words' vectors, of length one."""
    total = np.zeros(table.width, np.float32)
    for word in words:
        vector, weight = table.of(word)
        total += vector * np.float32(weight)
    out: NDArray[Any] = total / max(float(np.linalg.norm(total)), 1e-6)
    return out
