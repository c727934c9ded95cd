"""Any file of any kind: looked into without an exception, within its limits, and made anew alike."""

from __future__ import annotations

import zipfile
from io import BytesIO

from gateway.channels.email import calendars, cards, outlook
from gateway.channels.email.contents import SIZE_LIMIT_BYTES, Budget
from gateway.channels.email.inspection import inspect
from tests.fakes import files

_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = (
    "application/zip",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    _OFFICE + "wordprocessingml.document",
    _OFFICE + "spreadsheetml.sheet",
    _OFFICE + "presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "text/csv",
    "application/ms-tnef",
    "text/calendar",
    "text/vcard",
)
EVENT = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Maths\r\n"
    b"DTSTART:20260304T160000Z\r\nORGANIZER;CN=Ruth:mailto:ruth@family.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
_FILES = (
    files.zipped({"a.txt": b"Hello", "b/c.csv": b"1,2", "d.zip": files.zipped({"e.txt": b"x"})}),
    files.pdf("Solve for x", link="https://example.org", packed=True, xmp="<x/>"),
    files.png_saying("camera"),
    files.jpeg_saying("camera", 6),
    files.gif(3, "x"),
    files.docx("Homework"),
    files.xlsx("Marks"),
    files.pptx("Slide", "Notes"),
    files.odt("Essay"),
    b"name,mark\r\nJamie,7\r\n",
    files.tnef("Hello", {"a.txt": b"x"}),
    EVENT,
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ruth Whitfield\r\nEND:VCARD\r\n",
)
# The first byte names the kind; 128 and above: the rest is one entry of an archive, so that its
# checksum is right whatever it became.
SEEDS = [bytes((number,)) + content for number, content in enumerate(_FILES)]
SEEDS += [bytes((128 + number,)) + content for number, content in enumerate(_FILES[:4])]
SEEDS += [b"\0" + files.zipped({"Q.txt": "x"}).replace(b"Q.txt", b"\0.txt")]
SEEDS += [b"\x85<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>"]
TOKENS = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"\0\0\0\0", b"<!DOCTYPE x [", b"<!ENTITY", b"endobj", b"stream\n", b"/JS", b"<<", b">>", b"/Kids[3 0 R]", b"xref\n", b"\r\n", b"BEGIN:VEVENT\r\n", b"RRULE:FREQ=SECONDLY\r\n", b"\x00\x01", b"../", b"=HYPERLINK("]  # fmt: skip
ENTRY = {5: "word/document.xml", 6: "xl/sharedStrings.xml", 7: "ppt/slides/slide1.xml", 8: "content.xml"}


def check(data: bytes) -> None:
    """Look into the bytes as the kind their first byte names."""
    number, content = (data[0], data[1:]) if data else (0, b"")
    kind = KINDS[number % 128 % len(KINDS)]
    if number >= 128:
        content = _wrapped(kind, content)
        kind = kind if kind in (KINDS[5], KINDS[6], KINDS[7], KINDS[8]) else "application/zip"
    if kind == "application/ms-tnef":
        outlook.unpacked(content)
    elif kind == "text/calendar":
        calendars.told(content.decode("utf-8", "replace"))
    elif kind == "text/vcard":
        cards.told(content.decode("utf-8", "replace"))
    else:
        _looked_into(kind, content)


def _looked_into(kind: str, content: bytes) -> None:
    budget = Budget()
    found = inspect(kind, content, budget)
    assert sum(map(len, found.texts)) <= 2 * SIZE_LIMIT_BYTES, "more text than the limit"
    if not found.faults:
        again = inspect(kind, found.clean, Budget())
        assert not again.faults, f"its clean form is refused: {again.faults}"
        assert set(again.texts) <= set(found.texts), "its clean form says what was not judged"


def _wrapped(kind: str, content: bytes) -> bytes:
    number = KINDS.index(kind)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if number in ENTRY:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr(ENTRY[number], content)
        else:
            archive.writestr(f"a.{('zip', 'pdf', 'png', 'jpg', 'gif')[number % 5]}", content)
    return made.getvalue()
