"""Words put together again that were taken apart or dressed up.

"i n s t a", "s.n.a.p", "5n4pch@t", "zerosevenseven", "juliet alpha november echo": each
becomes the token it was meant to be, over the same span, and is marked as mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import ahocorasick

from classifiers.contact.hosts import hosts
from classifiers.contact.numerals import numerals
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.words import lexicon

_LEET = str.maketrans("0134578@$!|+€£", "oieastbasiltel")
_LEET_L = str.maketrans("0134578@$!|+€£", "oleastbaslltel")
_LEET_SIGNS = frozenset("@$!|+€£")
_MOST_IN_CHUNK = 12
_LONGEST_GLUED = 120
_SPACERS = frozenset("-._*/|,~+·•\\:;'\"=^#()[]{}<>")
_AT_LEAST_SPACED = 3


@dataclass(slots=True)
class _Piece:
    """What to put in place of tokens first..last."""

    first: int
    last: int
    words: list[tuple[str, int, int]]


def mend(tokens: Tokens) -> tuple[Tokens, frozenset[int]]:
    """The tokens with words put together again, and the places of those.

    Returns the same object when nothing was mended.
    """
    pieces = _pieces(tokens)
    if not pieces:
        return tokens, frozenset()
    mended = Tokens(tokens.view, [], [], [], [])
    places: list[int] = []
    position = 0
    for piece in pieces:
        _copy(tokens, mended, position, piece.first)
        for word, start, end in piece.words:
            places.append(len(mended.words))
            mended.words.append(word)
            mended.kinds.append(LETTERS)
            mended.starts.append(start)
            mended.ends.append(end)
        position = piece.last + 1
    _copy(tokens, mended, position, len(tokens.words))
    return mended, frozenset(places)


def _copy(source: Tokens, target: Tokens, start: int, end: int) -> None:
    target.words += source.words[start:end]
    target.kinds += source.kinds[start:end]
    target.starts += source.starts[start:end]
    target.ends += source.ends[start:end]


def _pieces(tokens: Tokens) -> list[_Piece]:
    found: list[_Piece] = []
    kinds, words, size = tokens.kinds, tokens.words, len(tokens.words)
    starts, ends = tokens.starts, tokens.ends
    known, nato = lexicon(), lexicon().nato
    index = looked_until = 0
    while index < size:
        word, kind = words[index], kinds[index]
        piece = None
        tight = index + 1 < size and ends[index] == starts[index + 1]
        if kind == LETTERS:
            length = len(word)
            if 1 < length < 8 and not tight and word not in nato:
                index += 1
                continue
            if length == 1:
                if index >= looked_until:
                    piece, looked_until = _spaced(tokens, index)
                piece = piece or (_leet(tokens, index) if tight else None)
            elif word in nato:
                piece = _spelt(tokens, index)
            elif word not in known.meaning:
                piece = _leet(tokens, index) if tight else None
                if piece is None and length >= 8:
                    piece = _glued(tokens, index)
            elif length <= 4 and tight:
                piece = _leet(tokens, index)
        elif tight and ((kind == DIGITS and len(word) == 1) or word in _LEET_SIGNS):
            piece = _leet(tokens, index)
        if piece is not None:
            found.append(piece)
            index = piece.last
        index += 1
    return found


def _spaced(tokens: Tokens, index: int) -> tuple[_Piece | None, int]:
    """Single letters with one and the same thing between them, and how far they were looked at."""
    text, last, gap = tokens.view.text, index, None
    letters, places = [tokens.words[index]], [(tokens.starts[index], tokens.ends[index])]
    while (follows := _next_single(tokens, last, digits=len(letters) >= _AT_LEAST_SPACED)) is not None:
        between = text[tokens.ends[last] : tokens.starts[follows]]
        if gap is None:
            gap = between
        if between != gap or not between or len(letters) >= 64:
            break
        letters.append(tokens.words[follows])
        places.append((tokens.starts[follows], tokens.ends[follows]))
        last = follows
    word = "".join(letters)
    if len(letters) < _AT_LEAST_SPACED or (
        len(letters) < 5 and word not in lexicon().meaning and gap == ", "
    ):
        return None, last
    if _counts_on(word):
        return None, last
    start, end = tokens.starts[index], tokens.ends[last]
    glued = _segments(word, handle_follows=True)
    if glued is not None and word not in lexicon().meaning:
        return _Piece(index, last, _spread(glued, places)), last
    return _Piece(index, last, [(word, start, end)]), last


def _counts_on(word: str) -> bool:
    """Whether letters merely follow each other in the alphabet, or are all the same."""
    return word in "abcdefghijklmnopqrstuvwxyz" or len(set(word)) == 1


def _spread(segments: list[str], places: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """The segments with their spans; places: the span of every letter."""
    spread: list[tuple[str, int, int]] = []
    at = 0
    for segment in segments:
        until = at + len(segment)
        spread.append((segment, places[at][0], places[until - 1][1]))
        at = until
    return spread


def _next_single(tokens: Tokens, index: int, *, digits: bool) -> int | None:
    """The next single letter (or digit or underscore, if asked), over at most one sign."""
    size = len(tokens.words)
    follows = index + 1
    if digits and follows < size and tokens.words[follows] == "_" and not tokens.tight(index):
        return follows
    if follows < size and tokens.kinds[follows] == SIGN and tokens.words[follows][0] in _SPACERS:
        follows += 1
    if follows < size and tokens.kinds[follows] == BREAK:
        follows += 1
    if follows < size and len(tokens.words[follows]) == 1:
        kind = tokens.kinds[follows]
        return follows if kind == LETTERS or (digits and kind == DIGITS) else None
    return None


def _leet(tokens: Tokens, index: int) -> _Piece | None:
    """Digits and signs inside one word that stand for letters: "5n4p", "wh@tsapp", "s3ven"."""
    if index > 0 and tokens.tight(index - 1) and tokens.kinds[index - 1] != SIGN:
        return None
    last, letters = index, tokens.kinds[index] == LETTERS
    while tokens.tight(last) and last - index < _MOST_IN_CHUNK:
        follows = last + 1
        if tokens.kinds[follows] == SIGN and tokens.words[follows] not in _LEET_SIGNS:
            break
        if tokens.kinds[follows] == BREAK:
            break
        letters = letters or tokens.kinds[follows] == LETTERS
        last = follows
    if not letters or last == index:
        return None
    for end in (last, last - 1):
        chunk = "".join(tokens.words[index : end + 1])
        if end > index and (word := _unleet(chunk)):
            return _Piece(index, end, [(word, tokens.starts[index], tokens.ends[end])])
    return None


def plain_letters(host: str) -> str:
    """A host with the digits read as the letters they look like, if its letters are then known."""
    for table_ in (_LEET, _LEET_L):
        letters = host.translate(table_)
        if letters in hosts().known:
            return letters
    return host


def plain_word(chunk: str) -> str:
    """The known word that letters with digits among them spell, "" if none: "m3" is "me"."""
    known = lexicon()
    if chunk.isdigit():
        return ""
    for table_ in (_LEET, _LEET_L):
        word = chunk.translate(table_)
        if word.isalpha() and (word in known.meaning or word in known.platforms or word in known.common):
            return word
    return ""


def _unleet(chunk: str) -> str:
    if chunk.isalpha() or not 3 <= len(chunk) <= 20:
        return ""
    known, numbers = lexicon(), numerals()
    for word in (chunk.translate(_LEET), chunk.translate(_LEET_L)):
        if word in known.platforms or word in numbers.digits:
            return word
        if len(word) >= 4 and known.meaning.get(word) in ("N", "n", "f", "e", "u", "T", "S", "C"):
            return word
    return ""


def _spelt(tokens: Tokens, index: int) -> _Piece | None:
    """Three or more words of the spelling alphabet."""
    nato, last, letters = lexicon().nato, index, [tokens.words[index][0]]
    while True:
        follows = last + 1
        if follows < len(tokens.words) and tokens.words[follows] in ("-", ",", "."):
            follows += 1
        if follows >= len(tokens.words) or tokens.words[follows] not in nato or len(letters) >= 64:
            break
        letters.append(tokens.words[follows][0])
        last = follows
    if len(letters) < _AT_LEAST_SPACED:
        return None
    return _Piece(index, last, [("".join(letters), tokens.starts[index], tokens.ends[last])])


@cache
def _automaton() -> ahocorasick.Automaton:
    """Words that people run together: digits, platforms and the words around them."""
    automaton = ahocorasick.Automaton()
    words = set(numerals().digits) | set(numerals().tens) | {"double", "triple", "treble"}
    words |= {name.replace(" ", "") for name in lexicon().platforms if len(name) >= 4}
    words |= {
        "add",
        "meon",
        "me",
        "on",
        "my",
        "is",
        "text",
        "call",
        "call me",
        "message",
        "find",
        "follow",
        "dm",
        "your",
        "whats",
        "number",
        "at",
        "dot",
        "com",
        "the",
    }
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton


@lru_cache(maxsize=20_000)
def _segments(word: str, *, handle_follows: bool = False) -> list[str] | None:
    """The words glued together in `word`, None unless they tell something.

    Either all of it is number words (two or more), or it begins with words around a
    platform and what is left over at the end may be a handle (at once, if handle_follows).
    """
    if len(word) > _LONGEST_GLUED:
        return None
    reached, found = _furthest(word)
    numbers = numerals()
    counted = sum(1 for segment in found if segment in numbers.digits or segment in numbers.tens)
    if reached == len(word) and counted >= 2:
        return found
    platform = any(segment in lexicon().platforms for segment in found)
    if platform and len(found) >= (1 if handle_follows and len(word) - reached >= 3 else 3):
        return found if reached == len(word) else [*found, word[reached:]]
    return None


def _furthest(word: str) -> tuple[int, list[str]]:
    """How far known words reach from the start of `word`, and the fewest of them that do."""
    ways: dict[int, list[str]] = {0: []}
    for end, segment in _automaton().iter(word):
        before = ways.get(end + 1 - len(segment))
        if before is not None and (end + 1 not in ways or len(before) + 1 < len(ways[end + 1])):
            ways[end + 1] = [*before, segment]
    reached = max(ways)
    return reached, ways[reached]


def _glued(tokens: Tokens, index: int) -> _Piece | None:
    word = tokens.words[index]
    start, end = tokens.starts[index], tokens.ends[index]
    if len(word) != end - start or len(word) > _LONGEST_GLUED or (segments := _segments(word)) is None:
        return None
    return _Piece(index, index, _spread(segments, [(at, at + 1) for at in range(start, end)]))
