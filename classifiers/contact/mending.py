"""Words put together again that were taken apart or dressed up.

"i n s t a", "s.n.a.p", "5n4pch@t", "zerosevenseven", "juliet alpha november echo": each
becomes the token it was meant to be, over the same span, and is marked as mended.
"""

from __future__ import annotations

from dataclasses import dataclass

from classifiers.contact.glued import LONGEST_GLUED, SHORTEST_GLUED, segments
from classifiers.contact.hosts import hosts
from classifiers.contact.numerals import numerals
from classifiers.contact.starred import STARS, starred
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.traits import FIGURED, MENDABLE, traits_of
from classifiers.contact.words import lexicon

_LEET = str.maketrans("0134578@$!|+€£", "oieastbasiltel")
_LEET_L = str.maketrans("0134578@$!|+€£", "oleastbaslltel")
_LEET_SIGNS = frozenset("@$!|+€£")
_MOST_IN_CHUNK = 12
_SPACERS = frozenset("-._*/|,~+·•\\:;'\"=^#()[]{}<>")
_AT_LEAST_SPACED = 3
_SHORT = frozenset(("me", "us", "my", "on", "ig", "fb", "sc", "dm", "pm", "yo", "ur", "is"))
"""Words of two letters that are taken apart only together with others: "c/a/l/l m/e"."""


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
    kinds, words = tokens.kinds, tokens.words
    known, nato = lexicon(), lexicon().nato
    stars = tokens.holds(STARS)
    past = looked_until = 0
    for index in _candidates(tokens):
        if index < past:
            continue
        word, piece = words[index], None
        if kinds[index] != LETTERS:
            piece = _leet(tokens, index)
        elif len(word) == 1:
            if index >= looked_until:
                piece, looked_until = _spaced(tokens, index, goes_on=bool(found))
            piece = piece or _leet(tokens, index)
        elif word in nato:
            piece = _spelt(tokens, index)
        elif word not in known.meaning:
            piece = _leet(tokens, index) or (_glued(tokens, index) if len(word) >= SHORTEST_GLUED else None)
        elif len(word) <= 4:
            piece = _leet(tokens, index)
        if (
            piece is None
            and stars
            and kinds[index] == LETTERS
            and (meant := starred(tokens, index)) is not None
        ):
            piece = _Piece(index, meant[1], [(meant[0], tokens.starts[index], tokens.ends[meant[1]])])
        if piece is not None:
            found.append(piece)
            past = piece.last + 1
    return found


def _candidates(tokens: Tokens) -> list[int]:
    """The tokens at which something to be mended can begin; in most texts "a" and "I" and little else."""
    words, kinds, traits = tokens.words, tokens.kinds, traits_of(tokens)
    alone = traits.where(MENDABLE)
    if not traits.any & FIGURED and not (tokens.holds(_LEET_SIGNS) or tokens.holds(STARS)):
        return alone
    dressed = [
        index
        for index in tokens.touching()
        if (
            kinds[index + 1] in (LETTERS, DIGITS)
            or words[index + 1] in _LEET_SIGNS
            or words[index + 1] in STARS
        )
        and (kinds[index] == LETTERS or len(words[index]) == 1)
        and not (index and kinds[index - 1] != SIGN and tokens.ends[index - 1] == tokens.starts[index])
    ]
    return sorted({*alone, *dressed}) if dressed else alone


def _spaced(tokens: Tokens, index: int, *, goes_on: bool) -> tuple[_Piece | None, int]:
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
    if goes_on and word in _SHORT and gap is not None and gap.strip():
        return _Piece(index, last, [(word, tokens.starts[index], tokens.ends[last])]), last
    if len(letters) < _AT_LEAST_SPACED or (
        len(letters) < 5 and word not in lexicon().meaning and gap == ", "
    ):
        return None, last
    if _counts_on(word):
        return None, last
    start, end = tokens.starts[index], tokens.ends[last]
    glued = segments(word, handle_follows=True)
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
    words, kinds, starts, ends = tokens.words, tokens.kinds, tokens.starts, tokens.ends
    last, letters, until = index, kinds[index] == LETTERS, min(len(words) - 1, index + _MOST_IN_CHUNK)
    while last < until and ends[last] == starts[last + 1]:
        follows = last + 1
        if kinds[follows] == BREAK or (kinds[follows] == SIGN and words[follows] not in _LEET_SIGNS):
            break
        letters = letters or kinds[follows] == LETTERS
        last = follows
    if not letters or last == index:
        return None
    for end in (last, last - 1):
        if end > index and (word := _unleet("".join(words[index : end + 1]))):
            return _Piece(index, end, [(word, starts[index], ends[end])])
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


def _glued(tokens: Tokens, index: int) -> _Piece | None:
    word = tokens.words[index]
    start, end = tokens.starts[index], tokens.ends[index]
    if len(word) != end - start or len(word) > LONGEST_GLUED or (spelt := segments(word)) is None:
        return None
    return _Piece(index, index, _spread(spelt, [(at, at + 1) for at in range(start, end)]))
