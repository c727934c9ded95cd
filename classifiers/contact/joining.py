"""Pieces of a text joined to a second view of it: what stands side by side, and what is left out."""

from __future__ import annotations

from array import array

from classifiers.contact.spelling import FIGURE, LINE_END, SPELT, SPELT_SIGN, WORD, Piece
from classifiers.normalise.view import View

_EDGES = frozenset("@._/-")
_SHORT_LINE = 16


def stacked_lines(text: str) -> frozenset[int]:
    """The line ends that only part one value: between single characters, or beside a sign."""
    lines = text.split("\n")
    found: set[int] = set()
    at = 0
    for number, line in enumerate(lines[:-1]):
        at += len(line)
        first, second = line.strip(), lines[number + 1].strip()
        if first and second and " " not in first[-_SHORT_LINE:] + second[:_SHORT_LINE]:
            short = len(first) <= _SHORT_LINE and len(second) <= _SHORT_LINE
            neighbours = [line_.strip() for line_ in lines[max(0, number - 1) : number + 3]]
            stack = sum(0 < len(one) <= _SHORT_LINE and " " not in one for one in neighbours) >= 3
            edge = (first[-1] in _EDGES and len(first) <= _SHORT_LINE) or second[0] in _EDGES
            single = len(first) <= 2 and len(second) <= 2
            if short and ((single and stack) or (edge and first[-1] not in "-" and second[0] != "-")):
                found.add(at)
        at += 1
    return frozenset(found)


def joined(view: View, pieces: list[Piece], stacked: frozenset[int], seams: frozenset[int]) -> View | None:
    """The view with its pieces put together, None when none are."""
    draft, text = _Draft(view), view.text
    previous: Piece | None = None
    for number, piece in enumerate(pieces):
        if piece.kind == LINE_END and piece.start in stacked | seams and previous is not None:
            after = pieces[number + 1] if number + 1 < len(pieces) else None
            if piece.start not in seams or (after is not None and _seam_closes(previous, after)):
                draft.leave_out(previous.end, piece.end)
                previous = Piece(previous.text, previous.start, piece.end, previous.kind)
                continue
        joined = False
        if previous is not None and previous.end < piece.start:
            gap = text[previous.end : piece.start]
            tight_after = text[piece.end : piece.end + 1].strip() != ""
            joined = _joins(previous, piece, gap, stacked | seams, tight_after=tight_after)
            if joined:
                draft.leave_out(previous.end, piece.start)
        if piece.kind in (SPELT, SPELT_SIGN):
            draft.say(piece)
        previous = piece
    return draft.view()


class _Draft:
    """A view in the making: stretches of the old one, and what is said instead of others."""

    def __init__(self, view: View) -> None:
        self._view, self._at = view, 0
        self._out: list[str] = []
        self._starts, self._ends, self._glued = array("i"), array("i"), bytearray()
        self._mark_next = False

    def leave_out(self, start: int, end: int) -> None:
        """Leave out a stretch; what follows it is put together with what came before."""
        self._copy(start)
        self._at, self._mark_next = max(self._at, end), True
        if self._glued:
            self._glued[-1] = 1

    def say(self, piece: Piece) -> None:
        """Let a piece stand for its stretch."""
        self._copy(piece.start)
        size = len(piece.text)
        first, last = self._view.span(piece.start, piece.end)
        self._out.append(piece.text)
        self._starts.extend([first] * size)
        self._ends.extend([last] * size)
        self._glued.extend(b"\x01" * size)
        self._at, self._mark_next = piece.end, False

    def view(self) -> View | None:
        """The view, None when nothing in it is new."""
        self._copy(len(self._view.text))
        if 1 not in self._glued:
            return None
        old = self._view
        return View("".join(self._out), old.source, self._starts, self._ends, old.dropped, bytes(self._glued))

    def _copy(self, until: int) -> None:
        start, old = self._at, self._view
        if until <= start:
            return
        self._out.append(old.text[start:until])
        if old.starts is None or old.ends is None:
            self._starts.extend(range(start, until))
            self._ends.extend(range(start + 1, until + 1))
        else:
            self._starts.extend(old.starts[start:until])
            self._ends.extend(old.ends[start:until])
        self._glued.extend(bytes(until - start))
        if self._mark_next:
            self._glued[start - until] = 1
            self._mark_next = False
        self._at = until


def _seam_closes(before: Piece, after: Piece) -> bool:
    """Whether the end of a message only parts one value: there is a sign on either side."""
    if before.kind == SPELT_SIGN or after.kind == SPELT_SIGN:
        return True
    return before.text[-1:] in _EDGES - {"."} or after.text[:1] in _EDGES


def _joins(before: Piece, after: Piece, gap: str, line_ends: frozenset[int], *, tight_after: bool) -> bool:
    """Whether nothing is meant to stand between two pieces. tight_after: nothing stands after them."""
    spelt = (SPELT, SPELT_SIGN)
    if gap.strip(" ,-–\n") and before.kind not in spelt and after.kind not in spelt:
        return False
    if "\n" in gap:
        return (
            before.kind == SPELT_SIGN
            or after.kind == SPELT_SIGN
            or (before.end + gap.index("\n")) in line_ends
        )
    if before.kind == LINE_END or after.kind == LINE_END:
        return False
    if before.text.isspace() or after.text.isspace():
        return bool(gap)
    if before.kind == SPELT_SIGN or after.kind == SPELT_SIGN:
        return True
    if before.kind == SPELT and after.kind == SPELT:
        return True
    if after.text == "@" and tight_after:
        return False
    if before.text in ("@", "_", "/") or after.text in ("@", "_", "/"):
        other = after if before.text in ("@", "_", "/") else before
        return other.kind in (WORD, FIGURE, SPELT) or other.text in ("@", "_", "/", ".")
    if after.text == "." or before.text == ".":
        return False
    if before.kind == SPELT and after.kind == FIGURE:
        return len(after.text) <= 2
    return before.kind == FIGURE and after.kind == SPELT and len(before.text) <= 2
