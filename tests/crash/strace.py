"""`strace` on one thread of a running process: what it writes, or a fault at its N-th write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

# What leaves a process or changes a file. "?": strace shall not mind where there is no such call.
WRITE_CLASS = ",".join(
    f"?{name}"
    for name in (
        *("write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg", "sendfile"),
        *("fsync", "fdatasync", "sync_file_range", "ftruncate", "fallocate"),
        *("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"),
    )
)
REQUIRED = "TUTOR_GATEWAY_REQUIRE_BROWSER"  # whoever promises the browser promises all system packages
ATTACH_S = 10.0

_LINE = re.compile(r"\d+\.\d+ (\w+)\((?:\d+<([^>]*)>)?")
_FIRED = re.compile(r"(\d+\.\d+) .*(?:\(INJECTED\)|\+\+\+ killed by SIGKILL)")


class Fault(StrEnum):
    """What happens at a call: the process dies before it, or it fails with that error."""

    KILL = "SIGKILL"
    ENOSPC = "ENOSPC"
    EIO = "EIO"

    def injection(self, nth: int, name: str = "") -> str:
        """The argument of `strace -e` for a thread's `nth` call of that name, "" for any that writes.

        strace counts each name for itself, so "" strikes whichever comes to that number first.
        """
        what = "signal=SIGKILL" if self is Fault.KILL else f"error={self}"
        return f"inject={name or WRITE_CLASS}:{what}:when={nth}"


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call. target: what it wrote to, as `strace -yy` describes it."""

    name: str
    target: str

    def bears(self, fault: Fault) -> bool:
        """True when the fault can happen to it at all: what wakes a thread has no disk to fail."""
        return fault is Fault.KILL or "anon_inode" not in self.target


def missing() -> str | None:
    """Say why nothing can be traced here, None when it can."""
    if shutil.which("strace") is None:
        return "No strace on the path."
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        with Strace([child.pid], os.devnull):
            return None
    except AssertionError:
        return "strace may not trace a process of ours (ptrace is not permitted here)."
    finally:
        child.kill()
        child.wait()


def skip_without_strace() -> None:
    """Skip the calling test module, or fail it where strace is promised."""
    if reason := missing():
        if os.environ.get(REQUIRED):
            pytest.fail(f"{reason} {REQUIRED} asks for it.")
        pytest.skip(reason, allow_module_level=True)


class Strace:
    """Traces processes or single threads while open.

    pids: of processes, or of threads. log: where it writes. threads: follow all threads too;
        calls are then counted in each for itself. injection: as `Fault.injection` gives it.
    """

    def __init__(
        self, pids: Sequence[int], log: Path | str, injection: str = "", threads: bool = False
    ) -> None:
        self.log = Path(log)
        command = ["strace", "-q", "-ttt", "-yy", "-s", "0", "-o", str(log), "-e", f"trace={WRITE_CLASS}"]
        command += ["-e", injection] if injection else []
        command += ["-f"] if threads else []
        self._command = command + [word for pid in pids for word in ("-p", str(pid))]
        self._pids = pids
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Strace:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + ATTACH_S
        while not all(_is_traced(pid) for pid in self._pids):
            if self._process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise AssertionError("strace could not attach")
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the processes; they run on."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(20)

    def calls(self) -> list[Call]:
        """What was seen so far, in order."""
        lines = map(_LINE.search, self._lines())
        return [Call(found[1], found[2] or "") for found in lines if found]

    def fired_at(self) -> float | None:
        """When the fault happened, in seconds of the epoch; None when it did not."""
        found = next(filter(None, map(_FIRED.search, self._lines())), None)
        return float(found[1]) if found else None

    def struck(self) -> Call | None:
        """The call at which it happened."""
        lines = self._lines()
        last = next((n for n, line in enumerate(lines) if _FIRED.search(line)), None)
        if last is None:
            return None
        seen = [Call(found[1], found[2] or "") for found in map(_LINE.search, lines[: last + 1]) if found]
        return seen[-1] if seen else None

    def _lines(self) -> list[str]:
        return [line for line in self.log.read_text(errors="replace").splitlines() if "resumed>" not in line]


def _is_traced(pid: int) -> bool:
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        return "TracerPid:\t0\n" not in status
    return False
