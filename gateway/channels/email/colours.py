"""Colours that may leave: letters stay dark and grounds light, so that no word can be hidden by one."""

from __future__ import annotations

import re
from functools import lru_cache

from PIL import ImageColor

DARKEST_GROUND, LIGHTEST_LETTERS = 0.7, 0.4  # relative luminance: a reader can tell them apart
_SHORT = 300  # characters of a style that is worth remembering
_PLAIN = re.compile(r"[\w %-]+\Z")


def kept(style: str, allowed: frozenset[str]) -> str:
    """Return the allowed declarations of a style attribute, less the colours that could hide words.

    What is not read at once (escapes, comments, functions but colours) is left out.
    """
    return _remembered(style, allowed) if len(style) <= _SHORT else _kept(style, allowed)


def _kept(style: str, allowed: frozenset[str]) -> str:
    declarations = (one.partition(":") for one in style.split(";"))
    pairs = ((name.strip().lower(), value.strip().lower()) for name, _, value in declarations)
    return ";".join(f"{name}:{value}" for name, value in pairs if name in allowed and _fits(name, value))


_remembered = lru_cache(maxsize=512)(_kept)  # a mail program writes the same few styles hundreds of times


def letters_fit(colour: str) -> bool:
    """Tell whether letters of this colour can be read on every ground that may leave."""
    return (light := _luminance(colour)) is not None and light <= LIGHTEST_LETTERS


def _fits(name: str, value: str) -> bool:
    if name == "color":
        return letters_fit(value)
    if name == "background-color":
        return (light := _luminance(value)) is not None and light >= DARKEST_GROUND
    return _PLAIN.match(value) is not None


def _luminance(colour: str) -> float | None:
    """Relative luminance from 0 to 1 (WCAG 2, "relative luminance"); None for what is not a plain colour."""
    try:
        parts = ImageColor.getrgb(colour.strip())
    except ValueError:
        return None
    if len(parts) != 3:  # with an alpha channel it depends on what lies below
        return None
    red, green, blue = (_linear(min(part, 255) / 255) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
