"""Where somebody is to be found: postcodes, streets, three-word addresses."""

from __future__ import annotations

from dataclasses import replace

from classifiers.contact.gazetteer import known_places
from classifiers.contact.hits import HOLD, Hit, hit
from classifiers.contact.postcode import half_postcode, postcode_at, spelt_postcode
from classifiers.contact.postcode_apart import postcodes_apart
from classifiers.contact.stream import Stream
from classifiers.contact.street import capital, house_at, street_at
from classifiers.contact.tokens import DIGITS, LETTERS, Tokens, where
from classifiers.contact.traits import FIGURED, PLACED, TWO_LETTERS, traits_of

_NO_NAMES = frozenset(
    ("i", "im", "we", "were", "my", "our", "hi", "dear", "please", "thanks", "is", "its", "at", "it")
)
_MOST_HITS, _MOST_LINES, _LONGEST_LINES = 100, 10, 16


def places(stream: Stream) -> list[Hit]:
    """Postcodes, street addresses and what3words."""
    tokens, known = stream.tokens, known_places()
    found: list[Hit] = []
    for index in _worth_a_look(tokens):
        word, kind = tokens.words[index], tokens.kinds[index]
        one: Hit | None = None
        if kind == LETTERS:
            if len(word) == 2 and index and tokens.kinds[index - 1] == DIGITS:
                one = postcode_at(stream, index)
            elif word in known.streets or word in known.perhaps_streets or word.endswith(known.endings):
                one = street_at(stream, index)
            elif word in ("postcode", "postcodes", "zipcode") or (
                word == "code" and index and tokens.words[index - 1] == "post"
            ):
                one = spelt_postcode(stream, index) or half_postcode(stream, index)
            elif word in ("what3words", "w3w", "words"):
                one = _three_words(stream, index)
        elif word == "///":
            one = _three_words(stream, index)
        elif kind == DIGITS and len(word) <= 3 and word[0] != "0":
            one = house_at(stream, index)
        if one is not None and one.score >= 0.3:
            found.append(one)
        if len(found) >= _MOST_HITS:
            break
    taken = [(one.start, one.end) for one in found if one.category == "postcode"]
    found += [
        one
        for one in postcodes_apart(stream)
        if not any(one.start < end and start < one.end for start, end in taken)
    ]
    return _with_postcodes(stream, sorted(found, key=lambda one: one.start))


def _worth_a_look(tokens: Tokens) -> list[int]:
    """The tokens that can be part of an address: figures, letters right after them, and words of addresses."""
    traits = traits_of(tokens)
    if not traits.any & FIGURED:
        return traits.where(PLACED)
    places = (traits.each & (PLACED | FIGURED)) != 0
    places[1:] |= ((traits.each[1:] & TWO_LETTERS) != 0) & ((traits.each[:-1] & FIGURED) != 0)
    return where(places)


def _with_postcodes(stream: Stream, found: list[Hit]) -> list[Hit]:
    """A street and the postcode after it vouch for each other; each is a finding of its own."""
    codes = [one for one in found if one.category == "postcode"]
    if not codes:
        return found
    text = stream.view.text
    if len(codes) == len(found):
        return found + [
            home for code in codes[:_MOST_LINES] if (home := _lines_before(stream, code)) is not None
        ]
    out: list[Hit] = []
    for one in found:
        code = next((code for code in codes if -4 <= code.start - one.end <= 60), None)
        if one.category == "address" and code is not None and _is_tail(text[one.end : code.start]):
            end = one.start + len(text[one.start : code.start].rstrip(" ,\n\t-"))
            one = replace(one, end=end, score=max(one.score, 0.9 if code.score >= HOLD else 0.0))
            out[:] = [
                replace(other, score=max(other.score, 0.85)) if other is code else other for other in out
            ]
        out.append(one)
    return out


def _lines_before(stream: Stream, code: Hit) -> Hit | None:
    """The names and numbers that lead to a postcode: "The Old Smithy, Ferrers Lane, Little Quenby"."""
    tokens = stream.tokens
    if code.score < HOLD:
        return None
    last = tokens.index_at(code.start) - 1
    while last >= 0 and tokens.words[last][0] in ",\n-":
        last -= 1
    first, names = last + 1, 0
    while first > 0 and last - first < _LONGEST_LINES:
        word, kind = tokens.words[first - 1], tokens.kinds[first - 1]
        named = capital(stream, first - 1) and word not in _NO_NAMES
        if not (named or kind == DIGITS or word in (",", "\n", "the", "of", "on", "and")):
            break
        names += named
        first -= 1
    while first <= last and not (capital(stream, first) or tokens.kinds[first] == DIGITS):
        first += 1
    parts = sum(tokens.words[at] in (",", "\n") for at in range(first, last + 1))
    if names < 2 or not parts or first > last:
        return None
    return hit(stream, "address", first, last, min(0.85, code.score), evidence=("lines before a postcode",))


def _is_tail(between: str) -> bool:
    """Whether what stands between a street and a postcode can be a town."""
    return len(between.split()) <= 6 and not set(between) & set(".!?;:")


def _three_words(stream: Stream, index: int) -> Hit | None:
    """ "///filled.count.soap", or three words with dots between beside the name of what3words."""
    tokens = stream.tokens
    marked = tokens.words[index] == "///"
    reach = (
        range(index + 1, index + 2)
        if marked
        else (*range(index + 1, index + 8), *range(index - 9, index - 4))
    )
    for step in reach:
        words = tokens.words[step : step + 5] if step >= 0 else []
        if len(words) < 5 or words[1] != words[3] or words[1][0] not in "./,-·•":
            continue
        tight = all(tokens.tight(step + k) for k in range(4)) and (words[1] == "." or marked)
        named = words[1] in "./" and tokens.words[max(0, index - 1)] == "3"
        if all(len(word) >= 3 and word.isalpha() for word in words[::2]) and (tight or named):
            value = "///" + ".".join(words[::2])
            first = index if marked else step
            return hit(stream, "address", first, step + 4, 0.92, value, evidence=("what3words",))
    if (
        marked
        and stream.cue("place", index, index, 12, 12)
        and tokens.kinds[index + 1 : index + 2] == [LETTERS]
    ):
        return hit(stream, "address", index, index + 1, 0.56, evasive=True, evidence=("one of three words",))
    return None
