"""More mails as programs build them: unusual nests, forwards, phones, school systems and their small sins.

Each is held by nobody: what is wrong with some of them, every recorded parser reads in the same way
(see `ambiguous/`). Words and people are invented.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator

from tests.fakes import files
from tests.mail.clients import ADDRESSES, CLIENTS, WHEN, WORDS, crlf

BY_NAME = {client.name: client for client in CLIENTS}
FORWARDED = (
    "Received: by 203.0.113.7 with SMTP id x; Wed, 4 Mar 2026 15:00:00 +0000\n"
    "From: Office <office@school.test>\nTo: Ruth <ruth@family.test>\nSubject: Parents' evening\n"
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    "Parents' evening is on Monday – please come.\n"
)


def plain(headers: str, body: bytes) -> bytes:
    """A mail of one part. headers: beyond the addresses, LF between them."""
    head = "\n".join((*ADDRESSES, WHEN, "Subject: Maths", headers, "", ""))
    return crlf(head).encode() + body


def part(kind: str, words: str, encoding: str = "8bit", more: str = "") -> str:
    data = words.encode()
    if encoding == "base64":
        words = base64.encodebytes(data).decode()
    elif encoding == "quoted-printable":
        words = quopri.encodestring(data).decode()
    return f"Content-Type: {kind}{more}\nContent-Transfer-Encoding: {encoding}\n\n{words}"


def group(kind: str, boundary: str, *parts: str, before: str = "", close: bool = True) -> str:
    inside = "".join(f"--{boundary}\n{one}\n" for one in parts)
    end = f"--{boundary}--\n" if close else ""
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{before}{inside}{end}'


def whole(entity: str, *headers: str) -> bytes:
    head = "\n".join((*ADDRESSES, WHEN, "Subject: Maths", "MIME-Version: 1.0", *headers, ""))
    return crlf(head + entity).encode()


def nests() -> Iterator[tuple[str, bytes]]:
    """Groups within groups, as the big programs nest them."""
    mac, outlook, web = BY_NAME["Apple Mail"], BY_NAME["Outlook for Windows"], BY_NAME["Outlook on the web"]
    page, pdf = mac.page("<div>Before</div>"), mac.file("application/pdf", "Plan.pdf", files.pdf("Plan"))
    photo = mac.file("image/jpeg", "IMG_1.jpeg", files.jpeg_saying("camera"))
    yield (
        "Apple Mail: a file between two texts",
        mac.mail(mac.multi("alternative", mac.text(WORDS), mac.multi("mixed", page, pdf, page, number=2))),
    )
    yield (
        "Apple Mail: text, photo, text, photo",
        mac.mail(
            mac.multi("mixed", mac.text("One\n"), photo, mac.text("Two\n"), photo.replace("IMG_1", "IMG_2"))
        ),
    )
    inline = mac.file("image/png", "logo.png", files.picture("PNG"), "LOGO@family.test")
    related = mac.multi("related", mac.page('<img src="cid:LOGO@family.test">'), inline, number=3)
    yield (
        "Apple Mail: a picture and a file",
        mac.mail(mac.multi("alternative", mac.text(WORDS), mac.multi("mixed", related, pdf, page, number=2))),
    )
    logo = outlook.file("image/png", "image001.png", files.picture("PNG"), "image001.png@01DB")
    shown = outlook.both(WORDS, '<img src="cid:image001.png@01DB">', 3)
    sheet = outlook.file("application/pdf", "Plan.pdf", files.pdf("Plan"))
    yield (
        "Outlook: mixed, related, alternative",
        outlook.mail(outlook.multi("mixed", outlook.multi("related", shown, logo, number=2), sheet)),
    )
    wrapped = files.tnef(
        "See you at four", {"Plan.pdf": files.pdf("Plan"), "image001.png": files.picture("PNG")}
    )
    yield (
        "Outlook: winmail.dat with pictures",
        outlook.mail(
            outlook.multi(
                "mixed", outlook.text(WORDS), outlook.file("application/ms-tnef", "winmail.dat", wrapped)
            )
        ),
    )
    item = f"Content-Type: message/rfc822\nContent-Disposition: attachment\n\n{FORWARDED}"
    yield (
        "Outlook: a mail attached",
        outlook.mail(outlook.multi("mixed", outlook.both(WORDS, "", 2), crlf(item))),
    )
    yield (
        "Outlook on the web: a mail attached",
        web.mail(web.multi("mixed", web.both(WORDS, "", 2), crlf(item))),
    )


def forwards() -> Iterator[tuple[str, bytes]]:
    """Mails passed on by the one who writes."""
    gmail, bird = BY_NAME["Gmail"], BY_NAME["Thunderbird"]
    item = (
        'Content-Type: message/rfc822; name="Parents\' evening.eml"\n'
        'Content-Disposition: attachment; filename="Parents\' evening.eml"\nX-Attachment-Id: f_1\n\n'
        + FORWARDED
    )
    yield "Gmail: forwarded as a file", gmail.mail(gmail.multi("mixed", gmail.both(WORDS, "", 2), crlf(item)))
    inner = group("alternative", "inner", part("text/plain", "Hi\n"), part("text/html", "<p>Hi</p>\n"))
    nested = f"Content-Type: message/rfc822\n\nSubject: Fwd\nMIME-Version: 1.0\n{inner}"
    twice = f"Content-Type: message/rfc822\n\nSubject: Fwd: Fwd\nMIME-Version: 1.0\n{group('mixed', 'mid', part('text/plain', 'See below'), nested)}"
    yield "Gmail: a forward of a forward", gmail.mail(gmail.multi("mixed", gmail.text(WORDS), crlf(twice)))
    words = "Fwd: see below\n\n---------- Forwarded message ---------\nFrom: Office <office@school.test>\nDate: Wed\n"
    yield (
        "Gmail: forwarded within the text",
        gmail.mail(gmail.both(words + "Subject: Trip\n\nBring a coat.\n")),
    )
    flowed = "A paragraph that goes on and \nflows over two lines.\n\n> quoted and \n> flowing\n>> deeper\n-- \nRuth\n"
    yield (
        "Thunderbird: flowed with a reply below",
        whole(part("text/plain", flowed, "8bit", "; charset=UTF-8; format=flowed; delsp=no")),
    )
    patch = 'Content-Type: text/plain; charset=UTF-8; name="notes.txt"\nContent-Disposition: attachment; filename="notes.txt"\n'
    yield (
        "Thunderbird: a text as a file",
        bird.mail(
            bird.multi("mixed", bird.text(WORDS), crlf(patch + "Content-Transfer-Encoding: base64\n\nw6k=\n"))
        ),
    )


def phones() -> Iterator[tuple[str, bytes]]:
    """Phones, and mail programs that are an app or a page."""
    tail = '<br><div dir="ltr">Sent from my Galaxy</div>'
    base = (
        part("text/plain", WORDS, "base64", "; charset=utf-8"),
        part("text/html", f"<div>{WORDS}</div>{tail}", "base64", "; charset=utf-8"),
    )
    yield (
        "Samsung: alternative in a mixed",
        whole(
            group(
                "mixed",
                "--_com.samsung.android.email_1",
                group("alternative", "--_com.samsung.android.email_2", *base),
            )
        ),
    )
    proton = group("alternative", "---------------------2b4f1a", *base)
    key = 'Content-Type: application/pdf; filename="Plan.pdf"; name="Plan.pdf"\nContent-Disposition: attachment; filename="Plan.pdf"; name="Plan.pdf"\nContent-Transfer-Encoding: base64\n\n'
    key += base64.encodebytes(files.pdf("Plan")).decode()
    yield (
        "ProtonMail: mixed, related, alternative",
        whole(
            group(
                "mixed",
                "---------------------7c9e0d",
                group("related", "---------------------5d3b2a", proton),
                key,
            ),
            "Feedback-ID: 1:user:proton",
        ),
    )
    yield (
        "Yahoo: relaxed letters",
        whole(
            group(
                "alternative",
                "----=_Part_1_2.3",
                part("text/plain", WORDS, "quoted-printable", "; charset=UTF-8"),
                part(
                    "text/html",
                    f"<html><head></head><body>{WORDS}</body></html>",
                    "quoted-printable",
                    "; charset=UTF-8",
                ),
            )
        ),
    )
    yield (
        "Fastmail: a list of references",
        whole(
            part("text/plain", WORDS, "8bit", ";charset=utf-8"),
            "References: <1@a.test>\n <2@a.test>\n\t<3@a.test>",
        ),
    )
    yield (
        "mutt: inline disposition on the text",
        whole(part("text/plain", WORDS, "8bit", "; charset=utf-8\nContent-Disposition: inline")),
    )
    alpine = "  This message is in MIME format.  The first part should be readable text,\n  while the remaining parts are likely unreadable without MIME-aware tools.\n\n"
    note = "Content-Type: TEXT/PLAIN; name=notes.txt\nContent-Transfer-Encoding: BASE64\nContent-ID: <alpine.1@family.test>\nContent-Description: notes\nContent-Disposition: attachment; filename=notes.txt\n\nSGk=\n"
    yield (
        "Alpine: its own preamble",
        whole(
            group(
                "mixed",
                "8323329-1-2=:3",
                part("TEXT/PLAIN", WORDS, "8BIT", "; format=flowed; charset=UTF-8"),
                note,
                before=alpine,
            )
        ),
    )
    groupwise = "This is a MIME message. If you are reading this text, you may want to \nconsider changing to a mail reader or gateway that understands how to \nproperly handle MIME multipart messages.\n\n"
    yield "GroupWise: its own preamble", whole(group("alternative", "=__PartB4__=", *base, before=groupwise))


def school_systems() -> Iterator[tuple[str, bytes]]:
    """Mail written by programs of schools, often by hand in PHP: right in what matters, careless else."""
    page = (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />'
        '<title>Report</title><style type="text/css">@media only screen{.a{width:100%!important}}</style></head>'
        '<body style="margin:0" bgcolor="#ffffff"><span style="display:none;max-height:0">Jamie&#39;s report</span>'
        '<table width="100%" cellpadding="0"><tr><td align="center"><table class="a"><tr><td>Dear parent,<br />'
        "The report is ready &ndash; see &quot;Maths&quot;.</td></tr></table></td></tr></table></body></html>"
    )
    yield "SIMS: HTML alone", whole(part("text/html", page, "quoted-printable", "; charset=utf-8"))
    yield (
        "PHPMailer",
        whole(
            group(
                "alternative",
                "b1_0a1b2c3d4e5f",
                part("text/plain", WORDS, "8bit", "; charset=utf-8"),
                part("text/html", page, "8bit", "; charset=utf-8"),
                before="This is a multi-part message in MIME format.\n",
            )
        ),
    )
    yield (
        "a system with spaces about the equals sign",
        whole(part("text/html", page, "8bit", ' ; charset = "utf-8"')),
    )
    yield (
        "a system that folds behind the equals sign",
        whole(part("text/plain", "Hello\n", "7bit", ";\n charset=\n utf-8")),
    )
    yield "a system that says 8-bit", whole(part("text/plain", WORDS, "8-bit", "; charset=utf-8"))
    yield (
        "a system that says ASCII and writes UTF-8",
        whole(part("text/plain", WORDS, "8bit", "; charset=us-ascii")),
    )
    yield (
        "a system that says nothing and writes Windows letters",
        plain("X-Mailer: SchoolPost", WORDS.encode("cp1252").replace(b"\n", b"\r\n")),
    )
    yield (
        "a system that says ASCII and writes Windows letters",
        plain(
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=us-ascii",
            "It’s “fine” – yes\r\n".encode("cp1252"),
        ),
    )
    yield (
        "a system that says Latin and writes UTF-8",
        plain(
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit",
            "It is “fine”\r\n".encode(),
        ),
    )
    yield (
        "a system that forgets the closing line",
        whole(group("mixed", "=_school", part("text/plain", WORDS), close=False)),
    )
    yield (
        "a system with a long boundary",
        whole(
            group(
                "alternative",
                "school-" + "0123456789abcdef" * 6,
                part("text/plain", WORDS),
                part("text/html", page),
            )
        ),
    )
    yield "a system that names Windows' UTF-8", whole(part("text/plain", WORDS, "8bit", "; charset=cp65001"))
    amp = part("text/x-amp-html", "<!doctype html><html amp4email><body>Hi</body></html>")
    yield (
        "a bulletin with a form for one maker's programs",
        whole(group("alternative", "b", part("text/plain", "Hi\n"), amp, part("text/html", page))),
    )
    yield (
        "a subject in Windows letters",
        plain("MIME-Version: 1.0", b"Hi\r\n").replace(b"Maths", b"Caf\xe9 \x96 Maths"),
    )
    sum_ = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nx\n= 2 and 1 + 1 = 2\n"
    yield "equals signs that nobody coded", whole(sum_)
    spacer = (
        '<img src="https://school.test/open.gif" alt="" width=1><img src="cid:none" alt> <a href="">x</a>'
    )
    yield (
        "a bulletin with pictures that say nothing",
        whole(part("text/html", page.replace("Dear", f"{spacer}Dear"), "8bit", "; charset=utf-8")),
    )
    yield (
        "a system without a Date and with a blank name",
        crlf(
            'From: "" <ruth@family.test>\nTo: <alias0oftara@relay.test>\nSubject:\nContent-type: text/plain\n\nHi\n'
        ).encode(),
    )
    yield (
        "a file without an extension",
        whole(
            group(
                "mixed",
                "b",
                part("text/plain", WORDS),
                'Content-Type: text/plain; charset=utf-8; name="notes"\nContent-Disposition: attachment; filename="notes"\n\nPage four\n',
            )
        ),
    )
    yield (
        "a line that begins with begin",
        whole(part("text/plain", "We shall\nbegin 2026 with page four\nand go on.\n")),
    )
    yield (
        "a file name in one piece without its quotes",
        whole(
            group(
                "mixed",
                "b",
                part("text/plain", WORDS),
                "Content-Type: text/plain; charset=utf-8\nContent-Disposition: attachment; filename*=notes.txt\n\nPage four\n",
            )
        ),
    )
    yield (
        "a bulletin with a list header",
        whole(
            part("text/html", page, "base64", "; charset=utf-8"),
            "List-Unsubscribe: <https://school.test/u>",
            "Precedence: bulk",
            "X-Report-Abuse: yes",
        ),
    )


def structures() -> dict[str, bytes]:
    """Every one, by name."""
    return dict([*nests(), *forwards(), *phones(), *school_systems()])
