"""One SMTP connection: its bytes, its clock and its command loop, hardened as MAIL 8 asks.

Kept of aiosmtpd: stream set-up and dispatch to smtp_* methods, which `session` holds.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP

from gateway.channels.email import reply
from gateway.channels.email.house import Dialogue, House
from gateway.channels.email.intake import Intake
from gateway.channels.email.peers import client_of

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

LINGER_S = 2.0
MOUTHFUL = 512 * 1024
LONGEST_COMMAND = 2048
LONGEST_AUTH = 12288  # RFC 4954 section 4
BEFORE_TLS = frozenset({"EHLO", "HELO", "NOOP", "STARTTLS", "AUTH", "RSET", "QUIT"})
GONE = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError)

# aiosmtpd logs addresses at INFO and bodies at DEBUG; nothing of it is worth keeping.
_theirs = logging.getLogger("mail.log")
_theirs.disabled = True
_theirs.addFilter(lambda _record: False)


class Connection(SMTP):
    """A connection that answers every fault of ours with 4xx and gives nothing away.

    peer: who calls, where a balancer has said so; secure: TLS has begun already (`door`).
    """

    line_length_limit = 64 * 1024  # aiosmtpd makes its StreamReader's limit of it
    transport: Any  # uvloop's transports are no subclasses of asyncio's
    dialogue: Dialogue

    def __init__(
        self, house: House, loop: asyncio.AbstractEventLoop, *, peer: str = "", secure: bool = False
    ) -> None:
        self.house, self.limits = house, house.limits
        # aiosmtpd's own is shared by all connections and grows with each EHLO.
        self.command_size_limits = {}
        self.ended: asyncio.Future[None] = loop.create_future()
        self.secure, self.in_mail = secure, False
        self.errors = self.commands = self._unbroken = 0
        self._body: Intake | None = None
        self._body_done: asyncio.Future[bytes | None] | None = None
        self._peer = peer
        self._admitted = self._closing = self._retiring = self._ours = False
        self._born = self._since = self._data_since = loop.time()
        super().__init__(
            None,
            data_size_limit=house.limits.message_bytes,
            enable_SMTPUTF8=True,
            hostname=house.hostname,
            tls_context=house.tls,
            loop=loop,
        )
        self._over_ssl = secure

    # Coming and going.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection in; the command loop greets or turns away."""
        peer = transport.get_extra_info("peername")
        self._peer = self._peer or (str(peer[0]) if isinstance(peer, tuple) else "")
        self.dialogue = self.house.welcome(self._peer)
        room = self.house.room_for(self._peer)
        self._admitted = self.house.turnstile.enter(client_of(self._peer), room)
        self.house.sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count the connection out. A commit in progress goes on: `receive` shields it."""
        if self._admitted:
            self._admitted = False
            self.house.turnstile.leave(client_of(self._peer))
        self.house.sessions.discard(self)
        self._end_body(None)
        super().connection_lost(error)
        if not self.ended.done():
            self.ended.set_result(None)

    def eof_received(self) -> bool:
        """Let what was sent before the end still be answered; aiosmtpd would cancel it."""
        self._end_body(None)
        self._reader.feed_eof()
        if self._closing and self.transport is not None:
            self.transport.close()
        return not self.secure

    def data_received(self, data: bytes) -> None:
        """Give bytes to the body while DATA runs, otherwise to the command reader."""
        if self._closing:
            return
        if self._body is None:
            super().data_received(data)
            return
        self._since = self.loop.time()
        rest = self._body.feed(data)
        if rest is not None:
            self._end_body(rest)
        elif self._body.received > 2 * self.limits.message_bytes + LONGEST_COMMAND:
            self.good_bye(reply.TOO_LARGE)
        else:
            self._give_way(len(data))

    def _give_way(self, taken: int) -> None:
        """Let the others have a turn: libuv would read on for as long as a fast client sends."""
        self._unbroken += taken
        if self._unbroken >= MOUTHFUL:
            self._unbroken = 0
            self.transport.pause_reading()
            self.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def retire(self) -> None:
        """Close as soon as no mail is on its way in."""
        self._retiring = True
        if not self.in_mail and not self._ours:
            self.good_bye(reply.GOING_AWAY)

    def abort(self) -> None:
        """Close at once; an unanswered client will try again."""
        if self.transport is not None:
            self.transport.abort()

    def good_bye(self, words: str, *, linger: bool = True) -> None:
        """Say a last word and close.

        linger: the client may still be sending; closing at once would make its system throw
            our word away with the connection (RFC 1122 section 4.2.2.13).
        """
        if self._closing or self.transport is None:
            return
        self._closing = True
        self._writer.write(words.encode() + b"\r\n")
        try:
            if linger and self._writer.can_write_eof():
                self._writer.write_eof()
            else:
                self.transport.close()
        except OSError:  # the client was quicker
            self.abort()
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._reset_timeout(LINGER_S)

    async def begin_tls(self, context: ssl.SSLContext) -> None:
        """Turn to TLS. What was sent ahead of it is thrown away unread (CVE-2011-0411)."""
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # there is no public way
        secured = await self.working(
            self.loop.start_tls(
                self.transport, self, context, server_side=True, ssl_handshake_timeout=self.limits.idle_s
            )
        )
        if secured is None:
            raise ConnectionResetError
        self.transport = secured
        self.secure = self._over_ssl = True
        self._reader._transport = secured  # type: ignore[attr-defined]  # as StreamWriter.start_tls does
        self._writer = asyncio.StreamWriter(secured, self, self._reader, self.loop)

    # The clock.

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Look at the clock now and then; aiosmtpd would set a timer anew for each command."""
        self._timeout_handle = self.loop.call_later(duration or self.limits.watch_every_s, self._timeout_cb)

    def _timeout_cb(self) -> None:
        overdue = self._overdue(self.loop.time())
        if self._closing:
            self.abort()
        elif overdue is not None:
            self.good_bye(overdue)
        else:
            self._reset_timeout()

    def _overdue(self, now: float) -> str | None:
        if self._ours:
            return None
        if now - self._born > self.limits.session_s:
            return reply.SESSION_TOO_LONG
        if now - self._since > self.limits.idle_s:
            return reply.IDLE
        elapsed = now - self._data_since
        if self._body is not None and elapsed > self.limits.patience_s:
            return reply.TOO_SLOW if self._body.received < elapsed * self.limits.bytes_per_s else None
        return None

    async def working(self, work: Awaitable[Answer]) -> Answer:
        """Wait for work of ours, in which the client's clock stands still."""
        self._ours = True
        try:
            return await work
        finally:
            self._ours = False
            self._since = self.loop.time()

    # Commands and replies.

    async def _handle_client(self) -> None:
        try:
            if not self._admitted:
                self.good_bye(reply.TOO_MANY_CONNECTIONS, linger=False)
                return
            await self.push(f"220 {self.hostname} ESMTP")
            while not self._closing and self.transport is not None:
                await self._obey(await self.command_line())
                if self._retiring and not self.in_mail:
                    self.good_bye(reply.GOING_AWAY)
        except GONE:
            log.debug("a session was ended by its client")
        finally:
            if self.transport is not None and not self._closing:
                self.transport.close()

    async def command_line(self) -> bytes:
        """The next line, with its line end. Raises one of GONE when there is none."""
        self._since = self.loop.time()
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            # Whoever sends 64 KiB without a line end is not speaking SMTP.
            self.good_bye(reply.LINE_TOO_LONG)
            raise ConnectionResetError from None

    async def _obey(self, line: bytes) -> None:
        self.commands += 1
        if self.commands > self.limits.commands:
            self.good_bye(reply.TOO_MANY_COMMANDS)
            return
        command = line[:-2]
        if not line.endswith(b"\r\n") or b"\r" in command or b"\0" in command:
            await self.reject(reply.NOT_A_LINE)
            return
        word, _, rest = command.partition(b" ")
        verb = word.upper().decode("ascii", "replace")
        if len(command) > (LONGEST_AUTH if verb == "AUTH" else LONGEST_COMMAND):
            await self.reject(reply.LINE_TOO_LONG)
            return
        method = self._smtp_methods.get(verb)
        if method is None:
            await self.reject(reply.UNKNOWN_COMMAND)
        elif self.house.submission and not self.secure and verb not in BEFORE_TLS:
            await self.reject(reply.NEEDS_TLS)
        else:
            await self._do(method, rest)

    async def _do(self, method: Any, rest: bytes) -> None:
        try:
            argument = rest.decode().strip(" \t")
        except UnicodeDecodeError:
            await self.reject(reply.NOT_UTF8)
            return
        try:
            await method(argument)
        except GONE:
            raise
        except Exception as error:
            await self.push(self.dialogue.fault(error))

    async def push(self, status: str | bytes) -> None:
        """Send a reply, unless the last word was said."""
        if self._closing:
            return
        self._writer.write((status if isinstance(status, bytes) else status.encode()) + b"\r\n")
        await self._writer.drain()

    async def reject(self, words: str) -> None:
        """Answer a client's mistake; the last one it may make ends the session."""
        self.errors += 1
        if self.errors >= self.limits.errors:
            self.good_bye(reply.TOO_MANY_ERRORS)
        else:
            await self.push(words)

    # The body.

    def sent_ahead(self) -> bool:
        """Tell whether the client has sent more than it was asked for."""
        return bool(self._reader._buffer)  # type: ignore[attr-defined]  # there is no public way

    async def receive_body(self) -> Intake:
        """Invite the body and return it whole. Raises ConnectionResetError if it breaks off."""
        body = self._body = Intake(self.limits.message_bytes, self.limits.line_bytes)
        self._body_done = self.loop.create_future()
        self._since = self._data_since = self.loop.time()
        await self.push(reply.GO_AHEAD)
        rest = await self._body_done
        self._body_done = None
        if rest is None:
            raise ConnectionResetError
        if rest:
            super().data_received(rest)
        return body

    def _end_body(self, rest: bytes | None) -> None:
        """End DATA. rest: what followed the end mark, None when the client broke off."""
        self._body = None
        if self._body_done is not None and not self._body_done.done():
            self._body_done.set_result(rest)
