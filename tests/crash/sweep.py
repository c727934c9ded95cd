"""One mail, one fault, at one point: what became of both."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from tests.crash.invariants import violations
from tests.crash.points import PLACES, Point, record
from tests.crash.rig import Rig, Sent, write
from tests.crash.strace import Call, Fault, Strace
from tests.e2e.installation import eventually

LONGEST_S = 4.0
OUTAGE_S = 10.0  # a backend that dies takes the whole server down until it has recovered
THERE_S = 10.0  # a connection is dialled anew when it is next used
AFTERMATH_S = 0.5  # what follows upon a fault that nobody died of
TEXT = "Please do the first three questions."

_numbers = count(1)


@dataclass(slots=True)
class Trial:
    """What happened.

    fired: the call was reached. call: what it then was. answered: the first answer the client
    heard (0: none). moot: the fault cannot happen to such a call. twice: copies that came again.
    """

    point: Point
    fault: Fault
    fired: bool = False
    died: bool = False
    answered: int = 0
    held: bool = False
    twice: int = 0
    wrong: list[str] = field(default_factory=list)
    call: Call | None = None

    @property
    def moot(self) -> bool:
        return self.call is not None and not self.call.bears(self.fault)


def fresh(rig: Rig, pupil: str = "jamie", text: str = TEXT) -> Sent:
    """A mail like all others, not yet sent."""
    return write(rig, f"Exercise set {next(_numbers)}", pupil, text)


def ready(rig: Rig) -> None:
    """Start what died and let a mail through, so that every thread and connection is there."""
    rig.start("smtp", "courier")
    rig.send_until_taken(fresh(rig))
    rig.settle_down()


def points_of(rig: Rig) -> list[Point]:
    """The points of a mail's journey to a pupil and a guardian."""
    for _ in range(6):  # psycopg prepares a statement the fifth time; then calls are as they will be
        ready(rig)

    def journey() -> None:
        rig.send_until_taken(fresh(rig))
        rig.settle_down()

    return record(rig, PLACES, journey)


def attempt(rig: Rig, point: Point, fault: Fault, mail: Sent | None = None) -> Trial:
    """Send a mail with the fault at the point, set everything right again, and look."""
    trial, mail = Trial(point, fault), mail or fresh(rig)
    faults: list[tuple[float, float]] = []
    try:
        _break(rig, trial, mail, faults)
        rig.start("smtp", "courier")
        if not mail.acknowledged:
            rig.send_until_taken(mail)
        trial.wrong = violations(rig, [mail], faults)
    except (AssertionError, psycopg.Error) as failed:
        trial.wrong = [f"stuck: {failed}"]
    _conclude(rig, trial, mail)
    if trial.died or trial.wrong:
        _recover(rig, trial)
    return trial


def _break(rig: Rig, trial: Trial, mail: Sent, faults: list[tuple[float, float]]) -> None:
    pid = eventually(lambda: trial.point.place.locate(rig), THERE_S)
    with tempfile.TemporaryDirectory() as folder:
        injection = trial.fault.injection(trial.point.nth, trial.point.call.name)
        with Strace([pid], Path(folder) / "log", injection) as trace:
            rig.send(mail)
            trial.answered = mail.code
            _wait_for(rig, trial, mail, trace)
        at, call = trace.fired_at(), trace.struck()
    trial.fired = at is not None
    trial.call = call or trial.point.call
    trial.died = not Path(f"/proc/{pid}").exists() or _ended(rig, trial)
    if at is not None:
        lasts_s = OUTAGE_S if trial.point.place.process == "database" else 0.0
        faults.append((at, at + lasts_s))


def _wait_for(rig: Rig, trial: Trial, mail: Sent, trace: Strace) -> None:
    """Until the fault has done what it does, or the mail has arrived without it."""
    end = time.monotonic() + LONGEST_S
    fired: float | None = None
    while time.monotonic() < end and not _ended(rig, trial):
        if fired is None and trace.fired_at() is not None:
            fired = time.monotonic()
        over = fired is not None and time.monotonic() - fired > AFTERMATH_S
        with suppress(AssertionError, psycopg.Error):
            if over or (mail.acknowledged and not rig.rows(OPEN)):
                return
        if not mail.acknowledged and fired is None:
            time.sleep(0.1)
            return
        time.sleep(0.02)


def _ended(rig: Rig, trial: Trial) -> bool:
    process = trial.point.place.process
    return process != "database" and not rig.running(process)


def _conclude(rig: Rig, trial: Trial, mail: Sent) -> None:
    heading = f"Subject: {mail.subject}\r\n".encode()
    got = [one.mailbox for one in rig.arrived() if heading in one.content]
    trial.held = not got
    trial.twice = len(got) - len(set(got))


def _recover(rig: Rig, trial: Trial) -> None:
    """Ready for the next; after something went wrong from a clean start."""
    if trial.wrong:
        for name in ("smtp", "courier"):
            rig.kill(name)
    ready(rig)


OPEN = "SELECT 1 FROM dispatch WHERE state = 'waiting' LIMIT 1"
