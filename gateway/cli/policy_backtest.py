"""Judges past messages by another policy, over all cores.

Detectors do not change with a policy, so what they found is taken from the database; every rule
is asked again, under the policy in force and under the other, and the two outcomes are compared.
Where a pair was heading is not known any more, so `pair_trajectory` is left out of both.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from rich.console import Console
from rich.progress import Progress

from gateway.decide.ruling import decide
from gateway.domain.message import Message
from gateway.domain.policy import Policy
from gateway.domain.verdict import Verdict
from gateway.errors import NotFound
from gateway.store.past import Past
from gateway.wiring.judging import READ
from gateway.wiring.storing import Store, open_store

CHUNK = 200
LEFT_OUT = "pair_trajectory"


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
    """What a backtest found."""

    messages: int = 0
    seconds: float = 0.0
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
            "workers": self.workers,
            "flips": flips,
        }


def replay(
    store: Store, organisation_id: str, draft: Policy, since: datetime, workers: int | None
) -> Replayed:
    """Judge everything since then by the draft too, with a bar on a terminal."""
    ids = store.past.ids(organisation_id, since)
    chunks = [ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK)]
    count = min(workers or os.cpu_count() or 1, max(1, len(chunks)))
    live = store.directory.policy_of(organisation_id)
    found, began = Replayed(workers=count), time.monotonic()
    with (
        ProcessPoolExecutor(count, initializer=_open, initargs=(organisation_id, live, draft)) as pool,
        Progress(console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("judging again", total=len(ids))
        for judged, flips in pool.map(_chunk, chunks):
            found.messages += judged
            found.flips += flips
            bar.advance(task, judged)
    found.seconds = time.monotonic() - began
    return found


_world: list[tuple[Store, str, Policy, Policy]] = []


def _open(organisation_id: str, live: Policy, draft: Policy) -> None:
    """In each worker: a connection of its own."""
    from gateway.settings import read

    _world.append((open_store(read()), organisation_id, live, draft))


def _chunk(message_ids: Sequence[str]) -> tuple[int, list[Flip]]:
    store, organisation_id, live, draft = _world[0]
    past = store.past.these(organisation_id, message_ids)
    return len(message_ids), list(_flips(store, past, live, draft))


def _flips(store: Store, past: Sequence[Past], live: Policy, draft: Policy) -> Iterator[Flip]:
    for one in past:
        with suppress(NotFound):  # a pair that is gone: nobody writes there any more
            message = _message(store, one)
            day, pair = message.day, message.circle.pair
            was = decide(message, _without_course(live.for_pair(pair, day)))
            would_be = decide(message, _without_course(draft.for_pair(pair, day)))
            if was.outcome is not would_be.outcome:
                yield _flip(one, was, would_be)


def _message(store: Store, one: Past) -> Message:
    envelope = one.arrival.envelope
    reading = READ[envelope.channel](one.arrival.raw)
    return Message(envelope, store.directory.circle(envelope.pair_id), reading, one.findings, one.faults)


def _without_course(policy: Policy) -> Policy:
    if LEFT_OUT not in policy.rules:
        return policy
    known = _lean.get(policy.version)
    if known is None:
        rules = {name: terms for name, terms in policy.rules.items() if name != LEFT_OUT}
        known = _lean[policy.version] = replace(policy, rules=rules)
    return known


_lean: dict[str, Policy] = {}


def _flip(one: Past, was: Verdict, would_be: Verdict) -> Flip:
    leading = would_be.leading or was.leading
    rule, clause = (leading.rule, leading.clause) if leading else ("", "")
    return Flip(one.arrival.envelope.id, str(was.outcome), str(would_be.outcome), rule, clause)
