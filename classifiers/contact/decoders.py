"""Texts inside the text: Base64 and Morse. Tried only where the characters invite it, and capped."""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from classifiers.contact.hits import HOLD, Hit
from classifiers.normalise.view import View

_MOST_TEXTS, _SHORTEST, _LONGEST = 8, 12, 2000
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_")
_TELLTALE = re.compile("[0-9=]")
"""What every encoded word holds, else it may just be a long name."""
_LONG_WORD = re.compile(f"[^ \n]{{{_SHORTEST},}}")
_MORSE_DIGITS = {
    "-----": "0", ".----": "1", "..---": "2", "...--": "3", "....-": "4",
    ".....": "5", "-....": "6", "--...": "7", "---..": "8", "----.": "9",
}  # fmt: skip
_MORSE_SIGNS = frozenset(".-")
_MORSE_BREAKS = str.maketrans({"/": " ", "|": " ", ",": " ", "•": ".", "·": ".", "\n": " "})


@dataclass(frozen=True, slots=True)
class HiddenText:
    """A decoded text and the span of the view that carried it."""

    text: str
    start: int
    end: int
    how: str

    def told_of(self, hits: Iterable[Hit]) -> list[Hit]:
        """The hits in this text, as hits on the span that carried it."""
        return [
            replace(one, start=self.start, end=self.end, evasive=True, evidence=(*one.evidence, self.how))
            for one in hits
            if one.score >= HOLD
        ]


def hidden_texts(view: View) -> list[HiddenText]:
    """The texts that can be decoded out of a view."""
    text = view.text
    found: list[HiddenText] = []
    if text.count("-") >= 20 or text.count(".") >= 20:
        found += _morse(text)
    if len(text) >= _SHORTEST:
        found += [_in_view(view, one) for one in _base64(view.source)]
    return found[:_MOST_TEXTS]


def _in_view(view: View, one: HiddenText) -> HiddenText:
    """A text found in the source, with its span in the view."""
    if view.starts is None:
        return one
    return replace(one, start=bisect_left(view.starts, one.start), end=bisect_left(view.starts, one.end))


def _morse(text: str) -> list[HiddenText]:
    """Seven or more Morse digits in a row."""
    found: list[HiddenText] = []
    digits, start, end, at = "", 0, 0, 0
    shown = text.translate(_MORSE_BREAKS)
    if "..." not in shown and "---" not in shown:
        return []
    for group in shown.split(" "):
        if len(group) == 5 and group in _MORSE_DIGITS:
            start = at if not digits else start
            digits, end = digits + _MORSE_DIGITS[group], at + 5
        elif group and digits:
            _keep(found, digits, start, end)
            digits = ""
        at += len(group) + 1
        if len(found) >= _MOST_TEXTS:
            return found
    _keep(found, digits, start, end)
    return found


def _keep(found: list[HiddenText], digits: str, start: int, end: int) -> None:
    if 7 <= len(digits) <= 40:
        found.append(HiddenText(f"call {digits}", start, end, "in Morse code"))


def _base64(text: str) -> list[HiddenText]:
    """Words of twelve characters and more that decode to plain text."""
    found: list[HiddenText] = []
    if _TELLTALE.search(text) is None:
        return found
    long = [word for word in text.split() if len(word) >= _SHORTEST]
    if not any(map(_TELLTALE.search, long)):
        return found
    for match in _LONG_WORD.finditer(text):
        word, start = match.group(), match.start()
        stripped = word.strip(".,;:!?()[]\"'\t\r")
        if (
            _SHORTEST <= len(stripped) <= _LONGEST
            and _looks_encoded(stripped)
            and (decoded := _decoded(stripped))
        ):
            begin = start + word.index(stripped)
            found.append(HiddenText(decoded, begin, begin + len(stripped), "in Base64"))
            if len(found) >= _MOST_TEXTS:
                break
    return found


def _looks_encoded(word: str) -> bool:
    if not _BASE64.issuperset(word):
        return False
    has_digit = any(char.isdigit() for char in word)
    mixed = any(char.islower() for char in word) and any(char.isupper() for char in word[1:])
    return mixed and (has_digit or word.endswith("="))


def _decoded(word: str) -> str:
    """The plain text a word encodes, "" if it encodes none."""
    padded = word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4)
    try:
        decoded = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return decoded if decoded.isprintable() else ""
