"""How many mails one sender may send in a minute and in an hour."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_KEYS = 10_000


@dataclass(slots=True)
class _Span:
    """Mails of one key over a sliding span, from two numbers however many they are.

    What was sent in the span before counts for the share of it that the sliding one still covers.
    """

    span_s: float
    most: int
    turn: int = 0
    current: int = 0
    earlier: int = 0

    def is_full(self, now: float) -> bool:
        turn, into = divmod(now, self.span_s)
        if turn != self.turn:
            self.earlier = self.current if turn == self.turn + 1 else 0
            self.turn, self.current = int(turn), 0
        return self.current + self.earlier * (1 - into / self.span_s) >= self.most


class Pace:
    """Counts mails by key, in this process. Of too many keys the longest silent are forgotten.

    per_minute, per_hour: how many mails of one key; 0 for no limit.
    """

    def __init__(self, per_minute: int, per_hour: int, clock: Callable[[], float]) -> None:
        self._spans = [(span_s, most) for span_s, most in ((60.0, per_minute), (3600.0, per_hour)) if most]
        self._clock = clock
        self._sent: OrderedDict[str, list[_Span]] = OrderedDict()

    def is_over(self, key: str) -> bool:
        """Tell whether one more mail would be too many."""
        now = self._clock()
        return any(span.is_full(now) for span in self._sent.get(key, ()))

    def count(self, key: str) -> None:
        """Count a mail."""
        if not self._spans:
            return
        now = self._clock()
        spans = self._sent.get(key)
        if spans is None:
            spans = self._sent[key] = [_Span(span_s, most) for span_s, most in self._spans]
        self._sent.move_to_end(key)
        for span in spans:
            span.is_full(now)  # moves it on to now
            span.current += 1
        if len(self._sent) > MOST_KEYS:
            self._sent.popitem(last=False)

    def __len__(self) -> int:
        return len(self._sent)
