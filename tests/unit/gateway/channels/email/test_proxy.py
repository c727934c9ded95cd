from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.proxy import SIGNATURE_2, BadProxyHeader, believed, missing, source_of


def second(command: int, family: int, told: bytes) -> bytes:
    return SIGNATURE_2 + bytes((command, family)) + len(told).to_bytes(2, "big") + told


def tcp(source: str, target: str) -> bytes:
    return ip_address(source).packed + ip_address(target).packed + bytes((156, 65, 0, 25))


WHOLE = [
    (b"PROXY TCP4 198.51.100.7 192.0.2.25 40001 25\r\n", "198.51.100.7"),
    (b"PROXY TCP6 2001:db8::7 2001:db8::25 40001 25\r\n", "2001:db8::7"),
    (b"PROXY UNKNOWN\r\n", None),
    (b"PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", None),
    (second(0x21, 0x11, tcp("198.51.100.7", "192.0.2.25")), "198.51.100.7"),
    (second(0x21, 0x21, tcp("2001:db8::7", "2001:db8::25") + b"\4\0\1x"), "2001:db8::7"),
    (second(0x20, 0x00, b""), None),
    (second(0x20, 0x11, tcp("198.51.100.7", "192.0.2.25")), None),
    (second(0x21, 0x31, bytes(216)), None),
    (second(0x21, 0x00, b""), None),
]


@pytest.mark.parametrize(("header", "source"), WHOLE)
def test_it_reads_headers_to_their_last_byte_and_not_one_further(header: bytes, source: str | None) -> None:
    behind = header + b"EHLO mail.family.test\r\n"
    taken = b""
    while wanted := missing(taken):
        taken += behind[len(taken) : len(taken) + wanted]
    assert taken == header
    assert source_of(taken) == source


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 198.51.100.7 192.0.2.25 40001\r\n",
        b"PROXY TCP4  198.51.100.7 192.0.2.25 40001 25\r\n",
        b"PROXY TCP4 198.51.100.7 192.0.2.25 40001 65536\r\n",
        b"PROXY TCP4 2001:db8::7 2001:db8::25 40001 25\r\n",
        b"PROXY TCP6 198.51.100.7 192.0.2.25 40001 25\r\n",
        b"PROXY TCP4 198.51.100.07 192.0.2.25 40001 25\r\n",
        b"PROXY UDP4 198.51.100.7 192.0.2.25 40001 25\r\n",
        b"PROXY TCP4 198.51.100.7 192.0.2.25 40001 25\n",
        b"PROXY TCP4 198.51.100.7 192.0.2.25 40001 25 more\r\n",
        second(0x11, 0x11, tcp("198.51.100.7", "192.0.2.25")),
        second(0x22, 0x11, tcp("198.51.100.7", "192.0.2.25")),
        second(0x21, 0x12, tcp("198.51.100.7", "192.0.2.25")),
        second(0x21, 0x11, tcp("198.51.100.7", "192.0.2.25")[:-1]),
        second(0x21, 0x21, tcp("198.51.100.7", "192.0.2.25")),
    ],
)
def test_what_tells_no_client_is_refused(header: bytes) -> None:
    with pytest.raises(BadProxyHeader):
        source_of(header)


@pytest.mark.parametrize(
    "start",
    [b"E", b"EHLO", b"PROXY\t", b"\r\n\r\nX", b"PROXY TCP4 " + b"1" * 97, b"PROXY UNKNOWN\nEHLO\r\n",
     SIGNATURE_2 + b"\x21\x11\x04\x01"],
)  # fmt: skip
def test_it_stops_at_the_first_byte_that_no_header_has(start: bytes) -> None:
    with pytest.raises(BadProxyHeader):
        missing(start)


@given(
    st.sampled_from([b"", b"PROXY ", b"PROXY TCP4 ", SIGNATURE_2, SIGNATURE_2 + b"\x21\x11"]),
    st.binary(max_size=300),
)
def test_any_bytes_are_a_header_or_refused(start: bytes, more: bytes) -> None:
    stream, taken = start + more, b""
    try:
        while wanted := missing(taken):
            piece = stream[len(taken) : len(taken) + wanted]
            if not piece:
                return
            taken += piece
        source = source_of(taken)
    except BadProxyHeader:
        return
    assert source is None or ip_address(source)


def test_another_machine_cannot_tell_that_this_one_calls() -> None:
    assert believed("127.0.0.1", "127.0.0.1") == "127.0.0.1"
    assert believed("::ffff:198.51.100.7", "192.0.2.1") == "198.51.100.7"
    for source in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "224.0.0.1", "ff02::1"):
        with pytest.raises(BadProxyHeader):
            believed(source, "192.0.2.1")
