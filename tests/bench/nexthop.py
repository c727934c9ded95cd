"""A next hop that costs next to nothing, so that the bench measures the gateway and not its sink."""

from __future__ import annotations

import asyncio
import threading

import uvloop

END = b"\r\n.\r\n"


class NextHop:
    """Counts the mails it is given, on loopback, in a thread of its own. Keeps none."""

    def __init__(self) -> None:
        self.taken = 0
        self._loop = uvloop.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="next-hop", daemon=True).start()
        listening = self._loop.create_server(lambda: _Session(self), "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)


class _Session(asyncio.Protocol):
    def __init__(self, hop: NextHop) -> None:
        self._hop, self._rest, self._in_data = hop, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._say(b"220 next.test")

    def data_received(self, data: bytes) -> None:
        data, self._rest = self._rest + data, b""
        while data:
            piece, end, data = data.partition(END if self._in_data else b"\r\n")
            if not end:
                self._rest = piece
            elif self._in_data:
                self._in_data = False
                self._hop.taken += 1
                self._say(b"250 taken")
            else:
                self._obey(piece[:4].upper())

    def _obey(self, verb: bytes) -> None:
        self._in_data = verb == b"DATA"
        self._say({b"DATA": b"354 go on", b"QUIT": b"221 bye"}.get(verb, b"250 fine"))

    def _say(self, words: bytes) -> None:
        self._transport.write(words + b"\r\n")  # type: ignore[attr-defined]  # uvloop's is no subclass
