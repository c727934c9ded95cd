"""Mail servers on loopback in a thread of their own, and a client that says exactly what it is told."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from gateway.channels.email.certificate import ensure_certificate, tls_context
from gateway.channels.email.limits import Limits
from gateway.channels.email.receive import LOOPBACK
from gateway.channels.email.server import MailServer, start_mx, start_submission
from tests.fakes.directory import PASSWORD, FakeDirectory, demo_directory
from tests.fakes.office import FakeOffice

AUTHSERV_ID = "mx.relay.test"
TARA = "tara.okafor@relay.test"
Answer = TypeVar("Answer")


class Loop:
    """An event loop in a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop or asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[Answer]) -> Answer:
        async def waited() -> Answer:
            return await work

        return asyncio.run_coroutine_threadsafe(waited(), self.loop).result(30)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


class Gateway:
    """Both servers with a fake office and directory behind them."""

    def __init__(
        self,
        loop: Loop,
        folder: Path,
        limits: Limits,
        neighbours: tuple[str, ...] = LOOPBACK,
        balancers: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        self.loop, self.directory, self.office = loop, demo_directory(), FakeOffice()
        context = tls_context(*ensure_certificate(folder, "relay.test"))
        common = {"hostname": "relay.test", "tls": context, "limits": limits, "balancers": balancers}
        common["neighbours"] = neighbours
        self.has_room = True
        self.submission: MailServer = loop.run(
            start_submission(
                self.office, self.directory, has_room=lambda: self.has_room, tls_port=0, **common
            )
        )
        mx = {"authserv_id": AUTHSERV_ID, "has_room": lambda: self.has_room, **common, **more}
        self.mx: MailServer = loop.run(start_mx(self.office, self.directory, **mx))

    def stop(self) -> None:
        for server in (self.submission, self.mx):
            self.loop.run(server.stop(timedelta(0)))


@contextmanager
def running(
    folder: Path,
    limits: Limits | None = None,
    loop: asyncio.AbstractEventLoop | None = None,
    **more: Any,
) -> Iterator[Gateway]:
    thread = Loop(loop)
    gateway = Gateway(thread, folder, limits or Limits(), **more)
    try:
        yield gateway
    finally:
        gateway.stop()
        thread.close()


class Client:
    """A client that sends bytes as given and reads replies line by line."""

    def __init__(self, port: int, timeout_s: float = 10.0) -> None:
        self._socket: socket.socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        self._buffer = b""

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def line(self) -> str:
        """The next line without its end; raises EOFError when the server closed."""
        while b"\r\n" not in self._buffer:
            chunk = self._socket.recv(65536)
            if not chunk:
                raise EOFError(self._buffer)
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line.decode()

    def reply(self) -> list[str]:
        """The lines of the next whole reply."""
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return lines

    def ask(self, command: str | bytes) -> str:
        """Send a command and return the last line of its reply."""
        self.send((command.encode() if isinstance(command, str) else command) + b"\r\n")
        return self.reply()[-1]

    def start_tls(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._socket = context.wrap_socket(self._socket)

    def sign_in(self, address: str = TARA, password: str = PASSWORD) -> str:
        """Greeting, STARTTLS and AUTH; the answer to AUTH."""
        self.reply()
        self.ask("EHLO client.test")
        assert self.ask("STARTTLS").startswith("220")
        self.start_tls()
        self.ask("EHLO client.test")
        return self.ask(f"AUTH PLAIN {plain(address, password)}")

    def mail(self, body: bytes, sender: str = TARA, *recipients: str) -> str:
        """A whole mail; the answer to its data, or to DATA when that was refused."""
        self.ask(f"MAIL FROM:<{sender}>")
        for one in recipients or ("tara-jamie-jamie@relay.test",):
            self.ask(f"RCPT TO:<{one}>")
        answer = self.ask("DATA")
        return self.ask(body + b"\r\n.") if answer.startswith("354") else answer

    def is_closed(self) -> bool:
        """Wait for the server to close; False when it says something instead."""
        try:
            return not self._buffer and self._socket.recv(65536) == b""
        except ConnectionError:
            return True

    def shut(self) -> None:
        """Say that nothing more will be sent, and go on reading."""
        self._socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Break the connection off, as a crashing machine does."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def plain(address: str, password: str) -> str:
    return base64.b64encode(f"\0{address}\0{password}".encode()).decode()


__all__ = ["AUTHSERV_ID", "TARA", "Client", "FakeDirectory", "Gateway", "Loop", "plain", "running"]
