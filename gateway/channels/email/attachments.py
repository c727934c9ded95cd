"""Which attachments may go with a delivered copy: type, extension and first bytes must agree (MAIL 10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from gateway.channels.email.contents import DISGUISED, NOT_PASSED

UNTOLD = frozenset(
    {"application/octet-stream", "application/x-download", "application/download", "binary/octet-stream"}
)
FILENAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of attachment that is passed on.

    also: other names that mail programs give the type. looks: a test of the content.
    """

    content_type: str
    extensions: tuple[str, ...]
    looks: Callable[[bytes], bool]
    also: tuple[str, ...] = ()


def _starts(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(magic)


def _office(folder: bytes) -> Callable[[bytes], bool]:
    return lambda content: (
        content.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in content and folder in content
    )


def _open_document(content_type: bytes) -> Callable[[bytes], bool]:
    # The first entry of an OpenDocument file is its type, stored as it is (ODF 1.3 part 2, 3.3).
    return lambda content: content.startswith(b"PK\x03\x04") and b"mimetype" + content_type in content[:120]


def _text(content: bytes) -> bool:
    return b"\0" not in content or content.startswith((b"\xff\xfe", b"\xfe\xff"))


def _begins(word: bytes) -> Callable[[bytes], bool]:
    return lambda content: (
        content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(word) and b"\0" not in content
    )


def _mail(content: bytes) -> bool:
    return re.match(rb"[!-9;-~]+[ \t]*:", content.lstrip(b"\r\n")[:200]) is not None and b"\0" not in content


CALENDAR, CARD, MAIL = "text/calendar", "text/vcard", "message/rfc822"
TNEF = "application/ms-tnef"
CONVERTED = frozenset({CARD, MAIL, TNEF})
"""Kinds that are read, and never delivered as they are."""

_ZIP = ("application/zip", "application/x-zip-compressed", "application/x-zip")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
KINDS = (
    Kind("application/pdf", (".pdf",), _starts(b"%PDF-"), ("application/x-pdf",)),
    Kind("image/png", (".png",), _starts(b"\x89PNG\r\n\x1a\n"), ("image/x-png",)),
    Kind(
        "image/jpeg",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        _starts(b"\xff\xd8\xff"),
        ("image/jpg", "image/pjpeg"),
    ),
    Kind("image/gif", (".gif",), _starts(b"GIF87a", b"GIF89a")),
    Kind("image/webp", (".webp",), lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP"),
    Kind(_OFFICE + "wordprocessingml.document", (".docx",), _office(b"word/"), ("application/msword", *_ZIP)),
    Kind(_OFFICE + "spreadsheetml.sheet", (".xlsx",), _office(b"xl/"), ("application/vnd.ms-excel", *_ZIP)),
    Kind(
        _OFFICE + "presentationml.presentation",
        (".pptx",),
        _office(b"ppt/"),
        ("application/vnd.ms-powerpoint", *_ZIP),
    ),
    Kind(_ODF + "text", (".odt",), _open_document(_ODF.encode() + b"text"), _ZIP),
    Kind(_ODF + "spreadsheet", (".ods",), _open_document(_ODF.encode() + b"spreadsheet"), _ZIP),
    Kind(_ODF + "presentation", (".odp",), _open_document(_ODF.encode() + b"presentation"), _ZIP),
    Kind("application/zip", (".zip",), _starts(b"PK\x03\x04", b"PK\x05\x06"), _ZIP),
    Kind(CALENDAR, (".ics", ".ical"), _begins(b"BEGIN:VCALENDAR"), ("application/ics", "text/plain")),
    Kind(CARD, (".vcf", ".vcard"), _begins(b"BEGIN:VCARD"), ("text/x-vcard", "text/directory", "text/plain")),
    Kind(MAIL, (".eml",), _mail, ("text/plain",)),
    Kind(
        TNEF,
        (".dat",),
        _starts(b"\x78\x9f\x3e\x22"),
        ("application/vnd.ms-tnef",),
    ),
    Kind(
        "text/csv",
        (".csv", ".tsv"),
        _text,
        ("text/plain", "application/csv", "application/vnd.ms-excel", "text/tab-separated-values"),
    ),
    Kind("text/plain", (".txt", ".text", ".md"), _text, ("text/markdown",)),
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An attachment that may be passed on, under its true type and a safe name."""

    content_type: str
    filename: str


def accept(content_type: str, filename: str, content: bytes) -> Accepted | str:
    """Return the attachment's type and name as they may be passed on, or why it may not."""
    extension = PurePosixPath(filename.lower()).suffix
    kind = _by_extension(extension) if extension else _by_type(content_type, content)
    if kind is None:
        return NOT_PASSED
    if content_type not in {kind.content_type, *kind.also, *UNTOLD} or not kind.looks(content):
        return DISGUISED
    return Accepted(kind.content_type, safe_name(filename or "attachment" + kind.extensions[0]))


def _by_extension(extension: str) -> Kind | None:
    return next((kind for kind in KINDS if extension in kind.extensions), None)


def _by_type(content_type: str, content: bytes) -> Kind | None:
    """The kind of a file whose name tells none: the type's own, or another that it looks like."""
    own = [kind for kind in KINDS if content_type == kind.content_type]
    kinds = own + [kind for kind in KINDS if content_type in kind.also]
    return next((kind for kind in kinds if kind.looks(content)), kinds[0] if kinds else None)


def safe_name(filename: str) -> str:
    """Return a file name without folders, control or direction characters, of bearable length."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    letters = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    stem, dot, extension = letters.rpartition(".")
    if len(letters) > FILENAME_LIMIT and dot:
        return stem[: FILENAME_LIMIT - len(extension) - 1] + dot + extension[:10]
    return letters[:FILENAME_LIMIT] or "attachment"
