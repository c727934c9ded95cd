"""A passage as the acceptors read it: tokens, and a sentence of one symbol a word."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache

from classifiers.contact.mending import mend
from classifiers.contact.numerals import numerals
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, Tokens, tokenise
from classifiers.contact.words import LONGEST_REMEMBERED, MAIL, ROOM, STRONG, WEAK, any_of, lexicon
from classifiers.normalise.view import View

OTHER, DIGIT, JOIN, PAUSE, STOP, CLAUSE = "x", "0", "-", ",", ".", ";"
_PLATFORMS = frozenset((STRONG, WEAK, MAIL, ROOM))
_SIGN_SYMBOLS = {
    ".": ".",
    "!": "!",
    "?": "?",
    ",": ",",
    ";": ";",
    ":": ":",
    "@": "@",
    "-": ",",
    "→": ":",
    "=": ":",
}


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
    known = lexicon()
    meaning, phrases, platform_names = known.meaning, known.phrases, known.platforms
    words, kinds = tokens.words, tokens.kinds
    symbols: list[str] = []
    at: list[int] = []
    upto: list[int] = []
    platforms: dict[int, str] = {}
    flow = _flow(tokens)
    joined = "_" in view.text
    ambiguous, ordinary = known.context["ambiguous"], known.context["ordinary"]
    position, size = 0, len(flow)
    while position < size:
        index = flow[position]
        word, kind = words[index], kinds[index]
        length = 1
        seconds = phrases.get(word)
        choices = None
        if seconds is not None and position + 1 < size:
            choices = seconds.get(words[flow[position + 1]])
        if (
            kind == LETTERS
            and not (joined or choices or len(word) > LONGEST_REMEMBERED)
            and (plain := _plain_symbol(word)) is not None
        ):
            if plain:
                symbols.append(plain)
                at.append(index)
                upto.append(index)
            position += 1
            continue
        if joined and _inside_identifier(tokens, index):
            symbol: str | None = OTHER
        elif kind == LETTERS or word in meaning:
            entry = word
            symbol = meaning.get(word)
            if choices:
                for others, meant in choices:
                    if (
                        tuple(words[place] for place in flow[position + 1 : position + 1 + len(others)])
                        == others
                    ):
                        symbol, length, entry = meant, 1 + len(others), " ".join((word, *others))
                        break
            if symbol is None:
                entry = _unstretched(word)
                symbol = _unknown(word, entry)
            if symbol == WEAK and index and entry in ambiguous and words[index - 1] in ordinary:
                symbol = OTHER
            if symbol in _PLATFORMS:
                platforms[len(symbols)] = platform_names[entry][1]
        elif kind == DIGITS:
            symbol = DIGIT
        elif kind == BREAK:
            symbol = STOP
        else:
            symbol = _sign(tokens, index)
        if symbol:
            symbols.append(symbol)
            at.append(index)
            upto.append(flow[position + length - 1])
        position += length
    return Stream(view, tokens, "".join(symbols), at, upto, platforms, mended)


@lru_cache(maxsize=20_000)
def _plain_symbol(word: str) -> str | None:
    """The symbol of a word of letters that begins no phrase, None if it is to be looked at closely."""
    known = lexicon()
    symbol = known.meaning.get(word)
    if symbol is None:
        symbol = _unknown(word, _unstretched(word))
    return None if symbol in _PLATFORMS else symbol


def _unknown(word: str, entry: str) -> str:
    """The symbol of a word that is in no list. entry: the word less its stretched end."""
    symbol = lexicon().meaning.get(entry, OTHER) if entry else OTHER
    return DIGIT if symbol == OTHER and word in numerals().digits else symbol


def _inside_identifier(tokens: Tokens, index: int) -> bool:
    """Whether a word is a part of "my_func", whose parts mean nothing by themselves."""
    words, kinds = tokens.words, tokens.kinds
    if kinds[index] != LETTERS:
        return False
    before = index > 1 and words[index - 1][0] == "_" and tokens.tight(index - 1) and tokens.tight(index - 2)
    after = (
        index + 2 < len(words)
        and words[index + 1][0] == "_"
        and tokens.tight(index)
        and tokens.tight(index + 1)
    )
    return (before and kinds[index - 2] in (LETTERS, DIGITS)) or (
        after and kinds[index + 2] in (LETTERS, DIGITS)
    )


def _flow(tokens: Tokens) -> list[int]:
    """The tokens in reading order, without single line ends and hyphens inside words."""
    return [
        index
        for index, word in enumerate(tokens.words)
        if word != "\n" and not (word == "-" and index and tokens.tight(index - 1) and tokens.tight(index))
    ]


def _unstretched(word: str) -> str:
    """ "snappp" and "insta": the word without the repeated letters at its end, "" if none."""
    if len(word) < 4 or word[-1] != word[-2]:
        return ""
    return word.rstrip(word[-1]) + word[-1]


def _sign(tokens: Tokens, index: int) -> str:
    word = tokens.words[index]
    symbol = _SIGN_SYMBOLS.get(word[0], "")
    if (
        symbol in (".", ":")
        and len(word) == 1
        and tokens.tight(index)
        and tokens.kinds[index + 1] in (LETTERS, DIGITS)
    ):
        return JOIN
    return symbol
