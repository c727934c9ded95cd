"""The worst mails we could think of, each judged as a reader would: `make worst`.

    python -m tests.bench.worst [PART OF A NAME …]

Each in a process of its own, after the detectors are warm, under the memory limit of a reader: CPU
seconds, memory added, and what became of it. "killed" would be a case for a person after 10 s.
"""

from __future__ import annotations

import base64
import io
import os
import random
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from gateway import packs
from gateway.domain.message import Arrival
from gateway.domain.policy import Policy
from gateway.journey import Tools, judge
from gateway.ports import Brief
from gateway.settings import config_folder
from gateway.wiring.judging import tools
from tests.fakes import files
from tests.fakes.circle import circle, envelope

MOST_BYTES = 25 * 1024 * 1024
MEMORY_MB, TIME_S = 512, 10
HEAD = b"From: tara.okafor@relay.test\r\nTo: x@relay.test\r\nSubject: Maths\r\nMIME-Version: 1.0\r\n"
Make = Callable[[], bytes]


def text(content: bytes, kind: str = "text/plain", encoding: str = "8bit") -> bytes:
    """A mail of one text, as large as it may be."""
    head = (
        HEAD
        + f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    )
    if encoding == "base64":
        content = base64.encodebytes(content[: (MOST_BYTES - 4096) // 4 * 3 * 76 // 78]).replace(
            b"\n", b"\r\n"
        )
    return (head + content)[:MOST_BYTES]


def filled(piece: bytes, kind: str = "text/plain", encoding: str = "8bit", size: int = MOST_BYTES) -> Make:
    """Makes a mail filled with a piece, in lines of bearable length where the piece has none."""
    if b"\n" not in piece and encoding == "8bit":
        piece = piece * (60_000 // len(piece)) + b"\r\n"
    return lambda: text(piece * (size // len(piece)), kind, encoding)


def attached(*made: tuple[str, str, bytes]) -> bytes:
    """A mail with files: type, name, content."""
    parts = b"--b\r\n\r\nHello\r\n"
    for kind, name, content in made:
        head = f'--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        parts += head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n"
        parts += base64.encodebytes(content).replace(b"\n", b"\r\n")
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"


def header(name: bytes, piece: bytes, size: int = 40 * 1024) -> Make:
    """Makes a mail with one header of 40 KB, folded now and then."""
    value = b"\r\n ".join([piece * (900 // len(piece))] * (size // 900))
    return lambda: HEAD.replace(b"Subject: Maths\r\n", b"") + name + b": " + value + b"\r\n\r\nHello\r\n"


def texts() -> Iterator[tuple[str, Make]]:
    """Bodies of 25 MB."""
    pieces = {
        "letters": b"x",
        "words": b"Please read page four of the blue book before Thursday.\r\n",
        "digits": b"07",
        "spaced digits": b"0 7 7 0 0 ",
        "at signs": b"a@",
        "dots": b"a.b.",
        "number words": b"oh seven double zero nine hundred ",
        "begin lines": b"begin 644 a\r\n",
        "quoted": b"> > > > x\r\n",
        "flowed": b"x \r\n",
        "entities as text": b"&#x41;&amp;",
        "zero width": "\u200b\u200d\u2060".encode(),
        "combining": "a\u0301\u0302\u0303".encode(),
        "full width": "０７".encode(),
        "emoji": "👩‍👩‍👧‍👦".encode(),
        "links": b"https://example.org/a?b=c ",
        "percent": b"%30%37%37",
        "blank lines": b"\r\n",
        "on wrote": b"On Monday, Ruth wrote:\r\n",
    }
    for name, piece in pieces.items():
        yield f"text: {name}", filled(piece)
    yield "text: flowed, delsp", filled(b"x \r\n", "text/plain; format=flowed; delsp=yes")
    yield "text: base64 of words", filled(b"Please read page four. ", encoding="base64")
    yield "text: quoted-printable escapes", filled(b"=41=42=43=\r\n", encoding="quoted-printable")
    yield "text: a random one", lambda: text(random.Random(1).randbytes(MOST_BYTES), encoding="base64")


def pages() -> Iterator[tuple[str, Make]]:
    """HTML of 25 MB."""
    pieces = {
        "bold": b"<b>",
        "paragraphs": b"<p>x</p>\r\n",
        "divs never closed": b"<div>",
        "closing tags": b"</div>",
        "table cells": b"<td>x",
        "tables": b"<table>",
        "lists": b"<ul><li>x",
        "links": b"<a href='https://example.org/x'>x</a>",
        "attributes": b"<p a=b c=d e=f g=h>",
        "open quotes": b'<a href="',
        "comments": b"<!-- x -->",
        "comment starts": b"<!--",
        "less than": b"<",
        "entities": b"&#48;&amp;&nbsp;",
        "ampersands": b"&",
        "hidden": b"<span style='display:none'>x</span>",
        "styles": b"<style>p{content:'x'}</style>",
        "style starts": b"<style>",
        "images": b"<img src=cid:x alt='x'>",
        "svg": b"<svg><a>",
        "select": b"<select><option>x",
        "formatting": b"<b><i><a>",
        "breaks": b"<br>",
        "words": b"Please read page four. ",
    }
    for name, piece in pieces.items():
        yield f"html: {name}", filled(piece, "text/html")
        yield f"html, 1 MB: {name}", filled(piece, "text/html", size=1_000_000)


def headers() -> Iterator[tuple[str, Make]]:
    """Headers of 40 KB; these should take 100 ms."""
    pieces = (b'"', b"<", b"(", b"((", b"=?utf-8?q?=41?= ", b"=?utf-8?b?", b"=?", b",", b"a@[", b"a,", b"\\", b"@", b"x;", b";a=b", b";a*0*=b", b":", b"''", b"<a@b>,", b'"a" <a@b.test>, ', b"%41", b"x ", b"\xc3\xa9", b"\xe9")  # fmt: skip
    for name in (
        b"From",
        b"To",
        b"Subject",
        b"Content-Type",
        b"Content-Disposition",
        b"Message-ID",
        b"References",
    ):
        for piece in pieces:
            yield f"header: {name.decode()} {piece!r}", header(name, piece)
    yield "header: Date", header(b"Date", b"1")
    yield "header: DKIM-Signature", header(b"DKIM-Signature", b"a=b;")
    yield "header: Authentication-Results", header(b"Authentication-Results", b"mx.relay.test; dkim=pass (")
    yield "header: 10,000 fields", lambda: HEAD + b"a:b\r\n" * 10_000 + b"\r\nx"


def structures() -> Iterator[tuple[str, Make]]:
    """Parts upon parts."""
    mixed = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    yield "parts: empty ones", lambda: mixed + b"--b\r\n\r\n" * (MOST_BYTES // 8)
    yield "parts: nearly boundaries", lambda: mixed + b"--b\r\n\r\n" + b"--bx\r\n" * (MOST_BYTES // 8)
    yield (
        "parts: 99 texts",
        lambda: mixed + (b"--b\r\n\r\n" + b"Read page four.\r\n" * 14_000) * 99 + b"--b--\r\n",
    )
    yield (
        "parts: nested",
        lambda: b"".join(
            HEAD.replace(b"Subject", b"X")
            + b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(50_000)
        )[:MOST_BYTES],
    )
    yield "parts: mails in mails", lambda: (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 50_000


def documents() -> Iterator[tuple[str, Make]]:
    """Files within the size of a mail."""
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    yield "file: csv", lambda: attached(("text/csv", "a.csv", b"Jamie,7,read page four\r\n" * 700_000))
    yield (
        "file: zip bomb",
        lambda: attached(("application/zip", "a.zip", files.zipped({"a.txt": b"0" * 200_000_000}))),
    )
    yield "file: zip at its limits", lambda: attached(("application/zip", "a.zip", stored(49_000_000)))
    yield (
        "file: zip of 200",
        lambda: attached(
            ("application/zip", "a.zip", files.zipped({f"{n}.txt": "Read. " * 9_000 for n in range(200)}))
        ),
    )
    yield "file: zips in zips", lambda: attached(("application/zip", "a.zip", zips(6)))
    yield (
        "file: docx of words",
        lambda: attached((docx, "a.docx", files.docx("Read page four. " * 1_500_000))),
    )
    yield (
        "file: docx of tags",
        lambda: attached((docx, "a.docx", files.docx("</w:t></w:r><w:r><w:t>x" * 900_000))),
    )
    yield "file: docx, deep", lambda: attached((docx, "a.docx", files.docx("<w:p>" * 500_000)))
    yield "file: xlsx of cells", lambda: attached((xlsx, "a.xlsx", files.xlsx("x</t></si><si><t>" * 900_000)))
    for name, make in _pdfs():
        yield f"file: pdf, {name}", lambda make=make: attached(("application/pdf", "a.pdf", make()))  # type: ignore[misc]
    yield "file: png of 36 million", lambda: attached(("image/png", "a.png", png(6000, 6000)))
    yield "file: png too large", lambda: attached(("image/png", "a.png", png(60_000, 60_000)))
    yield (
        "file: 90 pngs",
        lambda: attached(*(("image/png", f"{n}.png", png(6000, 5900 + n)) for n in range(90))),
    )
    yield "file: gif of frames", lambda: attached(("image/gif", "a.gif", files.gif(250)))
    yield "file: jpeg", lambda: attached(("image/jpeg", "a.jpg", files.picture("JPEG", (10_000, 9_000))))
    yield (
        "file: tnef of objects",
        lambda: attached(
            ("application/ms-tnef", "winmail.dat", files.tnef("x", {f"{n}.txt": b"x" for n in range(600)}))
        ),
    )
    yield (
        "file: tnef, large",
        lambda: attached(("application/ms-tnef", "winmail.dat", files.tnef("x" * 9_000_000))),
    )
    yield (
        "file: calendar",
        lambda: attached(
            (
                "text/calendar",
                "a.ics",
                b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
                + b"BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n" * 12_000
                + b"END:VCALENDAR\r\n",
            )
        ),
    )
    yield (
        "file: vcard",
        lambda: attached(
            ("text/vcard", "a.vcf", b"BEGIN:VCARD\r\n" + b"NOTE;A=B:x\r\n" * 1_400_000 + b"END:VCARD\r\n")
        ),
    )


def _pdfs() -> Iterator[tuple[str, Make]]:
    yield "of objects", lambda: files.pdf("x", more=tuple(b"<</A 1>>" for _ in range(200_000)))
    yield "packed", lambda: files.pdf("Read page four. " * 2_000_000, packed=True)
    yield "of strings", lambda: files.pdf("x) Tj (x" * 1_000_000)
    yield "a bomb", lambda: files.pdf("0" * 300_000_000, packed=True)
    yield "kids in a ring", lambda: files.pdf("x", page=b"/Kids[2 0 R 3 0 R]")
    yield "open brackets", lambda: files.pdf("x", more=(b"[" * 5_000_000,))
    yield "names", lambda: files.pdf("x", catalog=b"/Names<<" + b"/A(x)" * 500_000 + b">>")


def stored(size: int) -> bytes:
    """A zip just within the ratio: noise that packs two to one."""
    noise = bytes(one & 15 for one in random.Random(1).randbytes(size // 3))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", base64.b16encode(noise))
    return made.getvalue()


def zips(depth: int) -> bytes:
    """Ten zips in each of ten zips in …"""
    content = files.zipped({"a.txt": "x"})
    for _ in range(depth):
        content = files.zipped({f"{n}.zip": content for n in range(10)})
    return content


def png(width: int, height: int) -> bytes:
    """A white picture that packs to almost nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pack = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    body = b"".join(pack.compress(row) for _ in range(min(height, 10_000))) + pack.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def measured(raw: bytes, ready: Tools) -> tuple[float, int, str]:
    """CPU seconds, MiB added and outcome of one mail, judged in a child."""
    sent, received = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(received, repr(_judged(raw, ready)).encode())
        os._exit(0)
    os.close(received)
    _, status, used = os.wait4(child, 0)
    answer = os.read(sent, 4096)
    os.close(sent)
    if not answer:
        return used.ru_utime + used.ru_stime, -1, f"killed by signal {os.WTERMSIG(status)}"
    cpu_s, memory, outcome = eval(answer)  # our own child's repr
    return cpu_s, memory, outcome


def _judged(raw: bytes, ready: Tools) -> tuple[float, int, str]:
    before = _status("VmRSS")
    limit = (_status("VmData") + MEMORY_MB) << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 3 * TIME_S,) * 2)
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins here
    brief = Brief(Arrival(envelope("tara"), raw), circle(), _policy())
    began = time.process_time()
    try:
        judged = judge(brief, ready)
        outcome = f"{judged.verdict.outcome} {'; '.join(judged.form_faults)[:60]}"
        outcome += "".join(
            f" [{fault.detector} {fault.kind}]" if hasattr(fault, "kind") else " [late]"
            for fault in judged.faults
        )
    except MemoryError:
        outcome = "over its memory: held"
    return time.process_time() - began, _status("VmHWM") - before, outcome


def _status(name: str) -> int:
    """MiB of a line of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))


@cache
def _policy() -> Policy:
    return packs.load(config_folder(), "default")


def main(wanted: list[str]) -> None:
    """Print a line for each, the worst last; exit code 1 when one is over the goal."""
    ready = tools()
    judge(
        Brief(Arrival(envelope("tara"), text(b"Hello\r\n")), circle(), _policy()),
        ready,
    )
    rows = []
    for name, make in (*texts(), *pages(), *headers(), *structures(), *documents()):
        if wanted and not any(one in name for one in wanted):
            continue
        raw = make()
        cpu_s, memory, outcome = measured(raw, ready)
        small = name.startswith("header")
        over = cpu_s > (0.1 if small else TIME_S) or memory > MEMORY_MB
        rows.append(
            (
                cpu_s,
                f"{'OVER ' if over else '     '}{cpu_s:7.3f} s {memory:5} MiB  {len(raw) / 1e6:5.1f} MB  {name:40} {outcome}",
            )
        )
        print(rows[-1][1], flush=True)
    print("\nworst:")
    for _, row in sorted(rows)[-12:]:
        print(row)
    sys.exit(any(row.startswith("OVER") for _, row in rows))


if __name__ == "__main__":
    main(sys.argv[1:])
