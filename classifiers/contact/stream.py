"""A passage as the acceptors read it: tokens, and a sentence of one symbol a word."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from classifiers.contact.mending import mend
from classifiers.contact.symbols import write
from classifiers.contact.tokens import Tokens, tokenise
from classifiers.contact.words import any_of, lexicon
from classifiers.normalise.view import View


@dataclass(slots=True)
class Stream:
    """Tokens with their meaning.

    symbols: one character a meaningful word or sign (`words.SYMBOLS`); at, upto: the first
    and last token of each. platforms: place in `symbols` → platform. mended: tokens that
    were put together again. decoded: the text was escaped or reversed.
    """

    view: View
    tokens: Tokens
    symbols: str
    at: list[int]
    upto: list[int]
    platforms: dict[int, str]
    mended: frozenset[int] = field(default_factory=frozenset)

    def around(self, first: int, last: int, before: int, after: int) -> list[str]:
        """The words near tokens first..last, those themselves left out."""
        words = self.tokens.words
        return words[max(0, first - before) : first] + words[last + 1 : last + 1 + after]

    def cue(self, name: str, first: int, last: int, before: int = 8, after: int = 6) -> bool:
        """Whether a word of a context list stands near tokens first..last."""
        return any_of(self.around(first, last, before, after), lexicon().context[name])

    def place(self, token: int) -> int:
        """The first place in `symbols` at or after a token."""
        return bisect_left(self.at, token)

    def mended_between(self, first: int, last: int) -> bool:
        """Whether one of tokens first..last was put together again."""
        return bool(self.mended) and any(index in self.mended for index in range(first, last + 1))

    def evasive(self, first: int, last: int) -> bool:
        """Whether tokens first..last were disguised or taken apart."""
        start, end = self.tokens.starts[first], self.tokens.ends[last]
        return self.mended_between(first, last) or self.view.disguised(start, end)


def read(view: View, tokens: Tokens | None = None) -> Stream:
    """Cut a view into tokens and say what each means. tokens: those of the view, if they are at hand."""
    tokens, mended = mend(tokens or tokenise(view))
    written = write(tokens, mended)
    return Stream(view, tokens, written.symbols, written.at, written.upto, written.platforms, mended)
