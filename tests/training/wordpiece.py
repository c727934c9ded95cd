"""Text as the word pieces of a BERT vocabulary (uncased)."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

LONGEST = 100  # characters; a longer word is unknown
_SPLIT = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")


class WordPiece:
    """Greedy longest-match-first tokeniser.

    vocabulary: path of vocab.txt, one piece a line.
    """

    def __init__(self, vocabulary: Path) -> None:
        pieces = vocabulary.read_text("utf-8").splitlines()
        self.pieces = pieces
        self.ids = {piece: number for number, piece in enumerate(pieces)}
        self.start, self.end = self.ids["[CLS]"], self.ids["[SEP]"]
        self.unknown = self.ids["[UNK]"]

    def encode(self, text: str, most: int = 256) -> list[int]:
        """The ids of a text between [CLS] and [SEP], at most `most` of them."""
        bare = unicodedata.normalize("NFD", text.lower())
        bare = "".join(char for char in bare if unicodedata.category(char) != "Mn")
        ids = [number for word in _SPLIT.findall(bare) for number in self._word(word)]
        return [self.start, *ids[: most - 2], self.end]

    def _word(self, word: str) -> list[int]:
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
