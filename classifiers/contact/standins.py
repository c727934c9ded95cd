"""Readings in which what the text says stands for a sign or a digit is that sign or digit.

"swap the star for a 0", "priya[monkey]example[spot]org", "an a in a circle", "14.Hawthorn.Road".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import re2

from classifiers.contact.gazetteer import known_places
from classifiers.contact.keyed import built, replaced
from classifiers.contact.numerals import numerals
from classifiers.contact.tokens import Tokens
from classifiers.contact.traits import FIGURED, traits_of
from classifiers.normalise.view import View

_SIGN = (
    r"(?P<sign{0}>(?:question )?marks?|stars?|asterisks?|hash(?:es)?|hashtags?|blanks?|gaps?|dash(?:es)?|underscores?|crosses|"
    r"circles?|squares?|(?:letter )?[a-z0-9](?:'?s)?|[^\w\s.,;:'\"()-]s?)"
)
_DIGIT = (
    r"(?P<digit{0}>zero(?:e?s)?|noughts?|oh|one|two|three|four|five|six|seven|eight|nine|nothing|[0-9])s?\b"
)
_EACH = r"(?:(?:every|each|all|any|an?|the|my|those|of|letter|sign|symbol|out) )*"
_AS = r"(?:is|are|=|means?|stands? for|->|→|as|should be|was|becomes?|equals|reads?|goes)"
_MASK = re.compile(
    "|".join(
        (
            rf"(?:every|each|all(?: the)?|any|an?|the|my|where|and|[.,;(]) ?{_SIGN} ?{_AS} (?:(?:really|just|actually|an?|the) )*{_DIGIT}".replace(
                "{0}", "0"
            ),
            rf"(?:swap|replace|change|turn|switch|make|read|exchange|sub|substitute) {_EACH}{_SIGN}(?: (?:by|with|for|to|into|as|an?|the))+ {_DIGIT}".replace(
                "{0}", "1"
            ),
            rf"(?:put|use|type|read|insert|with|need) (?:an? )?{_DIGIT} (?:instead of|in place of|for|where|wherever) {_EACH}{_SIGN}".replace(
                "{0}", "2"
            ),
        )
    )
)
_MASKING = frozenset(
    ("swap", "replace", "change", "turn", "switch", "instead", "stands", "stand", "means", "star", "stars", "asterisk", "asterisks",
     "hash", "blank", "blanks", "gap", "gaps", "letter", "zero", "zeros", "zeroes", "nought", "noughts", "=", "each", "every")
)  # fmt: skip
_SIGN_WORDS = {
    "star": "*", "asterisk": "*", "hash": "#", "hashtag": "#", "question mark": "?", "mark": "?", "blank": "_", "gap": "_",
    "dash": "-", "dashe": "-", "hashe": "#", "underscore": "_", "crosse": "x", "circle": "○", "square": "□",
}  # fmt: skip
_CHUNK, _MOST_KEYS, _FEWEST_FIGURES, _MOST_SWAPS = re.compile(r"[^\s(),;]{1,40}"), 6, 5, 40
_HOST_WORDS = frozenset(("com", "org", "net", "uk", "gmail", "hotmail", "outlook", "yahoo", "icloud"))
_SWAPPING = frozenset(("swap", "change", "replace", "turn", "means", "stands", "instead", "where"))
_SWAP = re.compile(
    r"(?:swap|change|replace|turn|read) (?:(?:the|every|each|all|any|my) )?(?P<key>[^\w\s]|[a-z]{2,12})s? (?:for|with|by|to|into|as) "
    r"(?:an? |the )?(?P<sign>[._@/-]|dot|full stop|underscore|at sign|at symbol|at|dash|slash)(?!\w)"
    r"|(?P<key2>[a-z]{2,12}) (?:means|stands for) (?:an? |the )?(?P<sign2>[._@/-]|dot|full stop|underscore|at sign|at symbol|at|dash|slash)(?!\w)"
)
_SIGNS_SAID = {
    "dot": ".",
    "full stop": ".",
    "underscore": "_",
    "at sign": "@",
    "at symbol": "@",
    "at": "@",
    "dash": "-",
    "slash": "/",
}
_SHAPES = frozenset(("circle", "ring", "tail", "curl", "loop", "swirl", "round", "bubble"))
_BLANK = r" ?[./_|*+~\\,:-]{1,3} ?"
_STREET_IN_SIGNS = re.compile(
    rf"\b(?:[0-9]{{1,3}}|[a-z]{{3,9}}){_BLANK}(?:[a-z]{{3,14}}{_BLANK}){{1,2}}(?:road|rd|street|st|avenue|lane|crescent|terrace|"
    rf"grove|close|drive|way|court|gardens|place|mews|row)(?:{_BLANK}[a-z]{{3,14}})?\b"
)
_THING = r" ?(?:[\[({<*|~]+ ?[a-z0-9 .@]{1,18}?[\])}>*|~]+|[^\x00-\x7f\w\s’‘“”–—…×÷·•£€°]{1,3}) ?"
_STOOD_IN = re.compile(
    rf"\b[a-z0-9][a-z0-9._-]{{1,30}}(?P<at>{_THING}| at | ?@ ?)(?:(?:gmail|hotmail|outlook|yahoo|icloud)\b|"
    rf"[a-z0-9-]{{2,30}}(?P<dot>{_THING})(?:com|org|net|co|uk|test|edu)\b)"
)
_AT_SHAPE = re.compile(
    r"\b(?:the |an? )?(?:letter |little |small |tiny |funny |curly )?\ba (?:in|inside|with|wearing|within|surrounded by) "
    r"(?:a|an|its|the|some) (?:[a-z]+ )?(?:circle|ring|tail|curl|loop|swirl|round|bubble)\b"
)


def stood_in(view: View, tokens: Tokens) -> Iterator[View]:
    """The readings with every stand-in undone; each is tried only where words or signs of its own are."""
    if tokens.holds(known_places().streets) and _street_in_signs().search(
        view.text.encode("utf-8", "replace")
    ):
        yield _blanks_for_signs(view)
    if tokens.holds(_HOST_WORDS) and _stood_in_at_all().search(view.text.encode("utf-8", "replace")):
        yield _signs_for_stand_ins(view)
    if tokens.holds(_SHAPES) and (shapes := list(_AT_SHAPE.finditer(view.text))):
        yield replaced(view, [(shape.start(), shape.end(), "at sign") for shape in shapes])
    if tokens.holds(_SWAPPING) and (parts := _named_swaps(view.text)):
        yield replaced(view, parts)
    figures = traits_of(tokens).where(FIGURED)
    if tokens.holds(_MASKING) and sum(len(tokens.words[index]) for index in figures) >= _FEWEST_FIGURES:
        for key in _mask(view.text):
            yield from _unmasked(view, key)


def _mask(text: str) -> Iterator[tuple[str, str]]:
    """The characters that stand for a digit, each with the digit: "every * is a seven", "swap the A for 0"."""
    if _mask_at_all().search(text.encode("utf-8", "replace")) is None:
        return
    for matched in islice(_MASK.finditer(text), _MOST_KEYS):
        told = {name.rstrip("012"): said for name, said in matched.groupdict().items() if said}
        sign, digit = told["sign"].removeprefix("letter ").rstrip("'"), told["digit"]
        bare = sign[:-1] if len(sign) > 1 and sign.endswith("s") else sign
        sign = _SIGN_WORDS.get(bare, bare.rstrip("'"))
        digit = numerals().digits.get(digit) or numerals().digits.get(digit.rstrip("s"), digit)
        if len(sign) == 1 and digit.isdigit() and len(digit) == 1 and sign != digit:
            yield sign, digit


def _named_swaps(text: str) -> list[tuple[int, int, str]]:
    """What the text says stands for a sign, wherever else it stands: "swap the ; for a dot"."""
    told = _SWAP.search(text)
    if told is None:
        return []
    key, sign = told["key"] or told["key2"], told["sign"] or told["sign2"]
    said = _SIGNS_SAID.get(sign, sign)
    bare = rf" ?\b{re.escape(key)}\b ?" if key.isalpha() else re.escape(key)
    places = [one.span() for one in islice(re.finditer(bare, text), _MOST_SWAPS)]
    return [(start, end, said) for start, end in places if not (told.start() < end and start < told.end())]


@cache
def _stood_in_at_all() -> Any:
    """ "priya[monkey]example[spot]org": any two things in brackets, or symbols, before the ending of a host."""
    return re2.compile(_STOOD_IN.pattern.encode())


def _signs_for_stand_ins(view: View) -> View:
    """The text with "@" and "." for what stands in their places."""
    said = list(enumerate(view.text))
    marks = bytearray(len(said))
    for chunk in _STOOD_IN.finditer(view.text):
        for name, sign in (("at", "@"), ("dot", ".")):
            first, last = chunk.span(name)
            if first < 0 or (name == "at" and chunk["dot"] is None and not chunk["at"].strip(" @at")):
                continue
            for at in range(first, last):
                said[at], marks[at] = (at, ""), 1
            said[first] = (first, sign)
    kept = [place for place, (_, char) in enumerate(said) if char]
    return built(view, [said[place] for place in kept], bytes(marks[place] for place in kept))


@cache
def _street_in_signs() -> Any:
    """ "14.Hawthorn.Road", "fourteen // Hawthorn // Road": signs where the blanks of an address would be."""
    return re2.compile(_STREET_IN_SIGNS.pattern.encode())


def _blanks_for_signs(view: View) -> View:
    """The text with a blank for each sign between the words of an address."""
    said = list(enumerate(view.text))
    marks = bytearray(len(said))
    for chunk in _STREET_IN_SIGNS.finditer(view.text):
        for at in range(chunk.start(), chunk.end()):
            if not (view.text[at].isalnum() or view.text[at] == " "):
                said[at], marks[at] = (at, " "), 1
        marks[chunk.start()] = 1
    return built(view, said, bytes(marks))


@cache
def _mask_at_all() -> Any:
    """In one pass, where `re` tries every "a"."""
    return re2.compile(_MASK.pattern.encode())


def _unmasked(view: View, key: tuple[str, str]) -> Iterator[View]:
    """The text with the masked digits filled in: inside what holds digits and the mask and no other letter."""
    sign, digit = key
    said = list(enumerate(view.text))
    marks = bytearray(len(said))
    for run in _CHUNK.finditer(view.text):
        bare = run[0].replace(sign, "")
        masked = sign in run[0] and (any(char.isdigit() for char in bare) or (not bare and len(run[0]) > 1))
        if not masked or any(char.isalpha() for char in bare):
            continue
        for at in range(run.start(), run.end()):
            if view.text[at] == sign:
                said[at] = (at, digit)
                marks[at] = 1
    if any(marks):
        yield built(view, said, bytes(marks))
