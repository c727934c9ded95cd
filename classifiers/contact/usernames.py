"""Names that show by their form, with a platform beside them or alone: "jane_99", "jane.smith9"."""

from __future__ import annotations

from classifiers.contact.chunks import chunk_at, handle_shaped
from classifiers.contact.hits import Hit, hit
from classifiers.contact.made_up import (
    INVITING,
    MOST_HITS,
    SIGNS,
    is_code,
    is_host,
    lesson_code,
    made_up,
    named,
)
from classifiers.contact.marked import coded, marked
from classifiers.contact.stream import Stream
from classifiers.contact.symbols import places_of
from classifiers.contact.tokens import BREAK, SIGN, Tokens
from classifiers.contact.traits import FIGURED, traits_of
from classifiers.contact.words import STRONG, WEAK, is_english, lexicon

_CALLING = frozenset("ADTjm")


def usernames(stream: Stream, names: frozenset[str], *, said: bool) -> list[Hit]:
    """User names that need no platform beside them, and those a named platform explains.

    names: folded words of names the directory knows. said: the text is somebody's words.
    """
    found = marked(stream, names) + coded(stream) + _loose(stream)
    if stream.view.may_be_disguised():
        found += _put_together(stream)
    return found + _bare(stream) if said else found


def _put_together(stream: Stream) -> list[Hit]:
    """Names of which the signs or letters were spelt: nobody spells "underscore" for fun."""
    tokens, view = stream.tokens, stream.view
    told = bool({STRONG, WEAK} & set(stream.symbols)) or bool(_CALLING & set(stream.symbols))
    found: list[Hit] = []
    past = -1
    # A plain word that stands alone is no made-up name.
    for index in sorted(stream.mended.union(tokens.touching())):
        if index <= past or (chunk := chunk_at(tokens, index, SIGNS)) is None:
            continue
        if len(found) >= MOST_HITS:
            break
        past = chunk.last
        spelt = view.disguised(tokens.starts[chunk.first], tokens.ends[chunk.last])
        hosted = chunk.text.rsplit(".", 1)[-1] in ("com", "org", "net", "uk", "co")
        dotted = (
            told
            and not hosted
            and "." in chunk.text
            and chunk.text.replace(".", "").isalpha()
            and handle_shaped(chunk.text)
        )
        if not spelt or is_host(stream, chunk) or not (made_up(chunk.text) or dotted):
            continue
        if chunk.first and tokens.tight(chunk.first - 1) and tokens.words[chunk.first - 1][0] in "/@.#":
            continue
        parts = chunk.text.replace(".", "_").split("_")
        if not told and all(is_english(part) or part.isdigit() or len(part) < 2 for part in parts):
            continue
        name = named(stream, chunk.first, chunk.text)
        score = 0.84 if told else 0.6
        found.append(
            hit(stream, "handle", chunk.first, chunk.last, score, name, evidence=("a made-up name",))
        )
    return found


def _bare(stream: Stream) -> list[Hit]:
    """ "I'm jane_99 everywhere", or a message that is nothing but a made-up name."""
    if len(stream.symbols) > 14:
        return []
    tokens = stream.tokens
    for index in tokens.touching():
        if index and tokens.tight(index - 1):
            continue
        chunk = chunk_at(tokens, index, SIGNS)
        if chunk is None or not made_up(chunk.text) or is_host(stream, chunk) or is_code(stream, chunk):
            continue
        before, after = tokens.words[max(0, index - 2) : index], tokens.words[chunk.last + 1 : chunk.last + 4]
        place = stream.place(chunk.last + 1)
        asked = (
            stream.symbols[place : place + 2] in ("Am", "Dm")
            or stream.symbols[max(0, stream.place(chunk.first) - 1) : stream.place(chunk.first)] == "A"
        )
        alone = len(stream.symbols) <= 4 and len(tokens.words) - (chunk.last - chunk.first) <= 3
        if (
            alone
            or asked
            or not lexicon().saying.isdisjoint(before[-1:])
            or not lexicon().everywhere.isdisjoint(after)
        ):
            return [
                hit(
                    stream,
                    "handle",
                    chunk.first,
                    chunk.last,
                    0.62,
                    named(stream, chunk.first, chunk.text),
                    evidence=("a made-up name by itself",),
                )
            ]
    return []


def _loose(stream: Stream) -> list[Hit]:
    """Names that look made up, in a text that also names a platform and invites."""
    symbols, text = stream.symbols, stream.view.text
    if not (stream.mended or "_" in text or traits_of(stream.tokens).any & FIGURED):
        return []
    offered = places_of(symbols, STRONG + WEAK + "u")[:MOST_HITS]
    strong = [
        place
        for place in offered
        if symbols[place] == STRONG
        or (symbols[place] in (WEAK, "u") and INVITING & set(symbols[max(0, place - 4) : place + 4]))
    ]
    if not strong or not INVITING & set(symbols):
        return []
    tokens = stream.tokens
    found: list[Hit] = []
    past = -1
    for index in tokens.touching():
        if index <= past or _closed(tokens, index + 1):
            continue
        if (chunk := chunk_at(tokens, index, SIGNS)) is None:
            continue
        if len(found) >= MOST_HITS:
            break
        past = chunk.last
        if (
            chunk.first == chunk.last
            or not handle_shaped(chunk.text)
            or lesson_code(chunk.text)
            or is_host(stream, chunk)
        ):
            continue
        if is_code(stream, chunk) or stream.cue("secrets", chunk.first, chunk.last, 14, 14):
            continue
        if chunk.first and tokens.tight(chunk.first - 1) and tokens.words[chunk.first - 1][0] in "/@.#":
            continue
        if "." in chunk.text and "_" not in chunk.text and not any(char.isdigit() for char in chunk.text):
            continue
        place = stream.place(chunk.first)
        if min(abs(place - other) for other in strong[:32]) <= 25:
            found.append(
                hit(
                    stream,
                    "handle",
                    chunk.first,
                    chunk.last,
                    0.8,
                    named(stream, chunk.first, chunk.text),
                    evidence=("user name in a text that names a platform",),
                )
            )
    return found


def _closed(tokens: Tokens, index: int) -> bool:
    """Whether a name cannot go on at a token."""
    kind = tokens.kinds[index]
    return kind == BREAK or (kind == SIGN and tokens.words[index][0] not in SIGNS)
