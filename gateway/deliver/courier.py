"""The courier: claims due copies, looks again at the world, sends, and settles."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from gateway.deliver.guardian_first import may_still_leave
from gateway.deliver.retry import next_attempt
from gateway.domain.dispatch import Dispatch, SendAnswer, Settlement
from gateway.domain.pair import Circle
from gateway.errors import GatewayError
from gateway.ports import Clock, Outbox, Send

log = logging.getLogger(__name__)

BATCH = 64
FAULT_PAUSE_S = 1.0
# From the beginning of a round to that of the next: a rush is delivered in batches that are
# worth their trips to the database, and no mailbox notices a tenth of a second. After a full
# batch more is waiting than a round takes, so the next begins at once.
PACE_S = 0.1


@dataclass(frozen=True, slots=True)
class _World:
    """The people and policies that a batch meets: circles and policy versions by pair."""

    circles: Mapping[str, Circle]
    policies: Mapping[str, str]

    def stops(self, dispatch: Dispatch) -> str | None:
        """Why a copy must stop, None when it may leave."""
        circle = self.circles.get(dispatch.pair_id)
        if circle is None:
            return "the pair is no longer known"
        return may_still_leave(dispatch, circle, self.policies[dispatch.pair_id])


class Courier:
    """Sends what was judged, and nothing else.

    circles_now: reads pairs' circles afresh, past any cache; leaves out pairs no longer known.
    policy_now: the version of the policy that is in force for a circle.
    wait_for_work: blocks up to so many seconds until new copies may be due.
    """

    def __init__(
        self,
        outbox: Outbox,
        send: Send,
        circles_now: Callable[[Collection[str]], Mapping[str, Circle]],
        policy_now: Callable[[Circle], str],
        wait_for_work: Callable[[float], object],
        clock: Clock,
        idle_s: float = 1.0,
    ) -> None:
        self._outbox = outbox
        self._send = send
        self._circles_now = circles_now
        self._policy_now = policy_now
        self._wait_for_work = wait_for_work
        self._clock = clock
        self._idle_s = idle_s
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish the batch in hand, then return from `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Deliver until stopped; a fault of the store is waited out."""
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            try:
                held = await self.round()
                if held == BATCH:
                    continue
                if held:
                    await asyncio.sleep(began + PACE_S - asyncio.get_running_loop().time())
                else:
                    await asyncio.to_thread(self._wait_for_work, self._idle_s)
            except GatewayError as fault:
                log.warning("courier: %s", type(fault).__name__)
                await asyncio.sleep(FAULT_PAUSE_S)

    async def round(self) -> int:
        """Claim one batch, send it, settle it; return how many copies it held."""
        claimed, world = await asyncio.to_thread(self._claim)
        if claimed:
            done = await asyncio.gather(*(self._deliver(one, world) for one in claimed))
            await asyncio.to_thread(self._outbox.settle, done)
        return len(claimed)

    def _claim(self) -> tuple[Sequence[Dispatch], _World]:
        claimed = self._outbox.claim(BATCH, self._clock())
        if not claimed:
            return claimed, _World({}, {})
        circles = self._circles_now({one.pair_id for one in claimed})
        return claimed, _World(circles, {one: self._policy_now(circle) for one, circle in circles.items()})

    async def _deliver(self, dispatch: Dispatch, world: _World) -> Settlement:
        stop = world.stops(dispatch)
        now = self._clock()
        if stop is not None:
            return Settlement(dispatch, sent=False, at=now, stopped=True, because=stop)
        return self._settlement(dispatch, await self._send(dispatch))

    def _settlement(self, dispatch: Dispatch, answer: SendAnswer) -> Settlement:
        now = self._clock()
        if answer.code == 250:
            return Settlement(dispatch, sent=True, at=now, code=250)
        retry_at = None
        if answer.code < 500:
            # Jitter keeps a thousand waiting copies from knocking at the same second.
            jitter = random.random()  # noqa: S311 - spreads load, guards nothing
            retry_at = next_attempt(dispatch.tries, dispatch.first_try_at, now, jitter)
        return Settlement(
            dispatch,
            sent=False,
            at=now,
            retry_at=retry_at,
            stopped=not answer.asked,
            code=answer.code,
            because=answer.because,
        )
