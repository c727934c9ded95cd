"""Mistakes to build into a running gateway on purpose: whoever looks for crashes must find these.

Each is a patch made at run time in the gateway's own processes (`program`), never in what is shipped.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from typing import Any

from classifiers.catalogue import Catalogue
from classifiers.finding import Examination
from gateway import journey
from gateway.channels.email import send
from gateway.deliver import copies, courier
from gateway.deliver.courier import Courier
from gateway.domain.dispatch import Settlement
from gateway.ports import Receipt
from gateway.store import committer, engine, outbox
from gateway.store.committer import Committer
from gateway.store.outbox import SqlOutbox
from gateway.wiring import judging

# A slow disk: between two steps that should have been one, there is time for a kill.
SLOW_S = 0.3


def answer_before_commit() -> None:
    """The sender is told 250 while the transaction is still to be written."""
    keep, commit = Committer.keep, Committer._commit

    def hasty(self, arrival, judgement, circle):  # type: ignore[no-untyped-def]
        keep(self, arrival, judgement, circle)
        return _taken(arrival, judgement)

    def slow(self, units):  # type: ignore[no-untyped-def]
        time.sleep(SLOW_S)
        commit(self, units)

    Committer.keep, Committer._commit = hasty, slow  # type: ignore[method-assign]


def fault_answered_250() -> None:
    """A message that could not be stored is answered as if it had been."""

    def fail(self, unit, fault):  # type: ignore[no-untyped-def]
        unit.future.set_result(_taken(unit.arrival, unit.judgement).result())

    Committer._fail = fail  # type: ignore[method-assign]


def verdict_apart() -> None:
    """Message and copies are committed first, the case and the findings in a transaction of their own."""
    _in_two(lambda name: name in ("message", "dispatch", "fragment", "record_entry"))


def record_apart() -> None:
    """The record entries come in a transaction of their own."""
    _in_two(lambda name: name != "record_entry")


def commits_not_synced() -> None:
    """Connections are set to answer a commit before it is on the disk."""

    def weaken(connection, _record):  # type: ignore[no-untyped-def]
        connection.execute("SET synchronous_commit = off")
        connection.commit()

    engine._insist_on_synced_commits = weaken


def same_mail_taken_anew() -> None:
    """A mail that is sent again, because its answer was lost, is not recognised."""
    prepare = committer.prepare

    def forgetful(*given):  # type: ignore[no-untyped-def]
        kept = prepare(*given)
        kept.message["fingerprint"] = os.urandom(32)
        return kept

    committer.prepare = forgetful


def hash_not_checked() -> None:
    """Bytes are sent without comparing them with the hash that the verdict names."""
    send.unfit = lambda dispatch: None


def detector_fails_open() -> None:
    """A detector that raises has found nothing, and that is that."""
    ask = Catalogue._ask
    Catalogue._ask = lambda *given: (ask(*given)[0], [])  # type: ignore[method-assign]


def late_answer_is_clean() -> None:
    """A message whose reader did not answer in time passes, as if nothing had been found in it."""

    def clean(brief, because):  # type: ignore[no-untyped-def]
        return journey.judge(brief, judging.tools(lambda passages, scene: Examination((), ())))

    journey._unread = clean


def recipients_from_headers() -> None:
    """Whoever stands in To gets a copy, not whom the sender named in the envelope."""
    submit = journey.Journey.submit

    def by_headers(self, arrival):  # type: ignore[no-untyped-def]
        envelope = arrival.envelope
        circle = self._directory.circle(envelope.pair_id)
        named = message_from_bytes(arrival.raw)["To"]
        who = tuple(one for one, alias in circle.aliases.items() if alias in named)
        return submit(self, replace(arrival, envelope=replace(envelope, recipient_ids=who)))

    journey.Journey.submit = by_headers  # type: ignore[method-assign]


def pupil_beside_guardian() -> None:
    """The pupil's copy waits for nobody."""
    order = copies.order
    copies.order = lambda *given: tuple(replace(one, waits=False) for one in order(*given))


def failed_guardian_counts() -> None:
    """A guardian's server that refuses has been tried, and that is enough."""
    settlement = Courier._settlement

    def generous(self, dispatch, answer):  # type: ignore[no-untyped-def]
        refused = dispatch.required and answer.code >= 500
        return settlement(self, dispatch, replace(answer, code=250) if refused else answer)

    Courier._settlement = generous  # type: ignore[method-assign]


def settled_before_250() -> None:
    """A copy counts as sent before the next hop has answered."""
    deliver = Courier._deliver

    async def hasty(self, dispatch, *more):  # type: ignore[no-untyped-def]
        sent = Settlement(dispatch, sent=True, at=self._clock(), code=250)
        await asyncio.to_thread(self._outbox.settle, [sent])
        return await deliver(self, dispatch, *more)

    Courier._deliver = hasty  # type: ignore[method-assign]


def lease_never_expires() -> None:
    """What a courier that died had in hand is nobody else's."""
    outbox.LEASE = timedelta(days=3_650)


def fence_ignored() -> None:
    """A courier whose lease ran out still decides what became of the copy."""
    fenced = "AND dispatch.fence = done.fence"
    assert fenced in outbox.SETTLE
    outbox.SETTLE = outbox.SETTLE.replace(fenced, "")


def given_up_in_silence() -> None:
    """A copy that cannot be delivered is marked so, and nobody is told."""
    entries = SqlOutbox._entries
    SqlOutbox._entries = lambda self, connection, one: entries(self, connection, one) if one.sent else []  # type: ignore[method-assign]


def world_not_looked_at_again() -> None:
    """What was judged leaves, whoever was removed or barred meanwhile."""
    courier.may_still_leave = lambda *given, **named: None


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__: bug
    for bug in (
        answer_before_commit,
        fault_answered_250,
        verdict_apart,
        record_apart,
        commits_not_synced,
        same_mail_taken_anew,
        hash_not_checked,
        detector_fails_open,
        late_answer_is_clean,
        recipients_from_headers,
        pupil_beside_guardian,
        failed_guardian_counts,
        settled_before_250,
        lease_never_expires,
        fence_ignored,
        given_up_in_silence,
        world_not_looked_at_again,
    )
}


def build_in(name: str) -> None:
    """Make this process have that bug; none for ""."""
    if name:
        BUGS[name]()


def _taken(arrival: Any, judgement: Any) -> Future[Receipt]:
    future: Future[Receipt] = Future()
    envelope = arrival.envelope
    future.set_result(Receipt(envelope.id, envelope.reference, judgement.verdict, judgement.text))
    return future


def _in_two(first: Callable[[str], bool]) -> None:
    """Write the tables that `first` names, commit, and write the others in another transaction."""
    together = committer.insert_together

    def apart(driver, tables):  # type: ignore[no-untyped-def]
        together(driver, [one for one in tables if first(one[0].name)])
        driver.execute("COMMIT", prepare=False)
        driver.execute("BEGIN", prepare=False)
        together(driver, [one for one in tables if not first(one[0].name)])

    committer.insert_together = apart
