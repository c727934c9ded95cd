"""Values that began in the sender's last messages and end in this one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from classifiers.contact.hits import HOLD, Hit
from classifiers.contact.numerals import numerals
from classifiers.contact.words import is_english, lexicon
from classifiers.finding import Stance
from classifiers.normalise.view import View, normalise

SHORT_CHARS, _FRAGMENTS = 240, 8
_LONGEST_VALUE, _MOST_WORDS = 28, 3
_TOLD = "put together from several messages"
_LONG_DIGITS = re.compile(r"\d(?:[ .-]?\d){1,10}")
_ROOMS = ("zoom", "webex", "meeting id", "meeting room", "meeting code", "teams id")
_VALUE_SIGNS = frozenset("._@/")

Read = Callable[[View, Collection[int]], list[Hit]]


def pieced_together(view: View, prior: Sequence[str], read_all: Read) -> Iterator[Hit]:
    """Hits of the last messages and this one read as one text.

    Their span is the part that stands in this message. read_all: reads a view with seams.
    """
    pieces = [piece for piece in prior[-_FRAGMENTS:] if len(piece) <= SHORT_CHARS]
    if not pieces:
        return
    found = list(_on_lines(view, pieces, read_all))
    telling = [piece for piece in pieces if _bears_value(piece)]
    if len(telling) < len(pieces) and telling:
        found += _on_lines(view, telling, read_all)
    for glue in ("", " "):
        found += _in_one_word(view, pieces, glue, read_all)
    found += _digits_apart(view, pieces)
    yield from found
    if not any(one.score >= HOLD for one in found):
        yield from _continued(view, pieces)


def _on_lines(view: View, pieces: Sequence[str], read_all: Read) -> Iterator[Hit]:
    """The messages as lines of one text."""
    before = "\n".join(pieces)
    joined = normalise(f"{before}\n{view.source}")
    for one in read_all(joined, _seams(joined, pieces)):
        yield from _in_this_message(one, len(before) + 1, _also=("handle", "email"))


def _in_one_word(view: View, pieces: Sequence[str], glue: str, read_all: Read) -> Iterator[Hit]:
    """The values of the messages without what is said around them, one after the other."""
    values: list[str] = []
    for piece in reversed(pieces):
        value = _value(piece)
        if value:
            values.insert(0, value)
        elif _bears_value(piece):
            break
    if not values:
        return
    before, current = glue.join(values) + glue, view.source
    shown = _without_label(current)
    dropped = len(current) - len(shown)
    joined = normalise(before + shown)
    size = len(joined.text)
    cut = next((at for at in range(size) if joined.span(at, at + 1)[0] >= len(before)), size)
    marks = bytearray(size)
    marks[max(0, cut - 1) : cut + 1] = b"\x01" * len(marks[max(0, cut - 1) : cut + 1])
    for one in read_all(replace(joined, glued=bytes(marks)), ()):
        for hit in _in_this_message(one, len(before)):
            if hit.category != "intent":
                yield replace(hit, start=hit.start + dropped, end=hit.end + dropped)


def _in_this_message(one: Hit, cut: int, _also: Collection[str] = ()) -> Iterator[Hit]:
    crosses = one.start < cut < one.end
    if one.end > cut and one.score >= HOLD and (crosses or one.category in _also):
        evidence = (*one.evidence, _TOLD) if crosses else one.evidence
        yield replace(
            one, start=max(one.start, cut) - cut, end=one.end - cut, evasive=True, evidence=evidence
        )


def _digits_apart(view: View, pieces: Sequence[str]) -> Iterator[Hit]:
    """A mobile number of which each message held a few digits among other words."""
    own = _LONG_DIGITS.search(view.source)
    if own is None:
        return
    earlier = [run[0] for piece in pieces for run in _LONG_DIGITS.finditer(piece)][-_FRAGMENTS:]
    for first in range(len(earlier)):
        for last in range(first + 1, len(earlier) + 1):
            digits = "".join(char for run in (*earlier[first:last], own[0]) for char in run if char.isdigit())
            if len(digits) == 11 and digits.startswith("07") and digits[2] in "456789":
                yield Hit(
                    "phone",
                    own.start(),
                    own.end(),
                    0.84,
                    evasive=True,
                    stance=Stance.OFFER,
                    evidence=(_TOLD,),
                )
                return
    digits = "".join(char for run in (*earlier[-2:], own[0]) for char in run if char.isdigit())
    spoken = " ".join([*pieces, view.source]).lower()
    if 9 <= len(digits) <= 11 and digits[0] != "0" and any(room in spoken for room in _ROOMS):
        yield Hit(
            "video_link", own.start(), own.end(), 0.82, evasive=True, stance=Stance.OFFER, evidence=(_TOLD,)
        )


def _continued(view: View, pieces: Sequence[str]) -> Iterator[Hit]:
    """The rest of something that was announced to come in pieces: "/my/jane", "0190 and that's it"."""
    words = set(
        " ".join([*pieces[-4:], view.source])
        .lower()
        .replace(",", " ")
        .replace(".", " ")
        .replace(":", " ")
        .split()
    )
    context = lexicon().context
    if context["announced"].isdisjoint(words) or context["pieces"].isdisjoint(words):
        return
    fragment = (view.text.split() or [""])[0].strip(",;!?")
    digits = sum(char.isdigit() for char in fragment)
    if not (
        digits >= 4
        or (digits >= 2 and fragment.isdigit() and len(view.text) <= 12)
        or fragment[:1] == "/"
        or "_" in fragment
    ):
        return
    start = view.text.index(fragment)
    yield Hit(
        "phone" if fragment.isdigit() else "handle",
        *view.span(start, start + len(fragment)),
        0.56,
        stance=Stance.OFFER,
        evasive=True,
        evidence=("goes on with what was announced",),
    )


def _bears_value(piece: str) -> bool:
    """Whether a message holds a part of something: digits, signs, a platform, or a single word."""
    words = [word.strip(".,:;!?") for word in piece.lower().split()]
    known, platforms = numerals(), lexicon().platforms
    return (
        len(words) == 1
        or any(char.isdigit() for char in piece)
        or any(sign in piece.strip(".") for sign in _VALUE_SIGNS)
        or any(
            word in known.digits or word in platforms or word in ("dot", "slash", "underscore")
            for word in words
        )
    )


def _value(piece: str) -> str:
    """What a message says when its label is left out: "first bit: kes" says "kes"; "" if it is talk."""
    shown = _without_label(piece).strip().rstrip(",;")
    if len(shown) > _LONGEST_VALUE or len(shown.split()) > _MOST_WORDS or not shown:
        return ""
    words = shown.lower().split()
    told = any(char.isdigit() for char in words[-1]) or (
        len(words) == 1 and not is_english(words[0].strip(".,;:!?"))
    )
    return shown if told else ""


def _without_label(piece: str) -> str:
    """A message without "then:" or "Q2." at its front."""
    head, colon, rest = piece.partition(":")
    if colon and rest.strip() and len(head.split()) <= 4 and "/" not in rest[:2]:
        return rest.lstrip()
    first, _, rest = piece.partition(" ")
    if rest and first.lower() in ("then", "and", "next", "now"):
        return rest.lstrip()
    bare = first.rstrip(".):")
    if (
        rest
        and bare != first
        and len(bare) <= 3
        and bare[-1:].isdigit()
        and bare[:1].lower() in "q123456789(n"
    ):
        return rest.lstrip()
    return piece


def _seams(joined: View, pieces: Sequence[str]) -> frozenset[int]:
    """Where in the view one message ends and the next begins."""
    offsets: set[int] = set()
    at = 0
    for piece in pieces:
        at += len(piece)
        offsets.add(at)
        at += 1
    if joined.starts is None:
        return frozenset(offsets)
    return frozenset(place for place, start in enumerate(joined.starts) if start in offsets)
