"""Two guardians and a pupil, each answered for in each of five ways: all 125, to the very end.

The real courier on a real PostgreSQL; only the next hop is played. Time is jumped from each
waiting copy's hour to the next, until all is sent or given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import func, select

from gateway.deliver.courier import Courier
from gateway.domain.dispatch import Dispatch, SendAnswer
from gateway.domain.pair import Circle
from gateway.ports import CaseFilter
from gateway.store.schema import case_file, dispatch
from tests.fakes.families import Family, bring_in, keep_messages, mailbox
from tests.fakes.sql import NOW, Store

# As the courier hears them: a time-out and a line dropped after DATA are both no answer at all.
HEARD = {"250": 250, "4xx": 451, "5xx": 550, "timeout": 0, "dropped": 0}
MOST_JUMPS = 60
A_MOMENT = timedelta(seconds=1)


class NextHop:
    """Answers for each mailbox as told, always the same, and notes what it was offered and answered."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self.log: list[tuple[str, int]] = []

    async def __call__(self, copy: Dispatch) -> SendAnswer:
        code = HEARD[self._answers[copy.mailbox]]
        self.log.append((copy.mailbox, code))
        return SendAnswer(code)

    def place(self, who: str, code: int | None = None) -> int | None:
        """When somebody was first offered a copy, or first answered that code."""
        wanted = mailbox(who)
        found = (n for n, (to, said) in enumerate(self.log) if to == wanted and code in (None, said))
        return next(found, None)


def families() -> dict[str, tuple[str, str, str]]:
    """The three answers of each family, by its name."""
    return {"-".join(answers): answers for answers in product(HEARD, repeat=3)}


def answers_by_mailbox() -> Iterator[tuple[str, str]]:
    for name, (first, second, pupil) in families().items():
        family = Family(name)
        for who, answer in zip((*family.guardians, family.pupil), (first, second, pupil), strict=True):
            yield mailbox(who), answer


def play_to_the_end(store: Store, hop: NextHop) -> None:
    """Let the courier work, jumping to the hour at which the next copy is due."""
    now = NOW
    directory = store.directory

    def version(circle: Circle) -> str:
        return directory.policy_for(circle).version

    courier = Courier(store.outbox, hop, directory.circles_now, version, lambda _: None, clock=lambda: now)

    async def drain() -> None:
        while await courier.round():
            pass

    for _ in range(MOST_JUMPS):
        asyncio.run(drain())
        due = next_due(store)
        if due is None:
            return
        now = max(now, due) + A_MOMENT
    raise AssertionError("copies are still waiting")


def next_due(store: Store) -> datetime | None:
    with store.engine.connect() as connection:
        return connection.execute(
            select(func.max(dispatch.c.due_at)).where(dispatch.c.state == "waiting")
        ).scalar()


def ends(store: Store) -> dict[tuple[str, str], str]:
    """Each copy's state, by message and person."""
    with store.engine.connect() as connection:
        rows = connection.execute(select(dispatch.c.message_id, dispatch.c.recipient_id, dispatch.c.state))
        return {(row.message_id, row.recipient_id): row.state for row in rows}


def expected_ends(first: str, second: str, pupil: str) -> tuple[str, str, str]:
    """A pupil's copy leaves when both guardians' were taken, and is stopped when one cannot be."""
    guardians = tuple("sent" if answer == "250" else "failed" for answer in (first, second))
    if "failed" in guardians:
        return (*guardians, "stopped")  # type: ignore[return-value]
    return (*guardians, "sent" if pupil == "250" else "failed")  # type: ignore[return-value]


@pytest.mark.slow
def test_in_all_125_ways_no_pupil_is_written_to_without_both_guardians(store: Store) -> None:
    names = families()
    everybody = {name: Family(name) for name in names}
    bring_in(store, list(everybody.values()))
    ids = keep_messages(store, list(everybody.values()))
    hop = NextHop(dict(answers_by_mailbox()))
    play_to_the_end(store, hop)
    states = ends(store)
    with store.engine.connect() as connection:
        cases = set(connection.execute(select(case_file.c.message_id)).scalars())

    for name, family in everybody.items():
        offered = hop.place(family.pupil)
        taken = [hop.place(guardian, 250) for guardian in family.guardians]
        if offered is not None:
            assert all(place is not None and place < offered for place in taken), name
        people = (*family.guardians, family.pupil)
        assert tuple(states[ids[name], who] for who in people) == expected_ends(*names[name]), name
        assert (ids[name] in cases) == (names[name] != ("250", "250", "250")), name
    assert len(names) == 125
    assert store.record.verify("demo")[1] is None
    closed = store.docket.cases("demo", CaseFilter(lane="delivery"), NOW, 500)
    assert len(closed) == 124
