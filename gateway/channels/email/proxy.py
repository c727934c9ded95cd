"""The PROXY protocol, versions 1 and 2: who really calls, said by a balancer in front.

Only a listed balancer is asked; it must begin with this header, and only the client's address is
taken from it. Source: haproxy doc/proxy-protocol.txt, sections 2.1, 2.2 and 5 (never guess).
"""

from __future__ import annotations

import asyncio
import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from gateway.channels.email.peers import plain_address

SIGNATURE_1 = b"PROXY "
SIGNATURE_2 = b"\r\n\r\n\0\r\nQUIT\n"
SURE_BYTES = len(SIGNATURE_2)  # every header is longer than this
LONGEST_1 = 107
FIXED_2 = 16
LONGEST_2 = FIXED_2 + 1024  # addresses and what a balancer may add about TLS
HEADER_TIMEOUT_S = 5.0

_LINE = re.compile(
    rb"PROXY (?:UNKNOWN(?: [^\r\n]*)?|(TCP4|TCP6) ([0-9a-fA-F:.]{2,39}) ([0-9a-fA-F:.]{2,39})"
    rb" ([0-9]{1,5}) ([0-9]{1,5}))\r\n"
)
_LOCAL, _PROXIED = 0x20, 0x21
_ADDRESS_BYTES = {0x11: 4, 0x21: 16}  # TCP over IPv4 and IPv6
_NOT_TOLD = frozenset({0x00, 0x31})  # unspecified, a Unix socket


class BadProxyHeader(ConnectionError):
    """What a balancer sent is no PROXY header, or tells what cannot be."""


async def caller(line: socket.socket, balancer: str) -> str:
    """The address of whom a balancer calls for; its own where it calls for itself.

    line: not blocking. Not a byte behind the header is read, for TLS may begin there.
    Raises: BadProxyHeader, also when it does not come in time.
    """
    try:
        header = await asyncio.wait_for(_header(line), HEADER_TIMEOUT_S)
    except (OSError, TimeoutError):
        raise BadProxyHeader from None
    source = source_of(header)
    return balancer if source is None else believed(source, balancer)


async def _header(line: socket.socket) -> bytes:
    loop, header = asyncio.get_running_loop(), b""
    while wanted := missing(header):
        chunk = await loop.sock_recv(line, wanted)
        if not chunk:
            raise BadProxyHeader
        header += chunk
    return header


def missing(header: bytes) -> int:
    """How many bytes more surely belong to the header; 0 when it is whole.

    Raises: BadProxyHeader.
    """
    if len(header) < SURE_BYTES:
        if not (SIGNATURE_2.startswith(header) or _same_start(header, SIGNATURE_1)):
            raise BadProxyHeader
        return SURE_BYTES - len(header)
    if header.startswith(SIGNATURE_2):
        if len(header) < FIXED_2:
            return FIXED_2 - len(header)
        whole = FIXED_2 + int.from_bytes(header[14:16], "big")
        if whole > LONGEST_2:
            raise BadProxyHeader
        return whole - len(header)
    if not header.startswith(SIGNATURE_1) or len(header) > LONGEST_1 or b"\n" in header[:-1]:
        raise BadProxyHeader
    if header.endswith(b"\n"):
        return 0
    return 1 if header.endswith(b"\r") else 2


def _same_start(one: bytes, other: bytes) -> bool:
    return one.startswith(other) or other.startswith(one)


def source_of(header: bytes) -> str | None:
    """The client's address in a whole header, None when it tells none. Raises BadProxyHeader."""
    if header.startswith(SIGNATURE_2):
        return _source_2(header)
    matched = _LINE.fullmatch(header)
    if matched is None:
        raise BadProxyHeader
    family, source, target, *ports = matched.groups()
    if family is None:
        return None
    kind = IPv4Address if family == b"TCP4" else IPv6Address
    try:
        kind(target.decode())
        if any(int(one) > 65535 for one in ports):
            raise ValueError
        return str(kind(source.decode()))
    except ValueError:
        raise BadProxyHeader from None


def _source_2(header: bytes) -> str | None:
    command, family, told = header[12], header[13], header[FIXED_2:]
    if command == _LOCAL:
        return None
    if command != _PROXIED:
        raise BadProxyHeader
    if family in _NOT_TOLD:
        return None
    length = _ADDRESS_BYTES.get(family)
    if length is None or len(told) < 2 * length + 4:
        raise BadProxyHeader
    return str(ip_address(told[:length]))


def believed(source: str, balancer: str) -> str:
    """The address, unless it cannot have called: this machine's own, told by another machine."""
    address, teller = plain_address(source), plain_address(balancer)
    if address is None or address.is_unspecified or address.is_multicast:
        raise BadProxyHeader
    if address.is_loopback and not (teller is not None and teller.is_loopback):
        raise BadProxyHeader
    return str(address)
