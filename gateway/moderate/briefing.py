"""Gathers what a reader needs to know, for many messages in one go.

One thread asks the directory and the pair memory for everything that has queued up
meanwhile: a database round trip for a dozen messages costs what it costs for one, and a
dozen threads that each wait for one would hinder the event loop more than they help.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from concurrent.futures import Future

from gateway.domain.course import Trajectory
from gateway.domain.message import Arrival, Channel
from gateway.domain.policy import Policy
from gateway.domain.rush import Rush
from gateway.errors import GatewayError, StoreUnavailable
from gateway.moderate.threads import named_in
from gateway.ports import Brief, Directory, Ledger

log = logging.getLogger(__name__)

BATCH = 64
CAPACITY = 2_048
POLICIES = 64

Asked = tuple[Arrival, Future[Brief]]


class Briefing:
    """Prepares briefs in a thread of its own; `close` when done."""

    def __init__(self, directory: Directory, ledger: Ledger) -> None:
        self._directory = directory
        self._ledger = ledger
        self._rush = Rush()
        self._policies: dict[str, Policy] = {}
        self._queue: queue.Queue[Asked | None] = queue.Queue(CAPACITY)
        self._thread = threading.Thread(target=self._work, name="briefing", daemon=True)
        self._thread.start()

    def prepare(self, arrival: Arrival) -> Future[Brief]:
        """The brief of an arrival, soon. The future raises StoreUnavailable or NotFound."""
        future: Future[Brief] = Future()
        try:
            self._queue.put_nowait((arrival, future))
        except queue.Full:
            future.set_exception(StoreUnavailable("Too many messages wait to be read; try again."))
        return future

    def close(self) -> None:
        """Finish what is queued and stop."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (batch := self._draw()) is not None:
            self._rush.count(len(batch), time.monotonic())
            try:
                self._answer(batch)
            except Exception as fault:
                _fail(batch, fault)

    def _draw(self) -> list[Asked] | None:
        first = self._queue.get()
        time.sleep(self._rush.gather_s(time.monotonic()))
        batch = []
        while first is not None:
            batch.append(first)
            if len(batch) == BATCH or self._queue.empty():
                return batch
            first = self._queue.get()
        if batch:
            self._queue.put(None)
        return batch or None

    def _answer(self, batch: list[Asked]) -> None:
        envelopes = [arrival.envelope for arrival, _ in batch]
        priors = self._ledger.priors([(one.pair_id, one.sender_id) for one in envelopes])
        trajectories = self._ledger.trajectories([one.pair_id for one in envelopes])
        mails = [arrival for arrival, _ in batch if arrival.envelope.channel is Channel.EMAIL]
        named = [(one.envelope.pair_id, ids) for one in mails if (ids := named_in(one.raw))]
        threads = self._ledger.earlier(named) if named else {}
        for arrival, future in batch:
            envelope = arrival.envelope
            prior = priors.get((envelope.pair_id, envelope.sender_id), ())
            thread = threads.get(envelope.pair_id, ())
            try:
                circle = self._directory.circle(envelope.pair_id)
                policy = self._directory.policy_of(envelope.organisation_id)
                policy = self._for_judging(policy.for_pair(circle.pair, envelope.received_at.date()))
                draft = self._directory.shadow_of(envelope.organisation_id)
            except GatewayError as fault:
                future.set_exception(fault)
            else:
                heading = trajectories.get(envelope.pair_id, Trajectory())
                shadow = self._for_judging(draft) if draft else None
                future.set_result(
                    Brief(arrival, circle, policy, prior, thread=thread, trajectory=heading, shadow=shadow)
                )

    def _for_judging(self, policy: Policy) -> Policy:
        """The same lean object each time, which is packed for the readers once."""
        known = self._policies.get(policy.version)
        if known is None:
            if len(self._policies) >= POLICIES:
                self._policies.clear()
            known = self._policies[policy.version] = policy.for_judging()
        return known


def _fail(batch: list[Asked], fault: Exception) -> None:
    if not isinstance(fault, GatewayError):
        log.error("briefing failed: %s", type(fault).__name__)
        fault = StoreUnavailable(f"The message could not be prepared ({type(fault).__name__}).")
    for _, future in batch:
        if not future.done():
            future.set_exception(fault)
