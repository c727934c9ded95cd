"""A text as it looks, and where each of its characters came from."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field

from classifiers.normalise.shapes import disguises, fold


class _Folds(dict[str, str]):
    """Remembers `fold` per character; grows no larger than Unicode."""

    def __missing__(self, char: str) -> str:
        folded = self[char] = fold(char)
        return folded


class _Disguises(dict[str, bool]):
    def __missing__(self, char: str) -> bool:
        answer = self[char] = disguises(char)
        return answer


_FOLDS = _Folds()
_DISGUISES = _Disguises()
# A few plain characters between odd ones are not worth a run of their own.
_ODD = re.compile(r"[^\x00-\x7f](?:[\x00-\x7f]{0,8}[^\x00-\x7f])*")
_ESCAPED = re.compile("%[0-9A-Fa-f]{2}|&[^;]{0,8};")
_LINE_ENDS = str.maketrans("\r\x0b\x0c", "\n\n\n")
_NUMBERS = array("i", range(1 << 15))
"""The first numbers, to be copied: offsets are counted for every character of every message."""


@dataclass(frozen=True, slots=True)
class View:
    """A normalised text over its source.

    starts, ends: for every character of `text`, the span of `source` it stands for; None
        when the two have the same length and order. A mark that belongs to a character
        (a keycap, an accent) is inside that character's span.
    dropped: offsets of source characters that left nothing behind.
    glued: for every character of `text`, 1 when a reader has to put it there in thought (a
        sign that was a word, letters from separate lines); None when nothing is.
    """

    text: str
    source: str
    starts: array[int] | None = None
    ends: array[int] | None = None
    dropped: array[int] = field(default_factory=lambda: array("i"))
    glued: bytes | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Turn a span of `text` into the span of the source that covers exactly it."""
        if self.starts is None or self.ends is None or start >= end:
            return start, end
        first, last = self.starts[start], self.ends[end - 1]
        return (first, last) if first < last else (self.starts[end - 1], self.ends[start])

    def put_together(self, start: int, end: int) -> bool:
        """Whether a span of `text` only comes about in the reader's mind."""
        return self.glued is not None and 1 in self.glued[start:end]

    def may_be_disguised(self) -> bool:
        """Whether `disguised` can be true of any span; cheap, and so for the whole text at once."""
        if self.glued is not None:
            return True
        if self.starts is None:
            return False
        source = self.source
        if ("%" in source or "&" in source) and _ESCAPED.search(source) is not None:
            return True
        return any(_DISGUISES[char] for char in set(source) if not char.isascii())

    def disguised(self, start: int, end: int) -> bool:
        """Whether the source of a span of `text` hides behind look-alikes or invisible characters."""
        if self.put_together(start, end):
            return True
        if self.starts is None:
            return False
        first, last = self.span(start, end)
        shown = self.source[first:last]
        if not shown.isascii() and any(_DISGUISES[char] for char in shown):
            return True
        return self.ends is not None and any(
            self.ends[index] - self.starts[index] >= 3 and self.source[self.starts[index]] in "%&"
            for index in range(start, min(end, start + 64))
        )


def normalise(text: str) -> View:
    """Fold a text in one pass (DETECTION 1): linear, and a copy for plain ASCII."""
    if text.isascii() and not _has_old_line_ends(text):
        return View(text.lower(), text)
    out: list[str] = []
    starts, ends, dropped = array("i"), array("i"), array("i")
    done = 0
    for odd in _ODD.finditer(text):
        first, last = odd.span()
        _copy(text, done, first, out, starts, ends)
        _fold(text, first, last, out, starts, ends, dropped)
        done = last
    _copy(text, done, len(text), out, starts, ends)
    return View("".join(out), text, starts, ends, dropped)


def _copy(text: str, first: int, last: int, out: list[str], starts: array[int], ends: array[int]) -> None:
    """Fold a run of ASCII in one go: every character stays one character."""
    run = text[first:last].lower()
    out.append(run.translate(_LINE_ENDS) if _has_old_line_ends(run) else run)
    starts.extend(offsets(first, last))
    ends.extend(offsets(first + 1, last + 1))


def offsets(first: int, last: int) -> array[int]:
    """The numbers from first up to last, last left out."""
    return _NUMBERS[first:last] if last <= len(_NUMBERS) else array("i", range(first, last))


def _fold(
    text: str,
    first: int,
    last: int,
    out: list[str],
    starts: array[int],
    ends: array[int],
    dropped: array[int],
) -> None:
    """Fold a run in which characters are not ASCII, each by itself."""
    for offset in range(first, last):
        char = text[offset]
        folded = _FOLDS[char]
        if len(folded) == 1:
            out.append(folded)
            starts.append(offset)
            ends.append(offset + 1)
        elif folded:
            out.append(folded)
            starts.extend([offset] * len(folded))
            ends.extend([offset + 1] * len(folded))
        else:
            dropped.append(offset)
            if ends and ends[-1] == offset and _belongs_to_previous(char):
                _extend(ends, offset)


def _has_old_line_ends(text: str) -> bool:
    return "\r" in text or "\x0b" in text or "\x0c" in text


def _belongs_to_previous(char: str) -> bool:
    """Marks and variation selectors; a zero-width space belongs to nobody."""
    return "\u0300" <= char <= "\u036f" or "\ufe00" <= char <= "\ufe0f" or "\u20d0" <= char <= "\u20ff"


def _extend(ends: array[int], offset: int) -> None:
    """Let the last source character's span reach over the mark at `offset`."""
    index = len(ends) - 1
    while index >= 0 and ends[index] == offset:
        ends[index] = offset + 1
        index -= 1
