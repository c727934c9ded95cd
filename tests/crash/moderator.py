"""A moderator who releases what is held: the desk's own way through the gateway, in a process of its own.

`python -m tests.crash.moderator` reads a case id a line, releases that case and says how it went.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from gateway.domain.case import Action, Decision, State
from gateway.errors import GatewayError
from gateway.settings import read
from gateway.store.patience import PatientConnection
from gateway.wiring.running import journey_of, readers_of
from gateway.wiring.storing import open_store
from tests.crash.program import PATIENCE_S

READY = "ready"


class Moderator:
    """The process; it is started when it is first asked, and again when it has died."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def pid(self) -> int:
        """Of the process, which is there and ready on return."""
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "tests.crash.moderator"]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            self._process = subprocess.Popen(command, env=self._environment, text=True, **pipes)  # type: ignore[call-overload]
            assert self._heard() == READY
        return self._process.pid

    def release(self, case_id: str) -> str:
        """What the moderator says of it; "" when they died over it."""
        self.pid()
        assert self._process is not None and self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(case_id + "\n")
            self._process.stdin.flush()
        return self._heard()

    def died(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _heard(self) -> str:
        assert self._process is not None and self._process.stdout is not None
        return self._process.stdout.readline().strip()


def main() -> None:
    PatientConnection.patience_s = PATIENCE_S
    settings = read()
    store, readers = open_store(settings), readers_of(settings)
    office = journey_of(store, readers, timedelta(0))
    print(READY, flush=True)
    for line in sys.stdin:
        case_id = line.strip()
        try:
            case = store.docket.case("demo", case_id)
            release = Decision(case_id, case.version, Action.RELEASE, "mo", "It is harmless.")
            case = office.decide("demo", release)
            if case.state is State.SECOND:
                office.decide("demo", replace(release, version=case.version, moderator_id="dee"))
        except (GatewayError, OSError) as fault:
            print(type(fault).__name__, flush=True)
        else:
            print("released", flush=True)


if __name__ == "__main__":
    main()
