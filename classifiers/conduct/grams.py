"""Features of a text as 64-bit keys: words, their parts and classes, and words near each other.

A word's own features are worked out once. What words say together is hashed for a whole text
in one go: nearly every pair is new, so there is nothing to remember.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.lexicon import Lexicon

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]
LONGEST_PARTED = 20  # letters
SIZES = (2, 3, 4, 5)  # letters of a part
CLASSES = 3  # of a word that are paired with those of others; the narrowest say most
WIDE = frozenset(("COMMON", "BREAK"))  # classes of words that say nothing by themselves
PARTS, RUNS, KINDS = range(3)
"""Families of features: letters, words, classes. Each is of length one in every window, so that
the many of one do not drown the few of another."""
FAMILIES = 3
REACH = 3  # words: how far apart two classes may stand and still be read together
NOTHING, BEGIN, END = 0, 1, 2
"""Numbers that stand for no word, and for the beginning and end of a sentence."""
_TURN, _SECOND, _THIRD = (
    np.uint64(0xFF51AFD7ED558CCD),
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
)
_HALF = np.uint64(32)


def key_of(text: str) -> int:
    """The key of one written feature."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def mixed(first: Keys, second: Keys, how: int) -> Keys:
    """A key for two keys in this order, and how they stand to each other."""
    key = (first + np.uint64(how)) * _SECOND ^ second * _THIRD
    key ^= key >> _HALF
    key *= _TURN
    key ^= key >> _HALF
    return key


def own(word: str, classes: Sequence[str]) -> tuple[list[int], ...]:
    """Keys of what a word says alone, by family: every few letters, `<` and `>` at its ends; itself; its classes."""
    whole = f"<{word[:LONGEST_PARTED]}>"
    parts = {whole[at : at + size]: None for size in SIZES for at in range(len(whole) - size + 1)}
    return [key_of(one) for one in parts], [key_of(f"w {word}")], [key_of(f"c {name}") for name in classes]


class Words:
    """Words met, by number, and the keys that stand for each beside others.

    key: (words,). classes: (words, CLASSES), 0 for none; a word without stands for itself.
    known: (words,), whether it has any.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.forget()

    def forget(self) -> None:
        """Begin again."""
        self.numbers: dict[str, int] = {}
        self.key = np.zeros(1024, np.uint64)
        self.classes = np.zeros((1024, CLASSES), np.uint64)
        self.known = np.zeros(1024, bool)
        self.key[[BEGIN, END]] = key_of("begin"), key_of("end")
        self.count = END + 1

    def add(self, word: str) -> int:
        """Learn a word that was not met before."""
        number = self.count
        if number == len(self.key):
            self.key, self.classes, self.known = (
                np.concatenate([one, np.zeros_like(one)]) for one in (self.key, self.classes, self.known)
            )
        narrow = self._narrowest(word)
        self.key[number] = key_of(f"w {word}")
        self.known[number] = bool(narrow)
        for place, name in enumerate(narrow):
            self.classes[number, place] = key_of(f"c {name}")
        if not narrow:
            self.classes[number, 0] = self.key[number]
        self.numbers[word] = number
        self.count += 1
        return number

    def own(self, word: str) -> tuple[list[int], ...]:
        """The keys of what a word says alone, by family."""
        return own(word, sorted(self._lexicon.belongs.get(word, frozenset()) - WIDE))

    def _narrowest(self, word: str) -> list[str]:
        found = self._lexicon.belongs.get(word, frozenset()) - WIDE
        return sorted(found, key=lambda name: (len(self._lexicon.classes[name]), name))[:CLASSES]


def laid_out(runs: Sequence[Sequence[int]]) -> tuple[Numbers, Numbers]:
    """Sentences of word numbers one after the other, and the sentence of each place.

    Begin and end are marked, and a gap keeps apart what stands in different sentences.
    """
    numbers = [number for run in runs for number in (BEGIN, *run, END, NOTHING, NOTHING)]
    return np.array(numbers), np.repeat(np.arange(len(runs)), [len(run) + 4 for run in runs])


def near(words: Words, laid: Numbers) -> tuple[tuple[Keys, Numbers], ...]:
    """Keys of what stands near each other, and the place of the first word of each, for RUNS and KINDS."""
    return _joined(_neighbours(words.key[laid], laid)), _joined(_classes(words, laid))


def _joined(found: Sequence[tuple[Keys, Numbers]]) -> tuple[Keys, Numbers]:
    return np.concatenate([keys for keys, _ in found]), np.concatenate([at for _, at in found])


def _neighbours(key: Keys, laid: Numbers) -> list[tuple[Keys, Numbers]]:
    """Two and three words in a row, and two with any one between them."""
    two = mixed(key[:-1], key[1:], 1)
    there = laid > NOTHING
    pairs = np.flatnonzero(there[:-1] & there[1:])
    skips = np.flatnonzero(there[:-2] & there[1:-1] & there[2:])
    return [
        (two[pairs], pairs),
        (mixed(key[skips], key[skips + 2], 2), skips),
        (mixed(two[skips], key[skips + 2], 3), skips),
    ]


def _classes(words: Words, laid: Numbers) -> list[tuple[Keys, Numbers]]:
    """Classes up to REACH words apart; of two words at least one is in some class."""
    classes, known = words.classes[laid], words.known[laid]
    there = classes != 0
    found = []
    for apart in range(1, REACH + 1):
        told = there[:-apart, :, None] & there[apart:, None, :]
        told &= (known[:-apart] | known[apart:])[:, None, None]
        chosen = np.flatnonzero(told)
        keys = mixed(classes[:-apart, :, None], classes[apart:, None, :], 4 + apart)
        found.append((keys.ravel()[chosen], chosen // CLASSES**2))
    return found


def slots_of(keys: Any, bits: int) -> tuple[Any, Any]:
    """Where keys are looked up in a table of 2**bits places, and the mark that proves it is theirs."""
    return (keys >> np.uint64(64 - bits)).astype(np.int64), (keys & np.uint64(0xFFF)).astype(np.uint32)
