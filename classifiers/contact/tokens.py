"""A view cut into words, digit runs and signs, in one pass."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifiers.contact.phrases import encodable
from classifiers.contact.wordlists import bit_of, held, known
from classifiers.normalise.view import View

MOST_TOKENS = 200_000
"""More than any message of a megabyte holds, unless somebody wants us to be slow."""

LETTERS, DIGITS, BLANK, BREAK, SIGN = "a", "d", " ", "n", "p"


class _Classes(dict[int, str]):
    """The class of every code point, found out once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char.isalpha():
            found = LETTERS
        elif "0" <= char <= "9":
            found = DIGITS
        elif char == "\n":
            found = BREAK
        elif char.isspace() or code < 32:
            found = BLANK
        else:
            found = "'" if char == "'" else SIGN
        self[code] = found
        return found


_CLASSES = _Classes()
_LETTER, _APOSTROPHE = 1, ord("'")
# Every sign is a class of its own, so that a run of one class is one token.
_NUMBERED = {BLANK: 0, LETTERS: _LETTER, DIGITS: 2, BREAK: 3}
_LAST_NUMBERED, _ODD_SIGN = 3, 127
_TO_CLASSES = bytes(_NUMBERED.get(_CLASSES[code], code) for code in range(128)) + bytes(128)
_OF_CODES = np.frombuffer(_TO_CLASSES, np.uint8)
_TO_KINDS = (BLANK + LETTERS + DIGITS + BREAK).encode() + SIGN.encode() * 252


def where(held: NDArray[np.bool_] | NDArray[np.int64]) -> list[int]:
    """The places at which something holds (is not 0), in order."""
    places: list[int] = held.nonzero()[0].tolist()
    return places


@dataclass(slots=True)
class Traits:
    """What is to be known of each token by itself, as bits (`traits`). any: the bits that some token has."""

    each: NDArray[np.int64]
    any: int

    def where(self, wanted: int) -> list[int]:
        """The places of the tokens that have one of the wanted bits, in order."""
        return where(self.each & wanted) if self.any & wanted else []


@dataclass(slots=True)
class Tokens:
    """Parallel lists, one entry a token; blanks are no tokens.

    words: the text, apostrophes left out; a run of one sign is one token. kinds: LETTERS,
    DIGITS, BREAK (a run of line ends) or SIGN. starts, ends: offsets in `view.text`.
    traits: kept here by `traits.traits_of`, to be asked for when the tokens are complete.
    """

    view: View
    words: list[str]
    kinds: list[str]
    starts: list[int]
    ends: list[int]
    traits: Traits | None = field(default=None, init=False, repr=False, compare=False)
    _distinct: frozenset[str] | None = field(default=None, init=False, repr=False, compare=False)
    _said: str | None = field(default=None, init=False, repr=False, compare=False)
    _held: int = field(default=0, init=False, repr=False, compare=False)
    _lists: int = field(default=0, init=False, repr=False, compare=False)
    _touching: list[int] | None = field(default=None, init=False, repr=False, compare=False)

    def distinct(self) -> frozenset[str]:
        """The words, each once; to be asked when the tokens are complete."""
        if self._distinct is None:
            self._distinct = frozenset(self.words)
        return self._distinct

    def holds(self, wanted: frozenset[str]) -> bool:
        """Whether one of the words is wanted; to be asked when the tokens are complete.

        wanted: a list that stays for good, not one made for the occasion.
        """
        bit = bit_of(wanted)
        if self._lists != known():
            self._held, self._lists = held(self.distinct()), known()
        return bool(self._held & bit)

    def where(self, wanted: frozenset[str]) -> list[int]:
        """The places of wanted words, in order."""
        if not self.holds(wanted):
            return []
        present = wanted.intersection(self.distinct())
        if len(present) > 1:
            return [index for index, word in enumerate(self.words) if word in present]
        word = next(iter(present))
        found: list[int] = []
        at = -1
        for _ in range(self.words.count(word)):
            at = self.words.index(word, at + 1)
            found.append(at)
        return found

    def said(self) -> str:
        """All words with one blank between them: what many phrases are looked for in at once."""
        if self._said is None:
            self._said = encodable(" ".join(self.words))
        return self._said

    def touching(self) -> list[int]:
        """The tokens between which and the next nothing stands, in order; to be asked as `holds`."""
        if self._touching is None:
            pairs = enumerate(zip(self.ends, self.starts[1:], strict=False))
            self._touching = [index for index, (end, start) in pairs if end == start]
        return self._touching

    def tight(self, index: int) -> bool:
        """Whether nothing stands between this token and the next."""
        return index + 1 < len(self.starts) and self.ends[index] == self.starts[index + 1]

    def index_at(self, offset: int) -> int:
        """The first token that starts at or after an offset of the view."""
        return bisect_left(self.starts, offset)


def kind_of(word: str) -> str:
    """The kind of a token that reads like this."""
    found = _CLASSES[ord(word[0])]
    return SIGN if found == "'" else found


def tokenise(view: View, most: int = MOST_TOKENS) -> Tokens:
    """Cut a view into tokens, the first `most` of them."""
    text = view.text
    if not text:
        return Tokens(view, [], [], [], [])
    classes, changes = _classes(text)
    inside = _apostrophes(classes) if "'" in text else None
    edges = (changes | (classes[1:] != classes[:-1])).nonzero()[0] + 1
    bounds = np.empty(len(edges) + 2, np.intp)
    bounds[0], bounds[1:-1], bounds[-1] = 0, edges, len(text)
    first, last = bounds[:-1], bounds[1:]
    held = classes[first].nonzero()[0][:most]
    kinds = list(classes[first[held]].tobytes().translate(_TO_KINDS).decode("ascii"))
    starts, ends = first[held].tolist(), last[held].tolist()
    words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    if inside is not None:
        for index in np.unique(np.searchsorted(first[held], inside, "right") - 1).tolist():
            words[index] = words[index].replace("'", "") if kinds[index] == LETTERS else words[index]
    return Tokens(view, words, kinds, starts, ends)


def _classes(text: str) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | bool]:
    """The class of each character, and where one sign follows another of the same class."""
    if text.isascii():
        return np.frombuffer(bytearray(text.encode("ascii").translate(_TO_CLASSES)), np.uint8), False
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    classes = _OF_CODES.take(codes, mode="clip")
    odd = (codes > 127).nonzero()[0]
    classes[odd] = [_NUMBERED.get(_CLASSES[code], _ODD_SIGN) for code in codes[odd].tolist()]
    return classes, (codes[1:] != codes[:-1]) & (classes[1:] > _LAST_NUMBERED) & (classes[:-1] == classes[1:])


def _apostrophes(classes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Let every apostrophe between letters be a letter ("what's"), and return where they are."""
    places = (classes[1:-1] == _APOSTROPHE).nonzero()[0] + 1
    inside: NDArray[np.intp] = places[(classes[places - 1] == _LETTER) & (classes[places + 1] == _LETTER)]
    classes[inside] = _LETTER
    return inside
