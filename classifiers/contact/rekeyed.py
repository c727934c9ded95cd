"""Readings that undo a disguise of single characters: signs to leave out, masks, commas for dots, leet, upside down.

Each is tried only when the text speaks of it or holds what makes no sense otherwise, and each
is one pass over a text of bounded length.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from itertools import pairwise

import re2

from classifiers.contact.numerals import numerals
from classifiers.contact.phrases import Phrases
from classifiers.contact.tokens import DIGITS, Tokens
from classifiers.normalise.view import View

_LONGEST = 4000
_LEAVING = frozenset(
    ("delete", "lose", "remove", "drop", "ignore", "skip", "without", "minus", "take", "less", "forget", "strip", "bin",
     "cut", "decoration", "decorations", "losing", "removing", "ditch", "omit", "mind")
)  # fmt: skip
_NAMED_SIGNS = {
    "stars": "*", "asterisks": "*", "star": "*", "dashes": "-–", "hyphens": "-–", "dots": ".", "commas": ",", "spaces": " ",
    "gaps": " ", "brackets": "()[]{}", "curly": "{}", "hashes": "#", "slashes": "/", "underscores": "_", "tildes": "~",
    "squiggles": "~", "pipes": "|", "lines": "|-", "exclamation": "!", "bangs": "!", "colons": ":", "equals": "=",
    "plusses": "+", "pluses": "+", "carets": "^", "quotes": "'\"", "ticks": "`'", "arrows": "<>→",
}  # fmt: skip
_SIGN_NAMES = frozenset(_NAMED_SIGNS)
_COMMA_HOST = re.compile(r"(?<![0-9,])[a-z0-9][a-z0-9-]{1,40},(?:com|org|net|co|gg|me|ly)(?![a-z0-9])")
_COMMA_ENDINGS = Phrases("," + ending for ending in ("com", "org", "net", "co", "gg", "me", "ly"))
_MASK = re.compile(
    r"(?:every|each|all(?: the)?|any|an?|the) ?([*#@&$~^+?!_xz•●]|emojis?|stars?|hash(?:es)?)s? ?(?:is|are|=|means|stands? for|->|→|as) ?(?:an? )?([a-z]+|[0-9])"
)
_MASK_AT_ALL = re2.compile(_MASK.pattern.encode())  # in one pass, where `re` tries every "a"
_MASKED_DIGITS = re.compile(r"[0-9*#@&$~^+?!_•●xz]{3,}")
_SIGNS_BY_NAME = {"star": "*", "stars": "*", "hash": "#", "hashes": "#"}
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_TELLING_LEET = frozenset(
    ("at", "dot", "com", "org", "gmail", "hotmail", "outlook", "example", "underscore", "yahoo", "icloud")
)
_LEET_HINT = re.compile("4t|@t|d0|c0m|0rg|gm4|41|0u|y4|y@|3x|1c|h0")
_UPRIGHT = dict(zip("ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ˙", "acefghijkmrtvwy.", strict=True))
_TURNED = _UPRIGHT | dict(zip("qdbpunsxzol", "bpqdnusxzol", strict=True))


def rekeyed(view: View, tokens: Tokens) -> Iterator[View]:
    """The readings of a text in which single characters are undone."""
    if len(view.text) > _LONGEST:
        return
    words = tokens.words
    if tokens.holds(_LEAVING) and tokens.holds(_SIGN_NAMES):
        yield from _left_out(view, words)
    if _COMMA_ENDINGS.stand_in(view.text) and _COMMA_HOST.search(view.text):
        yield _swapped(view, {",": "."}, inside=True)
    if (key := _mask(view.text)) is not None:
        yield from _unmasked(view, key)
    if _is_leet(view, tokens):
        yield _plain_letters(view)
    if not view.source.isascii() and sum(map(view.source.count, _UPRIGHT)) >= 3:
        yield _turned(view)


def _left_out(view: View, words: list[str]) -> Iterator[View]:
    """The text without the signs that are to be left out."""
    signs = "".join(_NAMED_SIGNS[word] for word in set(words) & _NAMED_SIGNS.keys())
    if set(signs).isdisjoint(view.text):
        return
    kept = [at for at, char in enumerate(view.text) if char not in signs]
    marks = bytearray(len(kept))
    for place, (before, after) in enumerate(pairwise(kept)):
        if after - before > 1:
            marks[place] = marks[place + 1] = 1
    yield _built(view, [(at, view.text[at]) for at in kept], bytes(marks))


def _swapped(view: View, key: Mapping[str, str], *, inside: bool) -> View:
    """The text with some characters for others. inside: only between two letters or digits."""
    text = view.text
    said: list[tuple[int, str]] = []
    marks = bytearray(len(text))
    for at, char in enumerate(text):
        new = key.get(char)
        if new is None or (
            inside and not (at and text[at - 1].isalnum() and text[at + 1 : at + 2].isalnum())
        ):
            said.append((at, char))
        else:
            said.append((at, new))
            marks[at] = 1
    return _built(view, said, bytes(marks))


def _mask(text: str) -> tuple[str, str] | None:
    """The sign that stands for a digit, and the digit: "every * is a seven"."""
    if (
        "every" not in text
        and "each" not in text
        and "all" not in text
        and " = " not in text
        and " is " not in text
    ):
        return None
    if _MASK_AT_ALL.search(text.encode("utf-8", "replace")) is None:
        return None
    matched = _MASK.search(text)
    if matched is None:
        return None
    sign, digit = _SIGNS_BY_NAME.get(matched[1], matched[1]), matched[2]
    digit = numerals().digits.get(digit, digit)
    return (sign, digit) if len(sign) == 1 and digit.isdigit() and len(digit) == 1 else None


def _unmasked(view: View, key: tuple[str, str]) -> Iterator[View]:
    """The text with the masked digits filled in."""
    sign, digit = key
    said = list(enumerate(view.text))
    marks = bytearray(len(said))
    for run in _MASKED_DIGITS.finditer(view.text):
        if sum(char.isdigit() for char in run[0]) < 1:
            continue
        for at in range(run.start(), run.end()):
            if view.text[at] == sign:
                said[at] = (at, digit)
                marks[at] = 1
    if any(marks):
        yield _built(view, said, bytes(marks))


def _is_leet(view: View, tokens: Tokens) -> bool:
    """Whether one of several words with digits in them reads "at", "dot", "com" or a provider."""
    if DIGITS not in tokens.kinds or not _LEET_HINT.search(view.text):
        return False
    telling = mixed = 0
    for chunk in re.split(r"[\s.()\[\],]+", view.text):
        if (
            1 < len(chunk) <= 40
            and not chunk.isalpha()
            and not chunk.isdigit()
            and any(char.isalpha() for char in chunk)
        ):
            mixed += 1
            telling += chunk.translate(_LEET) in _TELLING_LEET
    return telling >= 1 and mixed >= 2


def _plain_letters(view: View) -> View:
    """The text with the digits inside words as the letters they look like."""
    said = list(enumerate(view.text))
    marks = bytearray(len(said))
    for chunk in re.finditer(r"[a-z0-9@$!]+", view.text):
        if chunk[0].isdigit() or chunk[0].isalpha() or chunk[0].strip("@$!") == "":
            continue
        for at in range(chunk.start(), chunk.end()):
            if (letter := view.text[at].translate(_LEET)) != view.text[at]:
                said[at] = (at, letter)
                marks[at] = 1
    return _built(view, said, bytes(marks))


def _turned(view: View) -> View:
    """The source with the words that stand upside down turned round."""
    said: list[tuple[int, str]] = []
    marks = bytearray()
    for chunk in re.finditer(r"\s+|\S+", view.source.lower()):
        places = list(range(chunk.start(), chunk.end()))
        turned = sum(char in _UPRIGHT for char in chunk[0]) >= 2
        said += [
            (
                at,
                _TURNED.get(view.source[at].lower(), view.source[at].lower())
                if turned
                else view.source[at].lower(),
            )
            for at in (reversed(places) if turned else places)
        ]
        marks += (b"\x01" if turned else b"\x00") * len(places)
    starts = array("i", [at for at, _ in said])
    ends = array("i", [at + 1 for at, _ in said])
    return View("".join(char for _, char in said), view.source, starts, ends, view.dropped, bytes(marks))


def _built(view: View, said: list[tuple[int, str]], marks: bytes) -> View:
    """A view that says these characters at these places of another."""
    spans = [view.span(at, at + 1) for at, _ in said]
    starts, ends = array("i", [first for first, _ in spans]), array("i", [last for _, last in spans])
    return View("".join(char for _, char in said), view.source, starts, ends, view.dropped, marks)
