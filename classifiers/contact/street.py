"""A house and its street: "14 Acacia Avenue", "I live on Elm Road"."""

from __future__ import annotations

from classifiers.contact.chunks import number_word
from classifiers.contact.gazetteer import known_places
from classifiers.contact.hits import Hit, hit
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN
from classifiers.contact.words import any_of, lexicon

_FLATS = frozenset(("flat", "apartment", "apt", "unit"))
_MONTHS = frozenset(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "january", "february",
     "march", "april", "june", "july", "august", "september", "october", "november", "december")
)  # fmt: skip


def street_at(stream: Stream, index: int) -> Hit | None:
    """ "14 Acacia Avenue": a number, one to three words, a word for a street."""
    tokens, view = stream.tokens, stream.view
    first = index - 1
    while (
        first >= max(0, index - 3)
        and (tokens.kinds[first] == LETTERS or tokens.words[first] == "\n")
        and not number_word(tokens.words[first])
    ):
        first -= 1
    while first > 0 and tokens.words[first] in (",", "\n") and first > index - 6:
        first -= 1
    if (
        first > 0
        and tokens.kinds[first] == LETTERS
        and len(tokens.words[first]) == 1
        and tokens.tight(first - 1)
    ):
        first -= 1
    if first < 0 or (first == index - 1 and tokens.kinds[first] != DIGITS) or first < index - 7:
        return _unnumbered(stream, index)
    number = tokens.words[first] if tokens.kinds[first] == DIGITS else number_word(tokens.words[first])
    if not number or len(number) > 4 or number.startswith("0"):
        return _unnumbered(stream, index)
    if tokens.tight(first) and len(tokens.words[first + 1]) > 1:
        return None
    name = [
        k for k in range(first + 1 + (len(tokens.words[first + 1]) == 1), index) if tokens.kinds[k] == LETTERS
    ]
    compound = tokens.words[index].endswith(known_places().endings)
    if not len(name) and not compound:
        return None
    said = " ".join(tokens.words[first : index + 1])
    if said in known_places().landmarks:
        return None
    capital = all(
        view.source[view.span(tokens.starts[k], tokens.ends[k])[0]].isupper() for k in (*name, index)
    )
    sure = tokens.words[index] in known_places().streets
    score = {(True, True): 0.62, (True, False): 0.3, (False, True): 0.5, (False, False): 0.0}[sure, capital]
    if stream.cue("at_home", first, index, 10, 6):
        score += 0.6
    elif stream.cue("home", first, index, 7, 4):
        score += 0.35
    if stream.view.put_together(tokens.starts[first], tokens.ends[first]):
        score += 0.2
    last, towns = town_after(stream, index)
    score += 0.15 * min(towns, 2)
    if stream.cue("office", first, index, 8, 4):
        score -= 0.25
    if stream.cue("sums", first, index, 8, 6):
        score -= 0.15
    if first and number_word(tokens.words[first - 1]).endswith("0") and tokens.kinds[first] == LETTERS:
        first -= 1
    opening = first
    while opening >= 2 and tokens.words[opening - 1] == ",":
        opening -= 1
    if opening >= 2 and tokens.words[opening - 2] in _FLATS:
        first = opening - 2
        score += 0.15
    if tokens.words[first - 1 : first] in (["number"], ["no"], ["num"], ["nr"]) and first:
        first -= 2 if tokens.words[max(0, first - 2)] in ("house", "door", "flat") else 1
    return hit(
        stream,
        "address",
        _addressee(stream, first),
        last,
        score,
        said,
        evasive=tokens.kinds[first] == LETTERS and tokens.words[first] not in _FLATS,
        evidence=("street address",),
    )


def house_at(stream: Stream, index: int) -> Hit | None:
    """ "door number is 54, Foundry Lonnen, Wallsend": a number and names, said to be a home."""
    tokens = stream.tokens
    step = index + 1
    if tokens.words[step : step + 1] == [","]:
        step += 1
    if step == len(tokens.words) or tokens.kinds[step] != LETTERS or not capital(stream, step):
        return None
    if len(tokens.words[step]) < 3 and tokens.words[step] != "st":
        return None  # "112 GB"
    if tokens.words[step] in _MONTHS and tokens.kinds[step + 1 : step + 2] == [DIGITS]:
        return None  # "On 4 Mar 2026, at 16:30", as replies begin
    before = tokens.words[max(0, index - 6) : index]
    count = 0
    while step < len(tokens.words) and count < 3 and capital(stream, step):
        step, count = step + 1, count + 1
    were_at = before[-1:] == ["at"] and any_of(
        before[-3:], frozenset(("were", "im", "we", "i", "us", "house", "me"))
    )
    if not count or not (were_at or any_of(before, lexicon().context["at_home"])):
        return None
    last, towns = town_after(stream, step - 1)
    score = (0.55 if were_at else 0.45) + 0.15 * min(count, 2) + 0.15 * min(towns, 2)
    if (
        any_of(before, frozenset(("year", "page", "question", "chapter", "unit", "grade", "at", "bus")))
        and not towns
    ):
        score -= 0.3
    said = " ".join(tokens.words[index : last + 1])
    if any(said.startswith(landmark) for landmark in known_places().landmarks):
        return None
    return hit(stream, "address", index, last, score, said, evidence=("a house and its street",))


def _unnumbered(stream: Stream, index: int) -> Hit | None:
    """ "I live on Elm Road"."""
    tokens, view = stream.tokens, stream.view
    before = tokens.words[max(0, index - 5) : index]
    if (
        index < 2
        or tokens.words[index] not in known_places().streets
        or "live" not in before
        or not ("i" in before or "we" in before)
    ):
        return None
    if not view.source[view.span(tokens.starts[index - 1], tokens.ends[index - 1])[0]].isupper():
        return None
    return hit(
        stream,
        "address",
        index - 1,
        index,
        0.62,
        " ".join(tokens.words[index - 1 : index + 1]),
        evidence=("street",),
    )


def town_after(stream: Stream, last: int) -> tuple[int, int]:
    """The last token of the towns after a street, and how many there are."""
    tokens, towns = stream.tokens, 0
    while towns < 3 and last + 2 < len(tokens.words):
        step = last + 1
        if tokens.words[step][0] not in ",\n" or (
            tokens.kinds[step] == BREAK and len(tokens.words[step]) > 1
        ):
            break
        if tokens.kinds[step] == SIGN and tokens.kinds[step + 1] == BREAK:
            step += 1
        until = step
        while until + 1 < len(tokens.words) and until - step < 3 and capital(stream, until + 1):
            until += 1
        closed = until + 1 >= len(tokens.words) or tokens.kinds[until + 1] != LETTERS
        if until == step or not (closed or tokens.words[step] == ","):
            break
        last, towns = until, towns + 1
    return last, towns


def _addressee(stream: Stream, first: int) -> int:
    """The token with which an address begins: lines before the street with a name or a flat."""
    tokens = stream.tokens
    lines = 0
    while lines < 2 and first >= 2 and tokens.words[first - 1] in ("\n", ","):
        start = first - 2
        while start > 0 and tokens.kinds[start - 1] != BREAK and first - start < 8:
            start -= 1
        line = range(start, first - 1)
        if not all(capital(stream, k) or tokens.kinds[k] != LETTERS for k in line) or len(line) > 5:
            break
        if tokens.words[first - 1] == "," and tokens.words[start] not in _FLATS:
            break
        first, lines = start, lines + 1
    return first


def capital(stream: Stream, index: int) -> bool:
    """Whether a word begins with a capital letter in the source."""
    tokens, view = stream.tokens, stream.view
    if tokens.kinds[index] != LETTERS:
        return False
    return view.source[view.span(tokens.starts[index], tokens.ends[index])[0]].isupper()
