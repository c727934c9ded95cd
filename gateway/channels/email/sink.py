"""A next hop that keeps what it is given: the families' mailboxes of the demo and the tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from mailbox import Maildir
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = Callable[[str], str]


def accept(mailbox: str) -> str:
    """Accept for everybody."""
    del mailbox
    return "250 2.0.0 Taken"


@dataclass(slots=True)
class Delivered:
    """One mail as the next hop took it, in order of arrival."""

    mailbox: str
    return_path: str
    content: bytes = field(repr=False)


class Sink:
    """An SMTP server on loopback in a thread of its own.

    folder: keeps each mailbox as a Maildir below it; None keeps mail in memory only.
    answer: what to answer at the end of DATA for a mailbox, so that tests can play an
        unwilling server.
    """

    def __init__(self, folder: Path | None = None, answer: Answer = accept, port: int = 0) -> None:
        self.delivered: list[Delivered] = []
        self.port = port
        self._folder = folder
        self._answer = answer
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="sink", daemon=True)

    def start(self) -> Sink:
        """Listen; `port` is then the real one."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def stop(self) -> None:
        """Stop listening and drop connections, as a server that goes down does."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def to(self, mailbox: str) -> list[Delivered]:
        """What one mailbox received."""
        return [one for one in list(self.delivered) if one.mailbox == mailbox]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail (aiosmtpd's name for the hook)."""
        del server, session
        mailbox = envelope.rcpt_tos[0]
        answer = self._answer(mailbox)
        if answer.startswith("250"):
            self._keep(mailbox, envelope.mail_from or "", _octets(envelope.content))
        return answer

    def _keep(self, mailbox: str, return_path: str, content: bytes) -> None:
        self.delivered.append(Delivered(mailbox, return_path, content))
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            Maildir(self._folder / mailbox.replace("/", "_")).add(content)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self) -> None:
        def protocol() -> SMTP:
            return SMTP(self, hostname="sink.test", ident="sink", enable_SMTPUTF8=True, data_size_limit=0)

        self._server = await self._loop.create_server(protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in asyncio.all_tasks(self._loop):
            if task is not asyncio.current_task():
                task.cancel()


def _octets(content: bytes | str | None) -> bytes:
    """aiosmtpd may hold text when told to decode; we never tell it to."""
    return content if isinstance(content, bytes) else b""
