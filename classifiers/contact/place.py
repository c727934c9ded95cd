"""Where somebody is to be found: postcodes, streets, three-word addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

from classifiers.contact.chunks import number_word
from classifiers.contact.hits import HOLD, Hit, hit
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN
from classifiers.contact.words import LONGEST_REMEMBERED, any_of, entries, lexicon, table

_MOST_HITS = 100
_SPACE_WORDS = frozenset(("and", "then", "space", "gap"))
_TELLING = frozenset(("postcode", "postcodes", "zipcode", "code", "what3words", "w3w", "words"))
_FLATS = frozenset(("flat", "apartment", "apt", "unit"))


@dataclass(frozen=True, slots=True)
class Places:
    """Words of addresses (config/words/places.toml)."""

    areas: frozenset[str]
    streets: frozenset[str]
    perhaps_streets: frozenset[str]
    landmarks: frozenset[str]
    public: frozenset[str]
    endings: tuple[str, ...]
    vague: frozenset[str]


@cache
def known_places() -> Places:
    """The shipped words of addresses; read once a process."""
    file = table("places")
    return Places(
        areas=frozenset(file["areas"].split()),
        streets=frozenset(file["streets"].split()),
        perhaps_streets=frozenset(file["perhaps_streets"].split()),
        landmarks=frozenset(entries(file["landmarks"])),
        public=frozenset(entry.replace(" ", "") for entry in entries(file["public_postcodes"])),
        endings=tuple(file["endings"].split()),
        vague=frozenset(file["vague"].split()),
    )


def places(stream: Stream) -> list[Hit]:
    """Postcodes, street addresses and what3words."""
    tokens, known = stream.tokens, known_places()
    found: list[Hit] = []
    for index, (word, kind) in enumerate(zip(tokens.words, tokens.kinds, strict=True)):
        if kind == LETTERS and len(word) <= LONGEST_REMEMBERED and not _may_place(word):
            continue
        one: Hit | None = None
        if kind == LETTERS:
            if len(word) == 2 and index and tokens.kinds[index - 1] == DIGITS:
                one = _postcode(stream, index)
            elif word in known.streets or word in known.perhaps_streets or word.endswith(known.endings):
                one = _street(stream, index)
            elif word in ("postcode", "postcodes", "zipcode") or (
                word == "code" and index and tokens.words[index - 1] == "post"
            ):
                one = _spelt_postcode(stream, index) or _half_postcode(stream, index)
            elif word in ("what3words", "w3w", "words"):
                one = _three_words(stream, index)
        elif word == "///":
            one = _three_words(stream, index)
        elif kind == DIGITS and len(word) <= 3 and word[0] != "0":
            one = _house(stream, index)
        if one is not None and one.score >= 0.3:
            found.append(one)
        if len(found) >= _MOST_HITS:
            break
    return _with_postcodes(stream, found)


@lru_cache(maxsize=20_000)
def _may_place(word: str) -> bool:
    """Whether a word can be part of what `places` looks at: most cannot."""
    known = known_places()
    return (
        len(word) == 2
        or word in known.streets
        or word in known.perhaps_streets
        or word in _TELLING
        or word.endswith(known.endings)
    )


def _with_postcodes(stream: Stream, found: list[Hit]) -> list[Hit]:
    """Addresses reach as far as the postcode that ends them."""
    text = stream.view.text
    codes = [one for one in found if one.category == "postcode"]
    out: list[Hit] = []
    for one in found:
        code = next((code for code in codes if 0 <= code.start - one.end <= 60), None)
        if one.category == "address" and code is not None and _is_tail(text[one.end : code.start]):
            one = replace(one, end=code.end, score=max(one.score, 0.9 if code.score >= HOLD else 0.0))
        out.append(one)
    return out


def _is_tail(between: str) -> bool:
    """Whether what stands between a street and a postcode can be a town."""
    return len(between.split()) <= 6 and not set(between) & set(".!?;:")


def _is_postcode(text: str) -> bool:
    """Whether letters and digits run together are a full postcode: "sw1a1aa"."""
    outward, inward = text[:-3], text[-3:]
    if not (2 <= len(outward) <= 4 and inward[:1].isdigit() and inward[1:].isalpha()):
        return False
    if set(inward[1:]) & set("cikmov"):
        return False
    area = outward[: 2 if outward[:2].isalpha() else 1]
    district = outward[len(area) :]
    digits = district.rstrip("abcdefghjkmnprstuvwxy")
    return (
        area in known_places().areas
        and digits.isdigit()
        and len(digits) <= 2
        and len(district) - len(digits) <= 1
    )


def _postcode(stream: Stream, last: int) -> Hit | None:
    tokens, text = stream.tokens, stream.view.text
    if not tokens.tight(last - 1) or (tokens.tight(last) and tokens.kinds[last + 1] in (LETTERS, DIGITS)):
        return None
    found, compact, first = -1, tokens.words[last], last
    while first > 0 and len(compact) < 8:
        before = first - 1
        if tokens.words[before] in _SPACE_WORDS and len(compact) == 3 and last - before <= 4:
            first = before
            continue
        between = text[tokens.ends[before] : tokens.starts[first]]
        if first < last and tokens.words[first] in _SPACE_WORDS and tokens.kinds[before] == DIGITS:
            between = ""
        if tokens.words[before] in ("-", "\n") and first == last - 1:
            first = before
            continue
        if tokens.kinds[before] not in (LETTERS, DIGITS) or between.strip() or len(between) > 4:
            break
        compact, first = tokens.words[before] + compact, before
        if _is_postcode(compact):
            found = first
    if found < 0 or (found and tokens.tight(found - 1) and tokens.kinds[found - 1] in (LETTERS, DIGITS)):
        return None
    return _scored_postcode(stream, found, last)


def _scored_postcode(stream: Stream, first: int, last: int) -> Hit:
    tokens, view = stream.tokens, stream.view
    start, end = view.span(tokens.starts[first], tokens.ends[last])
    seen = view.source[start:end]
    score = 0.8 if seen == seen.upper() and any(char.isspace() for char in seen) else 0.55
    if view.put_together(tokens.starts[first], tokens.ends[last]):
        score = 0.8
    if stream.cue("home", first, last, 8, 2):
        score = max(score, 0.7) + 0.15
    if stream.cue("not_postcode", first, last, 4, 2):
        score -= 0.4
    if stream.cue("office", first, last, 8, 3):
        score -= 0.35
    value = "".join(
        word for word in tokens.words[first : last + 1] if word not in _SPACE_WORDS and word.isalnum()
    )
    if value in known_places().public and stream.cue("office", first, last, 12, 12):
        score = 0.2
    return hit(
        stream, "postcode", first, last, score, f"{value[:-3]} {value[-3:]}".upper(), evidence=("postcode",)
    )


def _spelt_postcode(stream: Stream, index: int) -> Hit | None:
    """ "postcode is S W one A, one A A": letters and number words after the word."""
    tokens = stream.tokens
    compact, first, last, spelt = "", -1, -1, False
    for step in range(index + 1, min(index + 14, len(tokens.words))):
        word, kind = tokens.words[step], tokens.kinds[step]
        digits = word if kind == DIGITS else number_word(word)
        if digits and len(digits) <= 2:
            piece, spelt = digits, spelt or kind == LETTERS
        elif kind == LETTERS and len(word) <= 2 and word not in ("is", "my", "of", "at", "to", "it"):
            piece = word
        elif compact and kind != BREAK and kind == LETTERS:
            break
        else:
            continue
        first, last, compact = (step if first < 0 else first), step, compact + piece
        if _is_postcode(compact) and len(compact) >= 5 and spelt:
            return hit(
                stream,
                "postcode",
                first,
                last,
                0.85,
                compact[:-3].upper() + " " + compact[-3:].upper(),
                evasive=spelt,
                evidence=("postcode",),
            )
    return None


def _street(stream: Stream, index: int) -> Hit | None:
    """ "14 Acacia Avenue": a number, one to three words, a word for a street."""
    tokens, view = stream.tokens, stream.view
    first = index - 1
    while (
        first >= max(0, index - 3) and tokens.kinds[first] == LETTERS and not number_word(tokens.words[first])
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
    last, towns = _town(stream, index)
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


def _house(stream: Stream, index: int) -> Hit | None:
    """ "door number is 54, Foundry Lonnen, Wallsend": a number and names, said to be a home."""
    tokens = stream.tokens
    before = tokens.words[max(0, index - 6) : index]
    step = index + 1
    if tokens.words[step : step + 1] == [","]:
        step += 1
    count = 0
    while step < len(tokens.words) and count < 3 and _capital(stream, step):
        step, count = step + 1, count + 1
    were_at = before[-1:] == ["at"] and any_of(
        before[-3:], frozenset(("were", "im", "we", "i", "us", "house", "me"))
    )
    if not count or not (were_at or any_of(before, lexicon().context["at_home"])):
        return None
    last, towns = _town(stream, step - 1)
    score = (0.55 if were_at else 0.45) + 0.15 * min(count, 2) + 0.15 * min(towns, 2)
    if (
        any_of(before, frozenset(("year", "page", "question", "chapter", "unit", "grade", "at", "bus")))
        and not towns
    ):
        score -= 0.3
    said = " ".join(tokens.words[index : last + 1])
    return hit(stream, "address", index, last, score, said, evidence=("a house and its street",))


def _town(stream: Stream, last: int) -> tuple[int, int]:
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
        while until + 1 < len(tokens.words) and until - step < 3 and _capital(stream, until + 1):
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
        if not all(_capital(stream, k) or tokens.kinds[k] != LETTERS for k in line) or len(line) > 5:
            break
        if tokens.words[first - 1] == "," and tokens.words[start] not in _FLATS:
            break
        first, lines = start, lines + 1
    return first


def _capital(stream: Stream, index: int) -> bool:
    tokens, view = stream.tokens, stream.view
    if tokens.kinds[index] != LETTERS:
        return False
    return view.source[view.span(tokens.starts[index], tokens.ends[index])[0]].isupper()


def _half_postcode(stream: Stream, index: int) -> Hit | None:
    """ "my postcode is BD7 something": the first half, said to be one's own."""
    tokens = stream.tokens
    for step in range(index + 1, min(index + 7, len(tokens.words) - 1)):
        area, district = tokens.words[step], tokens.words[step + 1]
        if area in known_places().areas and tokens.kinds[step + 1] == DIGITS and tokens.tight(step):
            whole = tokens.words[step + 2 : step + 4]
            if (len(whole) == 2 and whole[0].isdigit() and len(whole[1]) == 2) or tokens.tight(step + 1):
                return None
            if len(district) > 2 or not (
                stream.cue("mine", index, index, 4, 0)
                or any_of(stream.around(step, step + 1, 8, 5), known_places().vague)
            ):
                return None
            return hit(
                stream,
                "postcode",
                step,
                step + 1,
                0.62,
                (area + district).upper(),
                evidence=("half a postcode",),
            )
        if tokens.kinds[step] == SIGN and area[0] in ".!?":
            break
    return None


def _three_words(stream: Stream, index: int) -> Hit | None:
    """ "///filled.count.soap", or three dotted words after what3words is named."""
    tokens = stream.tokens
    marked = tokens.words[index] == "///"
    for step in range(index + 1, min(index + (2 if marked else 8), len(tokens.words) - 4)):
        words = tokens.words[step : step + 5]
        if (
            words[1] == words[3] == "."
            and all(len(word) >= 3 and word.isalpha() for word in words[::2])
            and all(tokens.tight(step + k) for k in range(4))
        ):
            return hit(
                stream,
                "address",
                index if marked else step,
                step + 4,
                0.92,
                "///" + "".join(words),
                evidence=("what3words",),
            )
    return None
