"""What one piece of a text means in plain words, behind odd spelling, leet and missing spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifiers.conduct.lexicon import Lexicon, Meaning

COMMA, STOP, QUESTION, QUOTE = ",", ".", "?", '"'
ENDS, ASKS = Meaning((STOP,)), Meaning((QUESTION,))
LONGEST_KEPT = 200  # characters of a piece whose meaning is worth keeping
MOST_KEPT = 20_000
_MARKS = {
    **dict.fromkeys(".!\n", ENDS),
    "?": ASKS,
    **dict.fromkeys(",;:() ", Meaning((COMMA,))),
    '"': Meaning((QUOTE,)),
}
SPACED = r"[a-z0-9](?:[ ._*\-]{1,2}[a-z0-9]){3,}"
_SPACED = re.compile(SPACED)
_LEET = (str.maketrans("01345$@!|7", "oieassaiit"), str.maketrans("01345$@!|7*", "oleassailtu"))
_ENDINGS = {"m": "am", "re": "are", "ll": "will", "ve": "have", "d": "would"}
_IS = frozenset(("he", "she", "it", "that", "what", "who", "where", "there", "how", "when", "here"))


def meanings(pieces: list[str], known: Lexicon) -> list[Meaning]:
    """Return what each piece means; asked of every word of every message, so answers are kept."""
    kept = known.meanings
    return [kept.get(piece) or _learn(piece, known) for piece in pieces]


def _learn(piece: str, known: Lexicon) -> Meaning:
    meaning = _MARKS.get(piece[0]) or _meaning(piece, known)
    if len(piece) <= LONGEST_KEPT:
        if len(known.meanings) >= MOST_KEPT:  # strangers choose the words: they must not fill the memory
            known.meanings.clear()
        known.meanings[piece] = meaning
    return meaning


def _meaning(piece: str, known: Lexicon) -> Meaning:
    if _SPACED.fullmatch(piece):
        words = _divided(re.sub(r"[^a-z0-9]", "", piece)[:80], known)
        return Meaning(words, evasive=True) if words else Meaning(("_",))
    if "'" in piece:
        return Meaning(tuple(_contraction(piece, known)))
    if piece[0] == "£" and piece[1:].isdigit():
        return Meaning(("pounds",))
    if piece in known.spelling:
        return Meaning(known.spelling[piece])
    return Meaning((piece,)) if piece in known.vocabulary else _guessed(piece, known)


def _contraction(piece: str, known: Lexicon) -> Iterator[str]:
    """ "I'll" is two words, "don't" is one, "mum's" is "mum"."""
    head, _, tail = piece.rpartition("'")
    bare = piece.replace("'", "")
    if tail in _ENDINGS:
        yield from (*known.plain([head]), _ENDINGS[tail])
    elif tail == "s":
        yield from known.plain([head])
        if head in _IS:
            yield "is"
    elif bare == "lets":
        yield bare
    else:
        yield from known.plain([bare])


def _guessed(piece: str, known: Lexicon) -> Meaning:
    """The words behind leet, drawn-out letters or missing spaces; "_" when there are none."""
    for candidate in candidates(piece):
        if candidate in known.vocabulary or candidate in known.spelling:
            drawn_out = candidate.isalpha() and piece.isalpha()
            return Meaning(tuple(known.plain([candidate])), evasive=not drawn_out)
    divided = _divided(piece, known) if 8 < len(piece) <= 40 and piece.isalpha() else None
    return Meaning(divided, evasive=True) if divided else Meaning(("_",))


def candidates(piece: str) -> Iterator[str]:
    """Yield what a piece may stand for behind leet and drawn-out letters."""
    if not piece.isalpha() and any(c.isalpha() for c in piece):
        for table in _LEET:
            yield piece.translate(table)
    squeezed = re.sub(r"(.)\1{2,}", r"\1\1", piece)
    if squeezed != piece:
        yield squeezed
        yield re.sub(r"(.)\1+", r"\1", piece)


def _divided(letters: str, known: Lexicon) -> tuple[str, ...] | None:
    """Return the words that letters without spaces spell, None when they spell none."""
    vocabulary = known.vocabulary
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    for start in range(len(letters)):
        before = best[start]
        if before is None:
            continue
        for end in range(start + 1, min(start + 16, len(letters)) + 1):
            piece, other = letters[start:end], best[end]
            fits = piece in vocabulary and (len(piece) > 1 or piece in "iua")
            if fits and (other is None or len(before) + 1 < len(other)):
                best[end] = (*before, piece)
    found = best[-1]
    if found is None or (len(found) > 1 and max(map(len, found)) < 4):
        return None
    return tuple(known.plain(found))
