"""Readings that undo a disguise of single characters: signs to leave out, masks, commas for dots, leet, upside down.

Each is tried only when the text speaks of it or holds what makes no sense otherwise, and each
is one pass over a text of bounded length.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from itertools import pairwise

from classifiers.contact.keyed import built
from classifiers.contact.phrases import Phrases
from classifiers.contact.standins import stood_in
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
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_TELLING_LEET = frozenset(
    ("at", "dot", "com", "org", "gmail", "hotmail", "outlook", "example", "underscore", "yahoo", "icloud", "road", "street", "lane",
     "avenue", "close", "drive", "terrace", "crescent", "gardens", "paypal", "monzo", "discord", "zoom", "instagram", "snapchat", "whatsapp",
     "revolut")
)  # fmt: skip
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
    yield from stood_in(view, tokens)
    if "\\" in view.text:
        yield _swapped(view, {"\\": "/"}, inside=True)
    if _COMMA_ENDINGS.stand_in(view.text) and _COMMA_HOST.search(view.text):
        yield _swapped(view, {",": "."}, inside=True)
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
    yield built(view, [(at, view.text[at]) for at in kept], bytes(marks))


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
    return built(view, said, bytes(marks))


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
    return built(view, said, bytes(marks))


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
