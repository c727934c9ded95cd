"""`make crash`: a fault at every call that writes, and every bug that must be found.

POINTS=n takes that many points at random (SEED=n), ONLY=sweep|bugs one half. Ends with 1 when
something was wrong, or a bug went unnoticed.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.crash import release, sweep
from tests.crash.bugs import BUGS
from tests.crash.drill import CAUGHT_BY, PROBES, found_wrong
from tests.crash.moderator import Moderator
from tests.crash.points import Point
from tests.crash.rig import Rig, rigged
from tests.crash.strace import Fault, missing
from tests.crash.sweep import Trial

console = Console()
Attempt = Callable[[Rig, Point, Fault], Trial]
COLUMNS = ("stage", "where", "fault", "points", "struck", "died", "lost", "twice", "wrong")


def main() -> int:
    """Run both halves and say what was found."""
    if reason := missing():
        console.print(reason)
        return 2
    half = os.environ.get("ONLY", "")
    wrong = 0
    if half != "bugs":
        wrong += _sweep(int(os.environ.get("POINTS", "0")), int(os.environ.get("SEED", "1")))
    if half != "sweep":
        wrong += _bugs()
    return 1 if wrong else 0


def _sweep(points: int, seed: int) -> int:
    with rigged() as rig:
        with closing(Moderator(rig.house.environment)) as moderator:
            sweep.ready(rig)
            work: list[tuple[Attempt, Point, Fault]] = [
                (attempt, point, fault)
                for attempt, some in (
                    (sweep.attempt, sweep.points_of(rig)),
                    (partial(_release, moderator), release.points_of(rig, moderator)),
                )
                for point in some
                for fault in Fault
                if point.call.bears(fault)
            ]
            if points:
                work = random.Random(seed).sample(work, min(points, len(work)))
            trials = _tried(rig, work)
        count, flaw = rig.house.store.record.verify("demo")
    _tell(trials)
    console.print(f"{len(trials)} faults; {count} record entries, {'a flaw' if flaw else 'all in order'}.")
    return sum(map(len, (trial.wrong for trial in trials))) + (flaw is not None)


def _release(moderator: Moderator, rig: Rig, point: Point, fault: Fault) -> Trial:
    return release.attempt(rig, moderator, point, fault)


def _tried(rig: Rig, work: Sequence[tuple[Attempt, Point, Fault]]) -> list[Trial]:
    trials = []
    with _progress() as progress:
        task = progress.add_task("faults", total=len(work))
        for attempt, point, fault in work:
            trial = attempt(rig, point, fault)
            trials.append(trial)
            for wrong in trial.wrong:
                progress.console.print(f"{point.place.name}, {point.call.name} {point.nth}, {fault}: {wrong}")
            progress.advance(task)
    return trials


def _tell(trials: Sequence[Trial]) -> None:
    table = Table(*COLUMNS, title="Faults at calls that write")
    groups: dict[tuple[str, str, str], list[Trial]] = defaultdict(list)
    for trial in trials:
        place = trial.point.place
        groups[place.stage, place.name, trial.fault.value].append(trial)
    for group, some in groups.items():
        lost = sum(found.startswith("lost") for one in some for found in one.wrong)
        figures = (len(some), sum(one.fired for one in some), sum(one.died for one in some), lost)
        more = (sum(one.twice for one in some), sum(map(len, (one.wrong for one in some))))
        table.add_row(*group, *map(str, (*figures, *more)))
    console.print(table)


def _bugs() -> int:
    table = Table("built in", "caught by", "found", "seconds", title="Bugs that must be found")
    missed = 0
    names = ["", *BUGS]
    with _progress() as progress:
        task = progress.add_task("bugs", total=len(names))
        for name in names:
            began = time.monotonic()
            with rigged(name) as rig:
                probes = [CAUGHT_BY[name]] if name else PROBES
                found = [wrong for probe in probes for wrong in found_wrong(rig, probe)]
            missed += bool(found) != bool(name)
            by = CAUGHT_BY[name].__name__ if name else "all probes"
            told = found[0] if found else "[red]nothing[/]" if name else "nothing, as it must be"
            table.add_row(name or "no bug", by, told, f"{time.monotonic() - began:.0f}")
            progress.advance(task)
    console.print(table)
    return missed


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)


if __name__ == "__main__":
    sys.exit(main())
