from __future__ import annotations

from gateway.channels.email.limits import Attempts, Limits, Turnstile


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_defaults_are_those_of_the_design() -> None:
    limits = Limits()
    assert (limits.connections_per_address, limits.connections, limits.recipients) == (10, 100, 50)
    assert (limits.message_bytes, limits.line_bytes) == (25 * 2**20, 64 * 2**10)
    assert (limits.commands, limits.errors, limits.bytes_per_s) == (100, 5, 500)
    assert (limits.idle_s, limits.session_s) == (60, 600)


def test_one_address_cannot_take_all_places() -> None:
    turnstile = Turnstile(3)
    assert [turnstile.enter("a", 2) for _ in range(3)] == [True, True, False]
    assert [turnstile.enter("b", 2) for _ in range(2)] == [True, False]
    turnstile.leave("a")
    assert turnstile.enter("b", 2)
    assert turnstile.total == 3


def test_failures_are_rationed_by_each_key_and_forgotten_after_a_minute() -> None:
    clock = Clock()
    attempts = Attempts(2, clock)
    assert attempts.begin("peer 1", "person t")
    assert attempts.begin("peer 2", "person t")
    assert not attempts.begin("peer 3", "person t")
    assert attempts.begin("peer 1", "person u")
    assert not attempts.begin("peer 1", "person v")
    clock.now += 60
    assert attempts.begin("peer 1", "person t")


def test_success_does_not_count() -> None:
    attempts = Attempts(1, Clock())
    for _ in range(5):
        assert attempts.begin("peer 1", "person t")
        attempts.succeeded("peer 1", "person t")


def test_parallel_attempts_do_not_share_one_last_guess() -> None:
    attempts = Attempts(1, Clock())
    assert attempts.begin("peer 1", "person t")
    assert not attempts.begin("peer 2", "person t")


def test_old_keys_are_forgotten() -> None:
    clock = Clock()
    attempts = Attempts(5, clock)
    for number in range(Attempts.MOST_KEYS):
        attempts.begin(f"peer {number}")
    clock.now += 61
    attempts.begin("peer x")
    attempts.begin("peer y")
    assert len(attempts._failed) <= 2
