"""The courier looks at the world again before every copy, and settles all it claimed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from gateway.deliver.courier import BATCH, Courier
from gateway.domain.dispatch import Dispatch, SendAnswer, Settlement
from gateway.domain.pair import Circle
from gateway.errors import StoreUnavailable
from tests.fakes.circle import NOW, circle

PAIR = circle().pair.id


def copy(number: int, pair_id: str = PAIR) -> Dispatch:
    return Dispatch(
        id=number,
        organisation_id="demo",
        message_id=f"m{number}",
        pair_id=pair_id,
        recipient_id="ruth",
        mailbox="ruth@family.test",
        return_path="bounce@relay.test",
        content=b"hello",
        sha256="",
        policy_version="test@1",
        required=True,
        waits_for_required=False,
        fence=1,
        tries=1,
        first_try_at=NOW,
        directory_version=1,
    )


class Box:
    """Hands out what it is given, batch by batch, and keeps what was settled."""

    def __init__(self, *batches: list[Dispatch] | Exception) -> None:
        self._batches = list(batches)
        self.settled: list[Settlement] = []

    def claim(self, limit: int, now: datetime) -> list[Dispatch]:
        del limit, now
        batch = self._batches.pop(0) if self._batches else []
        if isinstance(batch, Exception):
            raise batch
        return batch

    def settle(self, done: Sequence[Settlement]) -> None:
        self.settled += done


class Courage:
    """A next hop that answers as told and notes what it got."""

    def __init__(self, code: int = 250) -> None:
        self._code = code
        self.sent: list[int] = []

    async def __call__(self, dispatch: Dispatch) -> SendAnswer:
        self.sent.append(dispatch.id)
        return SendAnswer(self._code)


def world(pair_ids: Collection[str]) -> dict[str, Circle]:
    return {PAIR: circle()} if PAIR in pair_ids else {}


def courier(box: Box, hop: Courage, policy_version: str = "test@1") -> Courier:
    return Courier(box, hop, world, lambda _: policy_version, lambda _: None, lambda: NOW, idle_s=0.01)


def test_a_round_sends_and_settles_every_claimed_copy() -> None:
    box, hop = Box([copy(1), copy(2)]), Courage()
    assert asyncio.run(courier(box, hop).round()) == 2
    assert sorted(hop.sent) == [1, 2]
    assert [(one.dispatch.id, one.sent) for one in box.settled] == [(1, True), (2, True)]


def test_a_copy_of_a_pair_that_is_no_longer_known_is_stopped_and_the_others_leave() -> None:
    box, hop = Box([copy(1, "gone"), copy(2)]), Courage()
    asyncio.run(courier(box, hop).round())
    assert hop.sent == [2]
    assert [(one.dispatch.id, one.stopped) for one in box.settled] == [(1, True), (2, False)]


def test_a_copy_judged_under_another_policy_is_stopped_unless_a_person_let_it_through() -> None:
    box, hop = Box([copy(1), replace(copy(2), released=True)]), Courage()
    asyncio.run(courier(box, hop, policy_version="test@2").round())
    assert hop.sent == [2]
    assert [one.because for one in box.settled if one.stopped] == ["the policy has changed since the verdict"]


def test_a_busy_next_hop_is_tried_again_later_and_a_refusing_one_is_not() -> None:
    for code, again in ((451, True), (550, False)):
        box = Box([replace(copy(1), tries=1)])
        asyncio.run(courier(box, Courage(code)).round())
        (settled,) = box.settled
        assert (settled.sent, settled.retry_at is not None, settled.code) == (False, again, code)


def test_a_copy_unfit_to_be_offered_is_stopped_for_nobody_refused_it() -> None:
    class Unasked(Courage):
        async def __call__(self, dispatch: Dispatch) -> SendAnswer:
            return SendAnswer(554, "other bytes than were judged", asked=False)

    box = Box([copy(1)])
    asyncio.run(courier(box, Unasked()).round())
    (settled,) = box.settled
    assert (settled.sent, settled.stopped, settled.retry_at) == (False, True, None)


def test_it_does_not_pause_after_a_full_batch_for_more_is_waiting(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("gateway.deliver.courier.PACE_S", 60.0)
    box, hop = Box([copy(number) for number in range(BATCH)]), Courage()

    async def play() -> None:
        loop = asyncio.get_running_loop()
        one = Courier(
            box,
            hop,
            world,
            lambda _: "test@1",
            lambda _: loop.call_soon_threadsafe(one.stop),
            lambda: NOW,
        )
        await asyncio.wait_for(one.run(), 10)

    asyncio.run(play())
    assert len(hop.sent) == BATCH


def test_it_goes_on_after_a_fault_of_the_store_until_it_is_stopped(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("gateway.deliver.courier.FAULT_PAUSE_S", 0.01)
    box, hop = Box([copy(1)], StoreUnavailable("away"), [copy(2)]), Courage()

    async def play() -> None:
        loop = asyncio.get_running_loop()
        one = Courier(
            box,
            hop,
            world,
            lambda _: "test@1",
            lambda _: loop.call_soon_threadsafe(one.stop),
            lambda: NOW,
        )
        await asyncio.wait_for(one.run(), 10)

    asyncio.run(play())
    assert hop.sent == [1, 2]
