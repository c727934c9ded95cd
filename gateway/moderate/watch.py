"""Notices when work that was handed out does not come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

LOOK_S = 0.5


class Watch:
    """Calls `alarm` with everything handed out and not yet done, once that is stuck.

    still_s: nothing has come back for so long. oldest_s: one piece has been away for so long.
    alarm: called in a thread of the watch's own; what it is given is watched no more.
    """

    def __init__(
        self, still_s: float, oldest_s: float, alarm: Callable[[Sequence[Future[Any]]], None]
    ) -> None:
        self._still_s, self._oldest_s, self._alarm = still_s, oldest_s, alarm
        self._begun: dict[Future[Any], float] = {}
        self._moved = 0.0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        threading.Thread(target=self._look, name="watch", daemon=True).start()

    def over(self, work: Future[Any]) -> None:
        """Keep an eye on a piece of work until it is done."""
        with self._lock:
            now = time.monotonic()
            self._moved = self._moved if self._begun else now
            self._begun[work] = now
        work.add_done_callback(self._done)

    def close(self) -> None:
        """Stop looking."""
        self._ended.set()

    def _done(self, work: Future[Any]) -> None:
        with self._lock:
            self._begun.pop(work, None)
            self._moved = time.monotonic()

    def _look(self) -> None:
        while not self._ended.wait(LOOK_S):
            if stuck := self._stuck():
                self._alarm(stuck)

    def _stuck(self) -> list[Future[Any]]:
        with self._lock:
            now = time.monotonic()
            still = now - self._moved > self._still_s
            if not self._begun or not (still or now - min(self._begun.values()) > self._oldest_s):
                return []
            stuck = list(self._begun)
            self._begun.clear()
            return stuck
