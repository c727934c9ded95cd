"""The gateway's commands as tests run them: `python -m tests.crash.program smtp`.

Mails may order their reader about (`orders`), and one mistake may be built in (`bugs`), named
by CRASH_BUG. Reader processes import this module too, so all is done on import.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from gateway.__main__ import main
from gateway.deliver.courier import Courier
from gateway.store.patience import PatientConnection
from tests.crash import bugs, orders

PR_SET_NAME = 15
PATIENCE_S = 2.0  # with a database that does not answer; for a sweep, which has it happen often
_bootstrap = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]
_run = Courier.run


def _show_name(thread: threading.Thread) -> None:
    """Let /proc tell our threads apart, as Python itself does from 3.14 on."""
    name = thread.name.partition("(")[2].rstrip(")") or thread.name
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15], 0, 0, 0)
    _bootstrap(thread)


async def _run_in_one_thread(courier: Courier) -> None:
    """All the courier's waiting in one thread, so that its calls have the same numbers every time."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1, "outbox"))
    await _run(courier)


threading.Thread._bootstrap_inner = _show_name  # type: ignore[attr-defined]
Courier.run = _run_in_one_thread  # type: ignore[method-assign]
PatientConnection.patience_s = PATIENCE_S
orders.obey()
bugs.build_in(os.environ.get("CRASH_BUG", ""))

if __name__ == "__main__":
    main()
