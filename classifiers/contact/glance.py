"""Whether a text can say anything but itself, found out before it is read a second time.

Nearly no text does, so both questions are asked of every message: does anything in it catch the eye
(`worth_it`), and if so, is there one place at which something that is said begins (`says_only_itself`)?
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from classifiers.contact.doubtful import ADDED_ENDINGS, ENDINGS, undotted
from classifiers.contact.hosts import hosts
from classifiers.contact.numerals import numerals
from classifiers.contact.phrases import Phrases
from classifiers.contact.pieces import Reader
from classifiers.contact.said import spelling
from classifiers.contact.spelling import PERHAPS_SIGN, sign_at
from classifiers.contact.spelt_digits import door_at, run_at
from classifiers.contact.sums import roman, sum_at
from classifiers.contact.tokens import BREAK, LETTERS, SIGN, Tokens, Traits
from classifiers.contact.traits import (
    BRACKETS,
    BY_ITSELF,
    COUNTED,
    FIGURED,
    GOES_ON,
    LINKS,
    LONG,
    MAY_SAY,
    NAMED,
    ROMAN,
    SAID,
    SIGNED,
    SINGLE,
    traits_of,
)

_GLANCES = Phrases((
    "[.", "(.", "{.", "[@", "(@", "{@", "(at", "[at", "{at", "<at", "[/", "(/", " . ", " .c", " .o", " .g", " @ ", "@ ",
    " / ", " /", " _", "_ ", "\nat ", "-at-", "*at*", "_at_", " com", " org", "stop com", "stop org", "stop co", "stop uk", "point com",
    "point org", "point co", "point uk", "point net", "spot com", "spot org", "spot co", "spot net", "squiggle",
    "\n@", "@\n", "_\n", "\n_", "\n.", "/\n", "\n/", "squared", "point] ", "stop me", "point me", "point gg",
))  # fmt: skip
_DOORS = frozenset(("house", "door", "number", "flat", "no", "live", "lives", "room", "code"))
_LONG_NUMBER = re.compile("0(?<![0-9]0)[0-9]{4}")
_SIGNS_OF_SUMS = frozenset("+-*/^×÷")
_LOOSE_MARKS = ("_ ", "/ ", " _", " /")
_RAISED = re.compile("[²³]")
_SLASH = frozenset("/")
_NAMES = frozenset(("as", "in", "for", "like", "is"))
"""By which a letter is told: "b for bravo"."""
_MOST_SIGNS = 8
_TELLING = SINGLE | SAID | NAMED | ROMAN | COUNTED


def worth_it(tokens: Tokens) -> bool:
    """Whether there is anything to put together, at a glance."""
    text = tokens.view.text
    if tokens.holds(spelling().triggers) or _GLANCES.stand_in(text):
        return True
    if "\n" in text and _has_stack(text):
        return True
    traits = traits_of(tokens)
    return (
        _spells(traits)
        or any(roman(tokens, index) for index in traits.where(ROMAN))
        or (any(sum_at(tokens, index) for index in traits.where(COUNTED)) and _sums_matter(tokens))
    )


def _spells(traits: Traits) -> bool:
    """Whether four single characters stand together, or names of digits or letters close together.

    Every longer word between names takes from what was gathered.
    """
    singles = spoken = named = 0
    before = -1
    telling = traits.where(_TELLING)
    if not telling:
        return False
    each = traits.each.tolist()
    for index in telling:
        trait = each[index]
        if spoken or named:
            passed = sum(one & LONG != 0 for one in each[before + 1 : index])
            spoken, named = max(0, spoken - passed), max(0, named - passed)
        singles = (singles + 1 if index == before + 1 else 1) if trait & SINGLE else 0
        if trait & LONG:
            spoken = spoken + 2 if trait & SAID else max(0, spoken - 1)
            named = named + 2 if trait & NAMED else max(0, named - 1)
        if singles >= 4 or spoken >= 5 or named >= 3:
            return True
        before = index
    return False


def _sums_matter(tokens: Tokens) -> bool:
    """Whether a text holds many sums, or a sum beside a long number or a door."""
    signs = sum(word in _SIGNS_OF_SUMS for word in tokens.words)
    return signs >= 3 or bool(sums_reach(tokens))


def sums_reach(tokens: Tokens) -> int:
    """Sums are worked out one by one only in a text that also holds a long number or a door."""
    long = "0" in tokens.view.text and _LONG_NUMBER.search(tokens.view.text) is not None
    return len(tokens.words) if long or tokens.holds(_DOORS) else 0


def _has_stack(text: str) -> bool:
    """Whether three lines in a row hold a character or two each."""
    run = 0
    for line in text.split("\n"):
        run = run + 1 if 0 < len(line.strip()) <= 2 else 0
        if run >= 3:
            return True
    return False


def says_only_itself(tokens: Tokens) -> bool:
    """Whether no piece of a text can say anything but itself, so that there is nothing to join.

    Sound because `aloud` only ever joins what one of these is beside: a run or a sign that is said (looked for
    at every place where one may begin), an "@", a "_" or "/" with a blank beside it, a host that lacks its
    dots before a "/" or at its end. An "at" that is only perhaps a sign is one before a host, and a host
    has a dot before its ending.
    """
    text = tokens.view.text
    if "@" in text or tokens.holds(ADDED_ENDINGS):
        return False
    if any(mark in text for mark in _LOOSE_MARKS):
        return False
    if _host_may_end(tokens) or ("/" in text and _host_before_slash(tokens)):
        return False
    traits = traits_of(tokens)
    reader, sums = Reader(tokens, numerals(), frozenset()), sums_reach(tokens) > 0
    raised = _is_raised(tokens)
    for index in _beginnings(tokens, traits, raised=raised):
        if not raised and _stands_alone(tokens, traits, index):
            continue
        if run_at(tokens, reader, index, sums=sums, goes_on=False) is not None:
            return False
        if tokens.kinds[index] == LETTERS and door_at(tokens, index) is not None:
            return False
    signs = (sign_at(tokens, index) for index in traits.where(SIGNED))
    return all(sign is None or (sign[0].kind == PERHAPS_SIGN and sign[0].text == "@") for sign in signs)


def _host_may_end(tokens: Tokens) -> bool:
    """Whether an ending of hosts follows a dot that ends no sentence."""
    words = tokens.words
    return any(
        index
        and (
            words[index - 1] == "-"
            or (
                words[index - 1] == "."
                and (tokens.tight(index - 1) or not (index > 1 and tokens.tight(index - 2)))
            )
        )
        for index in tokens.where(ENDINGS)
    )


def _host_before_slash(tokens: Tokens) -> bool:
    """Whether a "/" may follow a host that is said without its dots: "bitly/", "monzo me/", "bitly then/"."""
    telling = _last_labels()
    return any(index and tokens.words[index - 1] in telling for index in tokens.where(_SLASH))


@cache
def _last_labels() -> frozenset[str]:
    skipped = {entry[-1] for entry in spelling().between if entry[0] in ("then", "followed")}
    return frozenset(host.rsplit(".", 1)[-1] for host in hosts().known).union(undotted(), skipped)


def _is_raised(tokens: Tokens) -> bool:
    """Whether there is a raised digit."""
    source = tokens.view.source
    return not source.isascii() and _RAISED.search(source) is not None


def _stands_alone(tokens: Tokens, traits: Traits, index: int) -> bool:
    """Whether nothing after a word or figure can go on with it, and it is no number by itself."""
    words, kinds, follows = tokens.words, tokens.kinds, index + 1
    if traits.each[index] & BY_ITSELF or (
        len(words[index]) == 1 and not _NAMES.isdisjoint(words[follows : follows + 1])
    ):
        return False
    while follows < len(words) and kinds[follows] in (SIGN, BREAK):
        follows += 1
        if follows - index > _MOST_SIGNS:
            return False
    return follows >= len(words) or not traits.each[follows] & GOES_ON


def _beginnings(tokens: Tokens, traits: Traits, *, raised: bool) -> Iterator[int]:
    """The tokens at which a run that is said may begin.

    Words that may begin one, and digits from which something said is reached over digits and signs: a
    word, a sum, a raised digit. Digits alone say themselves.
    """
    waiting: list[int] = []
    reached = -1
    begins = traits.where(MAY_SAY | FIGURED | BRACKETS)
    if not begins:
        return
    parted = ((traits.each & LINKS) == 0).cumsum()[begins].tolist()
    for index, trait, part in zip(begins, traits.each[begins].tolist(), parted, strict=True):
        if part != reached:
            waiting.clear()
        reached = part
        if trait & FIGURED:
            waiting.append(index)
        spoken = trait & MAY_SAY or (trait & FIGURED and (raised or sum_at(tokens, index) is not None))
        if spoken or trait & BRACKETS:
            yield from waiting
            waiting.clear()
        if trait & MAY_SAY:
            yield index
