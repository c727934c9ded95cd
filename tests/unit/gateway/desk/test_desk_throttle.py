from __future__ import annotations

from datetime import timedelta

from gateway.desk.throttle import NONE, Throttle, many_networks
from tests.fakes.desk import NOW


def tries(throttle: Throttle, count: int, address: str = "mo@relay.test") -> list[timedelta]:
    return [throttle.attempt(address, NOW) for _ in range(count)]


def test_five_tries_are_free_and_the_sixth_waits() -> None:
    assert tries(Throttle(), 6) == [NONE] * 5 + [timedelta(seconds=30)]


def test_a_refused_try_does_not_make_the_wait_longer() -> None:
    throttle = Throttle()
    tries(throttle, 50)
    assert throttle.attempt("mo@relay.test", NOW + timedelta(seconds=30)) == NONE


def test_each_further_failure_doubles_the_wait_up_to_the_longest() -> None:
    throttle, now, waits = Throttle(), NOW, []
    tries(throttle, 5)
    for _ in range(8):
        wait = throttle.attempt("mo@relay.test", now)
        waits.append(wait)
        now += wait
        assert throttle.attempt("mo@relay.test", now) == NONE
    assert [w.total_seconds() for w in waits] == [30, 60, 120, 240, 480, 900, 900, 900]


def test_the_case_of_an_address_buys_no_tries() -> None:
    throttle = Throttle()
    tries(throttle, 5)
    assert throttle.attempt(" MO@relay.TEST ", NOW) > NONE


def test_one_address_does_not_slow_another() -> None:
    throttle = Throttle()
    tries(throttle, 9)
    assert throttle.attempt("lea@relay.test", NOW) == NONE


def test_signing_in_forgets_the_failures() -> None:
    throttle = Throttle()
    tries(throttle, 4)
    throttle.succeeded("mo@relay.test")
    assert tries(throttle, 5) == [NONE] * 5


def test_failures_of_long_ago_are_forgotten() -> None:
    throttle = Throttle()
    tries(throttle, 5)
    later = NOW + timedelta(hours=2)
    assert [throttle.attempt("mo@relay.test", later) for _ in range(5)] == [NONE] * 5


def test_it_remembers_a_bounded_number_of_addresses() -> None:
    throttle = Throttle(remembered=3)
    for number in range(50):
        throttle.attempt(f"{number}@relay.test", NOW)
    assert len(throttle._tries) == 3


def test_strangers_of_many_networks_are_slowed_down_by_seconds_only() -> None:
    crowd, at = many_networks(), NOW
    waits = [crowd.attempt("mo@relay.test", at) for _ in range(200)]
    assert waits[:100] == [NONE] * 100 and NONE < waits[150] <= timedelta(seconds=5)
