"""Work that does not come back is noticed, and only that."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, Queue
from typing import Any

import pytest

from gateway.moderate import watch
from gateway.moderate.watch import Watch

STILL_S, OLDEST_S = 0.3, 1.0
Alarms = Queue[Sequence[Future[Any]]]


@pytest.fixture
def alarms() -> Alarms:
    return Queue()


@pytest.fixture
def eye(alarms: Alarms, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setattr(watch, "LOOK_S", 0.02)
    one = Watch(STILL_S, OLDEST_S, alarms.put)
    yield one
    one.close()


def test_work_of_which_nothing_comes_back_raises_the_alarm_once(eye: Watch, alarms: Alarms) -> None:
    first, second = Future(), Future()
    eye.over(first)
    eye.over(second)
    assert list(alarms.get(timeout=5)) == [first, second]
    with pytest.raises(Empty):
        alarms.get(timeout=2 * STILL_S)


def test_one_piece_that_stays_away_while_others_come_back_is_noticed_too(eye: Watch, alarms: Alarms) -> None:
    lost: Future[None] = Future()
    eye.over(lost)
    end = time.monotonic() + 10 * OLDEST_S
    while alarms.empty() and time.monotonic() < end:
        quick: Future[None] = Future()
        eye.over(quick)
        quick.set_result(None)
        time.sleep(0.02)
    assert lost in alarms.get_nowait()


def test_having_nothing_to_do_is_no_alarm(eye: Watch, alarms: Alarms) -> None:
    done: Future[None] = Future()
    eye.over(done)
    done.set_exception(ValueError())
    with pytest.raises(Empty):
        alarms.get(timeout=4 * STILL_S)
