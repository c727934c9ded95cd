"""PDF: its text, notes, links, properties and embedded files; and the document without its properties."""

from __future__ import annotations

import io
import re
import time
import zlib
from collections.abc import Iterator
from typing import Any

from gateway.channels.email import pictures
from gateway.channels.email.contents import (
    ENCRYPTED,
    MACROS,
    NOT_PASSED,
    UNREADABLE,
    Budget,
    Contents,
    Opener,
    Remembered,
)

PAGE_LIMIT = 300
OBJECT_LIMIT = 60_000
PICTURE_LIMIT = 60
PAGE_BYTES_LIMIT = 8 * 1024 * 1024
TIME_LIMIT_S = 6.0  # of CPU; a page that begins within it is finished
REWRITTEN_BYTES = 4 * 1024 * 1024
REWRITTEN_OBJECTS = 6_000
STREAM_BYTES_LIMIT = 40 * 1024 * 1024
TOO_LONG = "a PDF too long to be read"

# Keys whose strings a reader is shown or can look up (ISO 32000-1 tables 164, 218, 317 and others).
_SAID = frozenset(
    {
        "/Title",
        "/Author",
        "/Subject",
        "/Keywords",
        "/Contents",
        "/T",
        "/TU",
        "/V",
        "/DV",
        "/RC",
        "/RV",
        "/URI",
    }
    | {"/F", "/UF", "/Desc", "/Alt", "/ActualText", "/E", "/CA", "/AC", "/Opt", "/Subj", "/P"}
)
_RUNNING = frozenset({"/JavaScript", "/Launch", "/ImportData", "/Rendition", "/Movie", "/Sound"})
_MOVING = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
_NOTES = frozenset(
    {"/Text", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Ink", "/Stamp", "/Popup"}
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")  # ISO 32000-1 section 7.3.5
_STREAM = re.compile(rb"stream\r?\n")


def look(content: bytes, budget: Budget, depth: int, opener: Opener) -> Contents:
    """Return what a PDF says, and the PDF without its properties where that is safe."""
    if b"/Encrypt" in content:
        return Contents(content, faults=[ENCRYPTED])
    names = _ESCAPE.sub(lambda one: bytes([int(one[1], 16)]), content) if is_bare(content) else content
    if b"/JavaScript" in names or b"/Launch" in names:
        return Contents(content, faults=[MACROS])
    if is_bare(content):
        return Contents(content, list(told(content)))
    contents = Contents(content)
    try:
        walk = _Walk(content)
        contents.faults = walk.faults()
        if not contents.faults:
            contents.clean = rewritten(walk)
            contents.texts = list(told(contents.clean))
            contents.unread = walk.pictured
            for name, data in walk.embedded:
                budget.spend(1, len(data))
                contents.take(opener(name, data, budget, depth + 1))
    except MemoryError:
        raise
    except Exception as fault:  # whatever a broken PDF does to the library: nobody has read it
        contents.faults = [TOO_LONG if TOO_LONG in str(fault) else UNREADABLE]
    return contents


def is_bare(content: bytes) -> bool:
    """Tell whether a PDF has no page that shows anything: nothing in it but plain bytes."""
    return b"stream" not in content


def _reader(content: bytes) -> Any:
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would log what it finds
    return PdfReader(io.BytesIO(content))


class _Walk:
    """One pass over every object of a PDF."""

    def __init__(self, content: bytes) -> None:
        self.reader = _reader(content)
        self.content = content
        self.said: dict[str, None] = {}
        self.embedded: list[tuple[str, bytes]] = []
        self.found: dict[str, None] = {}
        self.keys: set[str] = set()
        self.pictured = False
        self.count = 0
        if self.reader.is_encrypted:
            self.found[ENCRYPTED] = None
            return
        pages = self.reader.pages
        if len(pages) > PAGE_LIMIT or any(_drawing_bytes(one) > PAGE_BYTES_LIMIT for one in pages):
            raise ValueError(TOO_LONG)
        for thing in self._objects():
            self._thing(thing)

    def faults(self) -> list[str]:
        """Return why it may not leave."""
        return list(self.found)

    def _objects(self) -> Iterator[Any]:
        from pypdf.generic import IndirectObject

        reader = self.reader
        ids = {(number, generation) for generation, some in reader.xref.items() for number in some}
        ids |= {(number, 0) for number in reader.xref_objStm}
        if len(ids) > OBJECT_LIMIT:
            raise ValueError(TOO_LONG)
        yield reader.trailer.get("/Info")
        for number, generation in sorted(ids):
            if number:
                yield reader.get_object(IndirectObject(number, generation, reader))

    def _thing(self, thing: Any) -> None:
        from pypdf.generic import DictionaryObject

        waiting = [thing]
        while waiting:
            one = waiting.pop()
            self.count += 1
            if self.count > OBJECT_LIMIT * 10:
                raise ValueError(TOO_LONG)
            if isinstance(one, DictionaryObject):
                self._dictionary(one)
                waiting += [value for value in one.values() if isinstance(value, (dict, list))]
            elif isinstance(one, list):
                waiting += [value for value in one if isinstance(value, (dict, list))]

    def _dictionary(self, one: Any) -> None:
        self.keys.update(one)
        action, subtype = str(one.get("/S", "")), str(one.get("/Subtype", ""))
        if "/JS" in one or action in _RUNNING:
            self.found[MACROS] = None
        if subtype in _MOVING or "/XFA" in one:
            self.found[NOT_PASSED] = None
        if subtype == "/Image":
            self.pictured = self.pictured or pictures._ocr() is None
        for key in _SAID & one.keys():
            self._say(one.raw_get(key))
        if "/EF" in one:
            self._embedded(one)

    def _say(self, value: Any) -> None:
        values = value if isinstance(value, list) else [value]
        for text in values[:1000]:
            if isinstance(text, bytes):
                text = text.decode("utf-8", "replace")
            if isinstance(text, str) and text.strip() and not text.startswith(("/", "D:")):
                self.said[str(text)] = None

    def _embedded(self, one: Any) -> None:
        file = one["/EF"].get_object()
        name = str(one.get("/UF", one.get("/F", "file")))
        for key in ("/UF", "/F"):
            if key in file:
                self.embedded.append((name, file[key].get_object().get_data()))
                return


def _told(content: bytes) -> tuple[str, ...]:
    """Everything that a PDF tells: pages in order, codes in pictures, then notes and properties."""
    if is_bare(content):
        return (content.replace(b"\0", b"").decode("latin-1"),)
    started = time.process_time()
    walk = _Walk(content)
    said: list[str] = []
    left = PICTURE_LIMIT
    for page in walk.reader.pages:
        if time.process_time() - started > TIME_LIMIT_S:
            raise ValueError(TOO_LONG)
        said.append(page.extract_text() or "")
        left -= _look_at(page, left, said)
    return tuple(one for one in (*said, "\n".join(walk.said), *_xmp(walk.reader)) if one.strip())


told = Remembered(_told)


def _drawing_bytes(page: Any) -> int:
    """Return how much a page's drawing unpacks to; pypdf's `get_contents` would read all of it first."""
    contents = page["/Contents"].get_object() if "/Contents" in page else []
    streams = contents if isinstance(contents, list) else [contents]
    return sum(len(one.get_object().get_data()) for one in streams)


def _look_at(page: Any, left: int, said: list[str]) -> int:
    """Add the words of codes in the pictures of a page; return how many there were."""
    names = list(page.images.keys())
    for name in names[: max(left, 0)]:
        try:
            image = page.images[name].image
            if image is not None and 400 < image.width * image.height < pictures.PIXEL_LIMIT:
                said += pictures.read_frame(image)
        except MemoryError:
            raise
        except Exception:  # noqa: S112  # one that the library cannot show stays unread, as all are without OCR
            continue
    return len(names)


def _xmp(reader: Any) -> Iterator[str]:
    stream = reader.root_object.get("/Metadata")
    if stream is not None:
        text = stream.get_object().get_data()[: 1 << 20].decode("utf-8", "replace")
        yield re.sub(r"<[^<>]*+>", "\n", text) if "@" in text else ""


def rewritten(walk: _Walk) -> bytes:
    """Return the document without Info, XMP and names of note-makers, or as it is where unsafe.

    A form, a signature or a long document stays as it is: the last look judges its properties.
    """
    telling = {"/Metadata", "/PieceInfo"} & walk.keys or walk.reader.trailer.get("/Info") is not None
    unsafe = {"/ByteRange", "/AcroForm", "/EF", "/OCProperties"} & walk.keys
    if not telling or unsafe or len(walk.content) > REWRITTEN_BYTES or walk.count > REWRITTEN_OBJECTS:
        return walk.content
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=walk.reader)
    writer.metadata = None
    writer.pdf_header = walk.reader.pdf_header
    _forget(list(writer._objects))
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    made = io.BytesIO()
    writer.write(made)
    again = _reader(made.getvalue())
    same = len(again.pages) == len(walk.reader.pages) and all(
        again.pages[at].extract_text() == walk.reader.pages[at].extract_text()
        for at in range(min(2, len(again.pages)))
    )
    return made.getvalue() if same else walk.content


def _forget(waiting: list[Any]) -> None:
    """Take what tells of makers out of every dictionary within those objects."""
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for key in ("/Metadata", "/PieceInfo", "/LastModified"):
                one.pop(key, None)
            if one.get("/Subtype") in _NOTES:
                one.pop("/T", None)
            waiting += [value for value in one.values() if isinstance(value, (dict, list))]
        elif isinstance(one, list):
            waiting += [value for value in one if isinstance(value, (dict, list))]


def raw_streams(content: bytes) -> Iterator[bytes]:
    """Yield what every compressed stream holds, old revisions too, up to a limit.

    Raises ValueError when they hold more.
    """
    left = STREAM_BYTES_LIMIT
    for mark in _STREAM.finditer(content):
        before = content[max(content.rfind(b"obj", 0, mark.start()), mark.start() - 2000) : mark.start()]
        if b"/FlateDecode" not in before or b"/Image" in before or b"/Length1" in before:
            continue  # points of a picture or a font: no letters
        unpacker = zlib.decompressobj()
        try:
            data = unpacker.decompress(content[mark.end() : mark.end() + (8 << 20)], left + 1)
        except zlib.error:
            continue
        left -= len(data)
        if left < 0:
            raise ValueError(TOO_LONG)
        yield data
