"""Percent and HTML escapes, as a reader's program would show them: "%40" and "&#64;" are "@"."""

from __future__ import annotations

import html
from array import array

from classifiers.normalise.shapes import fold
from classifiers.normalise.view import View

_HEX = frozenset("0123456789abcdef")
_LONGEST_ENTITY = 10


def unescape(view: View) -> View:
    """The view with its escapes replaced; the same view when it has none."""
    if "%" not in view.text and "&" not in view.text:
        return view
    out: list[str] = []
    starts, ends = array("i"), array("i")
    position, size, found = 0, len(view.text), False
    while position < size:
        shown, length = _escape_at(view.text, position)
        found = found or length > 1
        first, last = view.span(position, position + length)
        out.append(shown)
        starts.extend([first] * len(shown))
        ends.extend([last] * len(shown))
        position += length
    if not found:
        return view
    return View("".join(out), view.source, starts, ends, view.dropped)


def _escape_at(text: str, position: int) -> tuple[str, int]:
    """What the characters at `position` show, and how many they are."""
    char = text[position]
    if char == "%":
        digits = text[position + 1 : position + 3]
        if len(digits) == 2 and _HEX.issuperset(digits) and 32 <= int(digits, 16) < 127:
            return chr(int(digits, 16)).lower(), 3
    elif char == "&":
        end = text.find(";", position, position + _LONGEST_ENTITY)
        if end > 0:
            entity = text[position : end + 1]
            shown = html.unescape(entity)
            if len(shown) == 1 and (folded := fold(shown)):
                return folded, len(entity)
    return char, 1
