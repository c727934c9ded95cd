"""A private address hidden in each place where relays have been seen to leak it (MAIL 2).

Ruth answers the tutor. Her address, and everybody else's, must not be in what he gets, in
any form that a mail program could show. Whether it is, is asked of Python's own parser and
of the raw bytes, not of the code under test.
"""

from __future__ import annotations

import base64
import email
import email.policy
import quopri
import re
import urllib.parse
from dataclasses import replace
from email.header import Header
from html import unescape

import pytest

from gateway.channels.email.compose import compose, leaks
from gateway.channels.email.parse import read
from tests.fakes import files
from tests.fakes.circle import DAN, JAMIE, RUTH, TARA, circle, envelope

SECRET = "ruth@family.test"
OTHERS = ("jamie@family.test", "tara@mail.test", "dan@other.test")
ENTITIES = "".join(f"&#{ord(letter)};" for letter in SECRET)

PASSED, FORM, EXIT = "passed", "held: form", "held at the exit"


def mail(
    body: bytes | str, *lines: str, kind: str = "text/plain; charset=utf-8", encoding: str = ""
) -> bytes:
    head = [f"From: Ruth Whitfield <{SECRET}>", "To: alias0oftara@relay.test", "MIME-Version: 1.0"]
    if not any(line.startswith("Subject:") for line in lines):
        head.append("Subject: Thursday")
    head += [*lines, f"Content-Type: {kind}"]
    if encoding:
        head.append(f"Content-Transfer-Encoding: {encoding}")
    data = body.encode() if isinstance(body, str) else body
    return "\r\n".join((*head, "", "")).encode() + data + b"\r\n"


def html(source: str) -> bytes:
    return mail(source, kind="text/html; charset=utf-8")


def parts(*inside: str, subtype: str = "mixed", before: str = "", after: str = "") -> bytes:
    body = before + "".join(f"--b\r\n{one}\r\n" for one in inside) + "--b--\r\n" + after
    return mail(body, kind=f'multipart/{subtype}; boundary="b"')


def attached(kind: str, name: str, content: bytes, more: str = "") -> str:
    coded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    disposition = f'Content-Disposition: attachment; filename="{name}"\r\n'
    return f"Content-Type: {kind}\r\n{disposition}{more}Content-Transfer-Encoding: base64\r\n\r\n{coded}"


OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = OFFICE + "wordprocessingml.document", OFFICE + "spreadsheetml.sheet"
PPTX, ODT = OFFICE + "presentationml.presentation", "application/vnd.oasis.opendocument.text"


def document(content: bytes) -> bytes:
    return parts(TEXT, attached(DOCX, "a.docx", content))


def paper(content: bytes) -> bytes:
    return parts(TEXT, attached("application/pdf", "a.pdf", content))


def archive(entries: dict[str, str | bytes], comment: bytes = b"") -> bytes:
    return parts(TEXT, attached("application/zip", "a.zip", files.zipped(entries, comment)))


def image(kind: str, content: bytes) -> bytes:
    return parts(TEXT, attached(f"image/{kind}", f"a.{kind}", content))


def calendar(*lines: str) -> bytes:
    invite = f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{files.invitation(*lines)}"
    return parts(TEXT, invite, subtype="alternative")


def within(inner: str) -> bytes:
    return parts(TEXT, f"Content-Type: message/rfc822\r\n\r\n{inner}")


def outlook(body: str = "", **more: bytes) -> bytes:
    named = {name.replace("_", "."): data for name, data in more.items()}
    return parts(TEXT, attached("application/ms-tnef", "winmail.dat", files.tnef(body, named)))


def old_revision(catalog: bytes = b"") -> bytes:
    """A PDF whose first version told more."""
    page = b"<</Length 21>>\nstream\nBT /F1 9 Tf (x) Tj ET\nendstream"
    return files.revised(files.pdf(SECRET, packed=True, catalog=catalog), 4, page)


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nHello"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"  # shows nothing, so there is nothing to look at

PROBES: dict[str, tuple[bytes, str]] = {
    "a quoted reply": (mail(f"Fine.\r\n\r\n> From: <{SECRET}>\r\n> Hello"), PASSED),
    "on … wrote": (mail(f"Fine.\r\n\r\nOn Monday, Ruth <{SECRET}> wrote:\r\n> Hello"), PASSED),
    "capitals": (mail("> To: RUTH@Family.TEST"), PASSED),
    "another guardian's": (mail("> Cc: dan@other.test, jamie@family.test"), PASSED),
    "the tutor's own private one": (mail("> To: tara@mail.test"), PASSED),
    "a mailto link": (html(f'<p><a href="mailto:{SECRET}">write</a></p>'), PASSED),
    "a mailto link with per cent signs": (
        html(f'<p><a href="mailto:{urllib.parse.quote(SECRET, safe="")}">write</a></p>'),
        EXIT,
    ),
    "entities": (html(f"<p>{ENTITIES}</p>"), PASSED),
    "named entities": (html("<p>ruth&commat;family&period;test</p>"), PASSED),
    "split tags": (html("<p>ruth<b>@</b>fam<i></i>ily.test</p>"), EXIT),
    "a comment within": (html("<p>ruth<!-- x -->@family.test</p>"), PASSED),
    "a comment": (html(f"<p>Hello</p><!-- {SECRET} -->"), PASSED),
    "an alternative text": (html(f'<p>Hello <img src="x" alt="{SECRET}"></p>'), PASSED),
    "a title": (html(f'<p title="{SECRET}">Hello</p>'), PASSED),
    "a style": (html(f"<style>/* {SECRET} */</style><p>Hello</p>"), PASSED),
    "a script": (html(f"<script>'{SECRET}'</script><p>Hello</p>"), PASSED),
    "text that is not displayed": (html(f'<p>Hello <span style="display:none">{SECRET}</span></p>'), PASSED),
    "a tracking pixel": (html(f'<p>Hello <img src="https://t.example.org/?u={SECRET}"></p>'), PASSED),
    "a data attribute": (html(f'<p data-mail="{SECRET}" class="{SECRET}">Hello</p>'), PASSED),
    "a head": (html(f'<head><meta name="author" content="{SECRET}"><title>{SECRET}</title></head><p>x'), PASSED),
    "a form": (html(f'<form action="mailto:{SECRET}"><input value="{SECRET}"></form><p>x'), PASSED),
    "a link's query": (html(f'<p><a href="https://x.example.org/?u={SECRET}">x</a></p>'), PASSED),
    "zero-width characters": (mail("ruth\u200b@fam\u200dily.test"), EXIT),
    "spaces": (mail("ruth @ family.test"), EXIT),
    "wide letters": (mail("ｒｕｔｈ＠ｆａｍｉｌｙ．ｔｅｓｔ"), EXIT),
    "quoted-printable": (
        mail(quopri.encodestring(f"é {SECRET}".encode()), encoding="quoted-printable"),
        PASSED,
    ),
    "a soft line break within": (mail("ruth@fam=\r\nily.test", encoding="quoted-printable"), PASSED),
    "base64": (mail(base64.b64encode(f"> {SECRET}".encode()), encoding="base64"), PASSED),
    "UTF-16": (
        mail(
            base64.b64encode(f"> {SECRET}".encode("utf-16")), kind="text/plain; charset=utf-16", encoding="base64"
        ),
        PASSED,
    ),
    "UTF-7": (mail("+AHIAdQB0AGgAQA-family.test", kind="text/plain; charset=utf-7"), FORM),
    "a second text part": (parts(TEXT, TEXT.replace("Hello", f"> {SECRET}")), PASSED),
    "the other alternative": (
        parts(TEXT, f"Content-Type: text/html\r\n\r\n<p>{SECRET}</p>", subtype="alternative"),
        PASSED,
    ),
    "the preamble": (parts(TEXT, before=f"{SECRET}\r\n"), FORM),
    "the epilogue": (parts(TEXT, after=f"{SECRET}\r\n"), FORM),
    "a part's header": (parts(f"X-From: {SECRET}\r\nContent-Description: {SECRET}\r\n{TEXT}"), PASSED),
    "a content id": (
        parts(TEXT, attached("image/png", "a.png", PNG, f"Content-ID: <x{SECRET}>\r\n")),
        PASSED,
    ),
    "a file name": (parts(TEXT, attached("text/plain", f"{SECRET}.txt", b"Hello")), EXIT),
    "a file name after RFC 2231": (
        parts(TEXT, attached("text/plain", "a.txt", b"Hello").replace('="a.txt"', "*=utf-8''ruth%40family.test.txt")),
        EXIT,
    ),
    "the name of a type": (
        parts(TEXT, attached(f'text/plain; name="{SECRET}"', "a.txt", b"Hello")),
        PASSED,
    ),
    "a text file": (parts(TEXT, attached("text/plain", "a.txt", SECRET.encode())), EXIT),
    "a table": (parts(TEXT, attached("text/csv", "a.csv", f"Ruth,{SECRET}\r\n".encode())), EXIT),
    "a document's author": (document(files.docx(author=SECRET)), PASSED),
    "a document's text": (document(files.docx(SECRET)), EXIT),
    "a document's text in pieces": (document(files.docx("ruth&#64;</w:t><w:t>family.test")), EXIT),
    "a document's header": (document(files.docx(more={"word/header1.xml": f"<w:t>{SECRET}</w:t>"})), EXIT),
    "a document's comment": (document(files.docx(more={"word/comments.xml": f"<w:t>{SECRET}</w:t>"})), EXIT),
    "a comment's author": (
        document(files.docx(more={"word/comments.xml": f'<w:comment w:author="{SECRET}"/>'})),
        PASSED,
    ),
    "a document's link": (
        document(
            files.docx(
                more={
                    "word/_rels/d.rels": f'<Relationship Type="x/hyperlink" Target="mailto:{SECRET}" TargetMode="External"/>'
                }
            )
        ),
        EXIT,
    ),
    "a document's other character set": (
        document(files.docx(more={"word/b.xml": f"<w:t>{SECRET}</w:t>".encode("utf-16")})),
        EXIT,
    ),
    "a document's own properties": (document(files.docx(more={"docProps/custom.xml": f"<x>{SECRET}</x>"})), PASSED),
    "a photograph in a document": (
        document(files.docx(more={"word/media/a.jpg": files.jpeg_saying(SECRET)})),
        PASSED,
    ),
    "a table in a document": (document(files.docx(more={"word/embeddings/a.xlsx": files.xlsx(SECRET)})), EXIT),
    "a code in a document": (document(files.docx(more={"word/media/a.png": files.qr(SECRET)})), EXIT),
    "a document that is fetched": (
        document(
            files.docx(
                more={
                    "word/_rels/d.rels": f'<Relationship Type="x/image" Target="https://x.test/?{SECRET}" TargetMode="External"/>'
                }
            )
        ),
        FORM,
    ),
    "a sheet": (parts(TEXT, attached(XLSX, "a.xlsx", files.xlsx(SECRET))), EXIT),
    "who wrote in a sheet": (
        parts(TEXT, attached(XLSX, "a.xlsx", files.xlsx(more={"xl/persons/p.xml": f'<person userId="S::{SECRET}"/>'}))),
        PASSED,
    ),
    "notes to slides": (parts(TEXT, attached(PPTX, "a.pptx", files.pptx(notes=SECRET))), EXIT),
    "an open document": (parts(TEXT, attached(ODT, "a.odt", files.odt(SECRET))), EXIT),
    "an open document's author": (parts(TEXT, attached(ODT, "a.odt", files.odt(author=SECRET))), PASSED),
    "a PDF's text": (paper(files.pdf(SECRET)), EXIT),
    "a PDF's packed text": (paper(files.pdf(SECRET, packed=True)), EXIT),
    "a PDF's text in pieces": (paper(files.pdf("ruth@fam) Tj (ily.test")), EXIT),
    "a PDF's note": (paper(files.pdf(note=SECRET)), EXIT),
    "a PDF's link": (paper(files.pdf(link=f"mailto:{SECRET}")), EXIT),
    "a whole PDF's author": (paper(files.pdf(author=SECRET)), PASSED),
    "a PDF's XMP": (paper(files.pdf(xmp=f"<dc:creator>{SECRET}</dc:creator>")), PASSED),
    "an old revision of a PDF": (paper(old_revision()), PASSED),
    "an old revision of a form": (paper(old_revision(b"/AcroForm<</Fields[]>>")), EXIT),
    "a PDF's string in hexadecimal": (
        paper(files.pdf(more=(b"<</Contents<" + SECRET.encode("utf-16").hex().encode() + b">>>",), catalog=b"/X 8 0 R")),
        EXIT,
    ),
    "a file in a PDF": (
        paper(
            files.pdf(
                catalog=b"/Names<</EmbeddedFiles<</Names[(a) 8 0 R]>>>>",
                more=(
                    b"<</Type/Filespec/F(a.txt)/EF<</F 9 0 R>>>>",
                    b"<</Length 16>>\nstream\n" + SECRET.encode() + b"\nendstream",
                ),
            )
        ),
        EXIT,
    ),
    "a file in an archive": (archive({"a.txt": SECRET}), EXIT),
    "a name in an archive": (archive({f"{SECRET}.txt": "x"}), EXIT),
    "an archive in an archive": (archive({"a.zip": files.zipped({"a.txt": SECRET})}), EXIT),
    "an archive's comment": (archive({"a.txt": "x"}, SECRET.encode()), PASSED),
    "an archive's hidden files": (archive({"a.txt": "x", "__MACOSX/._a.txt": SECRET}), PASSED),
    "a document in an archive": (archive({"a.docx": files.docx(SECRET)}), EXIT),
    "a PDF in an archive": (archive({"a.pdf": files.pdf(SECRET, packed=True)}), EXIT),
    "a code in an archive": (archive({"a.png": files.qr(SECRET)}), EXIT),
    "a code": (image("png", files.qr(f"mailto:{SECRET}")), EXIT),
    "a code in a JPEG": (image("jpeg", files.qr(SECRET, "JPEG")), EXIT),
    "a picture's text": (image("png", files.png_saying(SECRET)), PASSED),
    "a picture's packed text": (image("png", files.png_saying(SECRET * 9, packed=True)), PASSED),
    "a photograph's Exif and comment": (image("jpeg", files.jpeg_saying(SECRET)), PASSED),
    "after a photograph": (image("jpeg", files.picture("JPEG") + SECRET.encode()), PASSED),
    "a moving picture's comment": (image("gif", files.gif(2, SECRET)), PASSED),
    "a WebP's XMP": (image("webp", files.picture("WEBP", xmp=SECRET.encode())), PASSED),
    "an organiser": (calendar(f"ORGANIZER;CN={SECRET}:mailto:{SECRET}"), PASSED),
    "a guest": (calendar(f"ATTENDEE;CN=Dan;X-MAIL={SECRET}:mailto:dan@other.test"), PASSED),
    "a stranger's answer": (calendar(f'ATTENDEE;SENT-BY="mailto:{SECRET}":mailto:x@y.test'), PASSED),
    "an invitation's words": (calendar(f"DESCRIPTION:From {SECRET}"), PASSED),
    "an invitation's folded words": (calendar(f"DESCRIPTION:{'x' * 50} ruth@fam\r\n ily.test"), PASSED),
    "an invitation's other words": (calendar(f"X-ALT-DESC;FMTTYPE=text/html:<p>{SECRET}"), PASSED),
    "an invitation's id": (calendar(f"RELATED-TO:{SECRET}"), PASSED),
    "an invitation's alarm": (
        calendar("BEGIN:VALARM", "ACTION:EMAIL", "TRIGGER:-PT5M", f"ATTENDEE:mailto:{SECRET}", "END:VALARM"),
        PASSED,
    ),
    "an invitation's file": (calendar(f"ATTACH:https://x.test/?{SECRET}"), FORM),
    "a whole visiting card": (
        parts(TEXT, attached("text/vcard", "a.vcf", f"BEGIN:VCARD\r\nEMAIL:{SECRET}\r\nEND:VCARD".encode())),
        PASSED,
    ),
    "the header of a mail within": (within(f"From: {SECRET}\r\nTo: {SECRET}\r\n\r\nHi"), PASSED),
    "the subject of a mail within": (within(f"Subject: {SECRET}\r\n\r\nHi"), EXIT),
    "the text of a mail within": (within(f"From: x@y.test\r\n\r\nFrom {SECRET}"), EXIT),
    "a mail in a file": (
        parts(TEXT, attached("message/rfc822", "a.eml", f"From: {SECRET}\r\n\r\nHi".encode())),
        FORM,
    ),
    "a mail in a file of no type": (
        parts(TEXT, attached("application/octet-stream", "a.eml", f"From: {SECRET}\r\n\r\nHi".encode())),
        PASSED,
    ),
    "Outlook's wrapping": (outlook(f"From {SECRET}"), PASSED),
    "a file in Outlook's wrapping": (outlook("Hi", a_txt=SECRET.encode()), EXIT),
    "a document in Outlook's wrapping": (outlook("Hi", a_docx=files.docx(author=SECRET)), PASSED),
    "a text file in UTF-16": (parts(TEXT, attached("text/plain", "a.txt", SECRET.encode("utf-16"))), EXIT),
    "a text that flows": (mail(f"> {SECRET}", kind="text/plain; format=flowed; delsp=yes"), PASSED),
    "a text that flows, in pieces": (
        mail("ruth@fam \r\nily.test", kind="text/plain; format=flowed; delsp=yes"),
        PASSED,
    ),
    "a PDF's author": (
        parts(TEXT, attached("application/pdf", "a.pdf", f"%PDF-1.4 /Author ({SECRET})".encode())),
        EXIT,
    ),
    "a PDF's author in UTF-16": (
        parts(TEXT, attached("application/pdf", "a.pdf", b"%PDF-1.4 (" + SECRET.encode("utf-16") + b")")),
        EXIT,
    ),
    "a picture's comment": (parts(TEXT, attached("image/png", "a.png", PNG + SECRET.encode())), EXIT),
    "a calendar": (
        parts(TEXT, f"Content-Type: text/calendar\r\n\r\nORGANIZER:mailto:{SECRET}", subtype="alternative"),
        FORM,
    ),
    "a visiting card": (parts(TEXT, attached("text/vcard", "ruth.vcf", f"EMAIL:{SECRET}".encode())), FORM),
    "a delivery report": (
        parts(TEXT, f"Content-Type: message/delivery-status\r\n\r\nX: {SECRET}", subtype="report"),
        FORM,
    ),
    "a signature": (
        parts(TEXT, attached("application/pkcs7-signature", "smime.p7s", SECRET.encode()), subtype="signed"),
        FORM,
    ),
    "a key": (parts(TEXT, attached("application/pgp-keys", "key.asc", SECRET.encode())), FORM),
    "winmail.dat": (parts(TEXT, attached("application/ms-tnef", "winmail.dat", SECRET.encode())), FORM),
    "the subject": (mail("Hello", f"Subject: Re: {SECRET}"), EXIT),
    "an encoded subject": (mail("Hello", f"Subject: {Header('é ' + SECRET, 'utf-8').encode()}"), EXIT),
    "the subject in two words": (mail("Hello", "Subject: =?utf-8?q?ruth=40fam?= =?utf-8?q?ily.test?="), EXIT),
    "the envelope's headers": (
        mail("Hello", f"Reply-To: {SECRET}", f"Sender: {SECRET}", f"Return-Path: <{SECRET}>"),
        PASSED,
    ),
    "the way it came": (
        mail("Hello", f"Received: from x for <{SECRET}>", f"X-Originating-IP: {SECRET}", f"X-X: {SECRET}"),
        PASSED,
    ),
    "receipts": (
        mail("Hello", f"Disposition-Notification-To: {SECRET}", f"Return-Receipt-To: {SECRET}"),
        PASSED,
    ),
    "keys and lists": (mail("Hello", f"Autocrypt: addr={SECRET}", f"List-Post: <mailto:{SECRET}>"), PASSED),
    "own ids": (
        mail(
            "Hello",
            f"Message-ID: <1.{SECRET}>",
            f"References: <2.{SECRET}> <{'a' * 32}.{'b' * 16}@relay.test>",
            f"In-Reply-To: <3.{SECRET}>",
        ),
        PASSED,
    ),
    "base64 in the text": (mail(base64.b64encode(f"Ring {SECRET} now".encode())), EXIT),
    "base64 in the text, one on": (mail(base64.b64encode(f"Ringo {SECRET}".encode())), EXIT),
    "base64 in the text, two on": (mail(base64.b64encode(f"Ringos {SECRET}".encode())), EXIT),
    "hexadecimal in the text": (mail(SECRET.encode().hex(" ").upper()), EXIT),
    "quoted-printable in the text": (mail(SECRET.replace("@", "=40")), EXIT),
    "backwards": (mail(SECRET[::-1]), EXIT),
    "a display name": (mail("Hello", f'Cc: "{SECRET}" <alias1ofjamie@relay.test>'), PASSED),
}  # fmt: skip


def everything(content: bytes) -> str:
    """All that a mail program could show of a mail, as Python's parser reads it, and its bytes."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    seen = [content.decode("latin-1")]
    for part in message.walk():
        seen += [f"{name}: {value}" for name, value in part.items()]
        seen += [part.get_filename() or ""]
        if not part.is_multipart():
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            text = data.decode("utf-8", "replace")
            seen += [text, unescape(re.sub("<[^>]*>", "", text)), data.decode("latin-1").replace("\0", "")]
    whole = "\n".join(seen)
    return "".join(re.sub("[\u200b-\u200d]", "", whole + urllib.parse.unquote(whole)).split()).lower()


@pytest.mark.parametrize("place", PROBES)
def test_no_private_address_crosses(place: str) -> None:
    raw, expected = PROBES[place]
    reading = read(raw)
    if reading.form_faults:
        assert expected == FORM
        return
    people = circle(DAN)
    content = compose(reading, envelope("ruth", ("tara",)), people, (TARA,), TARA)
    if leaks(content, people, TARA):
        assert expected == EXIT
        return
    assert expected == PASSED
    seen = everything(content)
    assert not [address for address in (SECRET, *OTHERS) if address in seen]


def test_there_are_enough_probes_and_they_differ() -> None:
    assert len({raw for raw, _ in PROBES.values()}) == len(PROBES) >= 100


@pytest.mark.parametrize("place", [place for place, (_, expected) in PROBES.items() if expected == EXIT])
def test_the_exit_holds_for_the_address_and_not_for_the_place(place: str) -> None:
    people = circle(replace(RUTH, mailboxes=("ruth@elsewhere.test",)))
    content = compose(read(PROBES[place][0]), envelope("ruth", ("tara",)), people, (TARA,), TARA)
    assert leaks(content, people, TARA) == ()
    assert leaks(content, circle(), TARA) == ("a private address of ruth",)


def test_a_leak_is_named_by_person_and_never_by_address() -> None:
    content = b"From: x <a@relay.test>\r\n\r\nWrite to jamie@family.test\r\n"
    assert leaks(content, circle(), TARA) == (f"a private address of {JAMIE.id}",)


def test_an_output_that_is_ambiguous_itself_does_not_leave() -> None:
    assert leaks(b"From: a@relay.test\r\nFrom: b@relay.test\r\n\r\nx\r\n", circle(), RUTH)


def test_a_platform_copy_is_searched_too() -> None:
    assert leaks(b'{"subject":null,"text":"Hello"}', circle(), TARA) == ()
    assert leaks('{"text":"ruth\u200b@family.test"}'.encode(), circle(), TARA)


def test_public_addresses_are_no_leak() -> None:
    content = b"From: x <alias1ofjamie@relay.test>\r\n\r\ntara.okafor@relay.test\r\n"
    assert leaks(content, circle(), RUTH) == ()
