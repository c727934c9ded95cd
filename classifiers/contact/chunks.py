"""Runs of tokens that read as one thing: a user name, a host, the front of an address."""

from __future__ import annotations

from dataclasses import dataclass

from classifiers.contact.numerals import numerals
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.words import lexicon

_INSIDE = frozenset("._-+")
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tokens first..last and what they spell. spelt: signs or digits are written as words."""

    text: str
    first: int
    last: int
    spelt: bool = False


def chunk_at(tokens: Tokens, index: int, inside: frozenset[str] = _INSIDE) -> Chunk | None:
    """The longest tight run of letters, digits and inner signs that begins at a token."""
    words, kinds, starts, ends = tokens.words, tokens.kinds, tokens.starts, tokens.ends
    if index >= len(words) or (kinds[index] not in (LETTERS, DIGITS) and words[index].strip("_")):
        return None
    last, until = index, min(len(words) - 1, index + _LONGEST)
    while last < until and ends[last] == starts[last + 1]:
        follows = last + 1
        if kinds[follows] == BREAK or (kinds[follows] == SIGN and words[follows][0] not in inside):
            break
        last = follows
    while last > index and kinds[last] == SIGN and words[last].strip("_"):
        last -= 1
    return Chunk("".join(words[index : last + 1]), index, last)


def chunk_before(tokens: Tokens, index: int, inside: frozenset[str] = _INSIDE) -> Chunk | None:
    """The longest tight run that ends at a token."""
    if (
        index < 0
        or (tokens.kinds[index] == SIGN and tokens.words[index].strip("_"))
        or tokens.kinds[index] == BREAK
    ):
        return None
    first = index
    while first > 0 and tokens.tight(first - 1) and index - first < _LONGEST:
        before = first - 1
        if tokens.kinds[before] == BREAK or (
            tokens.kinds[before] == SIGN and tokens.words[before][0] not in inside
        ):
            break
        first = before
    while first < index and tokens.kinds[first] == SIGN and tokens.words[first].strip("_"):
        first += 1
    return Chunk("".join(tokens.words[first : index + 1]), first, index)


def sign_word(stream: Stream, index: int) -> str:
    """The sign a token spells ("dot", "(dot)" and "underscore" are "." and "_"), "" if none."""
    if stream.tokens.kinds[index] != LETTERS:
        return ""
    word, signs = stream.tokens.words[index], lexicon().signs
    for name, sign in (
        ("dot", "."),
        ("underscore", "_"),
        ("dash", "-"),
        ("slash", "/"),
        ("plus", "+"),
        ("hash", "#"),
    ):
        if word in signs[name]:
            return sign
    return ""


def number_word(word: str) -> str:
    """The digits a word spells, "" if none."""
    known = numerals()
    if (first := known.tens.get(word)) is not None:
        return first + "0"
    return known.digits.get(word, "")


def bracketed(tokens: Tokens, index: int) -> tuple[int, int]:
    """A token with the brackets that touch it: "(at)", "[dot]", "<at>", "-at-", "_at_"."""
    before, after = index - 1, index + 1
    if before >= 0 and after < len(tokens.words) and tokens.tight(before) and tokens.tight(index):
        pair = tokens.words[before][-1] + tokens.words[after][0]
        if pair in ("()", "[]", "{}", "<>", "--", "__", "**", "||", "//", '""', "~~", "::", "''", "##", "++"):
            return before, after
    if (
        before >= 1
        and after + 1 < len(tokens.words)
        and tokens.words[before] in "([{<"
        and tokens.words[after] in ")]}>"
    ):
        return before, after
    return index, index


def handle_shaped(text: str) -> bool:
    """Whether a chunk looks made up as a user name: letters with digits, or joined by _ or a dot."""
    letters = sum(char.isalpha() for char in text)
    if letters < 2 or len(text) < 4 or len(text) > 40:
        return False
    if "_" in text.strip("_"):
        return True
    digits = sum(char.isdigit() for char in text)
    if digits and text[0].isalpha() and text.isalnum():
        return letters >= 3
    inner = text.strip(".")
    return "." in inner and all(len(part) >= 2 for part in inner.split(".")) and letters >= 4
