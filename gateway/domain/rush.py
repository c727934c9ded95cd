"""A rush: messages that come faster than it pays to work on each alone."""

from __future__ import annotations

from collections import deque

MESSAGES, SECONDS = 64, 0.8
GATHER_S = 0.004


class Rush:
    """Says how long to wait for company, where work on six messages costs little more than on one.

    Readers answer by the handful and clients follow suit, so what comes in a rush comes in
    flocks. It is one when so many messages came within so many seconds; at other times nobody
    waits. Times are seconds of any one clock that only goes forward.
    """

    def __init__(self) -> None:
        self._lately: deque[float] = deque(maxlen=MESSAGES)

    def count(self, messages: int, now: float) -> None:
        """Count messages that came."""
        self._lately.extend([now] * messages)

    def gather_s(self, now: float) -> float:
        """Return how long the first message of a batch is to wait for others."""
        rush = len(self._lately) == MESSAGES and now - self._lately[0] < SECONDS
        return GATHER_S if rush else 0.0
