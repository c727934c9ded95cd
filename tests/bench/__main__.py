"""`make bench`: the gateway against bare aiosmtpd in interleaved rounds, as ratios.

One figure a line: rate, CPU per message of all server processes, latency of the answer,
memory, and how long a 25 MB mail makes another client wait.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from tests.bench import load, mails
from tests.bench.nexthop import NextHop
from tests.e2e.installation import AUTHSERV_ID, Installation, eventually, free_port, install

ROUNDS = 5
MAILS = 1_500
SESSIONS = 20
SENDER = "ruth@family.test"
BIG_BYTES = 24 * 1024 * 1024


@dataclass(slots=True)
class Round:
    """What one round of one server gave."""

    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    cpu_ms_by_kind: dict[str, float]


@dataclass(slots=True)
class Side:
    """One of the two servers compared."""

    name: str
    port: int
    to: str
    processes: Callable[[], dict[str, list[psutil.Process]]]
    rounds: list[Round] = field(default_factory=list)

    def median(self, figure: str) -> float:
        """The median of a figure over the rounds."""
        return statistics.median(getattr(one, figure) for one in self.rounds)


def main() -> None:
    """Run the rounds and print the table."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        hop = NextHop()
        gateway = install(
            Path(folder),
            smarthost=f"127.0.0.1:{hop.port}",
            connection_limit="500",
            connection_limit_per_address="500",
            log_level="warning",
        )
        bare_port = free_port()
        bare = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(bare_port)])
        try:
            gateway.start("smtp", "courier")
            run(console, gateway, hop, bare, bare_port)
        finally:
            bare.kill()
            gateway.close()
            hop.stop()


def run(
    console: Console, gateway: Installation, hop: NextHop, bare: subprocess.Popen[bytes], bare_port: int
) -> None:
    """Warm up, play the rounds in turn, then the big mail."""
    ours = Side(
        "gateway",
        gateway.ports["mx"],
        gateway.alias("jamie", "tara"),
        lambda: kinds(gateway),
    )
    yardstick = Side("bare aiosmtpd", bare_port, "x@bare.test", lambda: {"bare": family([bare.pid])})
    serial = Serial()
    for side in (ours, yardstick):
        uvloop.run(load.run(side.port, SENDER, [side.to], serial.maker(side.to), 200, 4))
    with console.status("rounds") as status:
        for number in range(1, ROUNDS + 1):
            for side in (yardstick, ours):
                status.update(f"round {number} of {ROUNDS}: {side.name}")
                play(side, serial, hop)
    show(console, ours, yardstick)
    shares(console, ours)
    memory(console, gateway)
    stall(console, gateway, ours, serial)


class Serial:
    """Gives every mail of the run its own number, so that none is a resubmission."""

    def __init__(self) -> None:
        self._next = 0

    def maker(self, to: str) -> load.MakeMail:
        """Make mails to an address, each unlike all others."""

        def make(_: int) -> bytes:
            self._next += 1
            return mails.reply(self._next, SENDER, to, AUTHSERV_ID)

        return make


def play(side: Side, serial: Serial, hop: NextHop) -> None:
    """One round: until every mail is answered and, for the gateway, delivered."""
    before, sent_before = cpu_s(side.processes()), hop.taken
    began = time.perf_counter()
    result = uvloop.run(load.run(side.port, SENDER, [side.to], serial.maker(side.to), MAILS, SESSIONS))
    if result.failed:
        raise SystemExit(f"{side.name}: {result.failed} of {MAILS} mails were not accepted")
    if side.name == "gateway":
        eventually(lambda: hop.taken >= sent_before + MAILS, 120, 0.01)
    seconds = time.perf_counter() - began
    after = cpu_s(side.processes())
    by_kind = {kind: (after[kind] - before[kind]) * 1000 / MAILS for kind in after}
    latency = result.percentile_ms(0.5), result.percentile_ms(0.99)
    side.rounds.append(Round(MAILS / seconds, sum(by_kind.values()), *latency, by_kind))


def show(console: Console, ours: Side, yardstick: Side) -> None:
    """Print the comparison; the gateway's rate counts delivered mails."""
    table = Table(
        title=f"{ROUNDS} interleaved rounds of {MAILS} mails of 4 kB over {SESSIONS} sessions, medians"
    )
    for name in ("", "mails/s", "CPU ms/mail", "answer p50 ms", "answer p99 ms"):
        table.add_column(name, justify="right" if name else "left")
    for side in (yardstick, ours):
        row = [f"{side.median(f):.2f}" for f in ("rate", "cpu_ms", "p50_ms", "p99_ms")]
        table.add_row(side.name, *row)
    ratios = [a.rate / b.rate for a, b in zip(ours.rounds, yardstick.rounds, strict=True)]
    table.add_row("ratio of rates", f"{statistics.median(ratios):.2f}", "", "", "")
    console.print(table)


def shares(console: Console, ours: Side) -> None:
    """Print which processes the gateway's CPU went to."""
    table = Table(title="CPU of the gateway by process, ms a mail, medians")
    for kind in ours.rounds[0].cpu_ms_by_kind:
        table.add_column(kind, justify="right")
    by_kind = zip(*(one.cpu_ms_by_kind.values() for one in ours.rounds), strict=True)
    table.add_row(*(f"{statistics.median(figures):.2f}" for figures in by_kind))
    console.print(table)


def memory(console: Console, gateway: Installation) -> None:
    """Print the resident memory of each process and its children."""
    table = Table(title="Memory (resident, MiB)")
    table.add_column("process")
    table.add_column("itself", justify="right")
    table.add_column("children", justify="right")
    for name, process in gateway.processes.items():
        parent = psutil.Process(process.pid)
        children = [str(one.memory_info().rss >> 20) for one in parent.children(recursive=True)]
        table.add_row(name, str(parent.memory_info().rss >> 20), " + ".join(children) or "-")
    console.print(table)


def stall(console: Console, gateway: Installation, ours: Side, serial: Serial) -> None:
    """Time NOOPs of a second client while a first one sends a mail of 24 MiB."""
    waits = uvloop.run(_noops_during_a_big_mail(ours, serial))
    del gateway
    console.print(
        f"a second client's NOOP during a {BIG_BYTES >> 20} MiB mail: "
        f"median {statistics.median(waits):.2f} ms, worst {max(waits):.1f} ms of {len(waits)}"
    )


async def _noops_during_a_big_mail(side: Side, serial: Serial) -> list[float]:
    head = serial.maker(side.to)(0)
    big = head + b"\r\n" + (b"The same calm line about fractions, again and again.\r\n" * (BIG_BYTES // 54))
    sending = asyncio.create_task(load.run(side.port, SENDER, [side.to], lambda _: big, 1, 1))
    reader, writer = await asyncio.open_connection("127.0.0.1", side.port)
    await load.answer(reader)
    await load.say(reader, writer, b"EHLO second.test")
    waits = []
    while not sending.done():
        began = time.perf_counter()
        await load.say(reader, writer, b"NOOP")
        waits.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.005)
        if len(waits) % 60 == 0:  # a session may not talk idly for ever
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", side.port)
            await load.answer(reader)
    await sending
    return waits


def kinds(gateway: Installation) -> dict[str, list[psutil.Process]]:
    """The gateway's processes by what they do; the database's work is ours too."""
    smtp = psutil.Process(gateway.processes["smtp"].pid)
    return {
        "smtp": [smtp],
        "readers": smtp.children(recursive=True),
        "courier": family([gateway.processes["courier"].pid]),
        "database": database(gateway.home),
    }


def family(pids: list[int]) -> list[psutil.Process]:
    """Processes and all their children."""
    parents = [psutil.Process(pid) for pid in pids]
    return [one for parent in parents for one in (parent, *parent.children(recursive=True))]


def database(home: Path) -> list[psutil.Process]:
    """The embedded PostgreSQL's processes."""
    pid = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    return family([pid])


def cpu_s(processes: dict[str, list[psutil.Process]]) -> dict[str, float]:
    """User and system seconds used so far, by kind of process."""
    return {
        kind: sum(times.user + times.system for times in (one.cpu_times() for one in some))
        for kind, some in processes.items()
    }


if __name__ == "__main__":
    main()
