"""Small real files of every kind that mails carry, made by hand or by the libraries that read them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image, PngImagePlugin

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CORE = (
    '<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties xmlns:cp="c" xmlns:dc="d">'
    "<dc:creator>{}</dc:creator><cp:lastModifiedBy>{}</cp:lastModifiedBy></cp:coreProperties>"
)


def zipped(entries: Mapping[str, str | bytes], comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.comment = comment
    return made.getvalue()


def docx(
    text: str = "Homework", author: str = "Tara", more: Mapping[str, str | bytes] | None = None
) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": '<?xml version="1.0"?><Types/>',
            "_rels/.rels": '<?xml version="1.0"?><Relationships/>',
            "word/document.xml": f"<w:document {_W}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
            "docProps/core.xml": _CORE.format(author, author),
            "docProps/app.xml": f"<Properties><Company>{author}</Company></Properties>",
            **(more or {}),
        }
    )


def xlsx(text: str = "Marks", more: Mapping[str, str | bytes] | None = None) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": '<?xml version="1.0"?><Types/>',
            "xl/workbook.xml": "<workbook/>",
            "xl/sharedStrings.xml": f"<sst><si><t>{text}</t></si></sst>",
            "xl/worksheets/sheet1.xml": '<worksheet><row><c r="A1" t="s"><v>0</v></c><c><v>7</v></c></row></worksheet>',
            **(more or {}),
        }
    )


def pptx(text: str = "Slide", notes: str = "Notes") -> bytes:
    return zipped(
        {
            "[Content_Types].xml": '<?xml version="1.0"?><Types/>',
            "ppt/slides/slide1.xml": f"<p:sld><a:p><a:t>{text}</a:t></a:p></p:sld>",
            "ppt/notesSlides/notesSlide1.xml": f"<p:notes><a:p><a:t>{notes}</a:t></a:p></p:notes>",
        }
    )


def odt(text: str = "Essay", author: str = "Tara") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml", f"<office:document-content><text:p>{text}</text:p></office:document-content>"
        )
        archive.writestr(
            "meta.xml", f"<office:document-meta><dc:creator>{author}</dc:creator></office:document-meta>"
        )
    return made.getvalue()


def pdf(
    text: str = "Worksheet",
    *,
    author: str = "",
    link: str = "",
    note: str = "",
    xmp: str = "",
    packed: bool = False,
    more: tuple[bytes, ...] = (),
    catalog: bytes = b"",
    page: bytes = b"",
) -> bytes:
    """A PDF of one page. more: further objects, numbered from 8."""
    content = b"BT /F1 12 Tf 72 720 Td (" + text.encode("latin-1") + b") Tj ET"
    stream = zlib.compress(content) if packed else content
    packing = b"/Filter /FlateDecode " if packed else b""
    annotations = []
    if link:
        annotations.append(
            b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(" + link.encode() + b")>>>>"
        )
    if note:
        annotations.append(
            b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/T(x)/Contents(" + note.encode() + b")>>"
        )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + (b"/Metadata 7 0 R" if xmp else b"") + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>"
        + page
        + b">>/Annots["
        + b" ".join(annotations)
        + b"]>>",
        b"<<" + packing + b"/Length %d>>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Producer(x)" + (b"/Author(" + author.encode() + b")" if author else b"") + b">>",
        b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n" % len(xmp) + xmp.encode() + b"\nendstream",
        *more,
    ]
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<</Size %d/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1,
        start,
    )
    return bytes(made)


def revised(content: bytes, number: int, thing: bytes) -> bytes:
    """The PDF with one object replaced by an incremental update: the old one stays in the file."""
    before = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    made = content + b"%d 0 obj\n" % number + thing + b"\nendobj\n"
    return made + (
        b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 20/Root 1 0 R/Info 6 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (number, len(content), before, len(made))
    )


def picture(kind: str = "PNG", size: tuple[int, int] = (32, 24), **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, kind, **options)
    return made.getvalue()


def png_saying(text: str, *, packed: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text, zip=packed)
    return picture("PNG", pnginfo=info)


def jpeg_saying(text: str, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = text
    return picture("JPEG", exif=exif, comment=text.encode())


def gif(frames: int = 1, comment: str = "") -> bytes:
    made = io.BytesIO()
    images = [Image.new("RGB", (16, 16), (number * 60, 0, 0)) for number in range(frames)]
    more = {"append_images": images[1:], "loop": 0, "duration": 50, "save_all": True} if frames > 1 else {}
    images[0].save(made, "GIF", comment=comment.encode(), **more)
    return made.getvalue()


def code_image(text: str, scale: int = 4) -> Image.Image:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(np.asarray(code.to_image(scale=scale)))


def qr(text: str, kind: str = "PNG") -> bytes:
    made = io.BytesIO()
    code_image(text).save(made, kind)
    return made.getvalue()


def _tnef_object(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(body: str = "", files: Mapping[str, bytes] | None = None, kind: str = "IPM.Note") -> bytes:
    """A winmail.dat with a plain body and files (MS-OXTNEF)."""
    made = struct.pack("<IH", 0x223E9F78, 1)
    made += _tnef_object(1, 0x9006, 8, struct.pack("<I", 0x00010000))
    made += _tnef_object(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    made += _tnef_object(1, 0x8008, 7, kind.encode() + b"\0")
    if body:
        made += _tnef_object(1, 0x800C, 2, body.encode("cp1252") + b"\0")
    for name, data in (files or {}).items():
        made += _tnef_object(2, 0x9002, 6, b"\0" * 14)
        made += _tnef_object(2, 0x8010, 1, name.encode() + b"\0")
        made += _tnef_object(2, 0x800F, 6, data)
    return made


def invitation(*lines: str, method: str = "REQUEST") -> str:
    """An invitation to a lesson, with further lines in its event."""
    return "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            "PRODID:-//Example//EN",
            "VERSION:2.0",
            f"METHOD:{method}",
            "BEGIN:VEVENT",
            "UID:7kukuqrfedlm2f9t@mail.test",
            "DTSTAMP:20260301T090000Z",
            "DTSTART:20260305T160000Z",
            "DTEND:20260305T170000Z",
            "SUMMARY:Lesson on quadratics",
            *lines,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        )
    )
