"""A key may ask so often, evenly, and no oftener."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.channels.platform.pace import Pace

START = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)


def test_a_full_bucket_is_spent_and_fills_evenly() -> None:
    pace = Pace(per_minute=60)
    assert [pace.wait_s("a", START) for _ in range(61)] == [0] * 60 + [1]
    later = START + timedelta(seconds=2)
    assert [pace.wait_s("a", later) for _ in range(3)] == [0, 0, 1]


def test_refused_requests_do_not_lengthen_the_wait() -> None:
    pace = Pace(per_minute=6)
    waits = [pace.wait_s("a", START) for _ in range(50)]
    assert waits[6:] == [10] * 44
    assert pace.wait_s("a", START + timedelta(seconds=10)) == 0


def test_keys_are_counted_apart() -> None:
    pace = Pace(per_minute=1)
    assert [pace.wait_s(key, START) for key in "aabb"] == [0, 60, 0, 60]


def test_a_clock_that_goes_back_locks_nobody_out_and_lets_nobody_rush() -> None:
    pace = Pace(per_minute=60)
    for _ in range(60):
        pace.wait_s("a", START)
    assert pace.wait_s("a", START - timedelta(hours=1)) == 1
    assert pace.wait_s("a", START - timedelta(hours=1) + timedelta(seconds=1)) == 0
