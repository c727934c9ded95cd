"""A number to call whose digits stand among other things, to be read together."""

from __future__ import annotations

from collections.abc import Iterator

from classifiers.contact.hits import Hit, hit
from classifiers.contact.protected import Protected
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import DIGITS, Tokens
from classifiers.contact.traits import FIGURED, traits_of

_LONGEST_SCATTERED, _MOST_SCATTERED, _LISTED, _FEWEST_LISTED = 120, 60, 6, 3
_DIALLING = frozenset(
    (
        "ring",
        "rings",
        "dial",
        "dialling",
        "dialing",
        "telephone",
        "phone",
        "phoning",
        "ringing",
        "call",
        "mobile",
        "whatsapp",
        "buzz",
        "mob",
    )
)
_MINE = frozenset(("me", "mine", "ignore", "comments", "across"))
_ASSEMBLED = frozenset(
    ("ignore", "only", "across", "down", "order", "join", "stick", "squash", "together", "letters", "comments", "dots", "read",
     "put", "digits", "dialling", "dialing", "takeout", "bottom", "without", "numbers")
)  # fmt: skip


def scattered(stream: Stream, protected: Protected) -> Hit | None:
    """A number whose digits stand among other things: "k0 p7 k7", "p. 07, p. 700", "07:70, 09:00".

    They are all the digits of the text; or some in a row, where it also says how to read them.
    """
    tokens = stream.tokens
    if len(tokens.words) > _LONGEST_SCATTERED:
        return None
    dialled, told = tokens.holds(_DIALLING), tokens.holds(_ASSEMBLED)
    figures = traits_of(tokens).where(FIGURED)
    if not (dialled or told or len(figures) >= _LISTED):
        return None
    places = [index for index in figures if tokens.kinds[index] == DIGITS]
    if (numbered := _without_numbers(tokens, places)) is not None:
        places = numbered
    elif not (dialled or told):
        return None
    whole = (
        [(0, len(places))]
        if numbered is not None
        else [(0, len(places))]
        if dialled or tokens.holds(_MINE)
        else []
    )
    for first, last in (*whole, *(_in_a_row(tokens, places) if dialled and told else ())):
        digits = "".join(tokens.words[index] for index in places[first:last])
        mobile = len(digits) == 11 and digits.startswith("07") and digits[2] in "456789"
        if mobile and last - first >= 3 and digits not in protected.dialled and len(set(digits)) > 2:
            at, until = places[first], places[last - 1]
            return hit(stream, "phone", at, until, 0.7, evasive=True, evidence=("digits among other things",))
    return None


def _without_numbers(tokens: Tokens, places: list[int]) -> list[int] | None:
    """The figures without the numbers of a list: "Line 1: 07700", "2) 900"; None if there is no list."""
    kept: list[int] = []
    count = 0
    for at in places:
        marked = (
            tokens.words[at + 1 : at + 2] and tokens.words[at + 1] in (":", ")", ".") and tokens.tight(at)
        )
        if tokens.words[at] == str(count + 1) and marked:
            count += 1
        else:
            kept.append(at)
    return kept if count >= _FEWEST_LISTED and count == len(kept) else None


def _in_a_row(tokens: Tokens, places: list[int]) -> Iterator[tuple[int, int]]:
    """The figures, first and last (exclusive), whose digits in a row are as many as those of a mobile number."""
    for first, index in enumerate(places[:_MOST_SCATTERED]):
        if tokens.words[index][0] != "0":
            continue
        count, last = 0, first
        while last < len(places) and count < 11:
            count += len(tokens.words[places[last]])
            last += 1
        if count == 11:
            yield first, last
