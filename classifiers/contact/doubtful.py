"""Signs that a word may or may not mean: "at" and "point" are words until a host or a handle is being spelt."""

from __future__ import annotations

from functools import cache

from classifiers.contact.hosts import hosts
from classifiers.contact.said import spelling
from classifiers.contact.spelling import FIGURE, MARK, PERHAPS_SIGN, SPELT, SPELT_SIGN, WORD, Piece
from classifiers.contact.words import lexicon

ENDINGS = frozenset(
    ("com", "org", "net", "co", "uk", "gg", "ly", "io", "ac", "edu", "gov", "app", "info", "biz", "tv", "fm", "cc", "ie",
     "eu", "de", "fr", "es", "it", "pl", "me", "us", "kom", "komm", "c0m", "corn")
)  # fmt: skip
"""How the hosts that people spell end."""
_SURE_ENDINGS = ENDINGS - {"me", "it", "us", "de", "es"}
ADDED_ENDINGS = frozenset(("com", "org", "net"))
"""Endings before which a dot is thought of when none is said: "at example com"."""
_VERBS = frozenset(
    ("are", "is", "look", "looking", "meet", "meeting", "live", "find", "free", "sale", "shop", "order")
)


_REPLACING = frozenset(("where", "instead", "swap", "replace", "put", "means", "stands", "change"))


def signs_resolved(pieces: list[Piece]) -> list[Piece]:
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
    for piece in _endings_joined(pieces):
        ending = piece.kind == WORD and piece.text in ADDED_ENDINGS and len(out) > 1
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
            elif (host := undotted().get(last.text)) is not None:
                out[-1] = Piece(host, last.start, last.end, SPELT)
        out.append(piece)
    return out


def _endings_joined(pieces: list[Piece]) -> list[Piece]:
    """The pieces with the ending of a host as one: "dot g g", "dot c o m"."""
    joined: dict[int, Piece] = {}
    for dot, piece in enumerate(pieces):
        if piece.text != "." or piece.kind != SPELT_SIGN:
            continue
        until = dot + 1
        while (
            until < min(len(pieces), dot + 4) and pieces[until].kind == WORD and len(pieces[until].text) == 1
        ):
            until += 1
        label = "".join(one.text for one in pieces[dot + 1 : until])
        if len(label) >= 2 and label in ENDINGS:
            joined[dot + 1] = Piece(label, pieces[dot + 1].start, pieces[until - 1].end, SPELT)
    if not joined:
        return pieces
    out: list[Piece] = []
    left_out = 0
    for at, piece in enumerate(pieces):
        if (ending := joined.get(at)) is not None:
            out.append(ending)
            left_out = len(ending.text) - 1
        elif left_out:
            left_out -= 1
        else:
            out.append(piece)
    return out


@cache
def undotted() -> dict[str, str]:
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
        or (any(one.text == "@" for one in pieces) and not _REPLACING.isdisjoint(words))
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
            if dots and label in ENDINGS:
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
