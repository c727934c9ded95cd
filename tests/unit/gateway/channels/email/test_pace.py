from __future__ import annotations

import pytest

from gateway.channels.email.pace import MOST_KEYS, Pace


class Clock:
    now = 6_000.0

    def __call__(self) -> float:
        return self.now


def sent(pace: Pace, key: str) -> bool:
    if pace.is_over(key):
        return False
    pace.count(key)
    return True


def test_a_key_may_send_so_many_in_a_minute_and_others_are_not_touched() -> None:
    pace = Pace(3, 0, Clock())
    assert [sent(pace, "tara") for _ in range(5)] == [True, True, True, False, False]
    assert sent(pace, "owen")


@pytest.mark.parametrize("into", [0.0, 1.0, 30.0, 59.0])
def test_it_never_lets_twice_as_many_through_over_the_turn_of_a_minute(into: float) -> None:
    clock = Clock()
    pace = Pace(10, 0, clock)
    clock.now += into
    first = sum(sent(pace, "tara") for _ in range(20))
    clock.now += 60 - into
    second = sum(sent(pace, "tara") for _ in range(20))
    assert first == 10
    assert second == 0
    clock.now += 60
    assert sum(sent(pace, "tara") for _ in range(20)) == 10


def test_an_even_sender_at_the_rate_is_never_stopped() -> None:
    clock = Clock()
    pace = Pace(10, 600, clock)
    for _ in range(500):
        assert sent(pace, "tara")
        clock.now += 6.7


def test_the_hour_holds_where_every_minute_is_kept() -> None:
    clock = Clock()
    clock.now = 7_200.0  # on the hour
    pace = Pace(10, 50, clock)
    allowed = 0
    for _ in range(30):
        allowed += sum(sent(pace, "tara") for _ in range(9))
        clock.now += 60
    assert allowed == 50


def test_no_limit_counts_nobody() -> None:
    pace = Pace(0, 0, Clock())
    assert all(sent(pace, "tara") for _ in range(10_000))
    assert len(pace) == 0


def test_its_memory_is_bounded_and_the_longest_silent_go_first() -> None:
    pace = Pace(1, 0, Clock())
    assert sent(pace, "first") and sent(pace, "second")
    for number in range(MOST_KEYS - 2):
        sent(pace, f"{number}")
    pace.count("first")
    sent(pace, "one more")
    assert len(pace) == MOST_KEYS
    assert pace.is_over("first")
    assert not pace.is_over("second")
