"""The symbol of a word or sign by itself: what it stands for in a sentence of symbols (`symbols`)."""

from __future__ import annotations

from classifiers.contact.numerals import numerals
from classifiers.contact.remembered import Remembered
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, kind_of
from classifiers.contact.words import MAIL, ROOM, STRONG, WEAK, lexicon

OTHER, DIGIT, JOIN, STOP = "x", "0", "-", "."
PLATFORMS = frozenset((STRONG, WEAK, MAIL, ROOM))
SIGN_SYMBOLS = {
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
JOINING = frozenset(sign for sign, symbol in SIGN_SYMBOLS.items() if symbol in ".:")
"""Signs that may join what they touch."""


def _by_itself(word: str) -> str | None:
    """The symbol of a word or sign, "" if it is passed over, None if it is to be looked at closely."""
    kind = kind_of(word)
    if kind == LETTERS or word in lexicon().meaning:
        return _as_letters(word)
    if kind == DIGITS:
        return DIGIT
    if kind == BREAK:
        return STOP
    return None if word in JOINING else SIGN_SYMBOLS.get(word[0], "")


def _as_letters(word: str) -> str | None:
    symbol = lexicon().meaning.get(word)
    if symbol is None:
        symbol = symbol_of_unknown(word, unstretched(word))
    return None if symbol in PLATFORMS else symbol


MEANT, OF_LETTERS = Remembered(_by_itself), Remembered(_as_letters)


def symbol_of_unknown(word: str, entry: str) -> str:
    """The symbol of a word that is in no list. entry: the word less its stretched end."""
    symbol = lexicon().meaning.get(entry, OTHER) if entry else OTHER
    return DIGIT if symbol == OTHER and word in numerals().digits else symbol


def unstretched(word: str) -> str:
    """ "snappp" and "insta": the word without the repeated letters at its end, "" if none."""
    if len(word) < 4 or word[-1] != word[-2]:
        return ""
    return word.rstrip(word[-1]) + word[-1]
