"""When to try a delivery again."""

from __future__ import annotations

from datetime import datetime, timedelta

QUICK = timedelta(seconds=60)
FIRST = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
GIVE_UP = timedelta(days=5)
SPREAD = 0.25


def next_attempt(tries: int, first: datetime, now: datetime, jitter: float = 0.0) -> datetime | None:
    """Say when to try a delivery again, or None to give up.

    tries: failed attempts so far, at least 1.
    first, now: timezone-aware.
    jitter: 0 to 1, for spreading; the wait grows by up to a quarter.
    Returns: now + 60 s after the first failure (greylisting, a restart), then 30 min,
        doubling to 8 h; None once 5 days have passed.
    Raises: ValueError if a time is naive, `tries` under 1 or `jitter` outside 0 to 1.
    Source: RFC 5321 section 4.5.4.1, which wants 30 minutes between attempts in general,
        two in the first hour, and 4 to 5 days before giving up.
    """
    if first.tzinfo is None or now.tzinfo is None:
        raise ValueError("a time without a time zone")
    if tries < 1 or not 0 <= jitter <= 1:
        raise ValueError("tries under 1 or jitter outside 0 to 1")
    if now - first >= GIVE_UP:
        return None
    # The exponent is bounded: a copy that has been tried often must not overflow.
    wait = QUICK if tries == 1 else min(FIRST * 2 ** min(tries - 2, 10), LONGEST)
    return now + wait * (1 + SPREAD * jitter)
