"""Names that show by their form: "@jane_99", "jane#1234", "u/jane99", "SW-1234-5678-9012"."""

from __future__ import annotations

from classifiers.contact.chunks import Chunk, chunk_at, chunk_before, handle_shaped
from classifiers.contact.hits import Hit, hit
from classifiers.contact.hosts import hosts
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.words import STRONG, WEAK, is_english, lexicon

MOST_HITS = 200
SIGNS = frozenset("._")
INVITING = frozenset("ADSTCmMuIK")
"""Symbols of verbs and pronouns by which a text invites somebody."""


_CALLING = frozenset("ADTjm")


def usernames(stream: Stream, names: frozenset[str], *, said: bool) -> list[Hit]:
    """User names that need no platform beside them, and those a named platform explains.

    names: folded words of names the directory knows. said: the text is somebody's words.
    """
    found = _marked(stream, names) + _coded(stream) + _loose(stream)
    if stream.view.glued is not None or stream.view.starts is not None:
        found += _put_together(stream)
    return found + _bare(stream) if said else found


def _put_together(stream: Stream) -> list[Hit]:
    """Names of which the signs or letters were spelt: nobody spells "underscore" for fun."""
    tokens, view = stream.tokens, stream.view
    told = bool({STRONG, WEAK} & set(stream.symbols)) or bool(_CALLING & set(stream.symbols))
    found: list[Hit] = []
    index = 0
    while index < len(tokens.words) and len(found) < MOST_HITS:
        chunk = chunk_at(tokens, index, SIGNS)
        if chunk is None:
            index += 1
            continue
        index = chunk.last + 1
        spelt = view.disguised(tokens.starts[chunk.first], tokens.ends[chunk.last])
        hosted = chunk.text.rsplit(".", 1)[-1] in ("com", "org", "net", "uk", "co")
        dotted = (
            told
            and not hosted
            and "." in chunk.text
            and chunk.text.replace(".", "").isalpha()
            and handle_shaped(chunk.text)
        )
        if not spelt or is_host(stream, chunk) or not (_made_up(chunk.text) or dotted):
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


def _marked(stream: Stream, names: frozenset[str]) -> list[Hit]:
    """ "@name" and "name#1234"."""
    tokens = stream.tokens
    if "@" not in stream.view.text and "#" not in stream.view.text:
        return []
    found: list[Hit] = []
    for index, word in enumerate(tokens.words):
        if (
            word == "@"
            and tokens.tight(index)
            and not (index and tokens.tight(index - 1) and tokens.kinds[index - 1] in (LETTERS, DIGITS))
        ):
            chunk = chunk_at(tokens, index + 1, SIGNS)
            if chunk is not None and (score := _at_name(stream, index, chunk, names)) > 0:
                found.append(
                    hit(
                        stream,
                        "handle",
                        index,
                        chunk.last,
                        score,
                        named(stream, index, chunk.text),
                        evidence=("user name after @",),
                    )
                )
        elif (
            word == "#"
            and index
            and tokens.tight(index - 1)
            and tokens.tight(index)
            and tokens.kinds[index + 1] == DIGITS
        ):
            tagged = chunk_before(tokens, index - 1, SIGNS)
            digits = tokens.words[index + 1]
            if (
                tagged
                and 4 <= len(digits) <= 6
                and any(c.isalpha() for c in tagged.text)
                and tagged.text not in lexicon().common
            ):
                found.append(
                    hit(
                        stream,
                        "handle",
                        tagged.first,
                        index + 1,
                        0.82,
                        f"discord:{tagged.text}#{digits}",
                        evidence=("user name with a number",),
                    )
                )
        if len(found) >= MOST_HITS:
            break
    return found


def _at_name(stream: Stream, index: int, chunk: Chunk, names: frozenset[str]) -> float:
    tokens, text = stream.tokens, chunk.text
    if sum(char.isalpha() for char in text) < 2 or text.split(".")[0] in lexicon().not_handles:
        return 0.0
    if tokens.tight(chunk.last) and tokens.words[chunk.last + 1][0] in "(@:{/":
        return 0.0 if tokens.words[chunk.last + 1][0] != "@" else 0.3
    if not text[0].isalpha() and text[0] != "_" and not handle_shaped("x" + text):
        return 0.0
    if stream.cue("code", index, chunk.last, 14, 14):
        return 0.0
    place = stream.place(index)
    near = stream.symbols[max(0, place - 8) : place + 6]
    if STRONG in near or WEAK in near:
        return 0.92
    if text in names:
        return 0.0
    inviting = bool(INVITING & set(stream.symbols[max(0, place - 5) : place]))
    if handle_shaped(text):
        return 0.9 if inviting else 0.82
    if inviting:
        return 0.82
    return 0.55 if len(text) >= 7 and not is_english(text) else 0.0


def _coded(stream: Stream) -> list[Hit]:
    """Friend codes ("SW-1234-5678-9012") and "u/name"."""
    tokens = stream.tokens
    found: list[Hit] = []
    for index, word in enumerate(tokens.words):
        if (
            word == "sw"
            and [len(part) for part in tokens.words[index + 1 : index + 7]] == [1, 4, 1, 4, 1, 4]
            and tokens.words[index + 2].isdigit()
        ):
            found.append(
                hit(
                    stream,
                    "handle",
                    index,
                    index + 6,
                    0.85,
                    "nintendo:" + "".join(tokens.words[index : index + 7]),
                    evidence=("friend code",),
                )
            )
        elif (
            word == "u"
            and tokens.words[index + 1 : index + 2] == ["/"]
            and tokens.tight(index)
            and tokens.tight(index + 1)
        ):
            chunk = chunk_at(tokens, index + 2, frozenset("_-"))
            if (
                chunk is not None
                and len(chunk.text) >= 4
                and not (index and tokens.tight(index - 1) and tokens.words[index - 1] != "/")
            ):
                near = "reddit" in tokens.words[max(0, index - 4) : index]
                if near or handle_shaped(chunk.text):
                    found.append(
                        hit(
                            stream,
                            "handle",
                            index,
                            chunk.last,
                            0.82,
                            f"reddit:{chunk.text}",
                            evidence=("user name",),
                        )
                    )
        elif word == "code" and index and tokens.words[index - 1] == "friend":
            digits = next(
                (
                    step
                    for step in range(index + 1, min(index + 5, len(tokens.words)))
                    if len(tokens.words[step]) >= 8 and tokens.kinds[step] == DIGITS
                ),
                -1,
            )
            if digits > 0:
                found.append(
                    hit(
                        stream,
                        "handle",
                        digits,
                        digits,
                        0.82,
                        f"friend code:{tokens.words[digits]}",
                        evidence=("friend code",),
                    )
                )
        if len(found) >= MOST_HITS:
            break
    return found


def _bare(stream: Stream) -> list[Hit]:
    """ "I'm jane_99 everywhere", or a message that is nothing but a made-up name."""
    if len(stream.symbols) > 14:
        return []
    tokens = stream.tokens
    for index in range(len(tokens.words)):
        if not tokens.tight(index) or (index and tokens.tight(index - 1)):
            continue
        chunk = chunk_at(tokens, index, SIGNS)
        if chunk is None or not _made_up(chunk.text) or is_host(stream, chunk) or _is_code(stream, chunk):
            continue
        before, after = tokens.words[max(0, index - 2) : index], tokens.words[chunk.last + 1 : chunk.last + 4]
        alone = len(stream.symbols) <= 4 and len(tokens.words) - (chunk.last - chunk.first) <= 3
        if (
            alone
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


def _made_up(text: str) -> bool:
    """A user name beyond doubt: an underscore, or letters with digits, and no file or lesson code."""
    if not handle_shaped(text) or lesson_code(text) or text.rsplit(".", 1)[-1] in hosts().file_types:
        return False
    return "_" in text or (text[-1].isdigit() and sum(char.isalpha() for char in text) >= 4)


def _loose(stream: Stream) -> list[Hit]:
    """Names that look made up, in a text that also names a platform and invites."""
    symbols = stream.symbols
    offered = [place for place, symbol in enumerate(symbols) if symbol in (STRONG, WEAK, "u")][:MOST_HITS]
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
    for index, (end, start) in enumerate(zip(tokens.ends, tokens.starts[1:], strict=False)):
        if index <= past or end != start or _closed(tokens, index + 1):
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
        if _is_code(stream, chunk):
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


def named(stream: Stream, index: int, text: str) -> str:
    """The canonical "platform:name", with the nearest platform around a token."""
    place = stream.place(index)
    near = (
        sorted(stream.platforms, key=lambda other: abs(other - place)) if len(stream.platforms) <= 64 else []
    )
    if near and abs(near[0] - place) <= 12:
        return f"{stream.platforms[near[0]]}:{text}"
    return f"handle:{text}"


def lesson_code(text: str) -> bool:
    """Whether a made-up looking word is one of lessons: "year10", "unit_2"."""
    if text in lexicon().texting:
        return True
    letters = text.rstrip("0123456789").strip("_.")
    return text != letters and letters in lexicon().lesson_codes


def is_host(stream: Stream, chunk: Chunk) -> bool:
    """Whether a chunk is the beginning of a link or an address."""
    tokens = stream.tokens
    follows = chunk.last + 1
    return (
        tokens.tight(chunk.last)
        and tokens.words[follows][0] in "/(@"
        and "." in chunk.text + tokens.words[follows]
    )


def _is_code(stream: Stream, chunk: Chunk) -> bool:
    """Whether an identifier stands in a line of a program."""
    tokens = stream.tokens
    if chunk.last + 1 < len(tokens.words) and tokens.words[chunk.last + 1][0] in "([=;{":
        return True
    lead = tokens.words[max(0, chunk.first - 2) : chunk.first]
    return not lexicon().code.isdisjoint(lead) or (bool(lead) and lead[-1][0] in "(=[{")
