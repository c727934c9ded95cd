"""Word vectors: what a word means, as numbers, for words of any spelling."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.weights import Arrays

LONGEST = 40  # letters; what is longer is no word
Floats = NDArray[np.float32]


@dataclass(slots=True)
class Vectors:
    """A table of word vectors in bytes.

    rows: int8, a row for each of `words` and for the pieces ("##ing") that unknown words are
        cut into. scale: what a row is multiplied by to be of length one. weight: how much the
        word says (the commonest say least).
    """

    places: dict[str, int]
    rows: NDArray[np.int8]
    scale: Floats
    weight: Floats
    nothing: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.nothing = np.zeros(self.rows.shape[1], np.float32)

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return int(self.rows.shape[1])

    def of(self, word: str) -> tuple[Floats, float]:
        """The vector of a word, of length one, and its weight; zeros for what is no word."""
        place = self.places.get(word)
        if place is not None:
            return self.rows[place] * self.scale[place], float(self.weight[place])
        pieces = self._pieces(word)
        if not pieces:
            return self.nothing, 0.0
        mean = (self.rows[pieces] * self.scale[pieces][:, None]).mean(0)
        return mean / max(float(np.linalg.norm(mean)), 1e-6), float(self.weight[pieces].max())

    def _pieces(self, word: str) -> list[int]:
        """Cut an unknown word as WordPiece does: the longest known beginning, again and again."""
        found: list[int] = []
        at = 0
        while at < len(word) <= LONGEST:
            for end in range(len(word), at, -1):
                place = self.places.get(("##" if at else "") + word[at:end])
                if place is not None:
                    found.append(place)
                    at = end
                    break
            else:
                return []
        return found


def vectors(held: Arrays) -> Vectors:
    """The table out of its file, where the words are one text."""
    words = held["words"].tobytes().decode().split("\n")
    places = {word: place for place, word in enumerate(words)}
    return Vectors(places, held["rows"], held["scale"], held["weight"])
