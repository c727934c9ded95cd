"""Text as the word pieces of a BERT vocabulary (uncased)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

LONGEST = 100  # characters; a longer word is unknown
MOST_KEPT = 12_000  # words: strangers choose them, so they must not fill the memory
_SPLIT = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")


@dataclass(slots=True)
class WordPiece:
    """Greedy longest-match-first tokeniser.

    pieces: the vocabulary, its ids being its order.
    """

    pieces: Sequence[str]
    ids: dict[str, int] = field(init=False)
    start: int = field(init=False)
    end: int = field(init=False)
    unknown: int = field(init=False)
    _kept: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ids = {piece: number for number, piece in enumerate(self.pieces)}
        self.start, self.end, self.unknown = self.ids["[CLS]"], self.ids["[SEP]"], self.ids["[UNK]"]

    def encode(self, text: str, most: int = 256) -> list[int]:
        """The ids of a text between [CLS] and [SEP], at most `most` of them."""
        return [self.start, *self.bare(text)[: most - 2], self.end]

    def bare(self, text: str) -> list[int]:
        """The ids of a text."""
        low = text.lower()
        if not low.isascii():
            low = "".join(
                char for char in unicodedata.normalize("NFD", low) if unicodedata.category(char) != "Mn"
            )
        return [number for word in _SPLIT.findall(low) for number in self._word(word)]

    def _word(self, word: str) -> tuple[int, ...]:
        kept = self._kept.get(word)
        if kept is None:
            kept = tuple(self._cut(word))
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            if len(word) <= LONGEST:
                self._kept[word] = kept
        return kept

    def _cut(self, word: str) -> list[int]:
        found: list[int] = []
        at = 0
        while at < len(word) and len(word) <= LONGEST:
            for end in range(len(word), at, -1):
                number = self.ids.get(("##" if at else "") + word[at:end])
                if number is not None:
                    found.append(number)
                    at = end
                    break
            else:
                return [self.unknown]
        return found or [self.unknown]
