"""Readers may be killed; what they were reading becomes somebody's case."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pebble.pool.channel import WorkerChannel

from gateway.domain.message import Arrival, Reading
from gateway.errors import ReaderFailed, Unavailable
from gateway.moderate.readers import Bench, PebbleReaders
from gateway.ports import Brief, Judgement
from tests.fakes.circle import circle, envelope, policy

QUICK_TIMEOUT_S = 2.0


def obey(brief: Brief) -> Judgement:
    """Do what the message says, as a hostile message would like to."""
    order = brief.arrival.raw
    if order == b"crash":
        os._exit(11)
    if order == b"hang":
        time.sleep(60)
    if order == b"grow":
        bytearray(4 << 30)
    if order == b"die handing over":
        # As the kernel may do it when a large result needs its memory twice.
        next(one for one in gc.get_objects() if isinstance(one, WorkerChannel)).mutex.acquire()
        os.kill(os.getpid(), signal.SIGKILL)
    if order == b"raise":
        raise ValueError("the text of the message")
    if order.startswith(b"mark and crash "):
        marks = Path(order.removeprefix(b"mark and crash ").decode())
        (marks / str(os.getpid())).touch()
        os._exit(11)
    if order.startswith(b"crash once "):
        mark = Path(order.removeprefix(b"crash once ").decode()) / "mark"
        if not mark.exists():
            mark.touch()
            os._exit(11)
    if order == b"who":
        return (os.getpid(),)  # type: ignore[return-value]
    if order.startswith(b"say"):
        return order.decode()  # type: ignore[return-value]
    return f"{brief.circle.pair.id} {brief.policy.version}"  # type: ignore[return-value]


def bench() -> Bench:
    return obey, lambda arrival: Reading(subject=arrival.raw.decode())


@pytest.fixture(scope="module")
def readers() -> Iterator[PebbleReaders]:
    pool = PebbleReaders(bench, workers=1, timeout_s=QUICK_TIMEOUT_S, memory_mb=256)
    yield pool
    pool.close()


def brief(raw: bytes) -> Brief:
    return Brief(Arrival(envelope(), raw), circle(), policy())


@pytest.mark.parametrize("order", [b"crash", b"hang", b"grow", b"raise"])
def test_a_reader_that_fails_says_so_and_the_next_message_is_read(
    readers: PebbleReaders, order: bytes
) -> None:
    with pytest.raises(ReaderFailed) as told:
        readers.judge(brief(order)).result(30)
    assert "text of the message" not in str(told.value)
    assert readers.judge(brief(b"ok")).result(30) == "tara-jamie test@1+00000000"


def test_reading_alone_gives_the_reading(readers: PebbleReaders) -> None:
    arrival = Arrival(envelope(), b"hello")
    assert readers.read(arrival).result(30).subject == "hello"


def test_giving_up_waiting_does_not_kill_the_reader(readers: PebbleReaders) -> None:
    waiting = readers.judge(brief(b"ok"))
    waiting.cancel()
    began = datetime.now(UTC)
    assert readers.judge(brief(b"ok")).result(30)
    assert (datetime.now(UTC) - began).total_seconds() < QUICK_TIMEOUT_S


def test_messages_that_queue_up_are_all_judged_each_its_own(readers: PebbleReaders) -> None:
    waiting = [readers.judge(brief(b"say %d" % number)) for number in range(40)]
    assert [answer.result(30) for answer in waiting] == [f"say {number}" for number in range(40)]


@pytest.mark.parametrize("order", [b"crash", b"hang", b"raise"])
def test_a_message_that_ends_its_reader_takes_none_of_its_neighbours_along(
    readers: PebbleReaders, order: bytes
) -> None:
    orders = [b"say 0", b"say 1", b"say 2", order, b"say 4", b"say 5", b"say 6"]
    waiting = [readers.judge(brief(one)) for one in orders]
    answers = [None if answer.exception(60) else answer.result() for answer in waiting]
    assert answers == ["say 0", "say 1", "say 2", None, "say 4", "say 5", "say 6"]
    assert isinstance(waiting[3].exception(), ReaderFailed)


def test_it_takes_three_deaths_to_blame_a_message(readers: PebbleReaders, tmp_path: Path) -> None:
    assert isinstance(
        readers.judge(brief(b"mark and crash %s" % bytes(tmp_path))).exception(60), ReaderFailed
    )
    assert len(list(tmp_path.iterdir())) == 3


def test_a_message_whose_reader_died_of_something_else_is_judged(
    readers: PebbleReaders, tmp_path: Path
) -> None:
    assert readers.judge(brief(b"crash once %s" % bytes(tmp_path))).result(60) == "tara-jamie test@1+00000000"


def test_readers_locked_out_by_one_that_died_are_replaced_and_the_others_messages_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.moderate.readers.STUCK_S", 1.0)
    pool = PebbleReaders(bench, workers=2, timeout_s=QUICK_TIMEOUT_S, memory_mb=256)
    pool.warm()
    poison = pool.judge(brief(b"die handing over"))
    others = [pool.judge(brief(b"say %d" % number)) for number in range(3)]
    assert [answer.result(60) for answer in others] == ["say 0", "say 1", "say 2"]
    assert isinstance(poison.exception(60), ReaderFailed)
    pool.close()


def test_a_pool_that_is_closed_leaves_nobody_waiting() -> None:
    pool = PebbleReaders(bench, workers=1, timeout_s=QUICK_TIMEOUT_S, memory_mb=256)
    waiting = [pool.judge(brief(b"hang")) for _ in range(12)]
    pool.close()
    assert all(isinstance(answer.exception(10), Unavailable) for answer in waiting)
    assert isinstance(pool.judge(brief(b"ok")).exception(10), Unavailable)


@pytest.mark.parametrize("pause_s", [0, 0.5])
def test_a_reader_killed_at_rest_is_replaced_noticed_or_not(pause_s: float) -> None:
    pool = PebbleReaders(bench, workers=1, timeout_s=QUICK_TIMEOUT_S, memory_mb=256)
    pool.warm()
    (reader,) = pool.judge(brief(b"who")).result(30)
    os.kill(reader, signal.SIGKILL)
    time.sleep(pause_s)
    assert pool.judge(brief(b"say ok")).result(30) == "say ok"
    pool.close()
