"""Whether one of many phrases stands in a text, in one pass however many they are."""

from __future__ import annotations

from collections.abc import Iterable

import re2


def encodable(text: str) -> str:
    """The text with a "?" for each lone surrogate, which RE2 could not read."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Phrases:
    """A set of phrases, to be looked for letter by letter: "revers" stands in "reversed"."""

    def __init__(self, phrases: Iterable[str]) -> None:
        escaped = "|".join(re2.escape(phrase) for phrase in phrases)
        self._any = re2.compile(escaped.encode())

    def stand_in(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        return self._any.search(text.encode("utf-8", "replace")) is not None
