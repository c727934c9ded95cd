"""Postcodes taken apart: letters, digits and the names of both, with signs, lines and small words between them.

Beside a word that says a postcode is meant, anything that spells one counts, its two halves among them;
elsewhere only two halves in capitals with a sign between.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import re2

from classifiers.contact.chunks import number_word
from classifiers.contact.hits import HOLD, Hit, hit
from classifiers.contact.numerals import numerals
from classifiers.contact.postcode import is_postcode
from classifiers.contact.remembered import Remembered
from classifiers.contact.said import spelling
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, kind_of
from classifiers.contact.traits import FIGURED, SINGLE, SURE_DIGITS, traits_of
from classifiers.contact.words import any_of, lexicon
from classifiers.finding import Stance

_MOST_HITS, _MOST_CUES, _BEFORE, _AFTER, _MOST_SKIPPED, _SPREAD = 10, 12, 22, 30, 6, 3
_CUES = frozenset(
    (
        "postcode",
        "postcodes",
        "postal",
        "postcod",
        "zipcode",
        "satnav",
        "navi",
        "sat",
        "gps",
        "map",
        "maps",
        "address",
        "live",
        "come",
        "bungalow",
        "house",
    )
)
_SURE = frozenset(("postcode", "postcodes", "postal", "postcod", "zipcode", "satnav", "sat"))
"""Words that say a postcode is meant; the other cues count where many single letters and signs stand."""
_SKIPPED = frozenset(
    ("and", "then", "space", "gap", "the", "dash", "hyphen", "dot", "stop", "full", "capital", "capitals", "letter",
     "letters", "number", "numbers", "with", "by", "followed", "next", "first", "second", "other", "half", "part", "bit",
     "last", "is", "in", "a", "an", "at", "end", "as", "of", "it", "so", "or", "on", "its", "no", "figure", "big", "slash",
     "code", "nav", "starts", "start", "begins", "ends", "ending", "finishes", "middle", "us", "me", "we", "to", "my")
)  # fmt: skip
_LONE = frozenset(("a", "i", "x", "u", "n"))
_NAMING = frozenset(("for", "as", "like", "in"))
_ROMAN = frozenset("ivx")
_HALVES = r"[a-z]{1,2}[0-9][0-9a-z]?[^a-z0-9\n ]{0,3} ?[^a-z0-9\n ]{1,4} ?[^a-z0-9\n ]{0,3}[0-9][a-z]{2}"
_SINGLES = r"[a-z](?:[^a-z0-9]{1,3}[a-z0-9]){4,6}"
_SIGNED = re.compile(rf"\b(?:{_HALVES}|{_SINGLES})\b(?![^a-z0-9]{{1,3}}[a-z0-9]\b)")
_AT_ALL = rf"\b(?:{_HALVES}|{_SINGLES})\b"
_ANY_AREA = "ls6"
_HALF = frozenset(("half", "ends", "ending", "last", "second", "end", "finishes"))


def postcodes_apart(stream: Stream) -> list[Hit]:
    """Every postcode that is told in pieces."""
    tokens, traits = stream.tokens, traits_of(stream.tokens)
    if not traits.any & (FIGURED | SURE_DIGITS) and not tokens.holds(_SURE):
        return []
    found = _signed(stream) if traits.any & FIGURED else []
    past = -1
    spelt = False
    if tokens.holds(_CUES):
        spelt = (
            sum(tokens.words[at] not in _LONE for at in traits.where(SINGLE) if tokens.kinds[at] == LETTERS)
            > 2
        )
    for cue in tokens.where(_CUES if spelt else _SURE)[:_MOST_CUES]:
        sure = tokens.words[cue] in _SURE
        for first in range(max(0, past + 1, cue - _BEFORE), min(len(tokens.words), cue + _AFTER)):
            if (
                first <= past
                or not _opens(tokens.words[first])
                or (one := _spelt(stream, first, cue, sure=sure)) is None
            ):
                continue
            found.append(one)
            past = tokens.index_at(one.end) - 1
        if sure and (half := _second_half(stream, cue)) is not None:
            found.append(half)
    return found[:_MOST_HITS]


def _signed(stream: Stream) -> list[Hit]:
    """ "LS6/2QT", "(LS6)(2QT)", "L.S.6.2.Q.T": two halves with signs between, or character by character."""
    text, view = stream.view.text, stream.view
    if _signs().search(text.encode("utf-8", "replace")) is None:
        return []
    found: list[Hit] = []
    for matched in _SIGNED.finditer(text):
        compact = "".join(char for char in matched[0] if char.isalnum())
        start, end = view.span(*matched.span())
        seen = "".join(char for char in view.source[start:end] if char.isalpha())
        if not is_postcode(compact) or len(compact) < 5:
            continue
        first = stream.tokens.index_at(matched.start())
        last = max(first, stream.tokens.index_at(matched.end()) - 1)
        home = stream.cue("home", first, last, 10, 8)
        if not (home or seen.isupper()) or stream.cue("not_postcode", first, last, 6, 4):
            continue
        if stream.cue("sums", first, last, 8, 6):
            continue
        score, value = 0.75 if home else 0.55, f"{compact[:-3]} {compact[-3:]}".upper()
        found.append(
            Hit("postcode", *matched.span(), score, value, Stance.OFFER, True, ("postcode", "signs between"))
        )
        if len(found) >= _MOST_HITS:
            break
    return found


def _opens(word: str) -> bool:
    """Whether a postcode may begin with what a word says: a letter or two, or the name of a letter."""
    return _OPENS[word]


def _is_opening(word: str) -> bool:
    known = spelling()
    named = word in known.sure or word in known.unsure or word in lexicon().nato
    return kind_of(word) == LETTERS and (len(word) <= 2 or named)


_OPENS = Remembered(_is_opening)


@cache
def _signs() -> Any:
    return re2.compile(_AT_ALL.encode())


def _spelt(stream: Stream, first: int, cue: int, *, sure: bool) -> Hit | None:
    """The postcode whose letters and digits begin at a token, in either reading of "vi"."""
    for roman in (False, True):
        pieces = _read(stream, first, cue, roman=roman)
        if pieces is None:
            continue
        compact, last, apart = pieces
        if not apart or (not sure and not stream.cue("mine", first, last, 14, 10)):
            continue
        if stream.cue("not_postcode", first, last, 4, 2):
            return None
        value = f"{compact[:-3]} {compact[-3:]}".upper()
        return hit(
            stream,
            "postcode",
            first,
            last,
            0.85 if sure else 0.7,
            value,
            evasive=True,
            evidence=("postcode",),
        )
    return None


def _read(stream: Stream, first: int, cue: int, *, roman: bool) -> tuple[str, int, bool] | None:
    """What is spelt from a token on as far as it is a postcode, its last token, whether it is in pieces."""
    tokens = stream.tokens
    compact, skipped, apart, spread, step = "", 0, False, 0, first
    best: tuple[str, int, bool] | None = None
    while step < len(tokens.words) and len(compact) < 7 and skipped <= _MOST_SKIPPED:
        piece, last = _piece(stream, step, roman=roman)
        if not piece:
            word, kind = tokens.words[step], tokens.kinds[step]
            if not compact or (kind == LETTERS and word not in _SKIPPED and step != cue):
                break
            if kind == BREAK and len(word) > 2:
                break
            skipped, step, apart = skipped + 1, step + 1, True
            continue
        if not compact and piece.isdigit():
            break
        apart = apart or last > step or piece != tokens.words[step]
        spread += bool(compact) and not tokens.tight(step - 1)
        compact, skipped, step = compact + piece, 0, last + 1
        if is_postcode(compact) and len(compact) >= 5:
            best = compact, last, apart or spread >= _SPREAD
    return best


def _piece(stream: Stream, index: int, *, roman: bool) -> tuple[str, int]:
    """The letters or digits that a token says, and its last token; "" if it says none."""
    tokens = stream.tokens
    word, kind = tokens.words[index], tokens.kinds[index]
    if kind == DIGITS:
        return (word, index) if len(word) <= 2 else ("", index)
    if kind != LETTERS:
        return "", index
    if (
        roman
        and not set(word) - _ROMAN
        and (value := numerals().roman.get(word, {"i": "1", "v": "5"}.get(word, "")))
    ):
        return value, index
    follows = index + 1
    if len(word) == 1 and tokens.words[follows : follows + 1] and tokens.words[follows] in _NAMING:
        named = follows + 1 + (tokens.words[follows + 1 : follows + 2] == ["in"])
        if named < len(tokens.words) and tokens.words[named][:1] == word:
            return word, named
    start = stream.view.span(tokens.starts[index], tokens.ends[index])[0]
    if len(word) <= 2 and (word not in _SKIPPED or stream.view.source[start].isupper()):
        return word, index
    if number := number_word(word):
        tens = number_word(tokens.words[follows]) if follows < len(tokens.words) else ""
        if len(number) == 2 and number[1] == "0" and len(tens) == 1 and tens != "0" and number != "10":
            return number[0] + tens, follows
        return (number, index) if len(number) <= 2 else ("", index)
    if word in lexicon().nato:
        return word[0], index
    known = spelling()
    return known.sure.get(word) or known.unsure.get(word, ""), index


def _second_half(stream: Stream, cue: int) -> Hit | None:
    """ "half my postcode is 2QT": the second half, said to be one's own."""
    tokens = stream.tokens
    for at in range(max(0, cue - 6), min(len(tokens.words) - 1, cue + 8)):
        digit, letters = tokens.words[at], tokens.words[at + 1]
        if not (len(digit) == 1 and digit.isdigit() and len(letters) == 2 and tokens.tight(at)):
            continue
        if not is_postcode(f"{_ANY_AREA}{digit}{letters}"):
            continue
        near = tokens.words[max(0, cue - 6) : at]
        if any_of(near, _HALF) and stream.cue("mine", cue, cue, 5, 2):
            return hit(
                stream, "postcode", at, at + 1, HOLD + 0.1, evasive=True, evidence=("half a postcode",)
            )
    return None
