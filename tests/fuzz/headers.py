"""Any header section and any field: read without an exception, and nothing read can begin a line."""

from __future__ import annotations

from gateway.channels.email import headers
from gateway.channels.email.authresults import vouched_for
from gateway.moderate.fields import split_fields, split_parameters
from gateway.moderate.threads import message_ids, named_in

SEEDS = [
    b'From: "Ruth Whitfield" <ruth@family.test>, (comment) jamie@family.test\r\nTo: a:b@c.test;\r\n',
    b"Subject: =?utf-8?B?UmU6IENhZsOp?= =?utf-8?Q?=E2=80=93_four?=\r\nDate: Wed, 4 Mar 2026 16:25:11 +0000\r\n",
    b"Content-Type: text/plain; charset=utf-8; name*0*=utf-8''%C3%9C; name*1=bung.pdf\r\n\tformat=flowed\r\n",
    b"References: <1@a> <2@b>\r\n <3@c>\r\nMessage-ID: <x\r\n",
    b"Authentication-Results: mx.relay.test; dmarc=pass (p=none) header.from=family.test\r\nFrom: <ruth@family.test>\r\n\r\n",
]
TOKENS = [b"\r\n", b"\r\n ", b":", b'"', b"\\", b"(", b")", b"<", b">", b"@", b",", b";", b"=?", b"?=", b"?b?", b"*0*=", b"%", b"'", b"\0", b"\x1b$B", b"=?utf-16?b?", b"=?iso-2022-jp?q?", b"\xe2\x80\xa8"]  # fmt: skip


def check(data: bytes) -> None:
    """Read the bytes as a section, and as every kind of field."""
    fields, _ = split_fields(data)
    for name, values in fields.items():
        assert name == name.lower() and name.isascii(), "a field's name"
        for value in values:
            assert b"\n" not in value or b"\r\n" not in value, "a value holds a line end"
    for value in (data, *(value for values in fields.values() for value in values)):
        _field(value)
    vouched_for(data, "ruth@family.test", "mx.relay.test")
    named_in(data)


def _field(value: bytes) -> None:
    _one_line(headers.words(value)[0])
    headers.loosely(value.decode("utf-8", "replace"))
    headers.lenient_names(value)
    for one in headers.mailboxes(value)[0]:
        _one_line(one.name)
        assert "\n" not in one.address and "\r" not in one.address, "an address over two lines"
    for identity in message_ids(value):
        _one_line(identity)
    headers.sent_at(value)
    _, parameters, _ = split_parameters(value, "Content-Type")
    for name in ("name", "filename", "charset", "boundary"):
        for text in headers.parameter(parameters, name)[0]:
            _one_line(text)


def _one_line(text: str) -> None:
    assert not {"\r", "\n", "\0", "\u2028", "\u2029", "\x85"} & set(text), "a text over two lines"
