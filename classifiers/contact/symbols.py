"""A text written in symbols, one a meaningful word or sign: what `Stream.symbols` holds, and how it comes about.

Nearly every word has its symbol by itself, so those are looked up in one go; only phrases, platforms,
full stops and colons hang on what stands beside them and are looked at one by one.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import compress

from classifiers.contact.meanings import (
    JOIN,
    JOINING,
    MEANT,
    OF_LETTERS,
    OTHER,
    PLATFORMS,
    SIGN_SYMBOLS,
    symbol_of_unknown,
    unstretched,
)
from classifiers.contact.tokens import DIGITS, LETTERS, Tokens, where
from classifiers.contact.traits import OPENS_PHRASE, UNREAD, UNSURE, traits_of
from classifiers.contact.words import WEAK, lexicon


@dataclass(slots=True)
class Writing:
    """The symbols, the first and last token of each, and place in `symbols` → platform."""

    symbols: str
    at: list[int]
    upto: list[int]
    platforms: dict[int, str]


def write(tokens: Tokens, mended: frozenset[int]) -> Writing:
    """A text in symbols. mended: tokens that were put together again."""
    flow = _flow(tokens)
    words = tokens.words
    said = words if len(flow) == len(words) else list(map(words.__getitem__, flow))
    marks = list(map(MEANT.__getitem__, said))
    for position, index in enumerate(flow) if mended else ():
        if index in mended:
            marks[position] = OF_LETTERS[said[position]]
    identifiers = _identifiers(tokens, flow)
    for position in identifiers:
        marks[position] = OTHER
    lasts = flow.copy()
    named: dict[int, str] = {}
    past = 0
    for position in _doubtful(tokens, flow, said, marks):
        if position < past or position in identifiers:
            continue
        if said[position] in JOINING:
            marks[position] = _sign(tokens, flow[position])
            continue
        mark, length, platform = _closely(tokens, flow, said, position)
        past = position + length
        marks[position] = mark
        if length > 1:
            marks[position + 1 : past] = [""] * (length - 1)
            lasts[position] = flow[past - 1]
        if platform:
            named[flow[position]] = platform
    at = list(compress(flow, marks))
    platforms = {bisect_left(at, index): platform for index, platform in named.items()}
    return Writing("".join(filter(None, marks)), at, list(compress(lasts, marks)), platforms)


def places_of(symbols: str, wanted: str) -> list[int]:
    """The places of some symbols, in order."""
    if not any(symbol in symbols for symbol in wanted):
        return []
    return [place for place, symbol in enumerate(symbols) if symbol in wanted]


def _flow(tokens: Tokens) -> list[int]:
    """The tokens in reading order, without single line ends and hyphens inside words."""
    traits = traits_of(tokens)
    if not traits.any & UNREAD:
        return list(range(len(tokens.words)))
    read = (traits.each & UNREAD) == 0
    for index in traits.where(UNREAD):
        if tokens.words[index] == "-" and not (index and tokens.tight(index - 1) and tokens.tight(index)):
            read[index] = True
    return where(read)


def _doubtful(tokens: Tokens, flow: list[int], said: list[str], marks: list[str | None]) -> list[int]:
    """The positions to be looked at closely: those without a symbol, and where a phrase may begin."""
    traits, phrases = traits_of(tokens), lexicon().phrases
    each = traits.each if len(flow) == len(traits.each) else traits.each[flow]
    after = [*said[1:], ""]
    return [
        position
        for position in where(each & (UNSURE | OPENS_PHRASE))
        if marks[position] is None or after[position] in phrases.get(said[position], ())
    ]


def _closely(tokens: Tokens, flow: list[int], said: list[str], position: int) -> tuple[str, int, str]:
    """The symbol at a position, how many words it stands for, and the platform it names, "" if none."""
    known, word, index = lexicon(), said[position], flow[position]
    if tokens.kinds[index] != LETTERS and word not in known.meaning:
        return MEANT[word] or "", 1, ""
    symbol, length, entry = known.meaning.get(word), 1, word
    second = said[position + 1] if position + 1 < len(said) else ""
    for others, meant in known.phrases.get(word, {}).get(second, ()):
        if tuple(said[position + 1 : position + 1 + len(others)]) == others:
            symbol, length, entry = meant, 1 + len(others), " ".join((word, *others))
            break
    if symbol is None:
        entry = unstretched(word)
        symbol = symbol_of_unknown(word, entry)
    context = known.context
    if (
        symbol == WEAK
        and index
        and entry in context["ambiguous"]
        and tokens.words[index - 1] in context["ordinary"]
    ):
        symbol = OTHER
    return symbol, length, known.platforms[entry][1] if symbol in PLATFORMS else ""


def _identifiers(tokens: Tokens, flow: list[int]) -> frozenset[int]:
    """The positions of words that are parts of "my_func", whose parts mean nothing by themselves."""
    if "_" not in tokens.view.text:
        return frozenset()
    return frozenset(position for position, index in enumerate(flow) if _inside_identifier(tokens, index))


def _inside_identifier(tokens: Tokens, index: int) -> bool:
    words, kinds = tokens.words, tokens.kinds
    if kinds[index] != LETTERS:
        return False
    before = index > 1 and words[index - 1][0] == "_" and tokens.tight(index - 1) and tokens.tight(index - 2)
    after = (
        index + 2 < len(words)
        and words[index + 1][0] == "_"
        and tokens.tight(index)
        and tokens.tight(index + 1)
    )
    return (before and kinds[index - 2] in (LETTERS, DIGITS)) or (
        after and kinds[index + 2] in (LETTERS, DIGITS)
    )


def _sign(tokens: Tokens, index: int) -> str:
    """The symbol of a full stop, a colon or the like: one that touches the word after it joins."""
    joins = tokens.tight(index) and tokens.kinds[index + 1] in (LETTERS, DIGITS)
    return JOIN if joins else SIGN_SYMBOLS[tokens.words[index]]
