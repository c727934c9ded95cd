"""Guardian first over real SMTP: a next hop that refuses, dawdles and hangs up, a courier that does not mind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from gateway.channels.email.send import Smarthost
from gateway.deliver.courier import Courier
from gateway.ports import CaseFilter
from gateway.store.schema import dispatch
from tests.fakes.families import Family, bring_in, keep_messages, mailbox
from tests.fakes.sql import NOW, Store

TIMEOUT_S = 0.4
FAMILY = Family("bell")
FIRST, SECOND = FAMILY.guardians
PUPIL = FAMILY.pupil
ROUNDS = 16  # five days and more
LATER = timedelta(hours=9)  # beyond the longest pause between two attempts


class MoodyHop:
    """A next hop on loopback that goes through each mailbox's moods one by one, and then says 250.

    Moods: "250", "4xx", "5xx"; "4xx at RCPT", "5xx at RCPT"; "timeout": it takes the mail and says
    so when nobody listens any more; "dropped": it takes the mail and hangs up.
    log: what it answered, in order; "" stands for an answer that nobody heard.
    """

    def __init__(self, **moods: list[str]) -> None:
        self._moods = {mailbox(who.replace("_", "-")): list(some) for who, some in moods.items()}
        self.log: list[tuple[str, str]] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> MoodyHop:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def heard_250(self, who: str) -> int | None:
        """When somebody's server first said 250 and was heard."""
        return next((n for n, one in enumerate(self.log) if one == (mailbox(who), "250")), None)

    def first_offer(self, who: str) -> int | None:
        """When the content of somebody's copy first came here, whatever was answered."""
        return next((n for n, (to, _) in enumerate(self.log) if to == mailbox(who)), None)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        moods = self._moods.get(address, [])
        if moods and moods[0].endswith("at RCPT"):
            return "550 5.1.1 No such mailbox" if moods.pop(0).startswith("5") else "450 4.2.0 Later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Yes"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        to = envelope.rcpt_tos[0]
        moods = self._moods.get(to, [])
        mood = moods.pop(0) if moods else "250"
        self.log.append((to, mood if mood[0].isdigit() else ""))
        if mood == "timeout":
            await asyncio.sleep(3 * TIMEOUT_S)
        elif mood == "dropped":
            server.transport.abort()
        return {"4xx": "451 4.3.0 Later", "5xx": "554 5.7.1 Never"}.get(mood, "250 2.0.0 Taken")

    async def _listen(self) -> None:
        def protocol() -> SMTP:
            return SMTP(self, hostname="hop.test", loop=self._loop)

        self._server = await self._loop.create_server(protocol, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]


@pytest.fixture
def waiting(store: Store) -> Iterator[Store]:
    """A store with one message on its way to a pupil and two guardians."""
    bring_in(store, [FAMILY])
    keep_messages(store, [FAMILY])
    yield store


def deliver(store: Store, hop: MoodyHop) -> None:
    """Let the courier send over real connections, round after round, hours apart."""
    now: list[datetime] = [NOW]

    async def rounds() -> None:
        async with Smarthost("127.0.0.1", hop.port, timeout_s=TIMEOUT_S) as smarthost:
            courier = Courier(
                store.outbox,
                smarthost,
                store.directory.circles_now,
                lambda circle: store.directory.policy_for(circle).version,
                lambda _: None,
                lambda: now[0],
            )
            for _ in range(ROUNDS):
                while await courier.round():
                    pass
                now[0] += LATER

    asyncio.run(rounds())


def ends(store: Store) -> dict[str, str]:
    with store.engine.connect() as connection:
        found = connection.execute(select(dispatch.c.recipient_id, dispatch.c.state))
        return {row.recipient_id: row.state for row in found}


@pytest.mark.parametrize(
    "moods",
    [
        {},
        {FIRST: ["4xx"]},
        {SECOND: ["4xx at RCPT", "4xx", "4xx"]},
        {FIRST: ["timeout"]},
        {FIRST: ["dropped"]},
        {FIRST: ["dropped", "timeout", "4xx"], SECOND: ["4xx", "dropped"]},
        {SECOND: ["timeout", "dropped"], PUPIL: ["dropped"]},
        {PUPIL: ["4xx", "timeout", "4xx at RCPT"]},
    ],
    ids=str,
)
def test_the_pupils_copy_comes_after_both_guardians_250_whatever_came_before(
    waiting: Store, moods: dict[str, list[str]]
) -> None:
    with MoodyHop(**moods) as hop:
        deliver(waiting, hop)
    offered = hop.first_offer(PUPIL)
    assert offered is not None
    for guardian in (FIRST, SECOND):
        heard = hop.heard_250(guardian)
        assert heard is not None
        assert heard < offered
    assert ends(waiting) == {FIRST: "sent", SECOND: "sent", PUPIL: "sent"}


@pytest.mark.parametrize(
    "moods",
    [
        {FIRST: ["5xx"]},
        {SECOND: ["5xx at RCPT"]},
        {FIRST: ["4xx", "dropped", "5xx"]},
        {SECOND: ["timeout"] * 30},
        {FIRST: ["dropped"] * 30, SECOND: ["5xx"]},
    ],
    ids=["5xx", "5xx at RCPT", "in the end 5xx", "timeout for days", "dropped for days and 5xx"],
)
def test_a_pupil_is_not_written_to_when_a_guardians_copy_fails_and_a_person_hears_of_it(
    waiting: Store, moods: dict[str, list[str]]
) -> None:
    with MoodyHop(**moods) as hop:
        deliver(waiting, hop)
    assert hop.first_offer(PUPIL) is None
    states = ends(waiting)
    assert states[PUPIL] == "stopped"
    assert {states[who] for who in moods} == {"failed"}
    (case,) = waiting.docket.cases("demo", CaseFilter(lane="delivery"), NOW)
    assert case.severity == "high"


def test_a_pupils_server_that_refuses_is_somebodys_case_too(waiting: Store) -> None:
    with MoodyHop(**{PUPIL: ["5xx"]}) as hop:
        deliver(waiting, hop)
    assert ends(waiting) == {FIRST: "sent", SECOND: "sent", PUPIL: "failed"}
    assert len(waiting.docket.cases("demo", CaseFilter(lane="delivery"), NOW)) == 1


def test_after_a_guardians_address_failed_the_next_message_does_not_reach_the_pupil_either(
    waiting: Store,
) -> None:
    with MoodyHop(**{FIRST: ["5xx"]}) as hop:
        deliver(waiting, hop)
        keep_messages(waiting, [FAMILY])
        deliver(waiting, hop)
    assert hop.first_offer(PUPIL) is None


def test_a_guardian_registered_meanwhile_who_has_had_no_copy_stops_the_pupils(waiting: Store) -> None:
    bring_in(waiting, [FAMILY], newcomers={FAMILY: "bell-third"})
    with MoodyHop() as hop:
        deliver(waiting, hop)
    assert hop.first_offer(PUPIL) is None
    assert ends(waiting) == {FIRST: "sent", SECOND: "sent", PUPIL: "stopped"}
    (case,) = waiting.docket.cases("demo", CaseFilter(lane="delivery"), NOW)
    assert "registered meanwhile" in case.because


def test_what_a_guardian_writes_reaches_the_pupil_after_the_other_guardian(store: Store) -> None:
    bring_in(store, [FAMILY])
    keep_messages(store, [FAMILY], writer=FIRST)
    with MoodyHop() as hop:
        deliver(store, hop)
    assert ends(store) == {SECOND: "sent", PUPIL: "sent"}
