"""Looks into a file, whatever kind it is: what it says, and the file as it may leave (MAIL 10)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.channels.email import archives, documents, pdfs, pictures
from gateway.channels.email.attachments import CALENDAR, CONVERTED, Accepted, accept
from gateway.channels.email.contents import DEPTH_LIMIT, NOT_PASSED, OVER_LIMITS, UNREADABLE, Budget, Contents
from gateway.moderate.decoding import charset_decoded

UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def inspect(content_type: str, content: bytes, budget: Budget, depth: int = 0) -> Contents:
    """Return what a file of an accepted kind says. depth: how many archives it lies in."""
    if content_type.startswith("image/"):
        return pictures.look(content_type, content)
    if content_type == "application/pdf":
        return pdfs.look(content, budget, depth, _member)
    if documents.is_zipped(content_type):
        return documents.look(content, budget, depth, _member)
    if content_type == "application/zip":
        return archives.look(content, budget, depth, _member)
    if content_type.startswith("text/"):
        text, faults = text_of(content)
        return Contents(text.encode("utf-8", "replace"), [text], faults)
    return Contents(content, faults=[NOT_PASSED])


def text_of(content: bytes) -> tuple[str, list[str]]:
    """Return the text of a file whose character set nobody tells, and faults.

    It leaves as UTF-8 and says so; that way it is read as it was judged.
    """
    if content.startswith(UTF_16):
        return charset_decoded(content, "utf-16")
    text, faults = charset_decoded(content, "")
    return charset_decoded(content, "windows-1252") if faults and b"\0" not in content else (text, faults)


def _member(name: str, content: bytes, budget: Budget, depth: int) -> Contents:
    if depth > DEPTH_LIMIT:
        return Contents(content, faults=[OVER_LIMITS])
    if not content:
        return Contents(content)
    verdict = accept("application/octet-stream", name, content)
    if not isinstance(verdict, Accepted):
        return Contents(content, _printable(content), [verdict])
    if verdict.content_type in CONVERTED or verdict.content_type == CALENDAR:
        return Contents(content, _printable(content), [NOT_PASSED])
    return inspect(verdict.content_type, content, budget, depth)


def _printable(content: bytes) -> list[str]:
    """Return a file's letters as far as they stand plainly: for a moderator, it is not delivered."""
    return [content[:100_000].decode("utf-8", "replace")] if b"\0" not in content[:1000] else []


def everything(content_type: str, content: bytes) -> Iterator[str | bytes]:
    """Yield all that stands in a file in any wrapping, for the last look at what leaves.

    Raises ValueError, or one of `archives.BROKEN`, when it cannot be opened.
    """
    yield content
    if content_type.startswith("image/") and len(content) > pictures.SHOWS_NOTHING_BYTES:
        yield from pictures.packed_texts(content)
        yield from pictures.codes(content)
    elif content_type == "application/pdf":
        yield from pdfs.raw_streams(content)
        yield from pdfs.told(content)
    elif documents.is_zipped(content_type) or content_type == "application/zip":
        yield from _files(content, Budget(), 0)


def _files(content: bytes, budget: Budget, depth: int) -> Iterator[str | bytes]:
    if depth > DEPTH_LIMIT:
        raise ValueError(OVER_LIMITS)
    for name, data in archives.unzipped(content, budget):
        yield name
        if name.endswith((".xml", ".rels")):
            page = documents.decoded(data)
            if page is None:
                raise ValueError(UNREADABLE)
            yield page
        elif data.startswith(b"PK\x03\x04"):
            yield from _files(data, budget, depth + 1)
        elif data.startswith(b"%PDF-"):
            yield from everything("application/pdf", data)
        elif kind := pictures.kind_of(data):
            yield from everything(kind, data)
        else:
            yield data
