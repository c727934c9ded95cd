"""How fast one API key may ask, and that one Idempotency-Key is worked on once at a time.

Both are kept in this process alone: they spare the house, they do not guard the promises.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from gateway.channels.platform.problems import Problem


class Pace:
    """A bucket per key: `per_minute` at once, filling up again evenly."""

    def __init__(self, per_minute: int) -> None:
        self._limit = per_minute
        self._per_second = per_minute / 60
        self._buckets: dict[str, tuple[float, datetime]] = {}
        self._lock = Lock()

    def wait_s(self, key: str, now: datetime) -> int:
        """Count a request; 0 when it may go on, else the seconds to wait."""
        with self._lock:
            left, since = self._buckets.get(key, (float(self._limit), now))
            passed_s = max(0.0, (now - since).total_seconds())
            left = min(float(self._limit), left + passed_s * self._per_second)
            if left < 1:
                self._buckets[key] = (left, now)
                return math.ceil((1 - left) / self._per_second)
            self._buckets[key] = (left - 1, now)
            return 0


class InFlight:
    """Which Idempotency-Keys are being worked on."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()
        self._lock = Lock()

    @contextmanager
    def alone(self, organisation_id: str, key: str) -> Iterator[None]:
        """Work on a key alone. Raises the problem key-in-flight when somebody else does."""
        entry = (organisation_id, key)
        with self._lock:
            if entry in self._keys:
                raise Problem("key-in-flight", retry_after_s=1)
            self._keys.add(entry)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(entry)
