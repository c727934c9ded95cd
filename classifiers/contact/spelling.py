"""Letters, digits and signs that are said rather than written: "em", "Bravo", "7 - 2", "XIV", "forward slash".

Each function looks at one place of a token list and says what stands there, as pieces over
spans of the view; `aloud` puts the pieces together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from classifiers.contact.numerals import Numeral, Reader, numerals
from classifiers.contact.sums import power, roman, sum_at
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.words import LONGEST_REMEMBERED, entries, lexicon, table

WORD, FIGURE, MARK, LINE_END = "word", "figure", "mark", "break"
SPELT, SPELT_SIGN, PERHAPS_SIGN = "spelt", "sign", "perhaps"

_OPENING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_WRAPPERS = frozenset("-*_~|'\"–:")
_SIGN_CHARS = frozenset("._@/-:#+")
_SPACERS = frozenset("._-*·•|~,+=^:/")
_AS_IN = frozenset(("for", "as", "like", "is"))
_MOST = 80
_ROMAN_LETTERS = "ivxlcdm"


class Piece(NamedTuple):
    """What the characters start..end of a view say. kind: one of the constants above."""

    text: str
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """config/words/spelling.toml. signs, perhaps: one or two words → sign."""

    sure: Mapping[str, str]
    unsure: Mapping[str, str]
    signs: Mapping[tuple[str, ...], str]
    perhaps: Mapping[tuple[str, ...], str]
    between: frozenset[tuple[str, ...]]
    stand_ins: frozenset[tuple[str, ...]]
    triggers: frozenset[str]


@cache
def spelling() -> Spelling:
    """The shipped ways to spell; read once a process."""
    file = table("spelling")
    signs, perhaps = _by_words(file["signs"]["sure"]), _by_words(file["signs"]["perhaps"])
    sure = {name: letter for letter, line in file["letters"]["sure"].items() for name in entries(line)}
    return Spelling(
        sure=sure,
        unsure={n: letter for letter, line in file["letters"]["perhaps"].items() for n in entries(line)},
        signs=signs,
        perhaps=perhaps,
        between=frozenset(tuple(entry.split()) for entry in entries(file["signs"]["between"])),
        stand_ins=frozenset(tuple(entry.split()) for entry in entries(file["signs"]["stand_ins"])),
        triggers=frozenset(
            {words[0] for words in signs if len(words) == 1}
            | {"forward", "under", "low", "d0t", "sign", "symbol"}
        ),
    )


def may_be_said(word: str) -> bool:
    """Whether a letter or a number that is said can begin at a word of letters: most just stand for themselves."""
    return len(word) <= LONGEST_REMEMBERED and _may_be_said(word)


@lru_cache(maxsize=20_000)
def _may_be_said(word: str) -> bool:
    return len(word) < 2 or not word.strip(_ROMAN_LETTERS) or word in _names()


@cache
def begin_signs() -> frozenset[str]:
    """The words with which a sign that is said can begin."""
    known = spelling()
    return frozenset({words[0] for words in (*known.signs, *known.perhaps)} | {"d", "und", "underscor"})


@cache
def _names() -> frozenset[str]:
    """The words with which a letter or a number that is said can begin."""
    known, counted = spelling(), numerals()
    letters = lexicon().nato.union(("double", "dubble"), known.sure, known.unsure)
    return letters.union(("oh",), counted.digits, counted.tens, counted.foreign, counted.multipliers)


def _by_words(section: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    return {tuple(entry.split()): sign for sign, line in section.items() for entry in entries(line)}


def sign_at(tokens: Tokens, index: int) -> tuple[Piece, int] | None:
    """A sign in words or in brackets, and its last token."""
    word, kind = tokens.words[index], tokens.kinds[index]
    if kind == LETTERS:
        found = _said(tokens, index)
        if found is not None:
            sign, last, sure = found
            return _piece(tokens, index, last, sign, SPELT_SIGN if sure else PERHAPS_SIGN), last
        return None
    if kind != SIGN:
        return None
    closing = _OPENING.get(word[0]) or (word[0] if word[0] in _WRAPPERS else "")
    if not closing or index + 2 >= len(tokens.words):
        return None
    inner = index + 1
    said = (_said(tokens, inner) or _described(tokens, inner)) if tokens.kinds[inner] == LETTERS else None
    if said is not None:
        sign, last, _ = said
    elif closing != word[0] and len(tokens.words[inner]) == 1 and tokens.words[inner] in _SIGN_CHARS:
        sign, last = tokens.words[inner], inner
    else:
        return None
    if last + 1 < len(tokens.words) and tokens.words[last + 1][0] == closing:
        return _piece(tokens, index, last + 1, sign, SPELT_SIGN), last + 1
    return None


def _described(tokens: Tokens, index: int) -> tuple[str, int, bool] | None:
    """The sign that some words in brackets speak of: "[small point]", "(the letter a with a tail)"."""
    last = index
    while last + 1 < len(tokens.words) and tokens.kinds[last + 1] == LETTERS and last - index < 6:
        last += 1
    words = tokens.words[index : last + 1]
    known = spelling()
    for signs in (known.signs, known.perhaps):
        for word in words:
            if (sign := signs.get((word,))) is not None:
                return sign, last, True
    if "a" in words and len(words) >= 3:
        return "@", last, True
    return None


def _said(tokens: Tokens, index: int) -> tuple[str, int, bool] | None:
    """The sign that the word or two at a token mean, the last of them, and whether it is sure."""
    known = spelling()
    words = tokens.words
    if index + 1 < len(words) and tokens.kinds[index + 1] == LETTERS:
        pair = (words[index], words[index + 1])
        if (sign := known.signs.get(pair)) is not None:
            return sign, index + 1, True
        if (sign := known.perhaps.get(pair)) is not None:
            return sign, index + 1, False
    if (sign := known.signs.get((words[index],))) is not None:
        return sign, index, True
    if (sign := known.perhaps.get((words[index],))) is not None:
        return sign, index, False
    leet = "".join(words[index : index + 3])
    if leet in ("d0t", "und3rscore", "underscor3") and tokens.tight(index) and tokens.tight(index + 1):
        return {"d": "."}.get(leet[0], "_"), index + 2, True
    return None


def _piece(tokens: Tokens, first: int, last: int, text: str, kind: str) -> Piece:
    return Piece(text, tokens.starts[first], tokens.ends[last], kind)


def letters_at(tokens: Tokens, index: int) -> tuple[list[Piece], int] | None:
    """A run of letters that are named: "em ay ar", "Bravo Romeo", "B for bravo, R for romeo"."""
    found: list[Piece] = []
    step, last, sure = index, index, 0
    while step < len(tokens.words) and len(found) < _MOST:
        one = _letter(tokens, step)
        if one is None:
            if (
                found
                and tokens.words[step] in (",", "-", ".")
                and step == last + 1
                and _letter(tokens, step + 1)
            ):
                step += 1
                continue
            break
        piece, last, certain = one
        found.append(piece)
        sure += certain
        step = last + 1
    while (
        found
        and tokens.words[last] in ("you", "why", "see", "be", "are", "a", "oh")
        and sure * 2 < len(found)
    ):
        return None
    if len(found) >= 3 and sure * 3 >= len(found):
        return found, last
    if len(found) == 2 and sure == 2:
        return found, last
    return None


def mixed_at(tokens: Tokens, reader: Reader, index: int) -> tuple[list[Piece], int] | None:
    """Letters and digits that are named in one go: "em one four bee tee", "Hotel Golf two, niner Zulu"."""
    if _letter(tokens, index) is None:
        return None
    found: list[Piece] = []
    step, last, sure, spoken = index, index, 0, 0
    while step < len(tokens.words) and len(found) < _MOST:
        if (one := _letter(tokens, step)) is not None:
            piece, last, certain = one
            found.append(piece)
            sure += certain
        elif (figure := figure_at(tokens, reader, step)) is not None:
            digits, last, _ = figure
            found.append(_piece(tokens, step, last, digits, SPELT))
            spoken += 1
        elif found and tokens.words[step] in (",", "-", "then") and step == last + 1:
            step += 1
            continue
        else:
            break
        step = last + 1
    return (found, last) if sure >= 2 and spoken and len(found) >= 4 else None


def _letter(tokens: Tokens, index: int) -> tuple[Piece, int, bool] | None:
    """One letter that is named at a token, its last token, whether it can be nothing else."""
    if index >= len(tokens.words) or tokens.kinds[index] != LETTERS:
        return None
    word, known = tokens.words[index], spelling()
    if word == "x" and tokens.words[index + 1 : index + 3] == ["-", "ray"]:
        return _piece(tokens, index, index + 2, "x", SPELT), index + 2, True
    if len(word) == 1:
        follows = index + 1
        while follows < len(tokens.words) and tokens.words[follows] in ("as", "in", "for", "like", "is"):
            follows += 1
        named = follows > index + 1 and follows < len(tokens.words) and tokens.words[follows][0] == word
        if named and len(tokens.words[follows]) > 2:
            return _piece(tokens, index, follows, word, SPELT), follows, True
        return None
    if word in ("double", "dubble") and tokens.words[index + 1 : index + 2] in (["u"], ["you"], ["yoo"]):
        return _piece(tokens, index, index + 1, "w", SPELT), index + 1, True
    if word in lexicon().nato:
        return _piece(tokens, index, index, word[0], SPELT), index, True
    if (letter := known.sure.get(word)) is not None:
        return _piece(tokens, index, index, letter, SPELT), index, True
    if (letter := known.unsure.get(word)) is not None:
        return _piece(tokens, index, index, letter, SPELT), index, False
    return None


def spread_at(tokens: Tokens, index: int) -> tuple[list[Piece], int] | None:
    """Single characters with blanks between: "d i s c o r d . g g"; wider blanks part the words."""
    if not _single(tokens, index) or (index and tokens.tight(index - 1)):
        return None
    places, step, letters, narrow = [index], index + 1, int(tokens.kinds[index] == LETTERS), 99
    while step < len(tokens.words) and len(places) < 200:
        gap = tokens.starts[step] - tokens.ends[step - 1]
        if not _single(tokens, step) or gap == 0 or gap > 4:
            break
        narrow = min(narrow, gap)
        letters += tokens.kinds[step] == LETTERS
        places.append(step)
        step += 1
    if step < len(tokens.words) and tokens.tight(step - 1) and tokens.kinds[step] != SIGN:
        places.pop()
    while places and tokens.kinds[places[-1]] == SIGN:
        places.pop()
    if len(places) < 4 or letters < 2:
        return None
    found: list[Piece] = []
    for place in places:
        if tokens.words[place] == ",":
            continue
        if found and tokens.starts[place] - tokens.ends[place - 1] > narrow:
            found.append(Piece(" ", tokens.ends[place - 1], tokens.starts[place], MARK))
        found.append(_piece(tokens, place, place, tokens.words[place], SPELT))
    return found, places[-1]


def _single(tokens: Tokens, index: int) -> bool:
    word, kind = tokens.words[index], tokens.kinds[index]
    return len(word) == 1 and (kind in (LETTERS, DIGITS) or (kind == SIGN and word in "._@/-:,"))


def pulled_apart_at(tokens: Tokens, index: int) -> tuple[list[Piece], int] | None:
    """Single characters with a sign between: "p.a.y.p.a.l...m.e./.j.a.n.e" is "paypal.me/jane"."""
    if len(tokens.words[index]) != 1 or tokens.kinds[index] not in (LETTERS, DIGITS):
        return None
    if (index and tokens.tight(index - 1)) or not tokens.tight(index) or tokens.kinds[index + 1] != SIGN:
        return None
    spacer = tokens.words[index + 1][0]
    if spacer not in _SPACERS or not tokens.tight(index + 1) or len(tokens.words[index + 2]) != 1:
        return None
    last = index
    while tokens.tight(last) and last - index < 200 and tokens.kinds[last + 1] != BREAK:
        last += 1
    text, start = tokens.view.text[tokens.starts[index] : tokens.ends[last]], tokens.starts[index]
    parts = text.rstrip(spacer + ".,!?").split(spacer)
    singles = sum(part.isalnum() for part in parts)
    letters = sum(part.isalpha() for part in parts)
    if singles < 4 or letters < 2 or any(len(part) > 1 for part in parts):
        return None
    found: list[Piece] = []
    at, empty = start, 0
    for part in parts:
        if part:
            if empty:
                found.append(Piece(spacer, at - 1, at, SPELT))
            found.append(Piece(part, at, at + 1, SPELT))
        empty = 0 if part else empty + 1
        at += len(part) + 1
    return found, last


def digits_at(
    tokens: Tokens, reader: Reader, index: int, *, goes_on: bool = False
) -> tuple[list[Piece], int] | None:
    """A run of digits of which at least one is a word or a sum: "nine eight four", "0, 11-4, 7".

    goes_on: something else is being spelt before it, so that one will do.
    """
    found: list[tuple[str, int, int]] = []
    step, spoken, plain_words = index, 0, 0
    while step < len(tokens.words) and len(found) < 40:
        one = figure_at(tokens, reader, step, weak=spoken >= 3)
        if one is None:
            if (
                found
                and len(tokens.words[step]) == 1
                and tokens.kinds[step] == SIGN
                and tokens.words[step] in ",-/.;–→>"
                and step == found[-1][2] + 1
            ):
                step += 1
                continue
            break
        digits, last, said = one
        found.append((digits, step, last))
        spoken += said
        plain_words += said and tokens.kinds[step] == LETTERS
        step = last + 1
    if not spoken:
        return None
    last = found[-1][2]
    if _counts(found):
        text = tokens.view.text[tokens.starts[index] : tokens.ends[last]]
        return [Piece(text, tokens.starts[index], tokens.ends[last], MARK)], last
    total = "".join(digits for digits, _, _ in found)
    if len(found) < 3 and len(total) < 4 and not goes_on:
        return None
    pieces: list[Piece] = []
    whole = 9 <= len(total) <= 14 and total.startswith(("0", "44", "7"))
    for digits, first, end in found:
        if pieces and not whole and tokens.kinds[first - 1] == SIGN:
            pieces.append(Piece(" ", pieces[-1].end, tokens.starts[first], MARK))
        pieces.append(_piece(tokens, first, end, digits, SPELT))
    return pieces, last


def _counts(found: list[tuple[str, int, int]]) -> bool:
    """Whether the digits only count up or down: "eins, zwei, drei, vier"."""
    values = [int(digits[:4]) for digits, _, _ in found]
    steps = [after - before for before, after in pairwise(values)]
    return len(steps) >= 3 and max(steps.count(1), steps.count(-1)) * 3 >= len(steps) * 2


def figure_at(
    tokens: Tokens, reader: Reader, index: int, *, weak: bool = False
) -> tuple[str, int, bool] | None:
    """The digits at a token, their last token, and whether they have to be worked out.

    weak: words that are mostly others count too ("ate", "fore").
    """
    if (sum_ := sum_at(tokens, index)) is not None:
        return sum_[0], sum_[1], True
    word = tokens.words[index]
    if tokens.kinds[index] == DIGITS:
        if (raised := power(tokens, index)) is not None:
            return str(raised), index, True
        return (word, index, False) if len(word) <= 6 else None
    if tokens.kinds[index] != LETTERS:
        return None
    if word in ("o", "oh"):
        return "0", index, True
    if (number := roman(tokens, index)) and number < 4000 and word != "mm":
        return str(number), index, True
    piece: Numeral | None = reader.piece_at(index)
    if piece is None or piece.how in ("roman", "shaped") or (piece.how == "weak" and not weak):
        return None
    return piece.digits, piece.last, True
