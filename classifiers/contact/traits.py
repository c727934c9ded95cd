"""What is to be known of a token by itself, as bits of one number.

Most words of a mail are common English, so each is looked up once and remembered; what hangs on the
words beside it is found out where it matters, at the few places that have the bit for it.
"""

from __future__ import annotations

import numpy as np

from classifiers.contact.gazetteer import known_places
from classifiers.contact.glued import SHORTEST_GLUED, segments
from classifiers.contact.meanings import MEANT
from classifiers.contact.numerals import SCALES, numerals
from classifiers.contact.pieces import BREAKING_SIGNS, LIKE_DIGITS
from classifiers.contact.remembered import Remembered
from classifiers.contact.said import begin_signs, may_be_said, spelling
from classifiers.contact.spelling import may_open
from classifiers.contact.sums import ROMAN_LETTERS, words_of_sums
from classifiers.contact.tokens import DIGITS, LETTERS, SIGN, Tokens, Traits, kind_of
from classifiers.contact.words import lexicon

SINGLE, LONG, SAID, NAMED, ROMAN, COUNTED, MAY_SAY, FIGURED, SIGNED, LINKS = (1 << at for at in range(10))
"""For what is spelt. SINGLE: one character. LONG: a word of three letters and more, of which SAID names a
digit, NAMED a letter, and ROMAN may be a number. COUNTED: a number. MAY_SAY: letters with which something
said may begin. FIGURED: digits. SIGNED: a sign that is said, or a bracket. LINKS: goes on with a sum or a list."""
TELLING, PERHAPS_DIGIT, SURE_DIGITS, ENDS_RUN, ENDS_ALL = (1 << at for at in range(10, 15))
"""For runs of digits. TELLING: counts when it is asked whether there are any. PERHAPS_DIGIT: a word that is mostly
none. ENDS_RUN: no digits, and nothing that stands between them. ENDS_ALL: nor is it part of a number."""
MENDABLE, UNREAD, UNSURE, OPENS_PHRASE, PLACED, TWO_LETTERS, PAYING = (1 << at for at in range(15, 22))
"""MENDABLE: may be one of several words taken apart, or several in one. UNREAD: is mostly left out when a text
is written in symbols. UNSURE: its symbol hangs on what stands beside it. OPENS_PHRASE: a phrase may begin with
it. PLACED: a word of addresses. PAYING: a payment app, or money."""
GOES_ON, BY_ITSELF, SCALED, OPENS_NUMBER, HOLDS_SEVEN, BRACKETS = (1 << at for at in range(22, 28))
"""GOES_ON: a word or figure that can go on with something said. BY_ITSELF: something said may be this word alone.
SCALED: "hundred", "thousand". OPENS_NUMBER: the first digits of a UK mobile number may be here, which HOLDS_SEVEN. BRACKETS: a sum may begin."""
_GO_ON = frozenset(("y", "et", "e", "i", "und", "and", "you", "yoo", "ray"))
"""Words that are only read after others: "sesenta y tres", "double you", "x-ray"."""
_MONEY = frozenset(("£", "$"))
_TELLING_PLACES = frozenset(("postcode", "postcodes", "zipcode", "code", "what3words", "w3w", "words", "///"))


def traits_of(tokens: Tokens) -> Traits:
    """The traits of complete tokens, found out once."""
    if tokens.traits is None:
        each = np.fromiter(map(_TRAITS.__getitem__, tokens.words), np.int64, len(tokens.words))
        tokens.traits = Traits(each, int(np.bitwise_or.reduce(each)))
    return tokens.traits


def _traits(word: str) -> int:
    kind = kind_of(word)
    found = _spelt(word, kind) | _numbers(word, kind) | _places(word, kind)
    found |= MENDABLE * _is_mendable(word, kind) | UNREAD * (word in ("\n", "-"))
    found |= UNSURE * (MEANT[word] is None) | OPENS_PHRASE * (word in lexicon().phrases)
    return found | PAYING * (word in lexicon().context["pay_apps"] or word in _MONEY)


_TRAITS = Remembered(_traits)


def _spelt(word: str, kind: str) -> int:
    counted, known = numerals(), spelling()
    found = SINGLE * (len(word) == 1) | COUNTED * (kind == DIGITS or word in counted.digits)
    if kind == LETTERS:
        found |= MAY_SAY * may_be_said(word) | SIGNED * (word in begin_signs())
        found |= LINKS * (may_be_said(word) or word in words_of_sums())
    if kind == DIGITS or word in _GO_ON or word in SCALES or found & LINKS:
        found |= GOES_ON
    if kind == LETTERS and not word.strip(ROMAN_LETTERS) and (len(word) > 1 or word == "m"):
        found |= BY_ITSELF
    if kind == LETTERS and len(word) > 2:
        digit = any(word in words for words in (counted.digits, counted.foreign, counted.multipliers))
        found |= LONG | SAID * digit | NAMED * (word in known.sure or word in lexicon().nato)
        found |= ROMAN * (not word.strip(ROMAN_LETTERS))
    if kind == DIGITS:
        found |= FIGURED | LINKS
    if kind == SIGN:
        found |= LINKS | SIGNED * may_open(word) | BRACKETS * (word in ("(", "["))
    return found


def _numbers(word: str, kind: str) -> int:
    known = numerals()
    found = TELLING * (kind == DIGITS or word in known.telling) | SCALED * (word in SCALES)
    if kind == DIGITS:
        opens = word.startswith(("07", "44")) or word in ("0", "4")
        return found | SURE_DIGITS | OPENS_NUMBER * opens | HOLDS_SEVEN * ("7" in word)
    if word == "(":
        return found | SURE_DIGITS | OPENS_NUMBER | HOLDS_SEVEN
    if kind != LETTERS:
        return found | ENDS_ALL * (word[0] in BREAKING_SIGNS)
    if word in known.spoken or not word.strip(LIKE_DIGITS):
        sure = any(word in words for words in (known.digits, known.foreign, known.tens, known.multipliers))
        values = [
            words.get(word, "")
            for words in (known.digits, known.foreign, known.tens, known.weak, known.roman)
        ]
        found |= HOLDS_SEVEN * (any("7" in value for value in values) or known.foreign.get(word) == "60")
        first = (known.weak.get(word) or known.roman.get(word) or "0")[0]
        found |= OPENS_NUMBER * (sure or first in "04" or not word.strip(LIKE_DIGITS))
        return found | (SURE_DIGITS if sure or len(word) > 2 else PERHAPS_DIGIT)
    if word in known.between:
        return found
    return found | ENDS_RUN | ENDS_ALL * (word not in SCALES and word != "x")  # "(10 x 7)"


def _places(word: str, kind: str) -> int:
    known = known_places()
    named = word in known.streets or word in known.perhaps_streets or word.endswith(known.endings)
    return PLACED * (named or word in _TELLING_PLACES) | TWO_LETTERS * (kind == LETTERS and len(word) == 2)


def _is_mendable(word: str, kind: str) -> bool:
    if kind != LETTERS:
        return False
    if len(word) == 1 or word in lexicon().nato:
        return True
    return len(word) >= SHORTEST_GLUED and word not in lexicon().meaning and segments(word) is not None
