"""A small clamd on loopback that speaks the real INSTREAM protocol.

A fake is right here: the real one needs minutes of start-up, gigabytes of memory and daily signatures,
and what our side must withstand (over its limit, silence, a line broken off) it does on a bad day only.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Stands for the EICAR test file, whose own letters make real scanners delete this file.
VIRUS = b"NOT-A-REAL-VIRUS-BUT-FOUND-BY-THE-FAKE-CLAMD"
NAME = "Fake.Test-Signature"


class Clamd(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """behaviour: well, silent, broken, garbage or error. stream_limit: StreamMaxLength of clamd.conf."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, address: Any, behaviour: str, stream_limit: int) -> None:
        self.behaviour, self.stream_limit = behaviour, stream_limit
        self.streams: list[bytes] = []
        self.released = threading.Event()
        super().__init__(address, Session)

    @property
    def where(self) -> tuple[str, int]:
        host, port = self.socket.getsockname()
        return host, port


class UnixClamd(Clamd):
    address_family = socketserver.socket.AF_UNIX  # type: ignore[attr-defined]


class Session(socketserver.BaseRequestHandler):
    server: Clamd

    def handle(self) -> None:
        command = self._until_nul()
        if self.server.behaviour == "silent":
            self.server.released.wait(10)
            return
        if command == b"zVERSION\0":
            self._say(b"ClamAV 1.4.3/27800/Fri Nov 20 09:00:00 2026")
        elif command == b"zINSTREAM\0":
            self._stream()
        else:
            self._say(b"UNKNOWN COMMAND")

    def _stream(self) -> None:
        content = b""
        while length := int.from_bytes(self._exactly(4), "big"):
            content += self._exactly(length)
            if len(content) > self.server.stream_limit:
                self._say(b"INSTREAM size limit exceeded. ERROR")
                time.sleep(0.05)  # the answer goes out before the reset that unread bytes cause
                return
        self.server.streams.append(content)
        behaviour = self.server.behaviour
        if behaviour == "broken":
            self.request.sendall(b"stream: O")
        elif behaviour == "garbage":
            self._say(b"\xff\xfe")
        elif behaviour == "error":
            self._say(b"Can't allocate memory ERROR")
        else:
            self._say(f"stream: {NAME} FOUND".encode() if VIRUS in content else b"stream: OK")

    def _say(self, words: bytes) -> None:
        self.request.sendall(words + b"\0")

    def _until_nul(self) -> bytes:
        taken = b""
        while not taken.endswith(b"\0"):
            taken += self._exactly(1)
        return taken

    def _exactly(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            piece = self.request.recv(count - len(taken))
            if not piece:
                raise ConnectionResetError
            taken += piece
        return taken


@contextmanager
def clamd(behaviour: str = "well", stream_limit: int = 25 << 20, path: Path | None = None) -> Iterator[Clamd]:
    server = (
        UnixClamd(str(path), behaviour, stream_limit)
        if path
        else Clamd(("127.0.0.1", 0), behaviour, stream_limit)
    )
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that went is no news
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
