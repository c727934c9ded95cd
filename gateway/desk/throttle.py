"""Slows down guessing of passwords and codes: a growing wait after some failures under one name.

Kept in this process only; several web processes allow as many times more.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

NONE = timedelta(0)


@dataclass(slots=True)
class _Tries:
    count: int
    last_at: datetime


class Throttle:
    """Counts tries by name, such as an address with the network it is tried from.

    free: tries before the first wait. first_wait doubles with each further try up to `longest`.
    remembered: names kept; the oldest is forgotten first.
    """

    def __init__(
        self,
        free: int = 5,
        first_wait: timedelta = timedelta(seconds=30),
        longest: timedelta = timedelta(minutes=15),
        remembered: int = 10_000,
    ) -> None:
        self._free, self._first_wait, self._longest = free, first_wait, longest
        self._remembered = remembered
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._lock = Lock()

    def attempt(self, name: str, now: datetime) -> timedelta:
        """Count a try and return zero, or return how long to wait, counting nothing.

        Counted before the password is checked, so that a burst of parallel guesses gains nothing.
        """
        key = name.strip().casefold()
        with self._lock:
            tries = self._tries.pop(key, None) or _Tries(0, now)
            wait = tries.last_at + self._wait_after(tries.count) - now
            if wait <= NONE:
                forgotten = now - tries.last_at > 4 * self._longest
                tries = _Tries(1 if forgotten else tries.count + 1, now)
            self._tries[key] = tries
            while len(self._tries) > self._remembered:
                self._tries.popitem(last=False)
        return max(wait, NONE)

    def succeeded(self, name: str) -> None:
        """Forget the tries of somebody who signed in."""
        with self._lock:
            self._tries.pop(name.strip().casefold(), None)

    def _wait_after(self, count: int) -> timedelta:
        if count < self._free:
            return NONE
        doublings: int = min(count - self._free, 16)
        return min(self._first_wait * (1 << doublings), self._longest)


def many_networks() -> Throttle:
    """For all strangers together: seconds only, because an honest one is slowed down with them."""
    return Throttle(free=100, first_wait=timedelta(seconds=1), longest=timedelta(seconds=5))
