"""Values shown for study: a number in a maths question, an address in a story, a museum's postcode.

Lessons are full of them. A value counts as shown when the words around speak of exercises,
stories or public places, and nothing near it says whose it is or what to do with it.
"""

from __future__ import annotations

from classifiers.contact.stream import Stream
from classifiers.contact.tokens import LETTERS
from classifiers.contact.words import any_of, lexicon

_BEFORE, _AFTER, _NEAR = 30, 30, 9
_QUOTE = 40
_RINGING = frozenset(("dial", "ring", "txt", "call", "whatsapp", "phoning", "calling", "ringing"))
_MARKS = frozenset("'\"")
_OWN_THINGS = frozenset("nfNPOeauL")
CAP = 0.4
_ORDERS = frozenset(("text", "call", "ring", "phone", "whatsapp", "dial", "add", "message"))


def shown_for_study(stream: Stream, first: int, last: int, *, a_place: bool = False) -> bool:
    """Whether tokens first..last are part of a lesson rather than a way to meet somebody.

    a_place: it is no number to call, so that words of calling say nothing of it.
    """
    if narrated(stream, first, last):
        return True
    around = stream.around(first, last, _BEFORE, _AFTER)
    context = lexicon().context
    studied = len({word for word in around if word in context["study"] or _is_question(word)})
    studied += any_of(around, context["public_places"])
    if not studied:
        return False
    near = stream.around(first, last, _NEAR, _NEAR)
    if any_of(near, context["meant"] - _RINGING if a_place else context["meant"]):
        return False
    place, beyond = stream.place(first), stream.place(last + 1)
    symbols = stream.symbols[max(0, place - _NEAR) : place] + " " + stream.symbols[beyond : beyond + _NEAR]
    if "m" in symbols or any_of(stream.tokens.words[max(0, first - 3) : first], _ORDERS):
        return False
    if any(mine in symbols for mine in ("M" + thing for thing in _OWN_THINGS)) or "Mx" + "n" in symbols:
        return False
    return studied >= 2 or any_of(around, context["fiction"]) or _quoted(stream, first, last)


def narrated(stream: Stream, first: int, last: int, *, sentence: bool = False) -> bool:
    """Whether tokens first..last are part of somebody's speech in quotation marks, in talk of lessons.

    Marks around a value alone are no speech: people put their own user names in them. sentence: it is
    no value but a sentence, which may fill the marks or begin before them.
    """
    words = stream.tokens.words
    floor, ceiling = max(0, first - _QUOTE), min(len(words), last + 1 + _QUOTE)
    opened = next(
        (
            at
            for at in range(last if sentence else first - 1, floor - 1, -1)
            if words[at][0] in _MARKS and _opens(stream, at)
        ),
        None,
    )
    closed = next((at for at in range(last + 1, ceiling) if words[at][0] in _MARKS), None)
    if opened is None or closed is None:
        return False
    if not sentence and (first - opened) + (closed - last) <= 3:
        return False
    outside = words[max(0, opened - _BEFORE) : opened] + words[closed + 1 : closed + _AFTER]
    return any_of(outside, lexicon().context["study"] | lexicon().context["narrated"])


def set_as_exercise(stream: Stream, first: int) -> bool:
    """Whether the words before a sentence set an exercise: "Role play: ask for a telephone number"."""
    return stream.cue("exercises", first, first, 16, 0)


def _opens(stream: Stream, at: int) -> bool:
    """Whether a quotation mark opens: it touches what follows and not what is before."""
    tokens = stream.tokens
    return tokens.tight(at) and not (at and tokens.tight(at - 1) and tokens.kinds[at - 1] == LETTERS)


def _is_question(word: str) -> bool:
    """ "q8", "qs"."""
    return word == "q"


def _quoted(stream: Stream, first: int, last: int) -> bool:
    """Whether the value stands inside quotation marks together with other words, or touches them."""
    words = stream.tokens.words
    before, after = words[max(0, first - 25) : first], words[last + 1 : last + 26]
    opened = sum(word[0] in "'\"" for word in before) % 2 == 1
    return opened and any(word[0] in "'\"" for word in after)
