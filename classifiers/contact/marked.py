"""Names that a sign or a code marks as such: "@jane_99", "jane#1234", "u/jane99", "SW-1234-5678-9012"."""

from __future__ import annotations

from classifiers.contact.chunks import Chunk, chunk_at, chunk_before, handle_shaped
from classifiers.contact.hits import Hit, hit
from classifiers.contact.made_up import INVITING, MOST_HITS, SIGNS, named
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import DIGITS, LETTERS
from classifiers.contact.words import STRONG, WEAK, is_english, lexicon

_CODE_WORDS = frozenset(("sw", "u", "code"))


def marked(stream: Stream, names: frozenset[str]) -> list[Hit]:
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
    if stream.cue("code", index, chunk.last, 24, 14):
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


def coded(stream: Stream) -> list[Hit]:
    """Friend codes ("SW-1234-5678-9012") and "u/name"."""
    tokens = stream.tokens
    found: list[Hit] = []
    for index in tokens.where(_CODE_WORDS):
        word = tokens.words[index]
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
