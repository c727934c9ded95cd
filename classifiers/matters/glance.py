"""Says cheaply which rows a sentence may hold: every word of it is looked up once.

A search for all words at once (Aho-Corasick) was measured beside this and took longer: it has to
see every letter, where splitting at blanks and a dictionary see every word.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from classifiers.conduct.lexicon import Lexicon
from classifiers.matters.cues import Cues, cues
from classifiers.matters.words import DAY, NIGHT, NUMBER, pieces, plain

MOST_KEPT = 20_000


class Glance:
    """Knows of every word which needs of rows it can fill, a bit for each."""

    def __init__(self, held: Cues) -> None:
        known = held.known
        self._known = known
        common = _common(known)
        needs = {need: None for row in held.rows for need in row.needs}
        self._bits = {need: 1 << place for place, need in enumerate(needs)}
        self._fills = _fills(self._bits, known)
        self._anchors: dict[str, list[tuple[int, int]]] = {}
        for index, row in enumerate(held.rows):
            needed = 0
            for need in row.needs:
                needed |= self._bits[need]
            rarest = min(row.needs, key=lambda need: (len(need & common), len(need)))
            for word in {_rarest(member, common) for member in rarest}:
                self._anchors.setdefault(word, []).append((index, needed))
        self._seen: dict[str, tuple[int, tuple[tuple[int, int], ...]]] = {}

    def rows(self, text: str) -> list[int]:
        """The rows all of whose needs some word of a stretch of a view's text fills, in order."""
        filled = 0
        candidates: list[tuple[int, int]] = []
        for piece in set(text.split()):
            bits, anchored = self._seen.get(piece) or self._learn(piece)
            filled |= bits
            if anchored:
                candidates += anchored
        return sorted({index for index, needed in candidates if needed & filled == needed})

    def _learn(self, piece: str) -> tuple[int, tuple[tuple[int, int], ...]]:
        bits = 0
        anchored: list[tuple[int, int]] = []
        for word in _readings(piece, self._known):
            bits |= self._fills.get(word, 0)
            anchored += self._anchors.get(word, ())
        learnt = bits, tuple(anchored)
        if len(piece) <= 60:
            if len(self._seen) >= MOST_KEPT:  # strangers choose the words: they must not fill the memory
                self._seen.clear()
            self._seen[piece] = learnt
        return learnt


@lru_cache(maxsize=1)
def glance() -> Glance:
    """Return the glance for the shipped cues."""
    return Glance(cues())


def _readings(piece: str, known: Lexicon) -> set[str]:
    """What a piece between blanks may come to once its neighbours are known."""
    found = {word for one in pieces(piece) for word in plain(one, known)}
    if not found.isdisjoint(("am", "pm", "a.m", "p.m")) or piece.rstrip(".,?!") in ("pm", "am", "p.m", "a.m"):
        found |= {DAY, NIGHT}
    return found | {pair for (_, second), pair in known.pairs.items() if second in found}


def _fills(bits: Mapping[frozenset[str], int], known: Lexicon) -> dict[str, int]:
    """A word to the needs it can fill; a phrase is there when its rarest word is."""
    common = _common(known)
    fills: dict[str, int] = {}
    for need, bit in bits.items():
        for member in need:
            word = _rarest(member, common)
            fills[word] = fills.get(word, 0) | bit
    return fills


def _common(known: Lexicon) -> frozenset[str]:
    """Words that say nothing by being there; "_" is any that nobody listed."""
    return known.classes["COMMON"] | {"_", NUMBER}


def _rarest(member: str, common: frozenset[str]) -> str:
    """Of a phrase the word that says most; a word is itself."""
    return max(member.split("_"), key=lambda word: (word not in common, len(word), word))
