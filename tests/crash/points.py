"""Every call at which something can break on a mail's journey: recorded once, then numbered."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.crash.rig import Rig
from tests.crash.strace import Call, Strace

Locate = Callable[[Rig], int | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A thread or process on the way. stage: of the journey. process: what must be restarted when it dies."""

    name: str
    stage: str
    locate: Locate
    process: str


@dataclass(frozen=True, slots=True)
class Point:
    """The `nth` call of its name at a place. call: what it was when recorded, its name "" for any."""

    place: Place
    nth: int
    call: Call


def _thread(process: str, name: str) -> Locate:
    def locate(rig: Rig) -> int | None:
        pid = rig.house.processes[process].pid
        tasks = Path(f"/proc/{pid}/task")
        if name == "main":
            return pid
        found = (int(one) for one in os.listdir(tasks) if (tasks / one / "comm").read_text().startswith(name))
        return next(found, None)

    return locate


def _reader(process: str) -> Locate:
    def locate(rig: Rig) -> int | None:
        ours = psutil.Process(rig.house.processes[process].pid)
        return next((one.pid for child in ours.children() for one in child.children()), None)

    return locate


PLACES = (
    Place("smtp, sessions", "accept", _thread("smtp", "main"), "smtp"),
    Place("smtp, directory", "accept", _thread("smtp", "sign-in"), "smtp"),
    Place("smtp, briefing", "judge", _thread("smtp", "briefing"), "smtp"),
    Place("smtp, handing out", "judge", _thread("smtp", "task_scheduler"), "smtp"),
    Place("reader", "judge", _reader("smtp"), "smtp"),
    Place("smtp, committing", "decide", _thread("smtp", "ledger"), "smtp"),
    Place("database, for smtp", "decide", lambda rig: rig.backend("NOTIFY%"), "database"),
    Place("courier, sending", "deliver", _thread("courier", "main"), "courier"),
    Place("courier, settling", "deliver", _thread("courier", "outbox"), "courier"),
    Place("database, for courier", "deliver", lambda rig: rig.backend("WITH due AS%"), "database"),
)


def record(rig: Rig, places: tuple[Place, ...], journey: Callable[[], object]) -> list[Point]:
    """Trace a journey that goes well and number the calls of each place."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as all_of_them:
        traces: dict[str, Strace] = {}
        for place in places:
            pid = place.locate(rig)
            assert pid is not None, f"{place.name} is not there"
            trace = Strace([pid], Path(folder) / f"{len(traces)}.log")
            traces[place.name] = all_of_them.enter_context(trace)
        journey()
        all_of_them.close()
        return list(_numbered(places, traces))


def _numbered(places: tuple[Place, ...], traces: Mapping[str, Strace]) -> Iterator[Point]:
    for place in places:
        seen: Counter[str] = Counter()
        for call in traces[place.name].calls():
            seen[call.name] += 1
            yield Point(place, seen[call.name], call)
