"""Judges past messages by another policy, over all cores.

Detectors do not change with a policy, so what they found is taken from the database; every rule
is asked again, under the policy in force and under the other, and the two outcomes are compared.
Where each pair was heading is played again too, message by message, for either policy by itself, from
`WARM_UP` before on; only how much a tutor writes with other pupils is taken as it is today.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rich.console import Console
from rich.progress import Progress

from gateway.decide.rules.pair_trajectory import pair_trajectory
from gateway.decide.ruling import decide
from gateway.domain.course import Signals, Trajectory
from gateway.domain.message import Message, Reading
from gateway.domain.pair import Circle
from gateway.domain.policy import Policy
from gateway.domain.verdict import Pass, Verdict
from gateway.errors import NotFound
from gateway.moderate.trajectory import course, further, signals_of
from gateway.store.past import Past, Seen
from gateway.wiring.judging import READ
from gateway.wiring.storing import Store, open_store

CHUNK = 200  # messages, but a pair is never torn apart
WARM_UP = timedelta(days=60)  # the half-life of the slowest sum
COURSE = "pair_trajectory"


@dataclass(frozen=True, slots=True)
class Flip:
    """A message whose outcome would be another. rule, clause: of what would decide it."""

    message_id: str
    was: str
    would_be: str
    rule: str
    clause: str


@dataclass(slots=True)
class Replayed:
    """What a backtest found. cpu_s: what its workers took, once they had begun."""

    messages: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    workers: int = 1
    flips: list[Flip] = field(default_factory=list)

    def summary(self) -> str:
        """One line for a person."""
        rate = self.messages / self.seconds if self.seconds else 0.0
        return (
            f"{self.messages} messages judged again in {self.seconds:.1f} s"
            f" ({rate:.0f} a second, {self.workers} workers): {len(self.flips)} would flip."
        )

    def as_object(self) -> dict[str, object]:
        """For programs."""
        flips = [{name: getattr(one, name) for name in one.__slots__} for one in self.flips]
        return {
            "messages": self.messages,
            "seconds": round(self.seconds, 2),
            "cpu_seconds": round(self.cpu_s, 2),
            "workers": self.workers,
            "flips": flips,
        }


def replay(
    store: Store, organisation_id: str, draft: Policy, since: datetime, workers: int | None
) -> Replayed:
    """Judge everything since then by the draft too, with a bar on a terminal."""
    pairs = store.past.by_pair(organisation_id, since)
    chunks, total = list(_chunks(pairs)), sum(map(len, pairs.values()))
    count = min(workers or os.cpu_count() or 1, max(1, len(chunks)))
    live = store.directory.policy_of(organisation_id)
    found, began = Replayed(workers=count), time.monotonic()
    # Not forked from here: threads that hold a lock at that moment would hold it in the worker for ever.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    world = (organisation_id, live, draft, since)
    with (
        ProcessPoolExecutor(count, context, _open, world) as pool,
        Progress(console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("judging again", total=total)
        for judged, flips, cpu_s in pool.map(_chunk, chunks):
            found.messages += judged
            found.cpu_s += cpu_s
            found.flips += flips
            bar.advance(task, judged)
    found.flips.sort(key=lambda one: one.message_id)
    found.seconds = time.monotonic() - began
    return found


def _chunks(pairs: Mapping[str, list[str]]) -> Iterator[dict[str, list[str]]]:
    """Whole pairs, the longest first, so that no worker is left with a long one at the end."""
    chunk: dict[str, list[str]] = {}
    for pair_id, ids in sorted(pairs.items(), key=lambda one: -len(one[1])):
        chunk[pair_id] = ids
        if sum(map(len, chunk.values())) >= CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


@dataclass(frozen=True, slots=True)
class World:
    """What a worker works with."""

    store: Store
    organisation_id: str
    live: Policy
    draft: Policy
    since: datetime


_world: list[World] = []


def _open(organisation_id: str, live: Policy, draft: Policy, since: datetime) -> None:
    """In each worker: a connection of its own."""
    from gateway.settings import read

    _world.append(World(open_store(read()), organisation_id, live, draft, since))


def _chunk(pairs: Mapping[str, list[str]]) -> tuple[int, list[Flip], float]:
    began = time.process_time()
    world, ids = _world[0], [one for some in pairs.values() for one in some]
    past = world.store.past
    seen = past.seen_before(world.organisation_id, list(pairs), world.since - WARM_UP, world.since)
    usual = past.usual(list(pairs))
    messages: dict[str, list[Past]] = defaultdict(list)
    for one in past.these(world.organisation_id, ids):
        messages[one.arrival.envelope.pair_id].append(one)
    flips = [
        flip
        for pair_id, theirs in messages.items()
        for flip in _flips(world, pair_id, theirs, seen.get(pair_id, []), usual.get(pair_id))
    ]
    return len(ids), flips, time.process_time() - began


def _flips(
    world: World, pair_id: str, past: Sequence[Past], seen: Sequence[Seen], usual: float | None
) -> Iterator[Flip]:
    try:
        circle = world.store.directory.circle(pair_id)
    except NotFound:  # a pair that is gone: nobody writes there any more
        return
    live, draft = Judged(world.live, circle, usual), Judged(world.draft, circle, usual)
    for earlier in seen:
        message = Message(earlier.envelope, circle, Reading(), earlier.findings)
        live.pass_by(message)
        draft.pass_by(message)
    for one in past:
        envelope = one.arrival.envelope
        reading = READ[envelope.channel](one.arrival.raw)
        message = Message(envelope, circle, reading, one.findings, one.faults)
        was, would_be = live.judge(message), draft.judge(message)
        if was.outcome is not would_be.outcome:
            yield _flip(one, was, would_be)


class Judged:
    """One pair under one policy: each message moves its course on as it would have then."""

    def __init__(self, policy: Policy, circle: Circle, usual: float | None) -> None:
        self._policy = policy
        self._circle = circle
        self._state = Trajectory(usual=usual)

    def judge(self, message: Message) -> Verdict:
        """What this policy says of the next message."""
        signals = self._signals(message)
        on_course = replace(message, course=course(self._state, signals))
        verdict = decide(on_course, self._of(message))
        opened = any(one.rule == COURSE for one in verdict.ruled)
        self._state = further(self._state, signals, opened)
        return verdict

    def pass_by(self, message: Message) -> None:
        """Move on by a message that is not judged again, asking the rule of the course alone."""
        signals, terms = self._signals(message), self._of(message).rules.get(COURSE)
        on_course = replace(message, course=course(self._state, signals))
        opened = terms is not None and not isinstance(pair_trajectory(on_course, terms), Pass)
        self._state = further(self._state, signals, opened)

    def _signals(self, message: Message) -> Signals:
        return signals_of(message.envelope, self._circle, message.findings)

    def _of(self, message: Message) -> Policy:
        return self._policy.for_pair(self._circle.pair, message.day)


def _flip(one: Past, was: Verdict, would_be: Verdict) -> Flip:
    leading = would_be.leading or was.leading
    rule, clause = (leading.rule, leading.clause) if leading else ("", "")
    return Flip(one.arrival.envelope.id, str(was.outcome), str(would_be.outcome), rule, clause)
