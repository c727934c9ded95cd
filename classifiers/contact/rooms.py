"""Meeting rooms by their numbers: "zoom id 812 3456 7890"."""

from __future__ import annotations

from classifiers.contact.chunks import chunk_at
from classifiers.contact.hits import Hit, hit
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, DIGITS
from classifiers.contact.words import any_of

_MOST_HITS = 200
_ROOMS = frozenset(("zoom", "meeting", "webex", "teams"))


def rooms(stream: Stream) -> list[Hit]:
    """Meeting numbers: "zoom id 812 3456 7890", "meeting code abc-defg-hij"."""
    tokens = stream.tokens
    found: list[Hit] = []
    for index in tokens.where(_ROOMS):
        word = tokens.words[index]
        if len(found) >= _MOST_HITS:
            break
        told = any_of(
            tokens.words[index + 1 : index + 5],
            frozenset(("id", "code", "number", "room", "pmi", "is", "no")),
        )
        digits, first, last = "", -1, -1
        for step in range(index + 1, min(index + 14, len(tokens.words))):
            if tokens.kinds[step] == DIGITS:
                digits += tokens.words[step]
                first, last = (step if first < 0 else first), step
            elif digits and (tokens.kinds[step] == BREAK or tokens.words[step] not in ("-", ",", ".")):
                break
        last = _passcode(stream, last)
        dialled = digits.startswith("0") and not stream.view.glued
        if 9 <= len(digits) <= 12 and (told or not dialled):
            found.append(
                hit(
                    stream,
                    "video_link",
                    first,
                    last,
                    0.85 if told else 0.7,
                    f"{word}:{digits}",
                    evidence=("number of a meeting room",),
                )
            )
    return found


def _passcode(stream: Stream, last: int) -> int:
    """The last token of a room's passcode that follows its number, else `last`."""
    tokens = stream.tokens
    for step in range(last + 1, min(last + 5, len(tokens.words) - 1)):
        if tokens.words[step] in ("passcode", "pw", "password", "pass", "pin", "pwd"):
            follows = step + 1
            while follows < len(tokens.words) - 1 and tokens.words[follows] in (":", "is", "=", "code"):
                follows += 1
            chunk = chunk_at(tokens, follows)
            return chunk.last if chunk is not None else step
    return last
