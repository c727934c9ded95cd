"""The two mail servers: submission for tutors, MX for families' replies."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from datetime import timedelta

from gateway.channels.email.connection import LINGER_S
from gateway.channels.email.house import House
from gateway.channels.email.limits import Limits, Turnstile
from gateway.channels.email.receive import LOOPBACK, Reception, networks, utc_now
from gateway.channels.email.session import MailSession
from gateway.ports import Clock, Directory, Office

BACKLOG = 512


class MailServer:
    """A listening server and its sessions."""

    def __init__(self, house: House, reception: Reception, server: asyncio.AbstractServer) -> None:
        self._house, self._reception, self._server = house, reception, server

    @property
    def port(self) -> int:
        """The port it listens on, of use when 0 was asked for."""
        sockets: tuple[socket.socket, ...] = getattr(self._server, "sockets", ())
        return int(sockets[0].getsockname()[1]) if sockets else 0

    @property
    def sessions(self) -> int:
        """Sessions that are open."""
        return len(self._house.sessions)

    async def stop(self, grace: timedelta = timedelta(seconds=30)) -> None:
        """Take no new connections, let mail on its way in finish, then close.

        Sessions that are still sending after `grace` are cut off unanswered, so their
        clients send again; a commit in progress is always waited for.
        """
        self._server.close()
        for session in list(self._house.sessions):
            session.retire()
        await self._until_ended(grace.total_seconds())
        while self._reception.commits:
            await asyncio.wait(self._reception.commits)
            await self._until_ended(LINGER_S + 1)  # for the answers to go out
        for session in list(self._house.sessions):
            session.abort()
        self._reception.close()

    async def _until_ended(self, at_most_s: float) -> None:
        if self._house.sessions:
            await asyncio.wait([one.ended for one in self._house.sessions], timeout=at_most_s)


async def start_submission(
    office: Office,
    directory: Directory,
    *,
    hostname: str,
    tls: ssl.SSLContext,
    host: str = "127.0.0.1",
    port: int = 0,
    sock: socket.socket | None = None,
    reuse_port: bool = False,
    limits: Limits | None = None,
    clock: Clock = utc_now,
    at_hand: Callable[[], Directory | None] = lambda: None,
    has_room: Callable[[], bool] = lambda: True,
) -> MailServer:
    """Start the port tutors send through: STARTTLS, then AUTH, then mail under their address.

    sock: a bound socket, instead of host and port.
    at_hand: the directory answering from memory alone, None while it has to look.
    has_room: asked at every MAIL, must not block; False answers 452 4.3.1.
    """
    reception = Reception(
        office,
        directory,
        submission=True,
        limits=limits or Limits(),
        clock=clock,
        at_hand=at_hand,
        has_room=has_room,
    )
    return await _start(reception, hostname, tls, host, port, sock, reuse_port)


async def start_mx(
    office: Office,
    directory: Directory,
    *,
    hostname: str,
    authserv_id: str,
    tls: ssl.SSLContext | None = None,
    neighbours: tuple[str, ...] = LOOPBACK,
    host: str = "127.0.0.1",
    port: int = 0,
    sock: socket.socket | None = None,
    reuse_port: bool = False,
    limits: Limits | None = None,
    clock: Clock = utc_now,
    at_hand: Callable[[], Directory | None] = lambda: None,
    has_room: Callable[[], bool] = lambda: True,
) -> MailServer:
    """Start the port families' replies come in by.

    authserv_id: whose Authentication-Results count; "" believes none, so all mail is held.
    neighbours: addresses or networks these may come from.
    """
    reception = Reception(
        office,
        directory,
        submission=False,
        limits=limits or Limits(),
        authserv_id=authserv_id,
        neighbours=networks(neighbours),
        clock=clock,
        at_hand=at_hand,
        has_room=has_room,
    )
    return await _start(reception, hostname, tls, host, port, sock, reuse_port)


async def _start(
    reception: Reception,
    hostname: str,
    tls: ssl.SSLContext | None,
    host: str,
    port: int,
    sock: socket.socket | None,
    reuse_port: bool,
) -> MailServer:
    loop, limits = asyncio.get_running_loop(), reception.limits
    house = House(
        hostname=hostname,
        submission=reception.submission,
        limits=limits,
        turnstile=Turnstile(limits.connections),
        tls=tls,
        welcome=reception.welcome,
        room_for=reception.room_for,
    )

    def session() -> MailSession:
        return MailSession(house, loop)

    if sock is not None:
        server = await loop.create_server(session, sock=sock, backlog=BACKLOG)
    else:
        server = await loop.create_server(session, host, port, backlog=BACKLOG, reuse_port=reuse_port)
    return MailServer(house, reception, server)
