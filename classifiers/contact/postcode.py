"""Postcodes: whole, spelt, and the first half of one's own."""

from __future__ import annotations

from classifiers.contact.chunks import number_word
from classifiers.contact.gazetteer import known_places
from classifiers.contact.hits import Hit, hit
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN
from classifiers.contact.words import any_of

_ORDINALS = frozenset(("1st", "2nd", "3rd", *(f"{digit}th" for digit in range(10))))
_SPACE_WORDS = frozenset(("and", "then", "space", "gap"))


def postcode_at(stream: Stream, last: int) -> Hit | None:
    """The full postcode that ends with a token, however it is spaced."""
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
        if is_postcode(compact):
            found = first
    if found < 0 or (found and tokens.tight(found - 1) and tokens.kinds[found - 1] in (LETTERS, DIGITS)):
        return None
    return _scored_postcode(stream, found, last)


def spelt_postcode(stream: Stream, index: int) -> Hit | None:
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
        if is_postcode(compact) and len(compact) >= 5 and spelt:
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


def half_postcode(stream: Stream, index: int) -> Hit | None:
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
    if value[-3:] in _ORDINALS and not stream.cue("home", first, last, 8, 2):
        score -= 0.4  # "E4 2nd floor"
    if value in known_places().public and stream.cue("office", first, last, 12, 12):
        score = 0.2
    return hit(
        stream, "postcode", first, last, score, f"{value[:-3]} {value[-3:]}".upper(), evidence=("postcode",)
    )


def is_postcode(text: str) -> bool:
    """Whether letters and digits run together are a full postcode: "sw1a1aa"."""
    outward, inward = text[:-3], text[-3:]
    if not (2 <= len(outward) <= 4 and inward[:1].isdigit() and inward[1:].isalpha()):
        return False
    if set(inward[1:]) & set("cikmov") and outward[:2] != "zz":  # where nobody lives, letters are free
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
