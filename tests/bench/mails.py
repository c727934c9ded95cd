"""Ordinary mails of about 5 kB for the benchmarks: 130 words as text and as HTML, with a client's headers."""

from __future__ import annotations

PARAGRAPHS = (
    "Thank you for the notes on fractions. We went through questions three to eight at home, and the "
    "lower half of the page is much clearer now, though the word problems still take a while.",
    "Could you set two or three more of that kind before the mock exam next week, please? The ones with "
    "trains and water tanks are the hardest, because it is not obvious where to begin. A worked example "
    "with every step written out would help, and perhaps a picture of the tank.",
    "We are away on Saturday, so Thursday at the usual time is best for us. I will make sure that the "
    "marked paper from school is at hand, with the comments of the teacher. Thank you again for your "
    "patience; confidence has grown a great deal since the autumn.",
)
STYLE = "font-family:Calibri,Helvetica,sans-serif;font-size:11pt;color:#1f1f1f;margin:0 0 8pt 0"
BOUNDARY = "----=_Part_7231_1187264.1764000000000"


def reply(number: int, sender: str, to: str, authserv_id: str) -> bytes:
    """A guardian's reply, unlike every other by its number, without the final dot."""
    text = (f"Hello, this is note {number}.", *PARAGRAPHS, "Kind regards")
    return (_head(number, sender, to, authserv_id) + _plain(text) + _html(text)).encode()


def _head(number: int, sender: str, to: str, authserv_id: str) -> str:
    domain = sender.partition("@")[2]
    lines = [
        f"Authentication-Results: {authserv_id}; dmarc=pass header.from={domain}",
        f"Received: from out-{number % 9}.{domain} (out-{number % 9}.{domain} [192.0.2.{number % 200}])",
        f"\tby {authserv_id} (Postfix) with ESMTPS id {number:012X}",
        f"\tfor <{to}>; Wed, 4 Mar 2026 16:30:00 +0000 (GMT)",
        f"Received: by out-{number % 9}.{domain} with HTTP; Wed, 4 Mar 2026 08:30:00 -0800 (PST)",
        *_signature("ARC-Message-Signature", domain),
        *_signature("ARC-Seal", domain),
        *_signature("DKIM-Signature", domain),
        f"From: A guardian <{sender}>",
        f"To: <{to}>",
        f"Subject: Homework {number}",
        "Date: Wed, 4 Mar 2026 16:30:00 +0000",
        f"Message-ID: <bench-{number}@{domain}>",
        "X-Mailer: An ordinary client 16.0",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


def _signature(name: str, domain: str) -> list[str]:
    """A header as long as a real signature; nobody checks it, the neighbour in front has."""
    hashed = "qL7vX2mRt9Zk4WcYb1NfHs8DpGjKe6Ua3QoTiVxBzMn5LrPwCy0EdFhSgJkAu+" * 5
    folded = [f"\t{hashed[at : at + 68]}" for at in range(0, len(hashed), 68)]
    return [f"{name}: a=rsa-sha256; d={domain}; s=mail; t=1772641800; b=", *folded]


def _plain(paragraphs: tuple[str, ...]) -> str:
    lines = [line for one in paragraphs for line in (*_wrapped(one), "")]
    body = "\r\n".join(lines)
    return f"--{BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"


def _html(paragraphs: tuple[str, ...]) -> str:
    body = "\r\n".join(f'<p style="{STYLE}">{"<br>".join(_wrapped(one))}</p>' for one in paragraphs)
    page = f"<html><head><meta charset=utf-8></head><body>\r\n{body}\r\n</body></html>\r\n"
    return f"--{BOUNDARY}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}--{BOUNDARY}--\r\n"


def _wrapped(paragraph: str) -> list[str]:
    lines, line = [], ""
    for word in paragraph.split():
        if len(line) + len(word) > 72:
            lines.append(line.strip())
            line = ""
        line += word + " "
    return [*lines, line.strip()]
