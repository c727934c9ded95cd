"""What a file says is read, what cannot be read is said, and what tells of its maker is taken out."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gateway.channels.email import pictures
from gateway.channels.email.attachments import Accepted, accept
from gateway.channels.email.contents import (
    DISGUISED,
    ENCRYPTED,
    FETCHES,
    MACROS,
    NOT_PASSED,
    OVER_LIMITS,
    UNREADABLE,
    UNSEEN,
    Budget,
    Contents,
)
from gateway.channels.email.inspection import everything, inspect
from tests.fakes import files

PDF, ZIP = "application/pdf", "application/zip"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = OFFICE + "wordprocessingml.document", OFFICE + "spreadsheetml.sheet"
PPTX, ODT = OFFICE + "presentationml.presentation", "application/vnd.oasis.opendocument.text"
RELS = '<Relationships><Relationship Type="x/{}" Target="{}" TargetMode="External"/></Relationships>'
EMBEDDED = (
    b"<</Type/Filespec/F(inner.txt)/EF<</F 9 0 R>>>>",
    b"<</Type/EmbeddedFile/Length 7>>\nstream\nring me\nendstream",
)


def looked(kind: str, content: bytes) -> Contents:
    return inspect(kind, content, Budget())


def whole(contents: Contents) -> str:
    return "\n".join(contents.texts)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (PDF, files.pdf("ring me")),
        (PDF, files.pdf("ring me", packed=True)),
        (PDF, files.pdf(note="ring me")),
        (PDF, files.pdf(link="https://ring me")),
        (PDF, files.pdf(more=EMBEDDED, catalog=b"/Names<</EmbeddedFiles<</Names[(a) 8 0 R]>>>>")),
        (DOCX, files.docx("ring me")),
        (DOCX, files.docx("ring </w:t></w:r><w:r><w:t>me")),
        (DOCX, files.docx(more={"word/comments.xml": "<w:comment><w:t>ring me</w:t></w:comment>"})),
        (DOCX, files.docx(more={"word/footnotes.xml": "<w:t>ring me</w:t>"})),
        (DOCX, files.docx(more={"word/header1.xml": "<w:t>ring me</w:t>"})),
        (DOCX, files.docx(more={"word/d.xml": '<wp:docPr id="1" descr="ring me"/>'})),
        (DOCX, files.docx(more={"word/document2.xml": "<w:t>ring me</w:t>".encode("utf-16")})),
        (DOCX, files.docx(more={"word/_rels/d.rels": RELS.format("hyperlink", "https://x.test/ring me")})),
        (DOCX, files.docx(more={"word/media/a.png": files.qr("ring me")})),
        (DOCX, files.docx(more={"word/embeddings/a.xlsx": files.xlsx("ring me")})),
        (XLSX, files.xlsx("ring me")),
        (XLSX, files.xlsx(more={"xl/comments1.xml": "<t>ring me</t>"})),
        (PPTX, files.pptx("ring me")),
        (PPTX, files.pptx(notes="ring me")),
        (ODT, files.odt("ring me")),
        ("text/csv", b"a,ring me"),
        ("text/plain", "ring me".encode("utf-16")),
        ("text/plain", b"\xa3 ring me"),
        ("image/png", files.qr("ring me")),
        ("image/jpeg", files.qr("ring me", "JPEG")),
        ("image/gif", files.qr("ring me", "GIF")),
        ("image/webp", files.qr("ring me", "WEBP")),
        (ZIP, files.zipped({"a.txt": "ring me"})),
        (ZIP, files.zipped({"ring me.txt": "x"})),
        (ZIP, files.zipped({"x/a.docx": files.docx("ring me")})),
        (ZIP, files.zipped({"x/a.zip": files.zipped({"a.pdf": files.pdf("ring me")})})),
    ],
)
def test_what_a_file_says_is_read(kind: str, content: bytes) -> None:
    contents = looked(kind, content)
    assert contents.faults == []
    assert "ring me" in whole(contents)


def nested(depth: int) -> bytes:
    content = files.zipped({"a.txt": "x"})
    for _ in range(depth):
        content = files.zipped({"a.zip": content})
    return content


def locked() -> bytes:
    """An archive whose file is marked as encrypted, in both of its directories."""
    made = bytearray(files.zipped({"a.txt": "x"}))
    made[made.index(b"PK\x03\x04") + 6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


RUNS = b"/OpenAction<</S/J#61vaScript/JS(app.alert)>>"


@pytest.mark.parametrize(
    ("kind", "content", "fault"),
    [
        (PDF, b"%PDF-1.4 /Encrypt", ENCRYPTED),
        (PDF, files.pdf(catalog=RUNS), MACROS),
        (PDF, files.pdf(catalog=b"/OpenAction<</S/Launch/F(x)>>"), MACROS),
        (PDF, b"%PDF-1.4 /Open#41ction /L#61unch", MACROS),
        (PDF, files.pdf()[:200] + b"stream", UNREADABLE),
        (PDF, files.pdf(more=(EMBEDDED[0].replace(b".txt", b".exe"), EMBEDDED[1])), NOT_PASSED),
        (PDF, files.pdf(more=(b"<</Subtype/RichMedia>>",)), NOT_PASSED),
        (DOCX, files.docx(more={"word/vbaProject.bin": "x"}), MACROS),
        (DOCX, files.docx(more={"word/activeX/activeX1.bin": "x"}), MACROS),
        (DOCX, files.docx(more={"word/embeddings/oleObject1.bin": "x"}), NOT_PASSED),
        (DOCX, files.docx(more={"word/embeddings/a.exe": "MZ"}), NOT_PASSED),
        (DOCX, files.docx(more={"word/x.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), UNREADABLE),
        (DOCX, files.docx(more={"word/x.xml": b'<?xml version="1.0" encoding="ibm037"?>'}), UNREADABLE),
        (DOCX, files.docx(more={"word/_rels/a.rels": RELS.format("attachedTemplate", "https://x")}), FETCHES),
        (DOCX, files.docx(more={"word/_rels/a.rels": RELS.format("image", "https://x.test/p.gif")}), FETCHES),
        (ODT, files.odt().replace(b"content.xml", b"Basic/x.xml"), MACROS),
        (ZIP, locked(), ENCRYPTED),
        (ZIP, nested(3), OVER_LIMITS),
        (ZIP, files.zipped({"a.txt": "a" * 3_000_000}), OVER_LIMITS),
        (ZIP, files.zipped({f"{n}.txt": "" for n in range(201)}), OVER_LIMITS),
        (ZIP, files.zipped({"a.exe": "MZ"}), NOT_PASSED),
        (ZIP, files.zipped({"a.eml": "Subject: x\r\n\r\nx"}), NOT_PASSED),
        (ZIP, files.zipped({"a.txt": "x"})[:-30], UNREADABLE),
        ("image/png", files.picture("PNG")[:12] + b"x" * 100, UNSEEN),
        ("image/png", files.picture("PNG", (7000, 7000)), UNSEEN),
        ("image/jpeg", b"\xff\xd8\xff\xe0" + b"x" * 200, UNSEEN),
    ],
)
def test_what_cannot_be_read_is_a_fault(kind: str, content: bytes, fault: str) -> None:
    assert looked(kind, content).faults == [fault]


def test_an_equation_in_a_document_is_ordinary() -> None:
    equation = "Root Entry Equation Native".encode("utf-16-le")
    content = files.docx(
        more={"word/embeddings/oleObject1.bin": equation, "word/media/image1.wmf": b"\xd7\xcd"}
    )
    assert looked(DOCX, content).faults == []


def test_limits_hold_for_all_archives_of_a_mail_together() -> None:
    budget, content = Budget(), files.zipped({f"{n}.txt": "" for n in range(150)})
    assert inspect(ZIP, content, budget).faults == []
    assert inspect(ZIP, content, budget).faults == [OVER_LIMITS]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (DOCX, files.docx(author="Ruth")),
        (DOCX, files.docx(more={"word/comments.xml": '<w:comment w:author="Ruth" w:initials="Ruth"/>'})),
        (DOCX, files.docx(more={"docProps/custom.xml": "<x>Ruth</x>"})),
        (DOCX, files.docx(more={"word/media/a.jpg": files.jpeg_saying("Ruth")})),
        (XLSX, files.xlsx(more={"xl/persons/person.xml": '<person displayName="Ruth" userId="Ruth"/>'})),
        (ODT, files.odt(author="Ruth")),
        (PDF, files.pdf(author="Ruth")),
        (PDF, files.pdf(xmp="<dc:creator>Ruth</dc:creator>")),
        (PDF, files.pdf(note="x").replace(b"/T(x)", b"/T(Ruth)")),
        ("image/png", files.png_saying("Ruth")),
        ("image/jpeg", files.jpeg_saying("Ruth")),
        ("image/jpeg", files.picture("JPEG") + b"Ruth"),
        ("image/png", files.picture("PNG") + b"Ruth"),
        ("image/gif", files.gif(comment="Ruth")),
        ("image/gif", files.gif(3, comment="Ruth")),
        ("image/webp", files.picture("WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0Ruth", xmp=b"Ruth")),
        (ZIP, files.zipped({"a.jpg": files.jpeg_saying("Ruth"), "__MACOSX/._a.jpg": "Ruth"}, b"Ruth")),
    ],
)
def test_what_tells_of_the_maker_is_taken_out(kind: str, content: bytes) -> None:
    contents = looked(kind, content)
    assert contents.faults == []
    pieces = [one if isinstance(one, bytes) else one.encode() for one in everything(kind, contents.clean)]
    assert not any(b"Ruth" in piece for piece in pieces)
    assert any(
        b"Ruth" in one if isinstance(one, bytes) else "Ruth" in one for one in everything(kind, content)
    )


def test_a_compressed_comment_of_a_picture_is_taken_out() -> None:
    content = files.png_saying("Ruth " * 50, packed=True)
    assert any(b"Ruth" in one for one in everything("image/png", content) if isinstance(one, bytes))
    clean = looked("image/png", content).clean
    assert not any(b"Ruth" in one for one in everything("image/png", clean) if isinstance(one, bytes))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_cleaned_picture_shows_the_same(kind: str) -> None:
    content = files.qr("Hello", kind)
    clean = looked(f"image/{kind.lower()}", content).clean
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(clean)) as after:
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


def test_a_moving_picture_keeps_moving_and_a_turned_one_stays_turned() -> None:
    with Image.open(io.BytesIO(looked("image/gif", files.gif(4, "x")).clean)) as after:
        assert (getattr(after, "n_frames", 1), after.info["loop"]) == (4, 0)
    with Image.open(io.BytesIO(looked("image/jpeg", files.jpeg_saying("x", 6)).clean)) as after:
        assert dict(after.getexif()) == {0x0112: 6}


def test_a_picture_cut_short_is_shown_as_far_as_it_goes() -> None:
    assert looked("image/jpeg", files.picture("JPEG", (300, 300))[:-40]).faults == []


def test_the_same_file_is_cleaned_to_the_same_bytes() -> None:
    for kind, content in (
        (DOCX, files.docx()),
        (PDF, files.pdf(author="x")),
        (ZIP, files.zipped({"a.txt": "x"})),
    ):
        assert looked(kind, content).clean == looked(kind, content).clean


def test_a_cleaned_document_still_opens() -> None:
    with zipfile.ZipFile(io.BytesIO(looked(DOCX, files.docx("Hello")).clean)) as archive:
        assert b"Hello" in archive.read("word/document.xml")
        assert archive.testzip() is None
    with zipfile.ZipFile(io.BytesIO(looked(ODT, files.odt()).clean)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_a_path_in_an_archive_leads_nowhere() -> None:
    clean = looked(ZIP, files.zipped({"../../etc/a\u202e.txt": "x", "c:/b.txt": "y"})).clean
    with zipfile.ZipFile(io.BytesIO(clean)) as archive:
        assert archive.namelist() == ["etc/a.txt", "b.txt"]


def test_a_picture_is_unread_where_nothing_reads_its_words() -> None:
    assert looked("image/png", files.picture()).unread is (pictures._ocr() is None)
    assert not looked("text/plain", b"x").unread


@pytest.mark.parametrize("kind", [PDF, DOCX, ODT, ZIP, "image/png", "image/jpeg", "image/gif", "image/webp"])
@given(data=st.data())
def test_broken_files_never_raise(kind: str, data: st.DataObject) -> None:
    whole_file = {
        PDF: files.pdf("x", packed=True),
        DOCX: files.docx(),
        ODT: files.odt(),
        ZIP: files.zipped({"a.txt": "x"}),
        "image/png": files.png_saying("x"),
        "image/jpeg": files.jpeg_saying("x"),
        "image/gif": files.gif(2, "x"),
        "image/webp": files.picture("WEBP"),
    }[kind]
    at = data.draw(st.integers(4, len(whole_file) - 1))
    broken = (
        whole_file[:at] + data.draw(st.binary(max_size=8)) + whole_file[at + data.draw(st.integers(0, 20)) :]
    )
    contents = looked(kind, broken)
    assert contents.faults or contents.clean


def test_a_photograph_is_looked_at_quickly() -> None:
    content = files.picture("JPEG", (4032, 3024))
    start = time.process_time()
    assert looked("image/jpeg", content).faults == []
    assert time.process_time() - start < 2


def test_a_moving_picture_whose_frames_outgrow_it_is_not_looked_at() -> None:
    """A frame may stand beyond the picture, which grows with it: 200 bytes became 2 GB."""
    frame = b"\x2c" + bytes(4) + b"\x10\x00\x10\x00"
    first, second, rest = files.gif(3).split(frame, 2)
    outgrown = first + frame + second + b"\x2c\x00\x30\x00\x30\x10\x00\x10\x00" + rest
    assert inspect("image/gif", outgrown, Budget()).faults == [UNSEEN]


def test_an_entry_without_a_name_makes_an_archive_unreadable() -> None:
    content = files.zipped({"Q.txt": "x"}).replace(b"Q.txt", b"\0.txt")
    assert inspect("application/zip", content, Budget()).faults == [UNREADABLE]


@pytest.mark.parametrize(
    ("kind", "content", "passed"),
    [
        ("text/plain", b"Homework for Monday", "text/plain"),
        ("text/plain", b"BEGIN:VCARD\r\n", "text/plain"),
        ("application/pdf", files.pdf(), "application/pdf"),
        ("text/x-vcard", b"BEGIN:VCARD\r\n", "text/vcard"),
    ],
)
def test_a_file_without_an_extension_is_of_its_types_kind(kind: str, content: bytes, passed: str) -> None:
    verdict = accept(kind, "notes", content)
    assert isinstance(verdict, Accepted)
    assert verdict.content_type == passed


def test_a_file_without_an_extension_is_still_no_other_kind_than_it_looks() -> None:
    assert accept("application/pdf", "notes", b"PK\x03\x04") == DISGUISED
    assert accept("application/x-msdownload", "notes", b"MZ") == NOT_PASSED
