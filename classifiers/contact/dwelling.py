"""A home told in words, without a number: "we're on Cragg Lane, the house with the blue gate"."""

from __future__ import annotations

from classifiers.contact.gazetteer import known_places
from classifiers.contact.hits import Hit, hit
from classifiers.contact.stream import Stream
from classifiers.contact.street import capital, town_after
from classifiers.contact.tokens import BREAK, LETTERS, SIGN
from classifiers.contact.told_street import told_streets
from classifiers.contact.words import any_of, lexicon

_MOST_HITS, _REACH = 20, 14
_WE = frozenset(("i", "we", "im", "were", "weve", "ours", "our", "my", "mine", "us"))
_STAYING = frozenset(
    (
        "live",
        "lives",
        "livin",
        "living",
        "stay",
        "are",
        "am",
        "is",
        "im",
        "were",
        "house",
        "home",
        "flat",
        "place",
        "moved",
        "hoose",
        "gaff",
    )
)
_HOMES = frozenset(("house", "home", "flat", "place", "ours", "mine", "hoose", "gaff", "address"))
_WHERE = frozenset(
    (
        "at",
        "on",
        "in",
        "off",
        "behind",
        "opposite",
        "beside",
        "near",
        "above",
        "next",
        "down",
        "up",
        "past",
        "by",
    )
)


def dwellings(stream: Stream) -> list[Hit]:
    """Every home that is described."""
    tokens, homes = stream.tokens, lexicon().context["homes"]
    streets = known_places().all_streets
    if not (tokens.holds(streets) or (tokens.holds(homes) and tokens.holds(lexicon().context["landmarks"]))):
        return []
    found = told_streets(stream)
    past = -1
    for index in tokens.where(_WHERE):
        if index <= past or not _told_where(stream, index):
            continue
        one = _street(stream, index, streets) or _landmark(stream, index, homes)
        if one is not None and not any(other.start < one.end and one.start < other.end for other in found):
            found.append(one)
            past = tokens.index_at(one.end)
        if len(found) >= _MOST_HITS:
            break
    return found


def _told_where(stream: Stream, index: int) -> bool:
    """Whether a "at" or "behind" follows "we live", "our house is" or "we're"."""
    before = stream.tokens.words[max(0, index - 4) : index]
    if before[-1:] == ["is"] and not any_of(before, _HOMES):
        return False
    return (
        any_of(before, _WE)
        and any_of(before, _STAYING)
        and not any_of(before, frozenset(("not", "page", "question")))
    )


def _street(stream: Stream, index: int, streets: frozenset[str]) -> Hit | None:
    """ "on Cragg Lane": names in capitals that end in a word for a street."""
    tokens = stream.tokens
    step = index + 1
    while (
        step < len(tokens.words)
        and step - index <= 5
        and (capital(stream, step) or tokens.words[step] == "the")
    ):
        if tokens.words[step] in streets and step > index + 1:
            last = _description(stream, town_after(stream, step)[0])
            return hit(stream, "address", index + 1, last, 0.62, evidence=("a street said to be home",))
        step += 1
    return None


def _landmark(stream: Stream, index: int, homes: frozenset[str]) -> Hit | None:
    """ "in the house behind the chapel", "opposite the Lidl, blue door"."""
    tokens = stream.tokens
    ahead = range(index, min(len(tokens.words), index + _REACH))
    stop = next((at for at in ahead if _ends(stream, at)), ahead.stop)
    words = tokens.words[index:stop]
    house, mark = any_of(words, homes), any_of(words, lexicon().context["landmarks"])
    if not (house and mark):
        return None
    return hit(
        stream, "address", _from(stream, index), stop - 1, 0.58, evidence=("a home by what stands beside it",)
    )


def _from(stream: Stream, index: int) -> int:
    """The token after "we're" or "we live", so that "three doors down" is part of it."""
    words = stream.tokens.words
    verb = next((at for at in range(index - 1, max(-1, index - 5), -1) if words[at] in _STAYING), index)
    return verb + 1 if "doors" in words[verb + 1 : index] else index + 1


def _description(stream: Stream, last: int) -> int:
    """The last token of what is said of the house after its street: ", t'house wi' t'blue gate"."""
    tokens, homes = stream.tokens, lexicon().context["homes"]
    if tokens.words[last + 1 : last + 2] != [","]:
        return last
    stop = next(
        (
            at
            for at in range(last + 2, min(len(tokens.words), last + 12))
            if _ends(stream, at) or tokens.words[at] == ","
        ),
        min(len(tokens.words), last + 12),
    )
    return stop - 1 if any_of(tokens.words[last + 2 : stop], homes) else last


def _ends(stream: Stream, index: int) -> bool:
    tokens = stream.tokens
    if tokens.kinds[index] == BREAK:
        return True
    return tokens.kinds[index] == SIGN and tokens.words[index][0] in ".!?;" and tokens.kinds[index] != LETTERS
