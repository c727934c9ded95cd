"""Mails made up from a number: every structure, character set and encoding, clean and dirty.

    python -m tests.mail.generated 100000

plays that many through parse, judge and compose on every core, and looks at each copy as it would go
out: 0 bare CR, LF or NUL, 0 lines over 998 octets.
"""

from __future__ import annotations

import base64
import os
import quopri
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from gateway.channels.email.parse import on_the_wire
from gateway.domain.message import Arrival
from gateway.journey import Tools, judge
from gateway.ports import Brief
from gateway.settings import config_folder
from gateway.wiring.judging import tools
from tests.fakes import files
from tests.fakes.circle import TARA, circle, envelope

WORDS = (
    *["Hello", "Jamie", "please", "read", "page", "four", "before", "Thursday", "and", "bring", "it", "thanks"],
    *("Übung", "café", "naïve", "Ångström", "日本語", "Привет", "שלום", "😀", "\u200bzero", "a\u0308", "ﬁ"),
    *("x" * 90, ".", "..", "From", "-- ", ">", "> >", "=", "=3D", "=?utf-8?q?=0D=0A?=", "\t", "\x0b"),
)  # fmt: skip
CHARSETS = ("utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16", "iso-2022-jp", "gb18030", "koi8-r")
ENCODINGS = ("7bit", "8bit", "quoted-printable", "base64", "binary")
DIRT = (b"\r", b"\n", b"\0", b"\x0c", b"\x85", b"\xe2\x80\xa8", b"\r\r\n", b"\x1b")
BATCH = 250


def mail(number: int) -> bytes:
    """The mail of a number: the same each time."""
    chance = random.Random(number)
    head = [
        f"From: {TARA.address}",
        f"To: {_name(chance)} <alias1ofjamie@relay.test>",
        f"Subject: {_subject(chance)}",
        "Date: Wed, 4 Mar 2026 16:25:11 +0000",
        f"Message-ID: <{number}@generated.test>",
        "MIME-Version: 1.0",
    ]
    raw = "\r\n".join(head).encode("utf-8", "replace") + b"\r\n" + _entity(chance, 0)
    if chance.random() < 0.1:
        at = chance.randrange(len(raw))
        raw = raw[:at] + chance.choice(DIRT) + raw[at:]
    return raw


def _text(chance: random.Random, most: int = 12) -> str:
    lines = (" ".join(chance.choices(WORDS, k=chance.randrange(12))) for _ in range(chance.randrange(most)))
    long = "y" * 1200 if chance.random() < 0.05 else ""
    return long + "\n".join(lines) + chance.choice(("", "\n", "\n\n\n"))


def _subject(chance: random.Random) -> str:
    words = " ".join(chance.choices(WORDS[:22], k=chance.randrange(1, 30)))
    if chance.random() < 0.4:
        return words.encode("ascii", "replace").decode()
    if chance.random() < 0.5:
        return f"=?utf-8?B?{base64.b64encode(words.encode()).decode()}?="
    return words


def _name(chance: random.Random) -> str:
    return chance.choice(("Jamie", '"Jamie, W."', "=?utf-8?q?J=C3=A4mie?=", "", '"\\"J\\""', "Jämie"))


def _entity(chance: random.Random, depth: int) -> bytes:
    shape = chance.random()
    if depth < 3 and shape < 0.45:
        return _group(chance, depth)
    if shape < 0.55:
        return _file(chance)
    return _words(chance)


def _group(chance: random.Random, depth: int) -> bytes:
    boundary = chance.choice((f"=_{depth}b", f"----=_Part_{depth}", f"b{depth}"))
    kind = chance.choice(("mixed", "alternative", "related"))
    parts = [_entity(chance, depth + 1) for _ in range(chance.randrange(1, 4))]
    inside = b"".join(b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    return head.encode() + inside + f"--{boundary}--\r\n".encode()


def _words(chance: random.Random) -> bytes:
    charset, encoding = chance.choice(CHARSETS), chance.choice(ENCODINGS)
    text = _text(chance)
    html = chance.random() < 0.4
    if html:
        text = f"<html><body><p>{text.replace(chr(10), '<br>')}</p><a href='https://example.org'>x</a></body></html>"
    data = text.replace("\n", "\r\n").encode(charset, "replace")
    if charset == "utf-16" or (encoding == "7bit" and not data.isascii()):
        encoding = "base64"
    flowed = (
        "; format=flowed" + chance.choice(("", "; delsp=yes")) if chance.random() < 0.2 and not html else ""
    )
    kind = "html" if html else "plain"
    head = f"Content-Type: text/{kind}; charset={charset}{flowed}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + _coded(data, encoding)


def _coded(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(data).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return data


@cache
def _contents() -> tuple[tuple[str, str, bytes], ...]:
    return (
        ("text/plain", "notes.txt", "Line\r\nÜ\n\0\r".encode()),
        ("text/csv", "marks.csv", b"a,b\r\n1,2\n"),
        ("application/pdf", "sheet.pdf", files.pdf("Solve for x")),
        ("image/png", "logo.png", files.picture("PNG")),
        ("application/zip", "work.zip", files.zipped({"a.txt": "x" * 3000})),
        ("application/octet-stream", "essay.docx", files.docx()),
    )


def _file(chance: random.Random) -> bytes:
    kind, name, content = chance.choice(_contents())
    if chance.random() < 0.3:
        name = (
            f"=?utf-8?b?{base64.b64encode(('Ü' + 'long ' * chance.randrange(40) + name).encode()).decode()}?="
        )
    shown = chance.choice(("attachment", "inline"))
    head = (
        f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: {shown}; filename="{name}"\r\n'
        "Content-ID: <image@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + _coded(content, "base64")


@cache
def _tools() -> Tools:
    return tools()


@cache
def _policy() -> object:
    from gateway import packs

    return packs.load(config_folder(), "default")


def copies(number: int) -> tuple[str, list[bytes]]:
    """What was decided of a mail, and its copies; those of a held one as a release would make them."""
    arrival = Arrival(envelope("tara"), on_the_wire(mail(number)))
    brief = Brief(arrival, circle(), _policy())  # type: ignore[arg-type]
    judged = judge(brief, _tools())
    outcome = str(judged.verdict.outcome)
    if not judged.copies:
        judged = judge(Brief(arrival, circle(), _policy(), changes=()), _tools())  # type: ignore[arg-type]
    return outcome, [copy.content for copy in judged.copies]


def unclean(content: bytes) -> str:
    """What is wrong with bytes that are to go out over SMTP; "" when nothing is."""
    lines = content.split(b"\r\n")
    if lines[-1] != b"":
        return "no line end at the end"
    if any(len(line) > 998 for line in lines):
        return "a line over 998 octets"
    return "a bare CR, LF or NUL" if {0, 10, 13} & set(b"".join(lines)) else ""


def played(first: int, count: int) -> Counter[str]:
    """Outcomes, copies, and what was wrong with any of them, of so many mails."""
    seen: Counter[str] = Counter()
    for number in range(first, first + count):
        outcome, made = copies(number)
        seen[outcome] += 1
        seen["copies"] += len(made)
        seen.update(f"UNCLEAN {number}: {fault}" for one in made if (fault := unclean(one)))
    return seen


def main(count: int) -> None:
    """Play them all; exit code 1 when one copy was not clean."""
    began, total = time.perf_counter(), Counter[str]()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for seen in pool.map(played, range(0, count, BATCH), [BATCH] * (count // BATCH)):
            total.update(seen)
    seconds = time.perf_counter() - began
    for word, number in total.most_common():
        print(f"{number:8} {word}")
    print(f"{count} mails in {seconds:.0f} s")
    sys.exit(any(word.startswith("UNCLEAN") for word in total))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
