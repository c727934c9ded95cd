"""Values shown for study: a number in a maths question, an address in a story, a museum's postcode.

Lessons are full of them. A value counts as shown when the words around speak of exercises,
stories or public places, and nothing near it says whose it is or what to do with it.
"""

from __future__ import annotations

from classifiers.contact.stream import Stream
from classifiers.contact.words import any_of, lexicon

_BEFORE, _AFTER, _NEAR = 30, 30, 9
_OWN_THINGS = frozenset("nfNPOeauL")
CAP = 0.4
_ORDERS = frozenset(("text", "call", "ring", "phone", "whatsapp", "dial", "add", "message"))


def shown_for_study(stream: Stream, first: int, last: int) -> bool:
    """Whether tokens first..last are part of a lesson rather than a way to meet somebody."""
    around = stream.around(first, last, _BEFORE, _AFTER)
    context = lexicon().context
    studied = len({word for word in around if word in context["study"] or _is_question(word)})
    studied += any_of(around, context["public_places"])
    if not studied:
        return False
    near = stream.around(first, last, _NEAR, _NEAR)
    if any_of(near, context["meant"]):
        return False
    place, beyond = stream.place(first), stream.place(last + 1)
    symbols = stream.symbols[max(0, place - _NEAR) : place] + " " + stream.symbols[beyond : beyond + _NEAR]
    if "m" in symbols or any_of(stream.tokens.words[max(0, first - 3) : first], _ORDERS):
        return False
    if any(mine in symbols for mine in ("M" + thing for thing in _OWN_THINGS)) or "Mx" + "n" in symbols:
        return False
    return studied >= 2 or _quoted(stream, first, last)


def _is_question(word: str) -> bool:
    """ "q8", "qs"."""
    return word == "q"


def _quoted(stream: Stream, first: int, last: int) -> bool:
    """Whether the value stands inside quotation marks together with other words, or touches them."""
    words = stream.tokens.words
    before, after = words[max(0, first - 25) : first], words[last + 1 : last + 26]
    opened = sum(word[0] in "'\"" for word in before) % 2 == 1
    return opened and any(word[0] in "'\"" for word in after)
