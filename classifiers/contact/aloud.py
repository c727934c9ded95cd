"""A text as it would be typed if somebody did what it says: signs, letters and digits put together.

"jane dot smith (at) example dot org", "t . m e / abc", "em ay ar underscore nine" and letters on
lines of their own become the plain value in a second view, over the same source. The plain
acceptors then read that view; whatever was put together is marked in `View.glued`.
"""

from __future__ import annotations

from collections.abc import Collection

from classifiers.contact.doubtful import signs_resolved
from classifiers.contact.glance import says_only_itself, sums_reach, worth_it
from classifiers.contact.joining import joined, stacked_lines
from classifiers.contact.numerals import numerals
from classifiers.contact.pieces import Reader
from classifiers.contact.said import begin_signs, may_be_said, spelling
from classifiers.contact.spelling import (
    FIGURE,
    LINE_END,
    MARK,
    PERHAPS_SIGN,
    SPELT,
    SPELT_SIGN,
    WORD,
    Piece,
    sign_at,
)
from classifiers.contact.spelt_digits import door_at, run_at
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, Tokens
from classifiers.normalise.view import View

_MOST_TOKENS = 20_000
_SIGNS = (SPELT_SIGN, PERHAPS_SIGN)


def aloud(view: View, tokens: Tokens, seams: Collection[int] = ()) -> View | None:
    """The view with everything spelt put together; None when nothing is.

    seams: offsets in `view.text` of the line ends between one message and the next.
    """
    if len(tokens.words) > _MOST_TOKENS or not (seams or worth_it(tokens)):
        return None
    stacked = stacked_lines(view.text) if "\n" in view.text else frozenset[int]()
    if not (stacked or seams) and says_only_itself(tokens):
        return None
    pieces = signs_resolved(_without_commas(_without_between(_without_commas(_pieces(tokens)))))
    return joined(view, pieces, stacked, frozenset(seams))


def _pieces(tokens: Tokens) -> list[Piece]:
    found: list[Piece] = []
    reader = Reader(tokens, numerals(), frozenset())
    index, sums_until = 0, sums_reach(tokens)
    text = tokens.view.text
    starts, ends, kinds, words = tokens.starts, tokens.ends, tokens.kinds, tokens.words
    signs = begin_signs()
    while index < len(words):
        kind = kinds[index]
        said = kind != LETTERS or may_be_said(words[index])
        if not said and words[index] not in signs:
            found.append(Piece(text[starts[index] : ends[index]], starts[index], ends[index], WORD))
            index += 1
            continue
        run = None
        if said and kind in (LETTERS, DIGITS):
            goes_on = any(piece.kind in (SPELT, SPELT_SIGN) for piece in found[-2:])
            run = run_at(tokens, reader, index, sums=index < sums_until, goes_on=goes_on)
        if run is not None:
            pieces, last = run
            found += pieces
        elif said and kind == LETTERS and (single := door_at(tokens, index)) is not None:
            found.append(single)
            last = index
        elif (sign := sign_at(tokens, index)) is not None:
            piece, last = sign
            found.append(piece)
        else:
            last = index
            named = {LETTERS: WORD, DIGITS: FIGURE, BREAK: LINE_END}.get(kind, MARK)
            found.append(Piece(text[starts[index] : ends[index]], starts[index], ends[index], named))
        index = last + 1
    return found


def _without_between(pieces: list[Piece]) -> list[Piece]:
    """The pieces without the "then" and "followed by" beside a spelt sign or letter."""
    between = spelling().between
    kept: list[Piece] = []
    index = 0
    while index < len(pieces):
        length = 0
        if pieces[index].kind == WORD:
            for size in (2, 1):
                words = tuple(piece.text for piece in pieces[index : index + size])
                if words in between:
                    length = size
                    break
        if length:
            after = pieces[index + length] if index + length < len(pieces) else None
            before = kept[-1] if kept else None
            beside = (before is not None and before.kind in (SPELT, SPELT_SIGN)) or (
                after is not None and after.kind == SPELT_SIGN
            )
            strong = pieces[index].text in ("then", "followed")
            following = next((one for one in pieces[index + length :] if one.kind != LINE_END), None)
            if (
                strong
                and following is not None
                and (following.kind == SPELT_SIGN or following.text in ("/", "_", "@"))
            ):
                index += length
                continue
            if (
                pieces[index].text in ("a", "an", "another")
                and after is not None
                and len(after.text) == 1
                and beside
            ):
                index += length
                continue
            if beside and (strong or (after is not None and after.kind in (SPELT, SPELT_SIGN))):
                index += length
                continue
        kept.append(pieces[index])
        index += 1
    return kept


def _without_commas(pieces: list[Piece]) -> list[Piece]:
    """The pieces without the commas beside a spelt sign; between what is spelt they are blanks."""
    kept: list[Piece] = []
    for at, piece in enumerate(pieces):
        if piece.kind == MARK and piece.text in (",", ";", "-", "–", "..", "...") and kept:
            before, after = kept[-1], pieces[at + 1] if at + 1 < len(pieces) else None
            if before.kind in _SIGNS or (after is not None and after.kind in _SIGNS):
                continue
            if piece.text in ",;" and before.kind == SPELT and after is not None and after.kind == SPELT:
                kept.append(Piece(" ", piece.start, piece.end, MARK))
                continue
        kept.append(piece)
    return kept
