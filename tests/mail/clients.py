"""Mails as ordinary programs build them: their part structures, header forms, boundaries and HTML.

Built by structure rather than copied, so that no stranger's mail is needed. The words are
invented; the shapes were read in what these programs send.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.fakes import files

WORDS = "Hi Tara,\n\nThanks for the lesson – the café worksheet is attached. See page 4?\n\nRuth\n"
QUOTED = "Please read chapter four before Thursday.\n"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LOGO = files.picture("PNG")
PHOTO = files.jpeg_saying("camera", 6)


def crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


@dataclass(frozen=True)
class Client:
    """How one program writes mail.

    boundary: with {n}. html: the page with {body}. quote: a quoted message as text and as
    HTML. type_of: a Content-Type with its parameters. word: how a non-ASCII subject is written.
    """

    name: str
    headers: tuple[str, ...]
    boundary: str
    html: str
    quote_text: str
    quote_html: str
    preamble: str = ""
    charset: str = '; charset="UTF-8"'
    flowed: str = ""
    text_encoding: str = "quoted-printable"
    html_encoding: str = "quoted-printable"
    fold: str = "; "
    inline_image: str = "related"
    html_only: bool = False
    subject: str = "Subject: Re: Chapter four"
    signature: str = "\n-- \nRuth\n"
    disposition: Callable[[str], str] = field(default=lambda name: f'attachment; filename="{name}"')

    def text(self, words: str) -> str:
        return self._body("text/plain", self.charset + self.flowed, self.text_encoding, words)

    def page(self, body: str) -> str:
        return self._body("text/html", self.charset, self.html_encoding, self.html.format(body=body))

    def _body(self, kind: str, parameters: str, encoding: str, words: str) -> str:
        data = words.encode("utf-8")
        if encoding == "quoted-printable":
            coded = quopri.encodestring(data).decode()
        elif encoding == "base64":
            coded = base64.encodebytes(data).decode()
        else:
            coded = words
        return crlf(f"Content-Type: {kind}{parameters}\nContent-Transfer-Encoding: {encoding}\n\n{coded}")

    def multi(self, subtype: str, *parts: str, number: int = 1, more: str = "") -> str:
        mark = self.boundary.format(n=number)
        inside = "".join(f"--{mark}\n{one}\n" for one in parts)
        quoted = f'boundary="{mark}"'
        head = f"Content-Type: multipart/{subtype}{more}{self.fold}{quoted}\n\n"
        return crlf(f"{head}{self.preamble if number == 1 else ''}{inside}--{mark}--\n")

    def file(self, kind: str, name: str, content: bytes, content_id: str = "") -> str:
        coded = base64.encodebytes(content).decode()
        shown = "inline" if content_id else ""
        disposition = (
            self.disposition(name).replace("attachment", "inline") if shown else self.disposition(name)
        )
        identity = f"Content-ID: <{content_id}>\n" if content_id else ""
        return crlf(
            f'Content-Type: {kind}{self.fold}name="{name}"\nContent-Disposition: {disposition}\n'
            f"{identity}Content-Transfer-Encoding: base64\n\n{coded}"
        )

    def mail(self, entity: str) -> bytes:
        head = "\n".join((*self.headers, self.subject, "MIME-Version: 1.0", ""))
        return (crlf(head) + entity).encode("utf-8")

    def both(self, words: str = WORDS, extra: str = "", number: int = 1) -> str:
        body = "".join(f"<div>{line or '<br>'}</div>" for line in words.split("\n")) + extra
        if self.html_only:
            return self.page(body)
        return self.multi("alternative", self.text(words), self.page(body), number=number)

    def shapes(self) -> Iterator[tuple[str, bytes]]:
        """Yield this program's mails with the name of each."""
        yield "plain", self.mail(self.text(WORDS))
        reply = WORDS + self.signature + "\n" + self.quote_text.format(text=QUOTED.replace("\n", "\n> "))
        yield "reply", self.mail(self.both(reply, self.quote_html.format(text=QUOTED)))
        image = self.file("image/png", "image001.png", LOGO, "image001.png@01DB8D1C.0A1B2C30")
        shown = '<img width="32" height="24" src="cid:image001.png@01DB8D1C.0A1B2C30" alt="Logo">'
        if self.inline_image == "related":
            yield "picture", self.mail(self.multi("related", self.both(WORDS, shown, 2), image))
        else:
            inner = self.multi("related", self.page(shown), image, number=2)
            yield "picture", self.mail(self.multi("alternative", self.text(WORDS), inner))
        pages = (
            self.file(
                "application/pdf", "Worksheet 4.pdf", files.pdf("Solve for x", author="Ruth", packed=True)
            ),
            self.file(DOCX, "Essay.docx", files.docx("The Tudors")),
        )
        yield "files", self.mail(self.multi("mixed", self.both(WORDS, "", 2), *pages))
        photo = self.file("image/jpeg", "IMG_0042.jpeg", PHOTO)
        yield "photo", self.mail(self.multi("mixed", self.text("Here it is\n"), photo))


ADDRESSES = ("From: Ruth Whitfield <ruth@family.test>", "To: Tara Okafor <alias0oftara@relay.test>")
WHEN = "Date: Wed, 4 Mar 2026 16:25:11 +0000"

CLIENTS = (
    Client(
        "Outlook for Windows",
        (
            "Received: from DESK01 (203.0.113.7) by smtp.example.org",
            'From: "Ruth Whitfield" <ruth@family.test>',
            "To: <alias0oftara@relay.test>",
            WHEN,
            "Message-ID: <000001db8d1c$0a1b2c30$1e518490$@family.test>",
            "X-Mailer: Microsoft Outlook 16.0",
            "Thread-Index: AQHbjRwKzE1v9l2bT0e2Vg==",
            "Content-Language: en-gb",
        ),
        "----=_NextPart_00{n}_0001_01DB8D1C.0A1E3970",
        '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        '<head><meta http-equiv=Content-Type content="text/html; charset=utf-8">'
        "<!--[if !mso]><style>v\\:* {{behavior:url(#default#VML);}}</style><![endif]-->"
        "<style><!--\np.MsoNormal {{margin:0cm;}}\n--></style><!--[if gte mso 9]><xml>\n"
        '<o:shapedefaults v:ext="edit" spidmax="1026" />\n</xml><![endif]--></head>'
        "<body lang=EN-GB link=\"#0563C1\" style='word-wrap:break-word'><div class=WordSection1>{body}"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p></div></body></html>",
        "From: Tara Okafor <alias0oftara@relay.test> \nSent: 04 March 2026 15:01\nTo: Ruth\n\n{text}",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Tara Okafor "
        "&lt;alias0oftara@relay.test&gt;<br><b>Sent:</b> 04 March 2026<o:p></o:p></p></div><p>{text}</p>",
        preamble="This is a multipart message in MIME format.\n\n",
        charset=';\n\tcharset="utf-8"',
        fold=";\n\t",
    ),
    Client(
        "Outlook on the web",
        (
            *ADDRESSES,
            WHEN,
            "Thread-Topic: Chapter four",
            "Thread-Index: AQHbjRwKzE1v9l2bT0e2Vg==",
            "Message-ID: <AS8PR01MB1234@AS8PR01MB1234.eurprd01.prod.example.org>",
            "Accept-Language: en-GB, en-US",
            "X-MS-Has-Attach: yes",
            "X-MS-TNEF-Correlator:",
            "msip_labels:",
            "Content-Language: en-GB",
        ),
        "_00{n}_AS8PR01MB1234567890ABCDEFAS8PR01MB1234eurp_",
        '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n'
        '<style type="text/css" style="display:none;"> P {{margin-top:0;margin-bottom:0;}} </style>\n</head>\n'
        '<body dir="ltr">\n<div class="elementToProof" style="font-family: Aptos; font-size: 12pt; '
        'color: rgb(0, 0, 0);">{body}</div>\n</body>\n</html>\n',
        "________________________________\nFrom: Tara Okafor <alias0oftara@relay.test>\nSent: Wednesday\n\n{text}",
        '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif"><b>From:</b> Tara</font></div>{text}',
        charset='; charset="utf-8"',
        text_encoding="base64",
        html_encoding="base64",
        fold=";\n\t",
        disposition=lambda name: f'attachment; filename="{name}";\n\tsize=1234; creation-date="Wed, 04 Mar 2026 16:25:11 GMT"',
    ),
    Client(
        "Outlook for Android",
        (*ADDRESSES, WHEN, "Message-ID: <LO2P265MB0001@LO2P265MB0001.example.org>", "X-MS-Has-Attach:"),
        "_00{n}_LO2P265MB0001_",
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=us-ascii"></head><body>'
        '<div style="color: rgb(33, 33, 33); background-color: rgb(255, 255, 255);" dir="auto">{body}</div>'
        '<div id="ms-outlook-mobile-signature"><div>Get <a href="https://aka.ms/AAb9ysg">Outlook for Android</a></div>'
        "</div></body></html>",
        "________________________________\nFrom: Tara\n\n{text}",
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div dir="ltr"><b>From:</b> Tara</div>{text}',
        text_encoding="base64",
        html_encoding="base64",
        signature="\nGet Outlook for Android<https://aka.ms/AAb9ysg>\n",
    ),
    Client(
        "Gmail",
        (
            "MIME-version: 1.0".replace("MIME-version: 1.0", "X-Google-DKIM-Signature: v=1; a=rsa-sha256"),
            *ADDRESSES,
            WHEN,
            "References: <CAF1+a@mail.gmail.example.org>",
            "In-Reply-To: <CAF1+a@mail.gmail.example.org>",
            "Message-ID: <CAF1+b=c@mail.gmail.example.org>",
        ),
        "00000000000057e{n}de05f0a1b2c3",
        '<div dir="ltr">{body}</div>',
        "On Wed, 4 Mar 2026 at 15:01, Tara Okafor <alias0oftara@relay.test> wrote:\n\n> {text}",
        '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Wed, 4 Mar 2026 at '
        '15:01, Tara Okafor &lt;<a href="mailto:alias0oftara@relay.test">alias0oftara@relay.test</a>&gt; wrote:<br>'
        '</div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
        'rgb(204,204,204);padding-left:1ex">{text}</blockquote></div>',
        disposition=lambda name: f'attachment; filename="{name}"\nX-Attachment-Id: f_m7v8w9x0',
    ),
    Client(
        "Gmail on Android",
        (*ADDRESSES, WHEN, "Message-ID: <CAF1+d@mail.gmail.example.org>"),
        "0000000000004{n}a2b3c4d5e6f7",
        '<div dir="auto">{body}</div>',
        "On Wed, 4 Mar 2026, 15:01 Tara Okafor, <alias0oftara@relay.test> wrote:\n\n> {text}",
        '<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Wed, Tara wrote:</div>'
        '<blockquote class="gmail_quote">{text}</blockquote></div>',
        subject="Subject: =?UTF-8?B?UmU6IENhZsOpIOKAkyBjaGFwdGVyIGZvdXI=?=",
    ),
    Client(
        "Apple Mail",
        (
            *ADDRESSES,
            WHEN,
            "X-Mailer: Apple Mail (2.3826.400.131)",
            "Message-Id: <5F0E1D2C-3B4A-5968-7786-95A4B3C2D1E0@family.test>",
            "X-Universally-Unique-Identifier: 5F0E1D2C",
        ),
        "Apple-Mail=_{n}F0E1D2C-3B4A-5968-7786-95A4B3C2D1E0",
        '<html aria-label="message body"><head><meta http-equiv="content-type" content="text/html; charset=utf-8">'
        '</head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">'
        "{body}</body></html>",
        "> On 4 Mar 2026, at 15:01, Tara Okafor <alias0oftara@relay.test> wrote:\n> \n> {text}",
        '<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On 4 Mar 2026, at 15:01, Tara '
        'wrote:</div><br class="Apple-interchange-newline"><div>{text}</div></blockquote></div>',
        charset=";\n\tcharset=utf-8",
        fold=";\n\t",
        inline_image="alternative",
        disposition=lambda name: f'attachment;\n\tfilename="{name}"',
    ),
    Client(
        "iPhone",
        (
            *ADDRESSES,
            WHEN,
            "X-Mailer: iPhone Mail (23D5103d)",
            "Message-Id: <0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0@family.test>",
            "Mime-Version: 1.0 (1.0)".replace("Mime-Version: 1.0 (1.0)", "X-Apple-Base: x"),
        ),
        "Apple-Mail-{n}F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0",
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">{body}'
        '<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div></body></html>',
        "> On 4 Mar 2026, at 15:01, Tara Okafor <alias0oftara@relay.test> wrote:\n> \n> {text}",
        '<div dir="ltr"><br><blockquote type="cite">On 4 Mar 2026, at 15:01, Tara wrote:<br><br></blockquote></div>'
        '<blockquote type="cite"><div dir="ltr">﻿{text}</div></blockquote>',
        charset=";\n\tcharset=utf-8",
        fold=";\n\t",
        signature="\nSent from my iPhone\n",
        disposition=lambda name: f"attachment;\n\tfilename={name.replace(' ', '_')};\n\tx-apple-part-url=0F1E2D3C",
    ),
    Client(
        "Thunderbird",
        (
            "Message-ID: <8f7e6d5c-4b3a-2910-8f7e-6d5c4b3a2910@family.test>",
            WHEN,
            "User-Agent: Mozilla Thunderbird",
            *ADDRESSES,
            "References: <1@family.test>",
            "Content-Language: en-GB",
            "Autocrypt: addr=x; keydata= xsBN",
            "In-Reply-To: <1@family.test>",
        ),
        "------------0iE{n}qHh6bYwJ0pX9s8d7f6g5",
        '<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="Content-Type"\n      content="text/html; charset=UTF-8">'
        "\n  </head>\n  <body>{body}\n  </body>\n</html>\n",
        "On 04/03/2026 15:01, Tara Okafor wrote:\n> {text}",
        '<div class="moz-cite-prefix">On 04/03/2026 15:01, Tara wrote:<br></div><blockquote type="cite" '
        'cite="mid:1@relay.test">{text}</blockquote><div class="moz-signature">-- <br>Ruth</div>',
        preamble="This is a multi-part message in MIME format.\n",
        charset="; charset=UTF-8",
        flowed="; format=flowed",
        text_encoding="8bit",
        html_encoding="8bit",
        inline_image="alternative",
    ),
    Client(
        "Yahoo",
        (
            WHEN,
            *ADDRESSES,
            "Message-ID: <1234567890.123456.1741105511000@mail.yahoo.example.org>",
            "References: <1234567890.123456.1741105511000.ref@mail.yahoo.example.org>",
            "X-Mailer: WebService/1.1.23369 YMailNorrin",
        ),
        "----=_Part_12345{n}_678901234.1741105511000",
        '<html><head></head><body><div class="ydp1234yahoo-style-wrap" style="font-family:Helvetica Neue, Arial;'
        'font-size:16px;"><div dir="ltr" data-setdir="false">{body}</div></div></body></html>',
        "    On Wednesday, 4 March 2026 at 15:01:00 GMT, Tara <alias0oftara@relay.test> wrote:\n\n {text}",
        '<div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted"><div style="font-family:Arial">On Wednesday, Tara wrote:'
        "</div><div><br></div><div>{text}</div></div>",
        charset="; charset=UTF-8",
    ),
    Client(
        "Samsung",
        (WHEN, "Message-ID: <abcdef.1741105511000@email.android.example.org>", *ADDRESSES, "Importance: normal"),
        "--_com.samsung.android.email_{n}23456789",
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body dir="auto">{body}'
        '<div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757">Sent from my Galaxy</div>'
        "</div></body></html>",
        "-------- Original message --------From: Tara Date: 04/03/2026  15:01 Subject: Chapter four {text}",
        '<div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Original message --------</div>'
        "<div>From: Tara </div></div>{text}",
        charset="; charset=utf-8",
        text_encoding="base64",
        html_encoding="base64",
    ),
    Client(
        "Roundcube",
        (
            WHEN,
            *ADDRESSES,
            "User-Agent: Roundcube Webmail/1.6.9",
            "Message-ID: <0f1e2d3c4b5a69788796a5b4c3d2e1f0@family.test>",
            "X-Sender: ruth@family.test",
        ),
        "=_{n}f1e2d3c4b5a69788796a5b4c3d2e1f0",
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8" /></head>'
        "<body style='font-size: 10pt; font-family: Verdana,Geneva,sans-serif'>\n{body}\n</body></html>\n",
        "On 2026-03-04 15:01, Tara Okafor wrote:\n> {text}",
        "<p id=\"reply-intro\">On 2026-03-04 15:01, Tara wrote:</p><blockquote type=\"cite\" style=\"padding: 0 0.4em\">"
        "{text}</blockquote>",
        charset="; charset=UTF-8",
        flowed=";\n format=flowed",
        text_encoding="8bit",
        fold=";\n ",
        disposition=lambda name: f'attachment;\n filename="{name}";\n size=1234',
    ),
    Client(
        "Proton",
        (WHEN, *ADDRESSES, "Message-ID: <aBcD_eF=@proton.example.org>", "Feedback-ID: 1:user:proton"),
        "b1_{n}aBcDeFgHiJkLmNoPqRsTuVwXyZ",
        '<div style="font-family: Arial, sans-serif; font-size: 14px;">{body}</div>',
        "On Wednesday, March 4th, 2026 at 15:01, Tara <alias0oftara@relay.test> wrote:\n\n> {text}",
        '<div class="protonmail_quote">On Wednesday, Tara wrote:<br><blockquote class="protonmail_quote" type="cite">'
        "{text}</blockquote><br></div>",
        preamble="This is a multi-part message in MIME format.\n\n",
        charset="; charset=utf-8",
        text_encoding="base64",
        html_encoding="base64",
        disposition=lambda name: f"attachment; filename={name.replace(' ', '_')}; name={name.replace(' ', '_')}",
    ),
    Client(
        "A ticket system",
        (
            WHEN,
            *ADDRESSES,
            "Reply-To: Support <office@relay.test>",
            "Message-ID: <ABC123_65e5f0a1b2c3d_42_sprut@zendesk.example.org>",
            "X-Auto-Response-Suppress: All",
            "Auto-Submitted: auto-generated",
            "X-Mailer: Zendesk Mailer",
        ),
        "--==_mimepart_65e5f0a{n}b2c3d_4232a",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/'
        'xhtml1-transitional.dtd">\n<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />'
        '\n<style type="text/css">table td {{ border-collapse: collapse; }}</style></head><body style="width: 100%!important;'
        ' margin: 0; padding: 0;"><div style="padding: 10px; line-height: 18px;"><table width="100%" cellpadding="0" '
        'cellspacing="0" border="0" role="presentation"><tr><td width="100%">{body}</td></tr></table></div>'
        '<span style="color:#FFFFFF" aria-hidden="true">[ABC123-XYZ]</span></body></html>',
        "##- Please type your reply above this line -##\n\n{text}",
        '<p style="color: #b5b5b5;">##- Please type your reply above this line -##</p>{text}',
        preamble="\n",
        charset=";\n charset=utf-8",
        fold=";\n ",
        text_encoding="7bit",
    ),
    Client(
        "A form on a web site",
        (
            WHEN,
            *ADDRESSES,
            "Message-ID: <f1e2d3c4@www.example.org>",
            "X-Mailer: PHPMailer 6.9.1 (https://github.com/PHPMailer/PHPMailer)",
        ),
        "b{n}_f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "<html><body>{body}</body></html>",
        "Previously:\n{text}",
        "<hr><p>{text}</p>",
        preamble="This is a multi-part message in MIME format.\n",
        charset="; charset=us-ascii".replace("us-ascii", "UTF-8"),
        html_only=True,
        html_encoding="8bit",
        text_encoding="8bit",
    ),
)  # fmt: skip

EXTRAS = ("VALARM", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "TRANSP:OPAQUE")
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\nBEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\n"
    "TZNAME:GMT+1\r\nDTSTART:19700329T010000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nTZNAME:GMT\r\nDTSTART:19701025T020000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
)


def invitations() -> Iterator[tuple[str, bytes]]:
    """Yield invitations as three calendars send them, and an answer to one."""
    gmail, outlook, apple = CLIENTS[3], CLIENTS[1], CLIENTS[5]
    people = (
        "ORGANIZER;CN=Ruth Whitfield:mailto:ruth@family.test",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=\r\n"
        " TRUE;CN=alias0oftara@relay.test;X-NUM-GUESTS=0:mailto:alias0oftara@relay.test",
    )
    google = files.invitation(*people, "X-GOOGLE-CALENDAR-CONTENT-TITLE:x", "DESCRIPTION:Bring page 4\\, please",
                              "LOCATION:", "SEQUENCE:0", "STATUS:CONFIRMED", "TRANSP:OPAQUE")  # fmt: skip
    part = f'Content-Type: text/calendar; charset="UTF-8"; method=REQUEST\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{google}'
    both = gmail.multi("alternative", gmail.text(WORDS), gmail.page("Lesson"), part, number=2)
    file = gmail.file("application/ics", "invite.ics", google.encode())
    yield "an invitation from Google", gmail.mail(gmail.multi("mixed", both, file))
    theirs = files.invitation(
        *people, "LOCATION;LANGUAGE=en-GB:Online", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "CLASS:PUBLIC",
        "PRIORITY:5", "BEGIN:VALARM", "DESCRIPTION:REMINDER", "TRIGGER;RELATED=START:-PT15M", "ACTION:DISPLAY",
        "END:VALARM",
    ).replace("BEGIN:VEVENT", ZONE).replace("DTSTART:20260305T160000Z", "DTSTART;TZID=Europe/London:20260305T160000")  # fmt: skip
    coded = base64.encodebytes(theirs.encode()).decode()
    part = crlf(
        f'Content-Type: text/calendar; charset="utf-8"; method=REQUEST\nContent-Transfer-Encoding: base64\n\n{coded}'
    )
    yield (
        "an invitation from Outlook",
        outlook.mail(outlook.multi("alternative", outlook.text(WORDS), outlook.page("Lesson"), part)),
    )
    mac = files.invitation(*people, "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC", "RRULE:FREQ=WEEKLY;COUNT=6")
    file = apple.file("text/calendar", "iCal-20260304-162511.ics", mac.encode())
    yield "an invitation from a Mac", apple.mail(apple.multi("mixed", apple.text(WORDS), file))
    answer = files.invitation(people[0], people[1].replace("NEEDS-ACTION", "ACCEPTED"), method="REPLY")
    part = f"Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n{answer}"
    yield "an answer to an invitation", gmail.mail(gmail.multi("alternative", gmail.text("Accepted\n"), part))


def oddments() -> Iterator[tuple[str, bytes]]:
    """Yield further ordinary things: forwarded mails, cards, archives, sheets, winmail.dat, old character sets."""
    outlook, gmail, mac = CLIENTS[0], CLIENTS[3], CLIENTS[5]
    forwarded = "---------- Forwarded message ---------\nFrom: Tara <alias0oftara@relay.test>\nSubject: Page 4\n\nHi\n"
    yield "a forwarded message in the text", gmail.mail(gmail.both(WORDS + forwarded))
    inner = gmail.mail(gmail.both(QUOTED, number=5)).decode()
    yield (
        "a forwarded message as a part",
        outlook.mail(
            outlook.multi("mixed", outlook.both(WORDS, "", 2), f"Content-Type: message/rfc822\r\n\r\n{inner}")
        ),
    )
    yield (
        "a message saved as a file",
        mac.mail(
            mac.multi(
                "mixed", mac.text(WORDS), mac.file("application/octet-stream", "Page 4.eml", inner.encode())
            )
        ),
    )
    sheet = gmail.file(XLSX, "Marks 2026.xlsx", files.xlsx("Term 1"))
    table = gmail.file('text/csv; charset="US-ASCII"', "marks.csv", b"name,mark\r\nA,7\r\n")
    yield "tables", gmail.mail(gmail.multi("mixed", gmail.both(WORDS, "", 2), sheet, table))
    pound = mac.file("text/csv", "fees.csv", "lesson,£25\r\n".encode("cp1252"))
    yield "a table in the character set of Windows", mac.mail(mac.multi("mixed", mac.text(WORDS), pound))
    folder = files.zipped(
        {"Homework/1.docx": files.docx(), "Homework/2.pdf": files.pdf(), "__MACOSX/._1.docx": "x"}
    )
    archive = mac.file("application/zip", "Homework.zip", folder)
    yield "an archive", mac.mail(mac.multi("mixed", mac.text(WORDS), archive))
    windows = outlook.file("application/x-zip-compressed", "Homework.zip", folder)
    yield "an archive from Windows", outlook.mail(outlook.multi("mixed", outlook.both(WORDS, "", 2), windows))
    wrapped = files.tnef(WORDS.replace("–", "-"), {"Essay.docx": files.docx("The Tudors")})
    dat = outlook.file("application/ms-tnef", "winmail.dat", wrapped)
    yield "winmail.dat", outlook.mail(outlook.multi("mixed", outlook.text(WORDS), dat))
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Whitfield;Ruth\r\nFN:Ruth Whitfield\r\nEND:VCARD\r\n"
    yield (
        "a visiting card",
        mac.mail(mac.multi("mixed", mac.text(WORDS), mac.file("text/vcard", "Ruth.vcf", card))),
    )
    yield (
        "a moving picture",
        gmail.mail(
            gmail.multi("mixed", gmail.text(WORDS), gmail.file("image/gif", "well-done.gif", files.gif(12)))
        ),
    )
    latin = "\r\n".join((*ADDRESSES, WHEN, "Subject: =?iso-8859-1?Q?Re=3A_Caf=E9?=", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: 8bit", "", "")).encode()  # fmt: skip
    yield "an old character set", latin + "Das Café um 4 – nein\r\n".encode("cp1252")
    yield "no MIME at all", "\r\n".join((*ADDRESSES, WHEN, "Subject: Hi", "", "See you then", "")).encode()
    yield (
        "an address in UTF-8",
        "\r\n".join(
            (ADDRESSES[0], 'To: "Tára" <alias0oftara@relay.test>', "Subject: Café", "", "Grüße", "")
        ).encode(),
    )
    named = gmail.file("application/pdf", "x.pdf", files.pdf()).replace(
        'filename="x.pdf"', "filename*0*=UTF-8''%C3%9Cbung%20;\r\n filename*1*=Nummer%204.pdf"
    ).replace('name="x.pdf"', 'name="=?UTF-8?B?w5xidW5nIE51bW1lciA0LnBkZg==?="')  # fmt: skip
    yield "a file name in two forms", gmail.mail(gmail.multi("mixed", gmail.text(WORDS), named))
    long = WORDS + "x " * 2_000 + "\n"
    yield "a long line", CLIENTS[7].mail(CLIENTS[7].text(long))


def ordinary() -> dict[str, bytes]:
    """Every mail, by program and shape."""
    made = {f"{client.name}: {shape}": raw for client in CLIENTS for shape, raw in client.shapes()}
    return {**made, **dict(invitations()), **dict(oddments())}
