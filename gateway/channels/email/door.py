"""A listening socket where something comes before SMTP: a PROXY header, TLS, or both.

The sockets are accepted here, for an event loop's own server gives no place to read a header before
the handshake begins. `server` uses one only where it must.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from gateway.channels.email import proxy
from gateway.channels.email.house import House
from gateway.channels.email.limits import Turnstile
from gateway.channels.email.peers import client_of
from gateway.channels.email.session import MailSession

log = logging.getLogger(__name__)

BREATH_S = 1.0  # after an accept that failed, as asyncio's own server waits
# A broken or late header or handshake, or no room: answered by closing.
UNWELCOME = (OSError, ssl.SSLError, EOFError)


class Door:
    """Lets clients in once their header was read and their handshake is done.

    implicit_tls: TLS comes first. listening: a bound, listening socket, closed with the door.
    """

    def __init__(self, house: House, listening: socket.socket, *, implicit_tls: bool) -> None:
        self._house, self._listening = house, listening
        self._tls = house.tls if implicit_tls else None
        # Apart from the sessions', so that nobody is counted twice on the doorstep.
        self._turnstile = Turnstile(house.limits.connections)
        self._arriving: set[asyncio.Task[None]] = set()
        listening.setblocking(False)
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """The listening socket, as asyncio's servers name it."""
        return (self._listening,)

    def close(self) -> None:
        """Take no more, and let go of who has not come in yet."""
        for task in (self._accepting, *self._arriving):
            task.cancel()
        self._accepting.add_done_callback(lambda _: self._listening.close())

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                line, address = await loop.sock_accept(self._listening)
            except OSError as error:
                log.error("no connection can be accepted: %s", type(error).__name__)
                await asyncio.sleep(BREATH_S)
                continue
            task = loop.create_task(self._arrive(line, str(address[0])))
            self._arriving.add(task)
            task.add_done_callback(self._arriving.discard)

    async def _arrive(self, line: socket.socket, peer: str) -> None:
        try:
            if self._house.is_balancer(peer):
                with self._place(peer, self._house.limits.connections):
                    peer = await proxy.caller(line, peer)
            with self._place(peer, self._house.room_for(peer)):
                await self._let_in(line, peer)
        except BaseException as error:
            line.close()
            if not isinstance(error, UNWELCOME):
                raise

    @contextmanager
    def _place(self, peer: str, room: int) -> Iterator[None]:
        """Count a peer in meanwhile. Raises ConnectionRefusedError when there is no room."""
        client = client_of(peer)
        if not self._turnstile.enter(client, room):
            raise ConnectionRefusedError
        try:
            yield
        finally:
            self._turnstile.leave(client)

    async def _let_in(self, line: socket.socket, peer: str) -> None:
        loop = asyncio.get_running_loop()
        session = partial(MailSession, self._house, loop, peer=peer, secure=self._tls is not None)
        if self._tls is None:
            await loop.connect_accepted_socket(session, line)
            return
        await loop.connect_accepted_socket(
            session, line, ssl=self._tls, ssl_handshake_timeout=self._house.limits.idle_s
        )
