"""A small SMTP client that sends many mails over some sessions and times each answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MakeMail = Callable[[int], bytes]


@dataclass(slots=True)
class Load:
    """What a round saw. latencies_s: from the end of DATA to the answer."""

    sent: int = 0
    failed: int = 0
    seconds: float = 0.0
    latencies_s: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answered mails per second."""
        return self.sent / self.seconds

    def percentile_ms(self, share: float) -> float:
        """A percentile of the answers' latency in milliseconds."""
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def run(
    port: int, mail_from: str, rcpt_to: Sequence[str], make: MakeMail, count: int, sessions: int
) -> Load:
    """Send `count` mails over `sessions` connections as fast as they are answered."""
    load = Load()
    numbers = iter(range(count))
    start = time.perf_counter()
    await asyncio.gather(*(_session(port, mail_from, rcpt_to, make, numbers, load) for _ in range(sessions)))
    load.seconds = time.perf_counter() - start
    return load


async def _session(port, mail_from, rcpt_to, make, numbers, load) -> None:  # type: ignore[no-untyped-def]
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    await answer(reader)
    await say(reader, writer, b"EHLO bench.test")
    envelope = [b"MAIL FROM:<%s>" % mail_from.encode()]
    envelope += [b"RCPT TO:<%s>" % one.encode() for one in rcpt_to]
    for number in numbers:
        for line in (*envelope, b"DATA"):
            await say(reader, writer, line)
        writer.write(make(number) + b"\r\n.\r\n")
        began = time.perf_counter()
        code = await answer(reader)
        load.latencies_s.append(time.perf_counter() - began)
        load.sent += 1
        load.failed += code != 250
    await say(reader, writer, b"QUIT")
    writer.close()


async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> int:
    """Send one command and return the code of its answer."""
    writer.write(line + b"\r\n")
    return await answer(reader)


async def answer(reader: asyncio.StreamReader) -> int:
    """Read one reply, of however many lines."""
    while True:
        line = await reader.readline()
        if not line:
            raise ConnectionError("the server hung up")
        if line[3:4] != b"-":
            return int(line[:3])
