"""Posts to a program outside: Standard Webhooks, https alone, never into a private network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from gateway.errors import Unavailable

CONNECT_S, ANSWER_S = 5.0, 10.0
Body = Mapping[str, object]


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was looked at, and checks the certificate for the name."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=ANSWER_S, context=context)
        self._address, self._tls = address, context

    def connect(self) -> None:
        """Dial the pinned address."""
        plain = socket.create_connection((self._address, self.port), CONNECT_S)
        plain.settimeout(ANSWER_S)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def signature(secret: bytes, message_id: str, at_s: int, body: bytes) -> str:
    """The value of webhook-signature (Standard Webhooks 1.0)."""
    signed = f"{message_id}.{at_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def post(
    url: str, secret: bytes, message_id: str, at_s: int, told: Body, allow_loopback: bool = False
) -> None:
    """Post `told` as JSON; no redirect is followed.

    message_id: the same at every attempt. allow_loopback: for tests, which may also use http there.
    Raises: Unavailable when it was not taken, or the address may not be called.
    """
    body = json.dumps(told, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature(secret, message_id, at_s, body),
    }
    try:
        connection, path = _dial(url, allow_loopback)
        try:
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise Unavailable(f"A webhook did not answer ({type(fault).__name__}); it is tried again.") from None
    if not 200 <= status < 300:
        raise Unavailable(f"A webhook answered {status}; it is tried again.")


def _dial(url: str, allow_loopback: bool) -> tuple[http.client.HTTPConnection, str]:
    """A connection to an address that may be called. Raises ValueError, OSError."""
    pieces = urlsplit(url)
    host, port = pieces.hostname or "", pieces.port or (443 if pieces.scheme == "https" else 80)
    path = (pieces.path or "/") + (f"?{pieces.query}" if pieces.query else "")
    address = _checked(host, port, allow_loopback)
    if pieces.scheme == "https":
        return _Pinned(host, port, address, ssl.create_default_context()), path
    if pieces.scheme == "http" and allow_loopback and ipaddress.ip_address(address).is_loopback:
        return http.client.HTTPConnection(address, port, timeout=ANSWER_S), path
    raise ValueError("not https")


def _checked(host: str, port: int, allow_loopback: bool) -> str:
    """The first address of a host, when all of them are public. Raises ValueError, OSError."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for one in found:
        address = ipaddress.ip_address(one.partition("%")[0])
        if not address.is_global and not (allow_loopback and address.is_loopback):
            raise ValueError("an address that is not public")
    return found[0]
