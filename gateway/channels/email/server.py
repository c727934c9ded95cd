"""The two mail servers: submission for tutors, MX for families' replies."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from gateway.channels.email.bounces import Bounces
from gateway.channels.email.connection import LINGER_S
from gateway.channels.email.door import Door
from gateway.channels.email.house import House
from gateway.channels.email.limits import Limits, Turnstile
from gateway.channels.email.peers import is_among, networks
from gateway.channels.email.receive import LOOPBACK, Reception, utc_now
from gateway.channels.email.resolver import Resolver
from gateway.channels.email.session import MailSession
from gateway.ports import Clock, Directory, Office

BACKLOG = 512


class MailServer:
    """A listening server and its sessions, perhaps with a second port where TLS comes first."""

    def __init__(
        self, house: House, reception: Reception, servers: list[asyncio.AbstractServer | Door]
    ) -> None:
        self._house, self._reception, self._servers = house, reception, servers

    @property
    def port(self) -> int:
        """The port it listens on, of use when 0 was asked for."""
        return _port_of(self._servers[0])

    @property
    def tls_port(self) -> int:
        """The port of implicit TLS, 0 when there is none."""
        return _port_of(self._servers[1]) if len(self._servers) > 1 else 0

    @property
    def sessions(self) -> int:
        """Sessions that are open."""
        return len(self._house.sessions)

    async def stop(self, grace: timedelta = timedelta(seconds=30)) -> None:
        """Take no new connections, let mail on its way in finish, then close.

        Sessions that are still sending after `grace` are cut off unanswered, so their
        clients send again; a commit in progress is always waited for.
        """
        for server in self._servers:
            server.close()
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


def _port_of(server: asyncio.AbstractServer | Door) -> int:
    sockets: tuple[socket.socket, ...] = getattr(server, "sockets", ())
    return int(sockets[0].getsockname()[1]) if sockets else 0


async def start_submission(
    office: Office,
    directory: Directory,
    *,
    hostname: str,
    tls: ssl.SSLContext,
    neighbours: tuple[str, ...] = LOOPBACK,
    balancers: tuple[str, ...] = (),
    host: str = "127.0.0.1",
    port: int = 0,
    tls_port: int | None = None,
    sock: socket.socket | None = None,
    reuse_port: bool = False,
    limits: Limits | None = None,
    clock: Clock = utc_now,
    at_hand: Callable[[], Directory | None] = lambda: None,
    has_room: Callable[[], bool] = lambda: True,
) -> MailServer:
    """Start the port tutors send through: STARTTLS, then AUTH, then mail under their address.

    neighbours: addresses or networks whose mail is not counted against anybody's rate.
    balancers: those that must begin with a PROXY header; nobody else may send one.
    tls_port: a second port on which TLS comes first (RFC 8314 section 3.3), None for none.
    sock: a bound socket, instead of host and port.
    at_hand: the directory answering from memory alone, None while it has to look.
    has_room: asked at every MAIL, must not block; False answers 452 4.3.1.
    """
    reception = Reception(
        office,
        directory,
        submission=True,
        limits=limits or Limits(),
        neighbours=networks(neighbours),
        clock=clock,
        at_hand=at_hand,
        has_room=has_room,
    )
    ports = (port,) if tls_port is None else (port, tls_port)
    return await _start(reception, hostname, tls, balancers, host, ports, sock, reuse_port)


async def start_mx(
    office: Office,
    directory: Directory,
    *,
    hostname: str,
    authserv_id: str,
    tls: ssl.SSLContext | None = None,
    neighbours: tuple[str, ...] = LOOPBACK,
    balancers: tuple[str, ...] = (),
    resolver: Resolver | None = None,
    bounces: Bounces | None = None,
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
    neighbours: addresses or networks these may come from; their mail is not rationed.
    balancers: those that must begin with a PROXY header; nobody else may send one.
    resolver: the DNS for our own check of mail that nobody vouches for; None makes none.
    bounces: takes reports about what we sent; None refuses them all.
    """
    reception = Reception(
        office,
        directory,
        submission=False,
        limits=limits or Limits(),
        authserv_id=authserv_id,
        neighbours=networks(neighbours),
        resolver=resolver,
        bounces=bounces,
        clock=clock,
        at_hand=at_hand,
        has_room=has_room,
    )
    return await _start(reception, hostname, tls, balancers, host, (port,), sock, reuse_port)


async def _start(
    reception: Reception,
    hostname: str,
    tls: ssl.SSLContext | None,
    balancers: tuple[str, ...],
    host: str,
    ports: tuple[int, ...],
    sock: socket.socket | None,
    reuse_port: bool,
) -> MailServer:
    """Listen. ports: one, and perhaps a second for implicit TLS. sock: instead of the first."""
    loop, limits = asyncio.get_running_loop(), reception.limits
    house = House(
        hostname=hostname,
        submission=reception.submission,
        limits=limits,
        turnstile=Turnstile(limits.connections),
        tls=tls,
        welcome=reception.welcome,
        room_for=reception.room_for,
        is_balancer=partial(is_among, listed=networks(balancers)),
    )
    servers: list[asyncio.AbstractServer | Door] = []
    for implicit_tls, port in zip((False, True), ports, strict=False):
        given = None if implicit_tls else sock
        if implicit_tls or balancers:
            listening = given or _listening(host, port, reuse_port)
            servers.append(Door(house, listening, implicit_tls=implicit_tls))
            continue
        session = partial(MailSession, house, loop)
        if given is not None:
            servers.append(await loop.create_server(session, sock=given, backlog=BACKLOG))
        else:
            servers.append(
                await loop.create_server(session, host, port, backlog=BACKLOG, reuse_port=reuse_port)
            )
    return MailServer(house, reception, servers)


def _listening(host: str, port: int, reuse_port: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=reuse_port)
