"""The runs of digits that a text spells in any way."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Collection

import numpy as np

from classifiers.contact.numerals import SCALES, numerals
from classifiers.contact.pieces import BREAKING_SIGNS, LIKE_DIGITS, LONGEST_SHAPED, Numeral, Reader
from classifiers.contact.remembered import Remembered
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, Tokens, kind_of
from classifiers.contact.traits import (
    ENDS_ALL,
    ENDS_RUN,
    OPENS_NUMBER,
    PERHAPS_DIGIT,
    SCALED,
    SURE_DIGITS,
    TELLING,
    traits_of,
)

_CLOSE, _ENOUGH = 48, 5
_MOST_WORDS_BETWEEN, _MOST_SIGNS_BETWEEN = 6, 6


def worth_reading(tokens: Tokens) -> bool:
    """Whether a text holds enough digits and number words close together to spell anything."""
    known, words, kinds = numerals(), tokens.words, tokens.kinds
    recent: deque[tuple[int, int]] = deque()
    count = in_a_row = 0
    before = -1
    for index in traits_of(tokens).where(TELLING):
        word = words[index]
        if word in known.vocabulary:
            in_a_row = in_a_row + 1 if index == before + 1 else 1
            before = index
            if in_a_row >= 7:
                return True
        weight = len(word) if kinds[index] == DIGITS else known.weights.get(word, 0)
        if not weight:
            continue
        recent.append((index, weight))
        count += weight
        while recent[0][0] < index - _CLOSE:
            count -= recent.popleft()[1]
        if count >= _ENOUGH:
            return True
    return False


def spots(
    tokens: Tokens, whole: int, part: int, *, openings: bool, barriers: Collection[int] = ()
) -> list[int]:
    """The tokens that may be digits, in the stretches that may hold enough of them for a number.

    whole, part: how many digits make a number, and a part of one. openings: a part begins as numbers
    do. barriers: figures that are none.
    """
    traits = traits_of(tokens)
    if not traits.any & (PERHAPS_DIGIT | SURE_DIGITS):
        return []
    each = traits.each
    places = (each & (PERHAPS_DIGIT | SURE_DIGITS | SCALED)).nonzero()[0]
    digits = [_MOST_DIGITS[tokens.words[at]] if at not in barriers else 0 for at in places.tolist()]
    if sum(digits) < min(whole, part):
        return []
    stretch = ((each & ENDS_ALL) != 0).cumsum()[places]
    sizes = np.bincount(stretch, digits)
    enough = sizes >= whole
    if openings and (sizes >= part).any():
        opening = [at for at in places.tolist() if at not in barriers and each[at] & OPENS_NUMBER]
        begun = np.bincount(((each & ENDS_ALL) != 0).cumsum()[opening], minlength=len(sizes))
        enough |= (sizes >= part) & (begun > 0)
    elif not openings:
        enough |= sizes >= part
    found: list[int] = places[
        enough[stretch] & ((each[places] & (PERHAPS_DIGIT | SURE_DIGITS)) != 0)
    ].tolist()
    return found


def _most_digits(word: str) -> int:
    """How many digits a token can come to, together with those before it."""
    if kind_of(word) == DIGITS:
        return len(word)
    known = numerals()
    meant = [
        words.get(word, "") for words in (known.digits, known.foreign, known.tens, known.weak, known.roman)
    ]
    plural = 4 if word in known.digits and word.endswith("s") else 0
    shaped = len(word) if not word.strip(LIKE_DIGITS) else 0
    tens = 2 if word in known.tens else 0
    return max(*map(len, meant), plural, shaped, tens, known.multipliers.get(word, 0), SCALES.get(word, 0))


_MOST_DIGITS = Remembered(_most_digits)


def runs(tokens: Tokens, barriers: frozenset[int], spots: list[int]) -> list[list[Numeral]]:
    """Pieces of digits that may belong together, in order.

    barriers: tokens that end a run (dates, times, protected numbers). spots: the tokens that may be
    digits, other stretches being passed over. A word that is mostly no digit
    ("to", "a") and stands alone among others makes no run.
    """
    reader = Reader(tokens, numerals(), barriers)
    found: list[list[Numeral]] = []
    current: list[Numeral] = []
    words, kinds, size = tokens.words, tokens.kinds, len(tokens.words)
    leap = _Leap(tokens, spots)
    index, words_between, signs = leap.over(-1), 0, ""
    vocabulary, between, spoken = reader.words.vocabulary, reader.words.between, reader.words.spoken
    while index < size:
        word, kind = words[index], kinds[index]
        piece = None
        if kind == LETTERS:
            told = word in spoken or not word.strip(LIKE_DIGITS)
            if not told and word not in between:
                if current:
                    found.append(current)
                    current = []
                index, words_between, signs = leap.over(index), 0, signs[-1:] if signs.endswith("+") else ""
                continue
            if told and (word in vocabulary or len(word) <= LONGEST_SHAPED):
                piece = reader.piece_at(index)
        elif kind == DIGITS or word == "(":
            piece = reader.piece_at(index)
        if piece is not None:
            piece.gap, piece.signs = words_between, signs
            piece.plus = signs.endswith("+") and tokens.ends[index - 1] == tokens.starts[index]
            current.append(piece)
            index, words_between, signs = piece.last + 1, 0, ""
            continue
        index += 1
        if kind == LETTERS and index - 1 not in barriers and (word in between or word in reader.words.digits):
            words_between += 1
        elif kind not in (LETTERS, DIGITS) and word[0] not in BREAKING_SIGNS and index - 1 not in barriers:
            signs += "\n" if kind == BREAK else word[0]
        else:
            words_between = _MOST_WORDS_BETWEEN + 1
        if words_between > _MOST_WORDS_BETWEEN or len(signs) > _MOST_SIGNS_BETWEEN:
            if current:
                found.append(current)
                current = []
            words_between, signs = 0, signs[-1:] if signs.endswith("+") else ""
    if current:
        found.append(current)
    return found


class _Leap:
    """Leaps over words of which none can be digits, or stand between digits that are read."""

    def __init__(self, tokens: Tokens, spots: list[int]) -> None:
        traits = traits_of(tokens)
        self._digits = spots
        self._ends = traits.where(ENDS_RUN)
        self._each, self._size = traits.each, len(tokens.words)
        self._next = 0
        self._never = "+" in tokens.view.text  # a "+" is kept in mind from word to word

    def over(self, index: int) -> int:
        """From a word that ends a run (-1: the start), the next token to be looked at."""
        if self._never:
            return index + 1
        digits = self._digits
        self._next = bisect_right(digits, index, self._next)
        while self._next < len(digits) and self._stands_alone(digits[self._next]):
            self._next += 1
        if self._next == len(digits):
            return self._size
        ended = bisect_left(self._ends, digits[self._next])
        return max(index, self._ends[ended - 1] if ended else -1) + 1

    def _stands_alone(self, place: int) -> bool:
        """Whether a word that may be a digit is followed by one that ends its run before any other."""
        if not self._each[place] & PERHAPS_DIGIT:
            return False
        ending = bisect_right(self._ends, place)
        end = self._ends[ending] if ending < len(self._ends) else self._size
        follows = bisect_right(self._digits, place)
        return follows == len(self._digits) or self._digits[follows] > end
