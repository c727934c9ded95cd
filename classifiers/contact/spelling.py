"""Letters and signs that are said rather than written: "em", "Bravo", "p.a.y", "forward slash".

Each function looks at one place of a token list and says what stands there, as pieces over
spans of the view; `spelt_digits` does so for digits, and `aloud` puts the pieces together.
"""

from __future__ import annotations

from typing import NamedTuple

from classifiers.contact.said import spelling
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.words import lexicon

WORD, FIGURE, MARK, LINE_END = "word", "figure", "mark", "break"
SPELT, SPELT_SIGN, PERHAPS_SIGN = "spelt", "sign", "perhaps"

_OPENING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_WRAPPERS = frozenset("-*_~|'\"–:")
_SIGN_CHARS = frozenset("._@/-:#+")
_SPACERS = frozenset("._-*·•|~,+=^:/")
_LEET_OPENINGS = frozenset(("d", "und", "underscor"))
MOST_SPELT = 80


class Piece(NamedTuple):
    """What the characters start..end of a view say. kind: one of the constants above."""

    text: str
    start: int
    end: int
    kind: str


def may_open(word: str) -> bool:
    """Whether a sign can be the bracket around another that is said or shown: "(dot)", "-at-"."""
    return word[0] in _OPENING or word[0] in _WRAPPERS


def sign_at(tokens: Tokens, index: int) -> tuple[Piece, int] | None:
    """A sign in words or in brackets, and its last token."""
    word, kind = tokens.words[index], tokens.kinds[index]
    if kind == LETTERS:
        found = _said(tokens, index)
        if found is not None:
            sign, last, sure = found
            return piece_of(tokens, index, last, sign, SPELT_SIGN if sure else PERHAPS_SIGN), last
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
        return piece_of(tokens, index, last + 1, sign, SPELT_SIGN), last + 1
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
    if words[index] not in _LEET_OPENINGS:
        return None
    leet = "".join(words[index : index + 3])
    if leet in ("d0t", "und3rscore", "underscor3") and tokens.tight(index) and tokens.tight(index + 1):
        return {"d": "."}.get(leet[0], "_"), index + 2, True
    return None


def piece_of(tokens: Tokens, first: int, last: int, text: str, kind: str) -> Piece:
    """A piece over tokens first..last."""
    return Piece(text, tokens.starts[first], tokens.ends[last], kind)


def letters_at(tokens: Tokens, index: int) -> tuple[list[Piece], int] | None:
    """A run of letters that are named: "em ay ar", "Bravo Romeo", "B for bravo, R for romeo"."""
    found: list[Piece] = []
    step, last, sure = index, index, 0
    while step < len(tokens.words) and len(found) < MOST_SPELT:
        one = letter_at(tokens, step)
        if one is None:
            if (
                found
                and tokens.words[step] in (",", "-", ".")
                and step == last + 1
                and letter_at(tokens, step + 1)
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
    if len(found) == 1 and sure and last >= index + 2 and _sign_follows(tokens, last):
        return found, last  # "j for juliet, dot"
    return None


def _sign_follows(tokens: Tokens, last: int) -> bool:
    follows = last + 1 + (tokens.words[last + 1 : last + 2] == [","])
    if follows >= len(tokens.words) or tokens.kinds[follows] != LETTERS:
        return False
    said = _said(tokens, follows)
    return said is not None and said[2]


def letter_at(tokens: Tokens, index: int) -> tuple[Piece, int, bool] | None:
    """One letter that is named at a token, its last token, whether it can be nothing else."""
    if index >= len(tokens.words) or tokens.kinds[index] != LETTERS:
        return None
    word, known = tokens.words[index], spelling()
    if word == "x" and tokens.words[index + 1 : index + 3] == ["-", "ray"]:
        return piece_of(tokens, index, index + 2, "x", SPELT), index + 2, True
    if len(word) == 1:
        follows = index + 1
        while follows < len(tokens.words) and tokens.words[follows] in ("as", "in", "for", "like", "is"):
            follows += 1
        named = follows > index + 1 and follows < len(tokens.words) and tokens.words[follows][0] == word
        if named and len(tokens.words[follows]) > 2:
            return piece_of(tokens, index, follows, word, SPELT), follows, True
        return None
    if word in ("double", "dubble") and tokens.words[index + 1 : index + 2] in (["u"], ["you"], ["yoo"]):
        return piece_of(tokens, index, index + 1, "w", SPELT), index + 1, True
    if word in lexicon().nato:
        return piece_of(tokens, index, index, word[0], SPELT), index, True
    if (letter := known.sure.get(word)) is not None:
        return piece_of(tokens, index, index, letter, SPELT), index, True
    if (letter := known.unsure.get(word)) is not None:
        return piece_of(tokens, index, index, letter, SPELT), index, False
    return None


def spread_at(tokens: Tokens, index: int) -> tuple[list[Piece], int] | None:
    """Single characters with blanks between: "d i s c o r d . g g"; wider blanks part the words."""
    if not (_single(tokens, index) and _single(tokens, index + 1)) or (index and tokens.tight(index - 1)):
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
        found.append(piece_of(tokens, place, place, tokens.words[place], SPELT))
    return found, places[-1]


def _single(tokens: Tokens, index: int) -> bool:
    if index >= len(tokens.words):
        return False
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
