"""Views of a text read by a rule: backwards, by a key the text gives, or with every digit moved by one.

Only where the text itself invites it: it speaks of the rule, or something it holds makes
sense that way and no other.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import cache

from classifiers.contact.hosts import hosts
from classifiers.contact.keyed import by_alphabet, by_code, by_key, moved, replaced, spans
from classifiers.contact.mending import plain_letters, plain_word
from classifiers.contact.phrases import Phrases
from classifiers.contact.tokens import Tokens
from classifiers.contact.words import lexicon
from classifiers.normalise.view import View

_LONGEST = 4000
_FIRST_LETTERS = Phrases(
    ("first letter", "acrostic", "initial letter", "down the side", "first of each line")
)
_MOST_CHUNK = 80
_DOT_INSIDE = re.compile(r"\.\S")
_DRESSING = re.compile(r"[0-9@$!]")
"""A digit, or a sign that may stand for a letter."""
_LEET = re.compile(r"(?:[^\W_]|[@$!])+")
_LETTER = re.compile(r"[^\W\d]|[@$!]")


def ciphered(view: View, tokens: Tokens) -> list[View]:
    """The views of the text by each rule that it invites."""
    if len(view.text) > _LONGEST:
        return []
    return [
        *_backwards(view, tokens),
        *by_key(view, tokens),
        *by_code(view, tokens),
        *by_alphabet(view, tokens),
        *_by_first_letters(view),
        *moved(view, tokens),
        *_dressed_up(view),
    ]


def _backwards(view: View, tokens: Tokens) -> list[View]:
    if not (told_backwards(view) or _mirrored(view, tokens)):
        return []
    whole = list(range(len(view.text) - 1, -1, -1))
    by_word: list[int] = []
    start = 0
    for chunk in view.text.split(" "):
        by_word += range(start + len(chunk) - 1, start - 1, -1)
        start += len(chunk) + 1
        if start <= len(view.text):
            by_word.append(start - 1)
    return [_rearranged(view, whole), _rearranged(view, by_word)]


def told_backwards(view: View) -> bool:
    """Whether a text says that it, or something in it, is to be read from its end."""
    if _backward_cues().stand_in(view.text):
        return True
    return not view.source.isascii() and any(mark in view.source for mark in "\u202e\u2067\u202b")


@cache
def _backward_cues() -> Phrases:
    return Phrases(sorted(lexicon().context["backwards"]))


def _mirrored(view: View, tokens: Tokens) -> bool:
    """Whether a platform, a host or an address stands in the text from its end."""
    if tokens.holds(_mirror()):
        return True
    if _DOT_INSIDE.search(view.text) is None:
        return False
    for chunk in [chunk for chunk in view.text.split() if "." in chunk[:-1] and len(chunk) > 6]:
        if chunk.startswith(("moc.", "gro.", "ten.", "ku.oc.", "ku.gro.")):
            return True
        if len(chunk) > _MOST_CHUNK:
            continue
        mirrored = chunk.strip(",;!?()\"'")[::-1]
        host = mirrored.split("@")[-1].split("/")[0]
        if host in hosts().known or host in hosts().mail_providers:
            return True
        if "@" in mirrored and host.endswith((".com", ".org", ".co.uk", ".net")):
            return True
    return False


@cache
def _mirror() -> frozenset[str]:
    names = {name for name, (symbol, _) in lexicon().platforms.items() if symbol in "PG" and len(name) >= 5}
    words = names | {"phone", "number", "mobile", "email", "follow", "message"}
    return frozenset(word[::-1] for word in words if " " not in word)


def _rearranged(view: View, order: list[int]) -> View:
    starts, ends = array("i"), array("i")
    for place in order:
        first, last = view.span(place, place + 1)
        starts.append(first)
        ends.append(last)
    text = "".join(view.text[place] for place in order)
    return View(text, view.source, starts, ends, view.dropped, b"\x01" * len(order))


def _by_first_letters(view: View) -> list[View]:
    """The first letters of the lines, where the text speaks of them."""
    text = view.text
    if not _FIRST_LETTERS.stand_in(text):
        return []
    own_starts, own_ends = spans(view)
    places: list[int] = []
    at = 0
    for line in text.split("\n"):
        shift = len(line) - len(line.lstrip())
        if line.strip() and line.strip()[0].isalnum():
            places.append(at + shift)
        at += len(line) + 1
    if len(places) < 5:
        return []
    lead = "my name on "
    word = "".join(text[place] for place in places[1:])
    platform = next(
        (
            name
            for name in view.text.split()
            if lexicon().platforms.get(name.strip(",.:!"), ("", ""))[0] in ("P", "O")
        ),
        "",
    )
    if not platform:
        return []
    said = f"{lead}{platform.strip(',.:!')} is {word}_"
    first, last = own_starts[places[1]], own_ends[len(text) - 1]
    size = len(said)
    return [
        View(
            said,
            view.source,
            array("i", [first] * size),
            array("i", [last] * size),
            view.dropped,
            b"\x01" * size,
        )
    ]


def _dressed_up(view: View) -> list[View]:
    """Hosts and words with digits for letters: "p4yp4l.m3/jane", "f1nd m3 0n 1g"."""
    parts: list[tuple[int, int, str]] = []
    words = 0
    for at, chunk in _dressed_chunks(view.text):
        bare = chunk.strip(",;:!?()'\"\n")
        if bare.isalpha() or not 2 <= len(bare) <= _MOST_CHUNK or not _DRESSING.search(bare):
            continue
        start = at + chunk.find(bare)
        host, slash, _ = bare.partition("/")
        if "." in host and (letters := plain_letters(host)) != host:
            parts.append((start, start + len(host), letters))
            words += 2
        elif "_" in bare and not slash:
            parts.append((start, start + len(bare), bare))
        elif not slash and _LEET.fullmatch(bare) and (word := plain_word(bare)):
            parts.append((start, start + len(bare), word))
            words += 1
    return [replaced(view, parts)] if words >= 2 else []


def _dressed_chunks(text: str) -> Iterator[tuple[int, str]]:
    """What stands between blanks and holds letters together with digits or signs for letters; and where."""
    until = 0
    for found in _DRESSING.finditer(text):
        if found.start() >= until:
            start = text.rfind(" ", until, found.start()) + 1
            until = text.find(" ", found.start())
            until = len(text) if until < 0 else until
            if _LETTER.search(text, start, until):
                yield start, text[start:until]
