"""Numbers with digits left out or masked: "07700 9*0 456, star is nought", "07700 900 ...", "0770_ 9__ 456".

Who writes all but some digits of a number means the reader to know or be told the rest, so it is for
a person to judge.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import re2

from classifiers.contact.hits import Hit
from classifiers.contact.stream import Stream
from classifiers.contact.traits import FIGURED, traits_of
from classifiers.contact.words import any_of, lexicon
from classifiers.finding import Stance

_MOST_HITS, _NEAR = 10, 24
_FEWEST_DIGITS, _MOST_DIGITS, _SLOTS, _BEGUN = 5, 10, range(10, 14), 8
_PARTED = r"[ .()/-]{0,2}"
_GAP = r"[^\w\s.,;:()/'\"£$€%<>{}\[\]|&@=+×÷^√≈→!-]|[x_]"
_ODD = r"[^\x00-\x7f\w×÷√≈→£€²³°–—’‘“”…π]"
_MASKED = rf"\b0(?:{_PARTED}(?:[0-9]|{_GAP})){{7,12}}|(?:[0-9]|{_ODD})(?:{_PARTED}(?:[0-9]|{_ODD})){{9,11}}"
_BEGUN_ONLY = r"\b07[4-9][0-9]{2}[ .-]?[0-9]{1,3}(?:[ .-]?[0-9]{1,3})?[ ]?(?:[.]{2,}|…|_{2,}|[?]{1,}|-{2,}|[*]{2,}|#{2,})"
_ANY = rf"{_BEGUN_ONLY}|{_MASKED}"
_KEYS = frozenset(
    ("zero", "zeros", "zeroes", "nought", "noughts", "swap", "replace", "star", "stars", "asterisk", "blank", "blanks", "gap",
     "gaps", "missing", "fill", "instead", "hash", "hashes", "sub", "change", "stand", "stands", "rest", "oh", "nothing", "where",
     "guess", "square", "squares", "circle", "circles", "means", "hidden", "masked", "=")
)  # fmt: skip


def gapped(stream: Stream) -> list[Hit]:
    """Every number to call of which some digits are masked or left out."""
    text, tokens = stream.view.text, stream.tokens
    if not traits_of(tokens).any & FIGURED or "0" not in text:
        return []
    if _at_all().search(text.encode("utf-8", "replace")) is None:
        return []
    context = lexicon().context
    found: list[Hit] = []
    for matched in _EXACTLY.finditer(text):
        first = tokens.index_at(matched.start())
        last = max(first, tokens.index_at(matched.end()) - 1)
        near = stream.around(first, last, _NEAR, _NEAR)
        called, keyed = any_of(near, context["call_me"] | context["number_is"]), any_of(near, _KEYS)
        if not _is_number(matched[0], keyed=keyed) or not (called or keyed or matched[0].startswith("07")):
            continue
        if len(context["study"] & set(near)) >= 2 or any_of(near, context["not_phone"]):
            continue
        if stream.cue("sums", first, last, 10, 10) and not called:
            continue
        found.append(
            Hit("phone", *matched.span(), 0.62, "", Stance.OFFER, True, ("digits left out or masked",))
        )
        if len(found) >= _MOST_HITS:
            break
    return found


def _is_number(shown: str, *, keyed: bool) -> bool:
    """Whether digits and gaps together are as many as those of a number, or its better part is told."""
    digits = [char for char in shown if char.isdigit()]
    slots = len(re.sub(_PARTED, "", shown.rstrip("? ")))
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS or (
        len(digits) == slots and not _BEGINS.match(shown)
    ):
        return False
    if shown.startswith("07") and _BEGINS.match(shown) and len(digits) >= _BEGUN:
        return len(digits) < slots or slots < 11
    mobile = shown.startswith("07") and (slots == 11 or len(digits) >= 6)
    return slots in _SLOTS and (mobile or keyed)


_EXACTLY = re.compile(_ANY)
_BEGINS = re.compile(_BEGUN_ONLY)


@cache
def _at_all() -> Any:
    return re2.compile(_ANY.encode())
