"""Which word lists hold a word, as bits of one number: what is asked of every text, is asked of all its words at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from classifiers.contact.remembered import Remembered

_bits: dict[frozenset[str], int] = {}


def bit_of(words: frozenset[str]) -> int:
    """The bit of a list, which it gets when it is asked for first. Only for lists that stay for good."""
    bit = _bits.get(words)
    if bit is None:
        bit = _bits[words] = 1 << len(_bits)
        _LISTS.clear()
    return bit


def known() -> int:
    """How many lists have a bit; what `held` said before there were as many has to be asked anew."""
    return len(_bits)


def held(words: Iterable[str]) -> int:
    """The bits of all lists that hold one of the words."""
    return reduce(or_, map(_LISTS.__getitem__, words), 0)


def _lists_of(word: str) -> int:
    return sum(bit for words, bit in _bits.items() if word in words)


_LISTS = Remembered(_lists_of)
