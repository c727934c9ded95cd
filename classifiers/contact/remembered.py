"""What is found out about a word, kept for the next message: most words of a mail are common English."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

LONGEST_REMEMBERED = 40
"""What is found out about a word is kept for the next message, but not for a megabyte of letters."""
_MOST = 10_000


class Remembered(dict[str, Found]):
    """A function of one word that looks each word up once; forgets all when it holds too many."""

    def __init__(self, find_out: Callable[[str], Found]) -> None:
        super().__init__()
        self._find_out = find_out

    def __missing__(self, word: str) -> Found:
        found = self._find_out(word)
        if len(word) <= LONGEST_REMEMBERED:
            if len(self) >= _MOST:
                self.clear()
            self[word] = found
        return found
