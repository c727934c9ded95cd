"""A raw mail taken apart into entities, with everything ambiguous about it named.

Our own reader rather than the standard one: it sees exactly what the gate judged, is
linear on hostile input, and says what it met instead of guessing (MAIL 9). The standard
parser serves as second opinion in tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.moderate.decoding import (
    IDENTITY,
    MISSPELT_IDENTITY,
    TRANSFER_ENCODINGS,
    charset_decoded,
    transfer_decoded,
)
from gateway.moderate.fields import Fields, split_fields, split_parameters

DEPTH_LIMIT = 20
PART_LIMIT = 100

# What mail programs write for readers of thirty years ago; nothing else may stand there.
PREAMBLES = frozenset(
    {
        b"this is a multi-part message in mime format",
        b"this is a multipart message in mime format",
        b"this is a message with multiple parts in mime format",
        b"this message is in mime format",
        b"this message is in mime format. since your mail reader does not understand "
        b"this format, some or all of this message may not be legible",
        b"this message is in mime format. the first part should be readable text, "
        b"while the remaining parts are likely unreadable without mime-aware tools",
        b"this is a mime message. if you are reading this text, you may want to "
        b"consider changing to a mail reader or gateway that understands how to "
        b"properly handle mime multipart messages",
        b"this is a mime-encapsulated message",
        b"this is a multimedia message in mime format",
        b"multi-part message in mime format",
        b"dies ist eine mehrteilige nachricht im mime-format",
    }
)
PREAMBLE_LIMIT_BYTES = 400
# No space at the end; RFC 2046 section 5.1.1 allows 70 characters, every parser takes more.
_BOUNDARY = re.compile(r"[!#-;=?-\[\]-~](?:[ !#-;=?-\[\]-~]{0,198}[!#-;=?-\[\]-~])?")


@dataclass(slots=True)
class Entity:
    """A message or one part of it.

    fields: its header. content_type: lower-case, "text/plain" where none is given.
    content: decoded bytes of a leaf. text: decoded text of a text/* leaf, else None.
    children: parts of a multipart, or the one message inside a message/rfc822.
    """

    fields: Fields
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    text: str | None = None
    children: list[Entity] = field(default_factory=list)


class Dissection:
    """Takes one mail apart. After `run`, `faults` lists what was wrong, each once."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.faults: dict[str, None] = {}
        self.entities = 0

    def run(self) -> Entity:
        """Return the mail as a tree of entities."""
        return self._entity(0, len(self.raw), 0)

    def _note(self, *faults: str) -> None:
        if faults:
            self.faults.update(dict.fromkeys(faults))

    def _entity(self, start: int, end: int, depth: int) -> Entity:
        self.entities += 1
        section, body = self._header_and_body(start, end)
        fields, faults = split_fields(section)
        entity = Entity(fields)
        self._note(*faults)
        self._describe(entity)
        encoding = self._encoding(fields)
        if depth >= DEPTH_LIMIT:
            self._note("parts nested over 20 deep")
        elif entity.content_type.startswith("multipart/"):
            self._plain_only(encoding, "an encoded multipart")
            self._multipart(entity, body, end, depth)
        elif entity.content_type in {"message/rfc822", "message/global"} and encoding in IDENTITY:
            entity.children = [self._entity(body, end, depth + 1)]
        else:
            self._leaf(entity, body, end, encoding)
        return entity

    def _header_and_body(self, start: int, end: int) -> tuple[bytes, int]:
        if self.raw.startswith(b"\r\n", start, end):
            return b"", start + 2
        blank = self.raw.find(b"\r\n\r\n", start, end)
        if blank < 0:
            return self.raw[start:end], end
        return self.raw[start:blank], blank + 4

    def _describe(self, entity: Entity) -> None:
        if values := entity.fields.get("content-type"):
            kind, entity.parameters, faults = split_parameters(values[0], "Content-Type")
            self._note(*faults)
            if "/" not in kind:
                self._note("a Content-Type that cannot be read")
                kind = "text/plain"
            entity.content_type = kind
            if b"*" in values[0] and any(
                name.startswith(("boundary*", "charset*")) for name in entity.parameters
            ):
                self._note("a Content-Type in an unusual form")
            if "boundary" in entity.parameters and not kind.startswith("multipart/"):
                self._note("a boundary on a part that is no multipart")
        if values := entity.fields.get("content-disposition"):
            entity.disposition, entity.disposition_parameters, faults = split_parameters(
                values[0], "Content-Disposition"
            )
            self._note(*faults)

    def _encoding(self, fields: Fields) -> str:
        values = fields.get("content-transfer-encoding")
        if not values:
            return "7bit"
        name = values[0].decode("latin-1").strip().lower()
        name = MISSPELT_IDENTITY.get(name, name)
        if name not in TRANSFER_ENCODINGS:
            comment = "(" in name
            self._note(
                "a comment in Content-Transfer-Encoding" if comment else "an unknown transfer encoding"
            )
            return "7bit"
        return name

    def _plain_only(self, encoding: str, fault: str) -> None:
        if encoding not in IDENTITY:
            self._note(fault)

    def _leaf(self, entity: Entity, start: int, end: int, encoding: str) -> None:
        if entity.content_type.startswith("message/"):
            self._plain_only(encoding, "an encoded message inside the message")
        entity.content, faults = transfer_decoded(self.raw[start:end], encoding)
        self._note(*faults)
        # A file whose part tells no character set is anybody's guess; whoever opens it decides.
        is_file = "charset" not in entity.parameters and (
            entity.disposition == "attachment" or "name" in entity.parameters
        )
        if entity.content_type.startswith("text/") and not (is_file and not entity.content.isascii()):
            entity.text, faults = charset_decoded(entity.content, entity.parameters.get("charset", ""))
            self._note(*faults)

    def _multipart(self, entity: Entity, start: int, end: int, depth: int) -> None:
        boundary = self._boundary(entity)
        if not boundary:
            return
        part_start = -1
        for at, line_end, closes in self._delimiters(boundary, start, end):
            if part_start < 0:
                self._preamble(self.raw[start : max(at, start)])
            else:
                entity.children.append(self._entity(part_start, max(at, part_start), depth + 1))
            if closes:
                self._epilogue(line_end, end)
                if part_start < 0:
                    self._note("a multipart without parts")
                return
            part_start = min(line_end + 2, end)
        if self.entities > PART_LIMIT:
            self._note("over 100 parts")
            return
        # Of the whole mail's closing line alone: without it every parser reads on to the end.
        if depth or part_start < 0:
            self._note("a multipart that is not closed")
        entity.children.append(self._entity(start if part_start < 0 else part_start, end, depth + 1))

    def _delimiters(self, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Yield where each delimiter starts, where its line ends, and whether it closes."""
        # The line end before a delimiter belongs to it; for the first it may be the one
        # that ends the header.
        needle, strange = b"\r\n--" + boundary, 0
        at = self.raw.find(needle, max(start - 2, 0), end)
        while at >= 0 and self.entities <= PART_LIMIT and strange <= PART_LIMIT:
            line_end = self.raw.find(b"\r\n", at + len(needle), end)
            line_end = end if line_end < 0 else line_end
            rest = self.raw[at + len(needle) : line_end]
            closes = rest.startswith(b"--")
            if rest[2 if closes else 0 :].strip(b" \t"):
                self._note("a line that looks like a part boundary")
                strange += 1
            else:
                yield at, line_end, closes
            at = self.raw.find(needle, line_end, end)

    def _boundary(self, entity: Entity) -> bytes:
        boundary = entity.parameters.get("boundary", "")
        if not boundary:
            empty = "boundary" in entity.parameters
            self._note("an empty boundary" if empty else "a multipart without a boundary")
        elif not _BOUNDARY.fullmatch(boundary):
            self._note("a boundary of an unusual form")
        return boundary.encode("utf-8")

    def _preamble(self, text: bytes) -> None:
        words = b" ".join(text[:PREAMBLE_LIMIT_BYTES].split()).strip(b" -.").lower()
        if words not in PREAMBLES | {b""} or text[PREAMBLE_LIMIT_BYTES:].strip(b" \t\r\n"):
            self._note("text before the first part")

    def _epilogue(self, start: int, end: int) -> None:
        if self.raw[start:end].strip(b" \t\r\n"):
            self._note("text after the last part")
