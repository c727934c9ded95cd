"""Readers: child processes that judge messages and may be killed without harm.

A message that is too slow, too large or that crashes its reader costs one child, which is
replaced; the message itself becomes a case (DESIGN, promise 3).
"""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import resource
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from threading import Lock, Thread
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from gateway.domain.course import Trajectory
from gateway.domain.message import Arrival, Earlier, Reading
from gateway.domain.pair import Circle
from gateway.domain.policy import Policy
from gateway.errors import ReaderFailed, Unavailable
from gateway.moderate.watch import Watch
from gateway.ports import Brief, Judgement

log = logging.getLogger(__name__)

A = TypeVar("A")
T = TypeVar("T")
MEBIBYTE = 1 << 20
HANDFUL = 8
HANDFUL_BYTES = 256 * 1024
DEATHS = 3  # of readers, and the message is a person's to look at
# Beyond its own time a piece of work may wait for a reader to be ended and another to be ready.
STUCK_S = 5.0
STUCK_TIMES = 4  # a piece that stays away so many times longer than it may has been lost

Judge = Callable[[Brief], Judgement]
ReadOnly = Callable[[Arrival], Reading]
Bench = tuple[Judge, ReadOnly]

_bench: list[Bench] = []  # filled once per child by `_sit_down`


class PebbleReaders:
    """Judges in child processes (fulfils `ports.Readers`).

    What queues up while the readers are busy is given to them in handfuls, for each trip to
    another process costs more than an ordinary mail. When a handful fails, each message of it
    is judged again alone.

    build: makes the judging and reading functions; called once in each child.
    timeout_s: wall seconds one message, or handful, may take. memory_mb: what a child may add to the
        memory it starts with, in MiB.
    """

    def __init__(
        self,
        build: Callable[[], Bench],
        workers: int,
        timeout_s: float,
        memory_mb: int,
        preload: tuple[str, ...] = (),
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(preload))
        self._timeout_s = timeout_s
        self._new_pool = partial(ProcessPool, workers, 0, _sit_down, (build, memory_mb), context)
        self._most_at_work = workers + 1  # one handful lies ready while the others are read
        self._at_work: list[list[_Asked]] = []
        self._waiting: deque[_Asked] = deque()
        self._closed = False
        self._lock = Lock()
        self._pool = self._new_pool()
        self._watch = Watch(timeout_s + STUCK_S, STUCK_TIMES * timeout_s + STUCK_S, self._begin_anew)

    def judge(self, brief: Brief) -> Future[Judgement]:
        """Judge; the future raises ReaderFailed when the reader died or ran late.

        It raises Unavailable when the readers were closed first.
        """
        asked = _Asked(brief)
        with self._lock:
            self._waiting.append(asked)
        self._hand_out()
        return asked.answer

    def read(self, arrival: Arrival) -> Future[Reading]:
        """Only read, for showing a held message to a moderator."""
        answer: Future[Reading] = Future()
        # Our own future: cancelling a wait must never kill a reader at work.
        self._begin(_read, arrival).add_done_callback(lambda done: _hand_over(done, answer))
        return answer

    def run(self, function: Callable[[A], T], argument: A) -> Future[T]:
        """Have a reader do other work on what a stranger wrote; `function` is found by its name.

        The future raises ReaderFailed as in `judge`.
        """
        answer: Future[T] = Future()
        self._begin(function, argument).add_done_callback(lambda done: _hand_over(done, answer))
        return answer

    def warm(self) -> None:
        """Return once a reader answers, so that the first message is not the slow one."""
        self._pool.schedule(_ready).result()

    def close(self) -> None:
        """Stop the children; what was not judged yet fails as Unavailable."""
        self._watch.close()
        with self._lock:
            self._closed = True
            left = [*chain.from_iterable(self._at_work), *self._waiting]
            self._waiting.clear()
        _end(self._pool)
        for one in left:
            _turn_away(one)

    def _hand_out(self) -> None:
        """Give waiting messages to the readers that are free."""
        while handful := self._take():
            try:
                work = self._begin(_judge_all, [_compact(one.brief) for one in handful])
            except Exception:
                self._done(handful)
                for one in handful:
                    _turn_away(one)
            else:
                work.add_done_callback(partial(self._judged, handful))

    def _take(self) -> list[_Asked]:
        with self._lock:
            full = len(self._at_work) >= self._most_at_work and not self._closed
            if full or not self._waiting:
                return []
            handful = _handful(self._waiting)
            self._at_work.append(handful)
            return handful

    def _done(self, handful: list[_Asked], again: Iterable[_Asked] = ()) -> None:
        with self._lock:
            self._at_work.remove(handful)
            self._waiting.extendleft(again)

    def _judged(self, handful: list[_Asked], work: Future[list[Judgement]]) -> None:
        try:
            judgements = work.result()
        except BaseException as fault:
            self._failed(handful, fault)
        else:
            self._done(handful)
            for one, judgement in zip(handful, judgements, strict=True):
                if one.answer.set_running_or_notify_cancel():
                    one.answer.set_result(judgement)
        self._hand_out()

    def _failed(self, handful: list[_Asked], fault: BaseException) -> None:
        """Judge again, each alone, what failed together: one bad message sinks no other.

        A reader may also die of something else, so it takes three deaths to blame a message.
        """
        died = isinstance(fault, BrokenProcessPool | ProcessExpired)
        if len(handful) > 1 or (died and handful[0].deaths + 1 < DEATHS):
            again = (replace(one, alone=True, deaths=one.deaths + died) for one in reversed(handful))
            self._done(handful, again)
            return
        self._done(handful)
        if handful[0].answer.set_running_or_notify_cancel():
            handful[0].answer.set_exception(_reader_failed(fault))

    def _begin(self, function: Callable[..., T], argument: object) -> Future[T]:
        """Have a reader work. Raises RuntimeError when the readers were closed."""
        with self._lock:
            try:
                theirs = self._pool.schedule(function, args=(argument,), timeout=self._timeout_s)
            except RuntimeError:
                if self._closed:
                    raise
                # Pebble gives a pool up for good when a reader dies that was not at work.
                self._replace_pool()
                theirs = self._pool.schedule(function, args=(argument,), timeout=self._timeout_s)
        work: Future[T] = Future()
        self._watch.over(work)
        theirs.add_done_callback(lambda done: _pass_on(done, work))
        return work

    def _begin_anew(self, stuck: Sequence[Future[Any]]) -> None:
        """Replace readers that do not answer, and have what they had judged again.

        Pebble's children share locks: one that is killed while it hands over a result leaves
        the others waiting for ever, and then not even the time limit ends them.
        """
        with self._lock:
            if self._closed:
                return
            self._replace_pool()
        log.error("the readers did not answer and are replaced; %d pieces of work begin again", len(stuck))
        for work in stuck:
            with suppress(InvalidStateError):
                work.set_exception(BrokenProcessPool("the readers were stuck"))

    def _replace_pool(self) -> None:
        Thread(target=_end, args=(self._pool,), daemon=True).start()
        self._pool = self._new_pool()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message that waits for a reader. alone: it failed before. deaths: of readers that had it."""

    brief: Brief
    answer: Future[Judgement] = field(default_factory=Future)
    alone: bool = False
    deaths: int = 0


def _handful(waiting: deque[_Asked]) -> list[_Asked]:
    """Take from the front what one reader should get next: a few small messages, or one."""
    taken: list[_Asked] = []
    size = 0
    while waiting and len(taken) < HANDFUL:
        size += len(waiting[0].brief.arrival.raw)
        if taken and (size > HANDFUL_BYTES or taken[0].alone or waiting[0].alone):
            break
        taken.append(waiting.popleft())
    return taken


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # Pebble types it loosely
    pool.join()


def _turn_away(one: _Asked) -> None:
    with suppress(InvalidStateError):
        one.answer.set_exception(Unavailable("The readers were stopped; send it again."))


def _pass_on(done: Future[T], work: Future[T]) -> None:
    with suppress(InvalidStateError):  # it came too late, and was begun anew elsewhere
        if fault := done.exception():
            work.set_exception(fault)
        else:
            work.set_result(done.result())


def _hand_over(done: Future[T], answer: Future[T]) -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(done.result())
    except BaseException as fault:
        answer.set_exception(_reader_failed(fault))


def _reader_failed(fault: BaseException) -> ReaderFailed:
    """Whatever it was, the message has not been judged; also when the pool was stopped."""
    match fault:
        case FutureTimeout():
            return ReaderFailed("reading it took too long")
        case ProcessExpired():
            return ReaderFailed("reading it crashed the reader")
        case MemoryError():
            return ReaderFailed("reading it needed too much memory")
        case _:
            return ReaderFailed(f"reading it failed ({type(fault).__name__})")


# Circles and policies repeat from message to message: pickled once here, once there.
_packs: dict[int, tuple[object, bytes]] = {}
_PACKS_KEPT = 4096


def _packed(value: object) -> bytes:
    known = _packs.get(id(value))
    if known is not None and known[0] is value:
        return known[1]
    if len(_packs) >= _PACKS_KEPT:
        _packs.clear()
    packed = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    _packs[id(value)] = (value, packed)
    return packed


@lru_cache(maxsize=1024)
def _unpacked(packed: bytes) -> Any:
    # Bytes from our own parent process over its own pipe, never from a message.
    return pickle.loads(packed)  # noqa: S301


def _sit_down(build: Callable[[], Bench], memory_mb: int) -> None:
    _bench.append(build())
    limit = _data_bytes() + memory_mb * MEBIBYTE
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _data_bytes() -> int:
    """What this process has now of the memory that RLIMIT_DATA counts (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 512 * MEBIBYTE


Compact = tuple[Arrival, bytes, bytes, tuple[str, ...], Any, tuple[Earlier, ...], Trajectory, bytes | None]


def _compact(brief: Brief) -> Compact:
    return (
        brief.arrival,
        _packed(brief.circle),
        _packed(brief.policy),
        brief.prior,
        brief.changes,
        brief.thread,
        brief.trajectory,
        _packed(brief.shadow) if brief.shadow is not None else None,
    )


def _judge_all(handful: list[Compact]) -> list[Judgement]:
    return [_judge(*one) for one in handful]


def _judge(
    arrival: Arrival,
    circle: bytes,
    policy: bytes,
    prior: tuple[str, ...],
    changes: Any,
    thread: tuple[Earlier, ...],
    trajectory: Trajectory,
    shadow: bytes | None,
) -> Judgement:
    known_circle: Circle = _unpacked(circle)
    known_policy: Policy = _unpacked(policy)
    draft: Policy | None = _unpacked(shadow) if shadow is not None else None
    return _bench[0][0](Brief(arrival, known_circle, known_policy, prior, changes, thread, trajectory, draft))


def _read(arrival: Arrival) -> Reading:
    return _bench[0][1](arrival)


def _ready() -> bool:
    return bool(_bench)
