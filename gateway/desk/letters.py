"""Hostile text made safe to look at: what cannot be seen is shown as a small labelled box.

A right-to-left override, a zero-width space or a lone surrogate is evidence, and some of
them would turn our own page round. Emoji and scripts that need joiners stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

LABELS = {
    "\0": "NUL", "\b": "BS", "\r": "CR", "\x1b": "ESC", "\x7f": "DEL",
    "\u00ad": "SHY", "\u034f": "CGJ", "\u061c": "ALM", "\u180e": "MVS",
    "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200e": "LRM", "\u200f": "RLM",
    "\u2028": "LINE SEP", "\u2029": "PARA SEP",
    "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
    "\u2060": "WJ", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
    "\ufeff": "BOM", "\ufffc": "OBJ",
}  # fmt: skip

# Letters by category, blank to the eye: Hangul fillers, Khmer inherent vowels, Braille blank.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800\ufffc\u034f")
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})

_CANDIDATE = re.compile(r"[^\n\t -~]")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{3,6}\U000e007f")  # England, Scotland, Wales
_JOINING = re.compile("[\u0600-\u06ff\u0750-\u077f\u0900-\u0dff]")
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Cut `text` into (run, label): label "" for what can be seen, else what the character is.

    The runs joined are `text` again, but for the CR of a CRLF, which no reader ever saw.
    """
    flags = [match.span() for match in _FLAG.finditer(text)]
    shown = 0
    for match in _CANDIDATE.finditer(text):
        at = match.start()
        if not _unseen(text, at) or any(start < at < end for start, end in flags):
            continue
        if at > shown:
            yield text[shown:at], ""
        if not text.startswith("\r\n", at):
            yield text[at], _label(text[at])
        shown = at + 1
    if shown < len(text):
        yield text[shown:], ""


def visible(text: str) -> Markup:
    """`text` escaped, with a labelled box for every character that cannot be seen."""
    return Markup("").join(_box(run, label) if label else escape(run) for run, label in pieces(text))


def _box(character: str, label: str) -> Markup:
    name = unicodedata.name(character, "character without a name").lower()
    return Markup('<span class="unseen" title="{} U+{:04X}">{}</span>').format(name, ord(character), label)


def _label(character: str) -> str:
    return LABELS.get(character) or f"U+{ord(character):04X}"


def _unseen(text: str, at: int) -> bool:
    character = text[at]
    if _SELECTOR.match(character):
        return not _styles_emoji(text, at)
    if character not in BLANK and unicodedata.category(character) not in UNSEEN:
        return False
    return not (character in "\u200c\u200d" and _joins(text, at))


def _styles_emoji(text: str, at: int) -> bool:
    """True for a variation selector after a pictograph or in a keycap."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return bool(before) and (unicodedata.category(before) in ("So", "Sm", "Po") or after == "\u20e3")


def _joins(text: str, at: int) -> bool:
    """True for a joiner where writing needs one: between emoji, or in Arabic and Indic words."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if not before or not after:
        return False
    if _JOINING.match(before) and _JOINING.match(after):
        return True
    pictured = unicodedata.category(before) in ("So", "Sk") or before == "\ufe0f"
    return text[at] == "\u200d" and pictured and unicodedata.category(after) in ("So", "Sm")
