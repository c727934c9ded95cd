"""A held mail that a moderator releases, with a fault at one of the calls that doing so makes."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psycopg

from tests.crash import orders
from tests.crash.invariants import violations
from tests.crash.moderator import Moderator
from tests.crash.points import Place, Point, record
from tests.crash.rig import PATIENCE_S, Rig, Sent
from tests.crash.strace import Fault, Strace
from tests.crash.sweep import Trial, fresh, ready

OPEN_CASE = "SELECT c.id FROM case_file c JOIN message m ON m.id = message_id WHERE m.reference = %s AND c.state <> 'closed'"


def place(moderator: Moderator) -> Place:
    """Where a release is decided and committed."""
    return Place("desk, releasing", "release", lambda rig: moderator.pid(), "moderator")


def points_of(rig: Rig, moderator: Moderator) -> list[Point]:
    """The points of a release that goes well."""
    ready(rig)
    for _ in range(6):  # as in `sweep.points_of`
        _release(rig, moderator, _held(rig))
    mail = _held(rig)
    return record(rig, (place(moderator),), lambda: _release(rig, moderator, mail))


def attempt(rig: Rig, moderator: Moderator, point: Point, fault: Fault) -> Trial:
    """Release with the fault at the point, release again if it did not happen, and look."""
    trial, mail, faults = Trial(point, fault), _held(rig), []
    try:
        with tempfile.TemporaryDirectory() as folder:
            pid, case_id = moderator.pid(), _case_of(rig, mail)
            with Strace([pid], Path(folder) / "log", fault.injection(point.nth, point.call.name)) as trace:
                moderator.release(case_id)
            at, trial.call = trace.fired_at(), trace.struck() or point.call
        trial.fired, trial.died, trial.answered = at is not None, moderator.died(), mail.code
        faults = [(at, at)] if at is not None else []
        _release(rig, moderator, mail)
        trial.wrong = violations(rig, [mail], faults)
    except (AssertionError, psycopg.Error) as failed:
        trial.wrong = [f"stuck: {failed}"]
    heading = f"Subject: {mail.subject}\r\n".encode()
    got = [one.mailbox for one in rig.arrived() if heading in one.content]
    trial.twice = len(got) - len(set(got))
    return trial


def _held(rig: Rig) -> Sent:
    mail = fresh(rig, text=orders.RAISE)
    mail.held = mail.released = True
    return rig.send_until_taken(mail)


def _release(rig: Rig, moderator: Moderator, mail: Sent) -> None:
    """Release until the case is closed."""
    end = time.monotonic() + PATIENCE_S
    while case_id := _case_of(rig, mail):
        if time.monotonic() > end:
            raise AssertionError("the case could not be released")
        moderator.release(case_id)


def _case_of(rig: Rig, mail: Sent) -> str:
    found = rig.rows(OPEN_CASE, mail.reference)
    return found[0][0] if found else ""
