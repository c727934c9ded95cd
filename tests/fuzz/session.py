"""Any bytes from any client: every reply is whole and coded, and none of them is a fault of ours."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from gateway.channels.email.house import House
from gateway.channels.email.limits import Limits, Turnstile
from gateway.channels.email.peers import networks
from gateway.channels.email.receive import LOOPBACK, Reception
from gateway.channels.email.session import MailSession
from tests.fakes.directory import demo_directory
from tests.fakes.office import FakeOffice

SEEDS = [
    b"EHLO a\r\nMAIL FROM:<ruth@family.test>\r\nRCPT TO:<tara-jamie-tara@relay.test>\r\nDATA\r\n",
    b"EHLO a\r\nMAIL FROM:<ruth@family.test> SIZE=9 AUTH=<> RET=HDRS ENVID=x BODY=8BITMIME SMTPUTF8\r\n",
    b"HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<tara.okafor@relay.test> NOTIFY=NEVER ORCPT=rfc822;a@b\r\nDATA\r\n",
    b"STARTTLS\r\nAUTH PLAIN AAAA\r\nVRFY x\r\nEXPN x\r\nHELP\r\nBDAT 5 LAST\r\nRSET\r\nNOOP\r\nQUIT\r\n",
]
# Where one packet ends and the next begins; what follows 354 comes in a packet of its own.
CUT = b"\xfe|\xfe"
BODY = b"From: ruth@family.test\r\nSubject: x\r\n\r\n..Hello\r\n.\r\n"
SEEDS += [SEEDS[0] + CUT + BODY, SEEDS[0] + CUT + BODY + SEEDS[0] + CUT + b"\n.\r\n.\n\r\n.\r\n"]
TOKENS = [
    CUT,
    b"\r\n",
    b"\r\n.\r\n",
    b"\n.\n",
    b"\0",
    b"DATA\r\n",
    b"RSET\r\n",
    b"<>",
    b"MAIL FROM:",
    b"BDAT 1\r\n",
]
REPLIES = re.compile(rb"(?:(?:\d{3}-[\x20-\x7e]*\r\n)*\d{3} [\x20-\x7e]*\r\n)*")
LIMITS = Limits(message_bytes=4096, line_bytes=1024, commands=30)

_loop = asyncio.new_event_loop()


class Wire(asyncio.Transport):
    """Keeps what the session says; a closed one loses its protocol, as a real one does."""

    def __init__(self) -> None:
        super().__init__()
        self.said = b""
        self.protocol: Any = None
        self._closing = False

    def write(self, data: Any) -> None:
        self.said += bytes(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 4000) if name == "peername" else default

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        return

    def is_closing(self) -> bool:
        return self._closing

    def pause_reading(self) -> None:
        return

    def resume_reading(self) -> None:
        return

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            _loop.call_soon(self.protocol.connection_lost, None)

    abort = close


def check(data: bytes) -> None:
    """Play the bytes, cut into packets at CUT."""
    _loop.run_until_complete(_play(data.split(CUT)))


async def _play(packets: list[bytes]) -> None:
    office, directory = FakeOffice(), demo_directory()
    reception = Reception(
        office, directory, False, LIMITS, "mx.relay.test", networks(LOOPBACK), at_hand=lambda: directory
    )
    house = House("relay.test", False, LIMITS, Turnstile(9), None, reception.welcome, reception.room_for)
    wire, session = Wire(), MailSession(house, _loop)
    wire.protocol = session
    session.connection_made(wire)
    try:
        for packet in packets:
            await _settle()
            if not wire.is_closing():
                session.data_received(packet)
        await _settle()
    finally:
        if not wire.is_closing():
            session.eof_received()
            await _settle()
            wire.close()
        await _settle()
        reception.close()
    assert REPLIES.fullmatch(wire.said), "a reply is not whole"
    assert b"\r\n451" not in wire.said, "a fault of ours"
    for line in wire.said.split(b"\r\n")[:-1]:
        assert re.match(rb"\d{3}[ -]", line) and len(line) <= 512 and line.isascii(), "no reply line"
    answers = wire.said.count(b"250 2.0.0 Accepted")
    assert answers >= len(office.taken), "taken without an answer"
    assert not house.sessions and house.turnstile.total == 0, "a session was left over"


async def _settle() -> None:
    for _ in range(40):
        await asyncio.sleep(0)
