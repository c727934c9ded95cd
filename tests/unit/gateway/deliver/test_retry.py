"""One quick retry, then half an hour and doubling, for five days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.deliver.retry import next_attempt

FIRST = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 30), (3, 60), (4, 120), (5, 240), (6, 480), (7, 480), (500, 480)]
)
def test_waits_double_up_to_eight_hours(tries: int, minutes: int) -> None:
    assert next_attempt(tries, FIRST, FIRST) == FIRST + timedelta(minutes=minutes)


def test_after_five_days_it_gives_up() -> None:
    almost = FIRST + timedelta(days=5) - timedelta(seconds=1)
    assert next_attempt(20, FIRST, almost) is not None
    assert next_attempt(20, FIRST, FIRST + timedelta(days=5)) is None


def test_jitter_only_lengthens_and_by_a_quarter_at_most() -> None:
    assert next_attempt(2, FIRST, FIRST, 1.0) == FIRST + timedelta(minutes=37.5)
    assert next_attempt(2, FIRST, FIRST, 0.5) == FIRST + timedelta(minutes=33.75)


def test_a_silent_host_gets_a_bearable_number_of_tries() -> None:
    now, tries = FIRST, 0
    while now is not None:
        tries += 1
        last, now = now, next_attempt(tries, FIRST, now)  # type: ignore[assignment]
    assert 15 <= tries <= 25
    assert timedelta(days=5) <= last - FIRST < timedelta(days=5, hours=10)


@pytest.mark.parametrize(
    ("tries", "first", "now", "jitter"),
    [
        (1, FIRST.replace(tzinfo=None), FIRST, 0.0),
        (1, FIRST, FIRST.replace(tzinfo=None), 0.0),
        (0, FIRST, FIRST, 0.0),
        (1, FIRST, FIRST, -0.1),
        (1, FIRST, FIRST, 1.1),
    ],
)
def test_what_makes_no_sense_is_refused(tries: int, first: datetime, now: datetime, jitter: float) -> None:
    with pytest.raises(ValueError, match=r"time|tries"):
        next_attempt(tries, first, now, jitter)
