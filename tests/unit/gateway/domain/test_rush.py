from __future__ import annotations

import pytest

from gateway.domain.rush import GATHER_S, MESSAGES, SECONDS, Rush


@pytest.fixture
def rush() -> Rush:
    return Rush()


def test_nobody_waits_before_and_after_a_lone_message(rush: Rush) -> None:
    assert rush.gather_s(5.0) == 0
    rush.count(1, 5.0)
    assert rush.gather_s(5.0) == 0


def test_nobody_waits_while_messages_come_at_an_ordinary_pace(rush: Rush) -> None:
    apart = 1.01 * SECONDS / (MESSAGES - 1)
    for number in range(4 * MESSAGES):
        rush.count(1, apart * number)
        assert rush.gather_s(apart * number) == 0


@pytest.mark.parametrize("at_once", [1, MESSAGES])
def test_in_a_rush_the_first_waits_for_others_however_they_come(rush: Rush, at_once: int) -> None:
    for number in range(MESSAGES // at_once):
        assert rush.gather_s(number / 1000) == 0
        rush.count(at_once, number / 1000)
    assert rush.gather_s(MESSAGES / 1000) == GATHER_S


def test_a_rush_ends(rush: Rush) -> None:
    rush.count(MESSAGES, 0.0)
    assert rush.gather_s(SECONDS - 0.1) == GATHER_S
    assert rush.gather_s(SECONDS + 0.1) == 0
