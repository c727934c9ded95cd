"""Hands copies to the next hop, and only the very bytes that were judged."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Literal, Protocol

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from gateway.channels.email.writing import assert_clean
from gateway.domain.dispatch import Dispatch, SendAnswer

log = logging.getLogger(__name__)

Tls = Literal["off", "may", "encrypt", "must"]
LARGE_BYTES = 1024 * 1024  # hashed beside the event loop
ACCEPTED = 250
CLOSING = 421
NO_SUCH_FORM = 553
UNFIT = 554  # ours: trying again would not make the bytes right
NO_ANSWER = SendAnswer(0, "the connection to the next hop was lost")
NO_TLS = SendAnswer(0, "the next hop did not turn to TLS as it should")
STALE = SendAnswer(0, "the next hop had closed the connection")

_ADDRESS = re.compile(r"[^\s<>()\[\],:;\\\"\x00-\x1f\x7f]+@[^\s<>()\[\],:;@\\\"\x00-\x1f\x7f]+")


class Letter(Protocol):
    """What can be sent: bytes from one address to another."""

    @property
    def mailbox(self) -> str: ...  # noqa: D102 - as in Dispatch

    @property
    def return_path(self) -> str: ...  # noqa: D102

    @property
    def content(self) -> bytes: ...  # noqa: D102


class Smarthost:
    """Sends to one host over a few connections that are kept open. A `ports.Send`.

    tls: "off" never asks for it; "may" takes STARTTLS with any certificate, and sends in plain text
        where it is not offered or fails (RFC 7435); "encrypt" sends nothing then; "must" wants a
        good certificate of that host besides. What is not sent is tried again.
    return_path: gives each copy an envelope sender of its own (`verp`), so that a bounce names it.
    hostname: how we greet. connections: at most that many at a time; more callers wait.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        hostname: str = "localhost",
        tls: Tls = "may",
        return_path: Callable[[Dispatch], str] | None = None,
        connections: int = 4,
        timeout_s: float = 60.0,
    ) -> None:
        self.host, self.port, self.hostname = host, port, hostname
        self.tls, self.timeout_s = tls, timeout_s
        self._return_path = return_path
        self._idle: list[SMTP] = []
        self._turns = asyncio.Semaphore(connections)
        self._tls_context = _tls_context(tls)

    async def __aenter__(self) -> Smarthost:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def __call__(self, dispatch: Dispatch) -> SendAnswer:
        """Send one copy and return the next hop's answer; code 0 when there was none."""
        large = len(dispatch.content) > LARGE_BYTES
        if reason := await asyncio.to_thread(unfit, dispatch) if large else unfit(dispatch):
            return SendAnswer(UNFIT, reason, asked=False)
        if self._return_path is not None:
            dispatch = replace(dispatch, return_path=self._return_path(dispatch))
        async with self._turns:
            return await self._send(dispatch)

    async def post(self, letter: Letter) -> SendAnswer:
        """Send one of the gateway's own notices; they hold no part of any message."""
        assert_clean(letter.content)
        async with self._turns:
            return await self._send(letter)

    async def close(self) -> None:
        """Take leave of the next hop."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.quit(timeout=2)
            except (SMTPException, OSError):
                connection.close()

    async def _send(self, letter: Letter) -> SendAnswer:
        connection, kept = await self._connection()
        if isinstance(connection, SendAnswer):
            return connection
        answer = await self._try(connection, letter)
        if answer is STALE:
            # The host closed a kept connection meanwhile; nothing of this mail was handed over.
            fresh = await self._connect() if kept else NO_ANSWER
            answer = fresh if isinstance(fresh, SendAnswer) else await self._try(fresh, letter)
        return NO_ANSWER if answer is STALE else answer

    async def _connection(self) -> tuple[SMTP | SendAnswer, bool]:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_connected:
                return connection, True
        return await self._connect(), False

    async def _connect(self) -> SMTP | SendAnswer:
        found = await self._dial(self.tls != "off")
        if found is NO_TLS and self.tls == "may":
            log.warning("next hop: TLS failed; smarthost_tls allows plain text")
            found = await self._dial(tls=False)
        return found

    async def _dial(self, tls: bool) -> SMTP | SendAnswer:
        connection = SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=self.hostname,
            timeout=self.timeout_s,
            start_tls=False,
            tls_context=self._tls_context,
        )
        try:
            await connection.connect()
            await _greet(connection)
        except SMTPResponseException as error:
            connection.close()
            return SendAnswer(_later(error.code), "the next hop did not greet us")
        except (SMTPException, OSError, ValueError):
            connection.close()
            return SendAnswer(0, "the next hop could not be reached")
        if tls and not await self._secured(connection):
            connection.close()
            return NO_TLS
        return connection

    async def _secured(self, connection: SMTP) -> bool:
        """Turn to TLS; False when this mail must not go over the connection as it is."""
        if not connection.supports_extension("starttls"):
            return self.tls == "may"
        try:
            await connection.starttls()
            await _greet(connection)
        except (SMTPException, OSError, ValueError):
            return False
        return True

    async def _try(self, connection: SMTP, letter: Letter) -> SendAnswer:
        try:
            if (answer := await self._envelope(connection, letter)) is None:
                answer = await self._content(connection, letter)
        except (SMTPException, OSError):
            connection.close()
            return NO_ANSWER
        except BaseException:
            # Cancelled in the middle of a mail: the next mail must not go on where it stopped.
            connection.close()
            raise
        if answer.code == ACCEPTED or await self._reset(connection):
            self._idle.append(connection)
        return answer

    async def _reset(self, connection: SMTP) -> bool:
        """Make a connection fit for the next mail; False when it is not."""
        if connection.is_connected:
            with suppress(SMTPException, OSError):
                await connection.rset()
                return True
        connection.close()
        return False

    async def _envelope(self, connection: SMTP, letter: Letter) -> SendAnswer | None:
        """Name sender and recipient; None when both were taken."""
        addresses = (letter.return_path or "null@path", letter.mailbox)
        if not all(map(_ADDRESS.fullmatch, addresses)):
            return SendAnswer(NO_SUCH_FORM, "an address that cannot be written in a command")
        plain = (letter.return_path + letter.mailbox).isascii()
        if not plain and not connection.supports_extension("smtputf8"):
            return SendAnswer(NO_SUCH_FORM, "the next hop does not take addresses beyond ASCII")
        options = [] if plain else ["SMTPUTF8"]
        if connection.supports_extension("size"):
            options.append(f"SIZE={len(letter.content)}")
        coding = "ascii" if plain else "utf-8"
        try:
            await connection.mail(letter.return_path, options=options, encoding=coding)
            await connection.rcpt(letter.mailbox, encoding=coding)
        except SMTPResponseException as error:
            return self._stale(connection) if error.code == CLOSING else _answer(error.code)
        except (SMTPServerDisconnected, ConnectionError):
            return self._stale(connection)
        return None

    async def _content(self, connection: SMTP, letter: Letter) -> SendAnswer:
        try:
            await connection.data(letter.content)
        except SMTPResponseException as error:
            return _answer(error.code)
        return SendAnswer(ACCEPTED, "accepted by the next hop")

    def _stale(self, connection: SMTP) -> SendAnswer:
        connection.close()
        return STALE


async def _greet(connection: SMTP) -> None:
    """Say EHLO, or HELO to a host that does not know it. Raises as aiosmtplib does."""
    try:
        await connection.ehlo()
    except SMTPHeloError:
        await connection.helo()


def unfit(dispatch: Dispatch) -> str | None:
    """Return why these bytes must not be sent at all, None when they may."""
    if not dispatch.policy_version:
        return "no policy version: nothing says that this was judged"
    if not dispatch.mailbox:
        return "no mailbox"
    if hashlib.sha256(dispatch.content).hexdigest() != dispatch.sha256:
        return "bytes do not match the verdict"
    try:
        assert_clean(dispatch.content)
    except ValueError:
        return "bytes that are no clean mail"
    return None


def _answer(code: int) -> SendAnswer:
    if 200 <= code < 300:
        return SendAnswer(ACCEPTED, "accepted by the next hop")
    # Anything that is no answer of SMTP's is none at all.
    return SendAnswer(code if 400 <= code < 600 else 0, "refused by the next hop")


def _later(code: int) -> int:
    """A host that refuses to talk to us at all says nothing about this mail: try again later."""
    return code if 400 <= code < 500 else 0


def _tls_context(tls: Tls) -> ssl.SSLContext | None:
    if tls == "off":
        return None
    context = ssl.create_default_context()
    if tls != "must":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
