"""A text as it would be typed if somebody did what it says: signs, letters and digits put together.

"jane dot smith (at) example dot org", "t . m e / abc", "em ay ar underscore nine" and letters on
lines of their own become the plain value in a second view, over the same source. The plain
acceptors then read that view; whatever was put together is marked in `View.glued`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from classifiers.contact.hosts import hosts
from classifiers.contact.joining import joined, stacked_lines
from classifiers.contact.numerals import Reader, numerals
from classifiers.contact.spelling import (
    FIGURE,
    LINE_END,
    MARK,
    PERHAPS_SIGN,
    SPELT,
    SPELT_SIGN,
    WORD,
    Piece,
    begin_signs,
    digits_at,
    letters_at,
    may_be_said,
    mixed_at,
    pulled_apart_at,
    sign_at,
    spelling,
    spread_at,
)
from classifiers.contact.sums import roman, sum_at
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.words import lexicon
from classifiers.normalise.view import View

_ENDINGS = frozenset(
    [
        "com",
        "org",
        "net",
        "co",
        "uk",
        "gg",
        "ly",
        "io",
        "ac",
        "edu",
        "gov",
        "app",
        "info",
        "biz",
        "tv",
        "fm",
        "cc",
        "ie",
        "eu",
        "de",
        "fr",
        "es",
        "it",
        "pl",
        "me",
        "us",
        "kom",
        "komm",
        "c0m",
        "corn",
    ]
)
_SURE_ENDINGS = _ENDINGS - {"me", "it", "us", "de", "es"}
_SIGNS_OF_SUMS = frozenset("+-*/^×÷")
_GLANCES = (
    "[.", "(.", "{.", "[@", "(@", "{@", "(at", "[at", "{at", "<at", "[/", "(/", " . ", " .c", " .o", " .g", " @ ", "@ ",
    " / ", " /", " _", "_ ", "\nat ", "-at-", "*at*", "_at_", " com", " org", "stop com", "stop org", "stop co", "stop uk", "point com",
    "point org", "point co", "point uk", "point net", "spot com", "spot org", "spot co", "spot net", "squiggle",
    "\n@", "@\n", "_\n", "\n_", "\n.", "/\n", "\n/", "squared", "point] ", "stop me", "point me", "point gg",
)  # fmt: skip
_DOORS = frozenset(("house", "door", "number", "flat", "no", "live", "lives", "room", "code"))
_VERBS = frozenset(
    ("are", "is", "look", "looking", "meet", "meeting", "live", "find", "free", "sale", "shop", "order")
)
_MARKS = frozenset("@_/")
_DOT_INSIDE = re.compile(r"\.(?![\s\x00-\x1f]|\Z)|(?<![^\s\x00-\x1f])\.")  # "a.b" and " .b", no full stop
_ADDED_ENDINGS = frozenset(("com", "org", "net"))
_LONG_NUMBER = re.compile("(?<![0-9])0[0-9]{4}")
_MOST_TOKENS = 20_000


def aloud(view: View, tokens: Tokens, seams: Collection[int] = ()) -> View | None:
    """The view with everything spelt put together; None when nothing is.

    seams: offsets in `view.text` of the line ends between one message and the next.
    """
    if len(tokens.words) > _MOST_TOKENS or not (seams or _worth_it(tokens)):
        return None
    stacked = stacked_lines(view.text) if "\n" in view.text else frozenset[int]()
    if not (stacked or seams) and _says_only_itself(tokens):
        return None
    pieces = _signs_resolved(_without_commas(_without_between(_pieces(tokens))))
    return joined(view, pieces, stacked, frozenset(seams))


def _says_only_itself(tokens: Tokens) -> bool:
    """Whether no piece of a text can say anything but itself, so that there is nothing to join.

    All but few texts are so. An "at" stays a word: without a dot inside there is no host for it.
    """
    text, words = tokens.view.text, tokens.words
    if not _MARKS.isdisjoint(text) or _DOT_INSIDE.search(text) or not _ADDED_ENDINGS.isdisjoint(words):
        return False
    reader, sums, signs = Reader(tokens, numerals(), frozenset()), _sums_reach(tokens) > 0, begin_signs()
    for index, (word, kind) in enumerate(zip(words, tokens.kinds, strict=True)):
        if kind == DIGITS or (kind == LETTERS and may_be_said(word)):
            if _run_at(tokens, reader, index, sums=sums, goes_on=False) is not None:
                return False
            if kind == LETTERS and _number_of_door(tokens, index) is not None:
                return False
        if (
            (kind == SIGN or word in signs)
            and (sign := sign_at(tokens, index)) is not None
            and (sign[0].kind != PERHAPS_SIGN or sign[0].text != "@")
        ):
            return False
    return True


def _worth_it(tokens: Tokens) -> bool:
    """Whether there is anything to put together, at a glance."""
    words, text, known = tokens.words, tokens.view.text, spelling()
    if not known.triggers.isdisjoint(words) or any(mark in text for mark in _GLANCES):
        return True
    if "\n" in text and _has_stack(text):
        return True
    numbers, nato = numerals(), lexicon().nato
    singles = spoken = named = 0
    for index, (word, kind) in enumerate(zip(words, tokens.kinds, strict=True)):
        length = len(word)
        if kind == LETTERS and length > 2 and not may_be_said(word):
            singles, spoken, named = 0, spoken and spoken - 1, named and named - 1
            continue
        singles = singles + 1 if length == 1 else 0
        if singles >= 4:
            return True
        if kind == LETTERS and length > 2:
            said = word in numbers.digits or word in numbers.foreign or word in numbers.multipliers
            spoken = spoken + 2 if said else max(0, spoken - 1)
            letter = word in known.sure or word in nato
            named = named + 2 if letter else max(0, named - 1)
            if spoken >= 5 or named >= 3 or (not word.strip("ivxlcdm") and roman(tokens, index)):
                return True
        if (
            (kind == DIGITS or word in numbers.digits)
            and index + 2 < len(words)
            and sum_at(tokens, index)
            and _sums_matter(tokens)
        ):
            return True
    return False


def _sums_matter(tokens: Tokens) -> bool:
    """Whether a text holds many sums, or a sum beside a long number or a door."""
    signs = sum(word in _SIGNS_OF_SUMS for word in tokens.words)
    return signs >= 3 or bool(_sums_reach(tokens))


def _has_stack(text: str) -> bool:
    """Whether three lines in a row hold a character or two each."""
    run = 0
    for line in text.split("\n"):
        run = run + 1 if 0 < len(line.strip()) <= 2 else 0
        if run >= 3:
            return True
    return False


def _pieces(tokens: Tokens) -> list[Piece]:
    found: list[Piece] = []
    reader = Reader(tokens, numerals(), frozenset())
    index, sums_until = 0, _sums_reach(tokens)
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
            run = _run_at(tokens, reader, index, sums=index < sums_until, goes_on=goes_on)
        if run is not None:
            pieces, last = run
            found += pieces
        elif said and kind == LETTERS and (single := _number_of_door(tokens, index)) is not None:
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


def _run_at(
    tokens: Tokens, reader: Reader, index: int, *, sums: bool, goes_on: bool
) -> tuple[list[Piece], int] | None:
    """The run of letters or digits that begins at a word or a figure, and its last token."""
    run = spread_at(tokens, index) or pulled_apart_at(tokens, index)
    if run is None and tokens.kinds[index] == LETTERS:
        run = mixed_at(tokens, reader, index) or letters_at(tokens, index)
    return run or _figures(tokens, reader, index, sums=sums, goes_on=goes_on)


def _figures(
    tokens: Tokens, reader: Reader, index: int, *, sums: bool, goes_on: bool
) -> tuple[list[Piece], int] | None:
    if (found := digits_at(tokens, reader, index, goes_on=goes_on)) is not None:
        return found
    if sums and (worked := sum_at(tokens, index)) is not None:
        return [Piece(worked[0], tokens.starts[index], tokens.ends[worked[1]], SPELT)], worked[1]
    return None


def _sums_reach(tokens: Tokens) -> int:
    """Sums are worked out one by one only in a text that also holds a long number or a door."""
    long = _LONG_NUMBER.search(tokens.view.text) is not None
    return len(tokens.words) if long or not _DOORS.isdisjoint(tokens.words) else 0


def _number_of_door(tokens: Tokens, index: int) -> Piece | None:
    """A Roman number of two letters and more: "XXXVIII Sellick Rise", "gaius MMXVII"."""
    if len(tokens.words[index]) < 2 or not (value := roman(tokens, index)):
        return None
    return Piece(str(value), tokens.starts[index], tokens.ends[index], SPELT)


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
            if before.kind == SPELT_SIGN or (after is not None and after.kind == SPELT_SIGN):
                continue
            if piece.text in ",;" and before.kind == SPELT and after is not None and after.kind == SPELT:
                kept.append(Piece(" ", piece.start, piece.end, MARK))
                continue
        kept.append(piece)
    return kept


def _signs_resolved(pieces: list[Piece]) -> list[Piece]:
    """Doubtful signs become signs where a host or a handle is being spelt, else words again."""
    out = _dots_added(pieces)
    stand_in = _stand_in(pieces)
    for at in range(len(out) - 1, -1, -1):
        piece = out[at]
        if piece.kind != PERHAPS_SIGN and not (stand_in and piece.kind == WORD):
            continue
        sign = piece.text if piece.kind == PERHAPS_SIGN else "@"
        meant = (
            (sign == "." and _ends_host(out, at))
            or (sign == "@" and _begins_host(out, at + 1) and _may_be_front(out, at - 1))
            or (sign in "-/_" and _beside_sign(out, at))
        )
        if meant:
            out[at] = Piece(sign, piece.start, piece.end, SPELT_SIGN)
        elif piece.kind == PERHAPS_SIGN:
            out[at] = Piece("", piece.start, piece.end, WORD)
    return out


def _dots_added(pieces: list[Piece]) -> list[Piece]:
    """Hosts before a spelt slash with their dots: "monzo me slash" and "bitly slash"."""
    out: list[Piece] = []
    for piece in pieces:
        ending = piece.kind == WORD and piece.text in _ADDED_ENDINGS and len(out) > 1
        if (
            ending
            and out[-1].kind == WORD
            and out[-2].text == "@"
            and out[-2].kind in (PERHAPS_SIGN, SPELT_SIGN)
        ):
            out.append(Piece(".", out[-1].end, piece.start, SPELT_SIGN))
        slash = piece.kind in (SPELT_SIGN, MARK) and piece.text == "/"
        if slash and out and out[-1].kind == WORD:
            last = out[-1]
            if len(out) > 2 and f"{out[-3].text}.{out[-2].text}.{last.text}" in hosts().known:
                out[-2:] = [
                    Piece(".", out[-3].end, out[-2].start, SPELT_SIGN),
                    out[-2],
                    Piece(".", out[-2].end, last.start, SPELT_SIGN),
                    last,
                ]
            elif len(out) > 1 and f"{out[-2].text}.{last.text}" in hosts().known:
                out[-1:] = [Piece(".", out[-2].end, last.start, SPELT_SIGN), last]
            elif (host := _undotted().get(last.text)) is not None:
                out[-1] = Piece(host, last.start, last.end, SPELT)
        out.append(piece)
    return out


@cache
def _undotted() -> dict[str, str]:
    """The known hosts by their names without dots."""
    return {host.replace(".", ""): host for host in hosts().known}


def _stand_in(pieces: list[Piece]) -> bool:
    """Whether the text says that some word stands for a sign."""
    words = [piece.text for piece in pieces if piece.kind in (WORD, PERHAPS_SIGN, SPELT_SIGN)]
    known = spelling().stand_ins
    joined = " ".join(words)
    return (
        any(" ".join(entry) in joined for entry in known)
        or "for @" in joined
        or "squiggle" in joined
        or any(one.text == "@" and one.kind in (MARK, SPELT_SIGN) for one in pieces)
    )


def _ends_host(pieces: list[Piece], at: int) -> bool:
    """Whether "stop org" after a word is the ending of a host."""
    if not 0 < at < len(pieces) - 1 or pieces[at - 1].kind not in (WORD, SPELT):
        return False
    before, after = pieces[at - 1].text, pieces[at + 1].text
    if after in _SURE_ENDINGS and len(before) > 1:
        return True
    return f"{before}.{after}" in hosts().known or f"{before}.{after}" in hosts().mail_providers


def _begins_host(pieces: list[Piece], at: int) -> bool:
    """Whether a host with its ending is read at a place: "example . org", "gmail.com"."""
    dots, label = 0, ""
    if at >= len(pieces) or pieces[at].kind not in (WORD, SPELT, FIGURE):
        return False
    for step in range(at, min(at + 20, len(pieces))):
        piece = pieces[step]
        if piece.kind == SPELT_SIGN and piece.text == ".":
            dots, label = dots + 1, ""
        elif piece.kind == MARK and piece.text == ".":
            follows = pieces[step + 1] if step + 1 < len(pieces) else None
            if follows is None or (follows.start != piece.end and pieces[step - 1].end == piece.start):
                return False
            dots, label = dots + 1, ""
        elif piece.kind in (WORD, SPELT, FIGURE):
            label += piece.text
            if dots and label in _ENDINGS:
                return True
            if step > at and pieces[step - 1].kind == WORD:
                return False
        elif piece.text != "-":
            return False
    return False


def _may_be_front(pieces: list[Piece], at: int) -> bool:
    """Whether a piece can be the front of an address: "pages at example.org" is talk of a page."""
    if at < 0 or pieces[at].kind not in (WORD, SPELT, FIGURE):
        return False
    piece = pieces[at]
    joined = at and pieces[at - 1].kind == SPELT_SIGN
    return piece.kind != WORD or bool(joined) or piece.text not in lexicon().common | _VERBS


def _beside_sign(pieces: list[Piece], at: int) -> bool:
    near = [pieces[place] for place in (at - 2, at + 2) if 0 <= place < len(pieces)]
    return any(piece.kind in (SPELT_SIGN, SPELT) or piece.text in ("@", "_", "/") for piece in near)
