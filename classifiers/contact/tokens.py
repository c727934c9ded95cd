"""A view cut into words, digit runs and signs, in one pass."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from classifiers.normalise.view import View

MOST_TOKENS = 200_000
"""More than any message of a megabyte holds, unless somebody wants us to be slow."""

LETTERS, DIGITS, BLANK, BREAK, SIGN = "a", "d", " ", "n", "p"


class _Classes(dict[int, str]):
    """The class of every code point, found out once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char.isalpha():
            found = LETTERS
        elif "0" <= char <= "9":
            found = DIGITS
        elif char == "\n":
            found = BREAK
        elif char.isspace() or code < 32:
            found = BLANK
        else:
            found = "'" if char == "'" else SIGN
        self[code] = found
        return found


_CLASSES = _Classes()
_RUNS = re.compile(f"{LETTERS}+|{DIGITS}+|{BREAK}+|{SIGN}+")  # of classes, not of the text
_SAME = re.compile(r"(.)\1*", re.DOTALL)


@dataclass(slots=True)
class Tokens:
    """Parallel lists, one entry a token; blanks are no tokens.

    words: the text, apostrophes left out; a run of one sign is one token. kinds: LETTERS,
    DIGITS, BREAK (a run of line ends) or SIGN. starts, ends: offsets in `view.text`.
    """

    view: View
    words: list[str]
    kinds: list[str]
    starts: list[int]
    ends: list[int]

    def tight(self, index: int) -> bool:
        """Whether nothing stands between this token and the next."""
        return index + 1 < len(self.starts) and self.ends[index] == self.starts[index + 1]

    def index_at(self, offset: int) -> int:
        """The first token that starts at or after an offset of the view."""
        return bisect_left(self.starts, offset)


def tokenise(view: View, most: int = MOST_TOKENS) -> Tokens:
    """Cut a view into tokens, the first `most` of them."""
    text = view.text
    classes = text.translate(_CLASSES)
    apostrophes = "'" in classes
    if apostrophes:
        classes = _apostrophes(classes)
    spans = list(islice(_spans(text, classes), most))
    words = [text[start:end] for start, end in spans]
    kinds = [classes[start] for start, _ in spans]
    if apostrophes:
        words = [
            word.replace("'", "") if kind == LETTERS else word
            for word, kind in zip(words, kinds, strict=True)
        ]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    return Tokens(view, words, kinds, starts, ends)


def _spans(text: str, classes: str) -> Iterator[tuple[int, int]]:
    """The start and end of each token."""
    runs = (run.span() for run in _RUNS.finditer(classes))
    if SIGN * 2 not in classes:
        yield from runs
        return
    for start, end in runs:
        if end - start > 1 and classes[start] == SIGN:
            yield from (same.span() for same in _SAME.finditer(text, start, end))
        else:
            yield start, end


def _apostrophes(classes: str) -> str:
    """Let an apostrophe between letters be a letter ("what's"), any other a sign."""
    pieces = classes.split("'")
    out = [pieces[0]]
    for before, after in pairwise(pieces):
        inside = before[-1:] == LETTERS and after[:1] == LETTERS
        out.append((LETTERS if inside else SIGN) + after)
    return "".join(out)
