"""Says cheaply which rows a sentence may hold: one search for all words and phrases at once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import ahocorasick

from classifiers.conduct.lexicon import Lexicon
from classifiers.matters.cues import Cues, cues
from classifiers.matters.words import NUMBER, UNKNOWN, Sentence


class Glance:
    """Knows of every word and phrase which needs of rows it fills, a bit for each."""

    def __init__(self, held: Cues) -> None:
        common = _common(held.known)
        needs = list(dict.fromkeys(need for row in held.rows for need in row.needs))
        bits = {need: 1 << place for place, need in enumerate(needs)}
        anchors: dict[frozenset[str], list[tuple[int, int]]] = {}
        for index, row in enumerate(held.rows):
            needed = 0
            for need in row.needs:
                needed |= bits[need]
            rarest = min(row.needs, key=lambda need: (len(need & common), len(need)))
            anchors.setdefault(rarest, []).append((index, needed))
        self._finder = _finder(needs, bits, anchors)

    def rows(self, sentence: Sentence) -> list[int]:
        """The rows all of whose needs are filled in a sentence, in order."""
        filled = 0
        candidates: list[tuple[int, int]] = []
        for _, (bits, anchored) in self._finder.iter(sentence.joined.decode()):
            filled |= bits
            candidates += anchored
        return sorted({index for index, needed in candidates if needed & filled == needed})


@lru_cache(maxsize=1)
def glance() -> Glance:
    """Return the glance for the shipped cues."""
    return Glance(cues())


def _finder(
    needs: list[frozenset[str]],
    bits: dict[frozenset[str], int],
    anchors: dict[frozenset[str], list[tuple[int, int]]],
) -> Any:
    """An Aho-Corasick automaton over all words of all needs, each with its bits and its rows."""
    filled: dict[str, int] = {}
    rows: dict[str, list[tuple[int, int]]] = {}
    for need in needs:
        for word in need:
            filled[word] = filled.get(word, 0) | bits[need]
            rows.setdefault(word, []).extend(anchors.get(need, ()))
    finder = ahocorasick.Automaton()
    for word, bit in filled.items():
        finder.add_word(f" {word.replace('_', ' ') if word != UNKNOWN else word} ", (bit, tuple(rows[word])))
    finder.make_automaton()
    return finder


def _common(known: Lexicon) -> frozenset[str]:
    """Words that say nothing by being there; "_" is any that nobody listed."""
    return known.classes["COMMON"] | {UNKNOWN, NUMBER}
