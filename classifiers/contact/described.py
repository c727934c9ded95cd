"""Values that are told by what the reader knows: "my first name then the year I was born", "at the usual gmail".

Nothing in them can be looked up, so they are for a person to judge; words of a value, a way to
join them and a channel must come together.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import re2

from classifiers.contact.hits import Hit, hit
from classifiers.contact.phrases import encodable
from classifiers.contact.polarity import polarity
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, SIGN
from classifiers.contact.words import MAIL, any_of

_MOST_HITS, _LONGEST, _CHANNEL_NEAR = 20, 60, 14
_CHANNELS = {
    "P": "handle",
    "O": "handle",
    "u": "handle",
    "G": "email",
    "e": "email",
    "n": "phone",
    "f": "phone",
    "N": "phone",
}
_KNOWN_PARTS = frozenset(
    ("initials", "initial", "surname", "birthday", "bday", "born", "age", "zodiac", "nickname", "name", "dogs", "cats",
     "register", "postcode", "door", "year", "yr", "star", "house", "backwards", "username")
)  # fmt: skip
_NAMED = frozenset(
    ("handle", "username", "user", "gamertag", "discord", "insta")
)  # also where "handle is" is one word
_USUAL = frozenset(
    (
        "usual",
        "normal",
        "obvious",
        "same",
        "standard",
        "google",
        "googly",
        "ordinary",
        "regular",
        "free",
        "big",
    )
)
_ENDING = frozenset(("ending", "end", "bit", "suffix", "one", "domain", "thing", "address"))
_MAILED = frozenset(
    (
        "mail",
        "email",
        "emails",
        "address",
        "write",
        "reach",
        "name",
        "initials",
        "something",
        "send",
        "username",
    )
)
_MINE = frozenset(("my", "its", "mine", "me", "our", "im", "ive", "us", "ill"))
_NO_ADDRESS = frozenset(
    ("support", "help", "work", "works", "engineer", "account", "looking", "look", "office")
)
_OWNED = "(?:my|mi|ma|our|your|ur|his|her|the|its|a) "
_PART = (
    "(?:initials?|surname|(?:first|middle|last|full|real|given|family|second|dogs?|cats?|pets?|hamsters?|mums?|kahoot|user|nick|display) ?"
    "names?|name|usernames?|nickname|birthdays?|bday|birth ?(?:day|year)|age|star sign|zodiac sign|(?:door|house|shirt|bus) number|"
    "(?:year|yr|month|day) (?:i|we|she|he|they|u|you|my|of my|on my) ?[a-z ]{0,18}|favou?rite [a-z]+|postcode|street|team)"
)
_JOIN = "(?:then|plus|\\+|and then|and|followed by|with|w|minus|without|no|n|&|but|on the end|backwards|twice|doubled|all one word|all together)"


def described(stream: Stream) -> list[Hit]:
    """Every value that is told without being written."""
    found = _usual_mail(stream) if MAIL in stream.symbols else []
    if not stream.tokens.holds(_KNOWN_PARTS):
        return found
    if not (any(one in stream.symbols for one in _CHANNELS) or stream.tokens.holds(_NAMED)):
        return found
    if _grammar().search(stream.tokens.said()) is None:
        return found
    for first, last in _sentences(stream):
        if len(found) >= _MOST_HITS:
            break
        if (one := _told(stream, first, last)) is not None:
            found.append(one)
    return found


def _usual_mail(stream: Stream) -> list[Hit]:
    """ "osmund.vale at the usual gmail", "the usual Outlook ending"."""
    words = stream.tokens.words
    for place, symbol in enumerate(stream.symbols):
        if symbol != MAIL:
            continue
        at, upto = stream.at[place], stream.upto[place]
        led = any_of(words[max(0, at - 2) : at], _USUAL) and "the" in words[max(0, at - 3) : at]
        ended = any_of(words[upto + 1 : upto + 3], _ENDING) and "the" in words[max(0, at - 3) : at]
        parted = _parted(stream, at)
        if not (led or ended or parted) or polarity(stream, place, place + 1) is not None:
            continue
        first, last = _sentence_at(stream, at)
        return [hit(stream, "email", first, last, 0.6, evasive=True, evidence=("told by its parts",))]
    return []


def _parted(stream: Stream, at: int) -> bool:
    """ "bukola catering, then yahoo", "something at hotmail": a provider as the end of an address that is somebody's."""
    words = stream.tokens.words
    before = words[max(0, at - 3) : at]
    joined = before[-1:] in (["at"], ["then"], ["@"]) or before[-2:] in (
        ["at", "the"],
        ["then", "at"],
        ["at", "a"],
    )
    near = stream.around(at, at, 16, 8)
    mine = any_of(near, _MAILED) and any_of(near, _MINE)
    return joined and mine and not any_of(near, _NO_ADDRESS)


def _told(stream: Stream, first: int, last: int) -> Hit | None:
    """The parts of a value in one sentence, if a way to meet is named in it or shortly before."""
    words = stream.tokens.words[first : last + 1]
    if _KNOWN_PARTS.isdisjoint(words):
        return None
    start, beyond = stream.place(first), stream.place(last + 1)
    near = stream.symbols[max(0, start - _CHANNEL_NEAR) : beyond]
    channel = next((symbol for symbol in reversed(near) if symbol in _CHANNELS), "")
    channel = channel or ("u" if any_of(words, _NAMED) else "")
    if not channel or "q" in near or polarity(stream, start, beyond) is not None:
        return None
    said = encodable(" ".join(words))
    matched = _grammar().search(said)
    if matched is None or not _personal(stream.symbols[start:beyond]):
        return None
    begin = first + said[: matched.start()].count(" ")
    return hit(stream, _CHANNELS[channel], begin, last, 0.6, evasive=True, evidence=("told by its parts",))


def _personal(symbols: str) -> bool:
    """Whether the value is somebody's here: "my", "I", "me", or "its"."""
    return bool(set(symbols) & set("MmI"))


@cache
def _grammar() -> Any:
    """A part, a way to join, and more: another part, digits, a sign, a provider."""
    more = f"(?:{_OWNED})?(?:{_PART}|[0-9]+|dot|full stop|underscore|gmail|outlook|hotmail|numbers?|digits?|dots?|spaces?|vowels?)"
    return re2.compile(f"(?:\\b{_OWNED}){_PART}\\b[^.!?]{{0,24}} {_JOIN} (?:[a-z ]{{0,24}}\\b)?{more}\\b")


def _sentences(stream: Stream) -> list[tuple[int, int]]:
    """First and last token of each sentence that is not too long."""
    tokens = stream.tokens
    found: list[tuple[int, int]] = []
    first = 0
    for index in range(len(tokens.words) + 1):
        if index == len(tokens.words) or _ends(stream, index):
            if first < index <= first + _LONGEST:
                found.append((first, index - 1))
            first = index + 1
    return found


def _sentence_at(stream: Stream, index: int) -> tuple[int, int]:
    first = last = index
    while first > 0 and not _ends(stream, first - 1) and index - first < _LONGEST:
        first -= 1
    while last + 1 < len(stream.tokens.words) and not _ends(stream, last + 1) and last - index < _LONGEST:
        last += 1
    return first, last


def _ends(stream: Stream, index: int) -> bool:
    tokens = stream.tokens
    if tokens.kinds[index] == BREAK:
        return True
    return tokens.kinds[index] == SIGN and tokens.words[index][0] in ".!?;:" and not tokens.tight(index)
