"""Digits that are said rather than written: "nine eight four", "7 - 2", "XIV"; and any run that begins at a token."""

from __future__ import annotations

from itertools import pairwise

from classifiers.contact.pieces import Numeral, Reader
from classifiers.contact.said import may_be_figure, may_be_letter
from classifiers.contact.spelling import (
    MARK,
    MOST_SPELT,
    SPELT,
    Piece,
    letter_at,
    letters_at,
    piece_of,
    pulled_apart_at,
    spread_at,
)
from classifiers.contact.sums import power, roman, sum_at
from classifiers.contact.tokens import DIGITS, LETTERS, SIGN, Tokens


def run_at(
    tokens: Tokens, reader: Reader, index: int, *, sums: bool, goes_on: bool
) -> tuple[list[Piece], int] | None:
    """The run of letters or digits that begins at a word or a figure, and its last token.

    sums: they are worked out one by one. goes_on: something else is being spelt before it.
    """
    word, kind = tokens.words[index], tokens.kinds[index]
    run = (spread_at(tokens, index) or pulled_apart_at(tokens, index)) if len(word) == 1 else None
    if run is None and kind == LETTERS and may_be_letter(word) and letter_at(tokens, index) is not None:
        run = mixed_at(tokens, reader, index) or letters_at(tokens, index)
    if run is None and (kind != LETTERS or may_be_figure(word)):
        run = _figures(tokens, reader, index, sums=sums, goes_on=goes_on)
    return run


def _figures(
    tokens: Tokens, reader: Reader, index: int, *, sums: bool, goes_on: bool
) -> tuple[list[Piece], int] | None:
    if (found := digits_at(tokens, reader, index, goes_on=goes_on)) is not None:
        return found
    if sums and (worked := sum_at(tokens, index)) is not None:
        return [Piece(worked[0], tokens.starts[index], tokens.ends[worked[1]], SPELT)], worked[1]
    return None


def door_at(tokens: Tokens, index: int) -> Piece | None:
    """A Roman number of two letters and more: "XXXVIII Sellick Rise", "gaius MMXVII"."""
    if len(tokens.words[index]) < 2 or not (value := roman(tokens, index)):
        return None
    return Piece(str(value), tokens.starts[index], tokens.ends[index], SPELT)


def mixed_at(tokens: Tokens, reader: Reader, index: int) -> tuple[list[Piece], int] | None:
    """Letters and digits that are named in one go: "em one four bee tee", "Hotel Golf two, niner Zulu"."""
    if letter_at(tokens, index) is None:
        return None
    found: list[Piece] = []
    step, last, sure, spoken = index, index, 0, 0
    while step < len(tokens.words) and len(found) < MOST_SPELT:
        if (one := letter_at(tokens, step)) is not None:
            piece, last, certain = one
            found.append(piece)
            sure += certain
        elif (figure := figure_at(tokens, reader, step)) is not None:
            digits, last, _ = figure
            found.append(piece_of(tokens, step, last, digits, SPELT))
            spoken += 1
        elif found and tokens.words[step] in (",", "-", "then") and step == last + 1:
            step += 1
            continue
        else:
            break
        step = last + 1
    return (found, last) if sure >= 2 and spoken and len(found) >= 4 else None


def digits_at(
    tokens: Tokens, reader: Reader, index: int, *, goes_on: bool = False
) -> tuple[list[Piece], int] | None:
    """A run of digits of which at least one is a word or a sum: "nine eight four", "0, 11-4, 7".

    goes_on: something else is being spelt before it, so that one will do.
    """
    found: list[tuple[str, int, int]] = []
    step, spoken = index, 0
    while step < len(tokens.words) and len(found) < 40:
        one = figure_at(tokens, reader, step, weak=spoken >= 3)
        if one is None:
            if (
                found
                and len(tokens.words[step]) == 1
                and tokens.kinds[step] == SIGN
                and tokens.words[step] in ",-/.;–→>"
                and step == found[-1][2] + 1
            ):
                step += 1
                continue
            break
        digits, last, said = one
        found.append((digits, step, last))
        spoken += said
        step = last + 1
    if not spoken:
        return None
    last = found[-1][2]
    if _counts(found):
        text = tokens.view.text[tokens.starts[index] : tokens.ends[last]]
        return [Piece(text, tokens.starts[index], tokens.ends[last], MARK)], last
    total = "".join(digits for digits, _, _ in found)
    if len(found) < 3 and len(total) < 4 and not goes_on:
        return None
    pieces: list[Piece] = []
    whole = 9 <= len(total) <= 14 and total.startswith(("0", "44", "7"))
    for digits, first, end in found:
        if pieces and not whole and tokens.kinds[first - 1] == SIGN:
            pieces.append(Piece(" ", pieces[-1].end, tokens.starts[first], MARK))
        pieces.append(piece_of(tokens, first, end, digits, SPELT))
    return pieces, last


def _counts(found: list[tuple[str, int, int]]) -> bool:
    """Whether the digits only count up or down: "eins, zwei, drei, vier"."""
    values = [int(digits[:4]) for digits, _, _ in found]
    steps = [after - before for before, after in pairwise(values)]
    return len(steps) >= 3 and max(steps.count(1), steps.count(-1)) * 3 >= len(steps) * 2


def figure_at(
    tokens: Tokens, reader: Reader, index: int, *, weak: bool = False
) -> tuple[str, int, bool] | None:
    """The digits at a token, their last token, and whether they have to be worked out.

    weak: words that are mostly others count too ("ate", "fore").
    """
    if (sum_ := sum_at(tokens, index)) is not None:
        return sum_[0], sum_[1], True
    word = tokens.words[index]
    if tokens.kinds[index] == DIGITS:
        if (raised := power(tokens, index)) is not None:
            return str(raised), index, True
        return (word, index, False) if len(word) <= 6 else None
    if tokens.kinds[index] != LETTERS:
        return None
    if word in ("o", "oh"):
        return "0", index, True
    if (number := roman(tokens, index)) and number < 4000 and word != "mm":
        return str(number), index, True
    piece: Numeral | None = reader.piece_at(index)
    if piece is None or piece.how in ("roman", "shaped") or (piece.how == "weak" and not weak):
        return None
    return piece.digits, piece.last, True
