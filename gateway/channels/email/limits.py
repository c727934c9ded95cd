"""How much one client may ask of a mail server, and who is over it (MAIL 8)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may use; the defaults are MAIL 8's.

    connections, connections_per_address: at the same time, for one listening server.
    connections_per_neighbour: the same for a trusted neighbour; raise it when an MTA that
        relays everybody's mail stands in front.
    commands: since the session began or a message was last accepted, so that a busy relay
        may reuse its connection while a client that gets nowhere may not stay.
    idle_s: without a whole command, or without any byte inside DATA.
    session_s: from greeting to good-bye; work of ours in progress is finished first.
    bytes_per_s: inside DATA, once `patience_s` has passed.
    line_bytes: of one line inside DATA, its CRLF not counted.
    lookup_s: our own, for one question to the directory; then the answer is 451.
    sign_in_failures: per minute, counted for the client's address and for the person.
    mails_per_minute, mails_per_hour: of one tutor who signed in; 0 for no limit.
    mails_per_minute_per_address, mails_per_hour_per_address: from one client's address. Trusted
        neighbours relay everybody's mail and are not counted, for a tutor neither.
    """

    connections: int = 100
    connections_per_address: int = 10
    connections_per_neighbour: int = 10
    recipients: int = 50
    message_bytes: int = 25 * 1024 * 1024
    line_bytes: int = 64 * 1024
    commands: int = 100
    errors: int = 5
    idle_s: float = 60.0
    session_s: float = 600.0
    bytes_per_s: int = 500
    patience_s: float = 10.0
    lookup_s: float = 20.0
    sign_in_failures: int = 5
    mails_per_minute: int = 60
    mails_per_hour: int = 600
    mails_per_minute_per_address: int = 300
    mails_per_hour_per_address: int = 3000

    @property
    def watch_every_s(self) -> float:
        """How often a session looks at its clock."""
        return min(5.0, self.idle_s / 4, self.session_s / 4, self.patience_s / 2)


class Turnstile:
    """Counts who is inside, and lets in no more than there is room for."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._inside: Counter[str] = Counter()
        self._total = 0

    def enter(self, address: str, at_most: int) -> bool:
        """Let one more connection of `address` in; False when there is no room."""
        if self._total >= self._room or self._inside[address] >= at_most:
            return False
        self._total += 1
        self._inside[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Say that a connection which was let in has ended."""
        self._total -= 1
        self._inside[address] -= 1
        if self._inside[address] <= 0:
            del self._inside[address]

    @property
    def total(self) -> int:
        """Connections inside."""
        return self._total


class Attempts:
    """Remembers failed sign-ins of the last minute, by whatever they are counted for."""

    MOST_KEYS = 10_000

    def __init__(self, most: int, clock: Callable[[], float], window_s: float = 60.0) -> None:
        self._most, self._clock, self._window_s = most, clock, window_s
        self._failed: dict[str, deque[float]] = {}

    def begin(self, *keys: str) -> bool:
        """Count an attempt as failed until `succeeded`; False when any key has had its share.

        Counting first keeps parallel connections from sharing one last guess.
        """
        now = self._clock()
        if any(len(self._recent(key, now)) >= self._most for key in keys):
            return False
        for key in keys:
            self._failed.setdefault(key, deque()).append(now)
        if len(self._failed) > self.MOST_KEYS:
            self._forget_old(now)
        return True

    def succeeded(self, *keys: str) -> None:
        """Take back the attempt that `begin` counted."""
        for key in keys:
            times = self._failed.get(key)
            if times:
                times.pop()
            if not times:
                self._failed.pop(key, None)

    def _recent(self, key: str, now: float) -> deque[float]:
        times = self._failed.get(key)
        if times is None:
            return deque()
        while times and now - times[0] >= self._window_s:
            times.popleft()
        return times

    def _forget_old(self, now: float) -> None:
        for key in [key for key in self._failed if not self._recent(key, now)]:
            del self._failed[key]
