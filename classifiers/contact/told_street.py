"""A home told the other way round or in other words: "Hawthorn Road, number 14", "the flat above the shop on Otley Road is mine"."""

from __future__ import annotations

from classifiers.contact.chunks import number_word
from classifiers.contact.gazetteer import known_places
from classifiers.contact.hits import Hit, hit
from classifiers.contact.stream import Stream
from classifiers.contact.street import capital, town_after
from classifiers.contact.tokens import BREAK, DIGITS
from classifiers.contact.words import any_of, lexicon

_MOST_HITS, _MOST_NAMES, _NEAR = 20, 3, 9
_NUMBERING = frozenset(
    ("number", "no", "num", "nr", "numara", "numero", "door", "house", "flat", "at", "the")
)
_COUNTED = frozenset(
    ("first", "second", "third", "fourth", "last", "end", "only", "next", "corner", "big", "white", "middle")
)
_OWNED = frozenset(("mine", "ours", "me", "us", "were", "im", "my", "our"))
_ABOVE = frozenset(
    ("above", "over", "behind", "opposite", "beside", "near", "by", "doors", "door", "past", "off")
)
_NOT_NAMES = frozenset(("the", "on", "in", "at", "i", "we", "our", "my", "is", "to", "a", "and", "of"))


def told_streets(stream: Stream) -> list[Hit]:
    """Every such home; a name in capitals and a word for a street stand in each."""
    tokens, known = stream.tokens, known_places()
    found: list[Hit] = []
    for index in tokens.where(known.all_streets)[:200]:
        first = index
        while first > 0 and index - first < _MOST_NAMES and capital(stream, first - 1):
            if tokens.words[first - 1] in _NOT_NAMES:
                break
            first -= 1
        sure = tokens.words[index] in known.streets
        if first == index or not (sure or capital(stream, index)):
            continue
        said = " ".join(tokens.words[first : index + 1])
        if any(said in landmark for landmark in known.landmarks):
            continue
        one = _numbered_after(stream, first, index) or _described(stream, first, index)
        if one is not None:
            found.append(one)
        if len(found) >= _MOST_HITS:
            break
    return found


def _numbered_after(stream: Stream, first: int, index: int) -> Hit | None:
    """ "Hawthorn Road, number fourteen", "Hawthorn Road 14"."""
    tokens, step, named = stream.tokens, index + 1, False
    while step < len(tokens.words) and step - index <= 4:
        word = tokens.words[step]
        if word not in _NUMBERING and word[0] not in ",-–(:.":
            break
        named, step = named or word in ("number", "no", "num", "nr", "numara", "numero"), step + 1
    if step >= len(tokens.words):
        return None
    number = tokens.words[step] if tokens.kinds[step] == DIGITS else number_word(tokens.words[step])
    if not number or len(number) > 3 or number.startswith("0"):
        return None
    home = stream.cue("at_home", first, step, 8, 6) or stream.cue("home", first, step, 8, 6)
    alone = first == 0 and step >= len(tokens.words) - 3
    if (
        not (named or home or alone)
        or stream.cue("office", first, step, 6, 4)
        or stream.cue("sums", first, step, 6, 4)
    ):
        return None
    score = 0.55 + 0.1 * named + 0.2 * home
    return hit(stream, "address", first, step, score, evasive=named, evidence=("a street and its house",))


def _described(stream: Stream, first: int, index: int) -> Hit | None:
    """ "the flat above the chip shop on Otley Road is mine", "second house on Hawthorn Road, it's ours"."""
    tokens, homes = stream.tokens, lexicon().context["homes"]
    start, end = first, index + 1
    while start > 0 and first - start < _NEAR and not _ends(stream, start - 1):
        start -= 1
    while end < len(tokens.words) and end - index < _NEAR and not _ends(stream, end):
        end += 1
    before, whole = tokens.words[start:first], tokens.words[start:end]
    if not any_of(before, homes) and not any_of(before, frozenset(("doors",))):
        return None
    placed = any_of(before, _COUNTED) or any_of(before, _ABOVE)
    said_mine = any_of(whole, _OWNED) or any_of(before, frozenset(("its", "come", "knock")))
    if not (placed and said_mine) or any_of(whole, lexicon().context["fiction"] | lexicon().context["study"]):
        return None
    return hit(
        stream, "address", start, town_after(stream, index)[0], 0.58, evidence=("a street said to be home",)
    )


def _ends(stream: Stream, index: int) -> bool:
    return stream.tokens.kinds[index] == BREAK or stream.tokens.words[index][0] in ".!?;"
