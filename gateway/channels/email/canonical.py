"""Mail as signatures see it: fields and body, canonical forms (RFC 6376 section 3.4), tag lists.

Everything is linear, whoever wrote the mail, and a long body is worked on in pieces, so that
a thread hashing it lets other threads run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.channels.email.intake import has_odd_bytes

PIECE_BYTES = 64 * 1024

Field = tuple[bytes, bytes]

_WSP = re.compile(rb"[ \t]+")
_FIELD_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]*")
_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_TAG_VALUE = re.compile(r"[!-:<-~ \t\r\n]*")


@dataclass(slots=True)
class Body:
    """A body, hashed once for each canonical form however many signatures ask."""

    content: bytes = field(repr=False)
    _known: dict[bool, tuple[bytes, int]] = field(default_factory=dict, repr=False)

    def hashed(self, *, relaxed: bool) -> tuple[bytes, int]:
        """SHA-256 of the canonical body, and the canonical body's length in bytes."""
        if relaxed not in self._known:
            self._known[relaxed] = _hashed(
                _relaxed_body(self.content) if relaxed else _simple_body(self.content)
            )
        return self._known[relaxed]


def split(content: bytes) -> tuple[list[Field], Body]:
    """The header fields as written (name, folded value without its line end), and the body.

    Raises ValueError for what is no mail with CR LF line ends.
    """
    head, _, body = content.partition(b"\r\n\r\n")
    if has_odd_bytes(head):
        raise ValueError("header lines that do not end in CR LF")
    fields: list[Field] = []
    for line in head.removesuffix(b"\r\n").split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + b"\r\n" + line)
            continue
        name, colon, value = line.partition(b":")
        if not colon or not _FIELD_NAME.fullmatch(name):
            raise ValueError("a header line that is no field")
        fields.append((name, value))
    return fields, Body(body)


@lru_cache(maxsize=64)  # signing and reading back ask for the same fields, for each key
def relaxed_field(field: Field) -> bytes:
    """A header field in the relaxed form, without a line end."""
    name, value = field
    return name.lower().rstrip() + b":" + _WSP.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def simple_field(field: Field) -> bytes:
    """A header field as it was written, without a line end."""
    return field[0] + b":" + field[1]


def selected(fields: Sequence[Field], names: Sequence[bytes]) -> list[Field]:
    """The fields that a list of lower-case names signs: of equal names the lowest first (5.4.2).

    A name for which no field is left signs its absence.
    """
    left: dict[bytes, list[Field]] = {}
    for one in fields:
        left.setdefault(one[0].lower().rstrip(), []).append(one)
    return [left[name].pop() for name in names if left.get(name)]


def _hashed(pieces: Iterator[bytes]) -> tuple[bytes, int]:
    digest, length = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        length += len(piece)
    return digest.digest(), length


def _simple_body(body: bytes) -> Iterator[bytes]:
    end = len(body.rstrip(b"\r\n"))
    yield from (body[at : min(at + PIECE_BYTES, end)] for at in range(0, end, PIECE_BYTES))
    yield b"\r\n"


def _relaxed_body(body: bytes) -> Iterator[bytes]:
    end = len(body.rstrip(b" \t\r\n"))
    at = 0
    while at < end:
        # A piece ends with a line, so that no run of spaces is split.
        stop = body.find(b"\r\n", min(at + PIECE_BYTES, end), end)
        stop = end if stop < 0 else stop + 2
        yield _relaxed(body[at:stop])
        at = stop
    if end:
        yield b"\r\n"


def _relaxed(piece: bytes) -> bytes:
    if b"  " in piece or b"\t" in piece:
        piece = _WSP.sub(b" ", piece)
    return piece.replace(b" \r\n", b"\r\n")


def tags(text: str) -> dict[str, str]:
    """The values of a "name=value; name=value" list by name, without the space around them.

    Raises ValueError for a list that is none or names a tag twice. Source: section 3.2.
    """
    found: dict[str, str] = {}
    pieces = text.split(";")
    if not pieces[-1].strip():
        pieces.pop()
    for piece in pieces:
        name, equals, value = piece.partition("=")
        name = name.strip()
        if not equals or not _TAG_NAME.fullmatch(name) or not _TAG_VALUE.fullmatch(value) or name in found:
            raise ValueError("a tag list that cannot be read")
        found[name] = value.strip()
    return found
