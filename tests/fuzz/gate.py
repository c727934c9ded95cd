"""Any bytes as a mail: the gate and the reader never raise, and what has no fault is read one way."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator

from gateway.channels.email.parse import _Reader, on_the_wire
from gateway.moderate.gate import dissect, faults
from gateway.moderate.structure import Entity
from tests.mail.clients import CLIENTS, WORDS, oddments

_outlook, _mac = CLIENTS[0], CLIENTS[5]
SEEDS = [
    _outlook.mail(_outlook.both(WORDS)),
    _mac.mail(_mac.multi("mixed", _mac.text("x"), _mac.file("text/plain", "a.txt", b"Hello"))),
    *(raw for name, raw in oddments() if len(raw) < 4_000),
    b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n",
    b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B0B\x1b(B\r\n",
]
TOKENS = [
    *(b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\0", b"\r\n ", b"--", b"=?utf-8?q?=41?=", b"=\r\n", b"=3D", b"====", b'"'),
    *(b"Content-Type: ", b"multipart/mixed; boundary=b", b"Content-Transfer-Encoding: base64\r\n", b"; charset=utf-16"),
    *(b"\r\n--b\r\n", b"\r\n--b--\r\n", b"message/rfc822", b"text/html", b"(", b")", b"\\", b"; name*0*=x''%41"),
    *(b"; filename=", b"charset=utf-7", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3\xa9", b"text/calendar", b"begin 644 a\n"),
]  # fmt: skip


def check(data: bytes) -> None:
    """Read the bytes as a mail; without a fault Python's parser must see the same leaves."""
    raw = on_the_wire(data)
    found = faults(raw)
    reading = _Reader(raw).run()  # not `read`, which answers any exception with a fault
    assert set(found) <= set(reading.form_faults), "the reader finds less than the gate"
    if not reading.form_faults and raw.isascii():
        ours = [_bare(leaf) for leaf in _leaves(dissect(raw)[0])]
        theirs = [_bare(one) for one in _their_leaves(raw)]
        assert ours == theirs, "two parsers read two things"


def _leaves(entity: Entity) -> Iterator[bytes]:
    if entity.children or entity.content_type.startswith("multipart/"):
        for child in entity.children:
            yield from _leaves(child)
    else:
        yield entity.content


def _their_leaves(raw: bytes) -> Iterator[bytes]:
    for part in email.message_from_bytes(raw, policy=email.policy.compat32).walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            yield payload


def _bare(content: bytes) -> bytes:
    """Without white space: parsers differ over the line end before a boundary, harmlessly."""
    return b"".join(content.split())
