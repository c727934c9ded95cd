"""The path of a message, read aloud.

    receive  a channel hands over an Arrival: exact bytes, people resolved by the directory
    read     a reader (a killable child process) parses it one way, layer by layer
    judge    every detector looks at every layer
    decide   every rule of the organisation's policy is asked; the strongest ruling wins
    hold     a case for a person …
    deliver  … or copies, composed anew, guardian first
    record   all of it in one committed transaction; only then is the sender answered

`judge` is the pure half: values in, values out. `Journey` does the rest.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from classifiers.finding import Layer
from gateway.decide.ruling import decide, verdict_of
from gateway.deciding import Deciding
from gateway.deliver.amend import amend
from gateway.deliver.copies import copies_of
from gateway.domain.case import UNDO, Case, Decision
from gateway.domain.dispatch import Copy
from gateway.domain.message import Arrival, Channel, Message, Reading
from gateway.domain.people import Person
from gateway.domain.policy import Policy, RuleTerms
from gateway.domain.verdict import (
    Hold,
    Lane,
    Outcome,
    Ruled,
    Severity,
    Verdict,
)
from gateway.errors import GatewayError, ReaderFailed
from gateway.moderate.briefing import Briefing
from gateway.moderate.screening import examine, scene_of
from gateway.moderate.trajectory import course, signals_of
from gateway.ports import (
    Brief,
    Clock,
    Compose,
    Directory,
    Docket,
    Exhibit,
    Judgement,
    Leaks,
    Ledger,
    Preview,
    Read,
    Readers,
    Receipt,
    Screen,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

MAY_LEAVE = frozenset({Outcome.PASS, Outcome.AMEND})
FRAGMENT_LENGTH = 200  # characters; longer messages are not pieces of a split number


@dataclass(frozen=True, slots=True)
class Tools:
    """What judging needs from the wires and the detectors.

    read: by the channel a message came in on. compose: by the wire a copy goes out by.
    leaks: names the private identifiers found in a composed copy; empty when there are none.
    """

    read: Mapping[Channel, Read]
    screen: Screen
    compose: Mapping[Channel, Compose]
    leaks: Leaks


def judge(brief: Brief, tools: Tools) -> Judgement:
    """Read, judge, decide and compose one message. Pure; raises nothing for bad input."""
    arrival = brief.arrival
    reading = tools.read[arrival.envelope.channel](arrival.raw)
    if brief.thread:
        reading = replace(reading, thread=brief.thread)
    leaving = brief.policy.settings.get("tutor_leaver")
    with_former = isinstance(leaving, Mapping) and bool(leaving.get("past_clients_confidential"))
    scene = scene_of(arrival.envelope, brief.circle, brief.prior, with_former=with_former)
    examination = examine(reading.passages, scene, tools.screen)
    signals = signals_of(arrival.envelope, brief.circle, examination.findings)
    message = Message(
        arrival.envelope,
        brief.circle,
        reading,
        examination.findings,
        examination.faults,
        course(brief.trajectory, signals),
    )
    verdict = decide(message, brief.policy)
    shadow = decide(message, brief.shadow) if brief.shadow is not None else None
    if brief.changes is not None:
        verdict = replace(verdict, outcome=Outcome.AMEND, changes=brief.changes)
    verdict, copies, text = _compose(brief, reading, verdict, tools)
    return Judgement(
        verdict=verdict,
        findings=examination.findings,
        faults=examination.faults,
        copies=copies,
        fingerprint=arrival.fingerprint,
        subject=reading.subject,
        original_message_id=reading.message_id,
        fragment=_fragment(reading),
        form_faults=reading.form_faults,
        text=text,
        signals=signals,
        shadow=shadow,
    )


def _compose(
    brief: Brief, reading: Reading, verdict: Verdict, tools: Tools
) -> tuple[Verdict, tuple[Copy, ...], str | None]:
    """Compose every copy that may leave; one that cannot be, or that leaks, holds them all."""
    if verdict.outcome not in MAY_LEAVE:
        return verdict, (), None
    try:
        amended = amend(reading, verdict.changes)
        copies = copies_of(amended, brief.arrival.envelope, brief.circle, verdict, tools.compose)
    except (ValueError, LookupError, GatewayError) as fault:
        return _held_at_exit(verdict, brief.policy, f"could not be composed ({type(fault).__name__})")
    people = brief.circle.people
    leaking = [c for c in copies if tools.leaks(c.content, brief.circle, people[c.recipient_id])]
    if leaking:
        return _held_at_exit(verdict, brief.policy, "a private address stands in what would leave")
    return verdict, copies, _platform_text(brief, amended)


def _held_at_exit(verdict: Verdict, policy: Policy, because: str) -> tuple[Verdict, tuple[Copy, ...], None]:
    held = held_by_us(policy, because)
    return replace(held, ruled=(*held.ruled, *verdict.ruled), changes=verdict.changes), (), None


def held_by_us(policy: Policy, because: str, lane: Lane = Lane.UNREADABLE) -> Verdict:
    """A hold that no rule asked for: the gateway itself could not finish (fail_closed)."""
    terms = policy.rules.get("fail_closed", RuleTerms(clause=""))
    ruling = Hold(lane, max(terms.severity, Severity.HIGH, key=list(Severity).index), because)
    return verdict_of([Ruled("fail_closed", terms.clause, ruling)], policy.version)


def _platform_text(brief: Brief, amended: Reading) -> str | None:
    if brief.arrival.envelope.channel is not Channel.PLATFORM:
        return None
    return next((part.text for part in amended.parts if part.text is not None), "")


def _fragment(reading: Reading) -> str:
    """The message's own words when they are few: a number may come in several messages."""
    text = next((p.text for p in reading.passages if p.layer in (Layer.TEXT, Layer.HTML)), "")
    return text if 0 < len(text) <= FRAGMENT_LENGTH else ""


class Journey:
    """Takes messages and has decisions carried out (fulfils `ports.Office`).

    undo: how long a decision can be taken back.
    """

    def __init__(
        self,
        directory: Directory,
        ledger: Ledger,
        docket: Docket,
        readers: Readers,
        clock: Clock,
        undo: timedelta = UNDO,
    ) -> None:
        self._ledger = ledger
        self._readers = readers
        self._briefing = Briefing(directory, ledger)
        self._deciding = Deciding(directory, docket, readers, self._briefing, clock, undo)

    async def take(self, arrival: Arrival) -> Receipt:
        """Judge, decide and commit; return only after the commit.

        Raises: StoreUnavailable or StoreFull, and then nothing was kept.
        """
        return await asyncio.wrap_future(self.submit(arrival))

    def submit(self, arrival: Arrival) -> Future[Receipt]:
        """Send a message on its way: briefing, reader, ledger, each in its own thread or process.

        The event loop is told once, at the end; every hop through it would cost a wake-up.
        """
        receipt: Future[Receipt] = Future()
        receipt.set_running_or_notify_cancel()  # once taken it is finished, whoever hangs up

        def briefed(done: Future[Brief]) -> None:
            brief = done.result()
            self._readers.judge(brief).add_done_callback(
                lambda read: _relay(read, receipt, lambda judged: judged_(brief, judged))
            )

        def judged_(brief: Brief, done: Future[Judgement]) -> None:
            judgement = _judgement(done, brief)
            kept = self._ledger.keep(arrival, judgement, brief.circle)
            kept.add_done_callback(
                lambda done: _relay(done, receipt, lambda kept: receipt.set_result(kept.result()))
            )

        self._briefing.prepare(arrival).add_done_callback(lambda done: _relay(done, receipt, briefed))
        return receipt

    def close(self) -> None:
        """Finish what is on its way in and stop."""
        self._briefing.close()

    def lay_out(self, organisation_id: str, case_id: str, viewer: Person) -> Exhibit:
        """Everything the case page shows; recorded as a view. Raises NotFound, Forbidden."""
        return self._deciding.lay_out(organisation_id, case_id, viewer)

    def decide(self, organisation_id: str, decision: Decision) -> Case:
        """Carry out a moderator's decision. Raises Stale, NotFound or Forbidden."""
        return self._deciding.decide(organisation_id, decision)

    def preview(self, organisation_id: str, decision: Decision) -> Preview:
        """What everybody would get by a release. Changes nothing. Raises NotFound, Forbidden."""
        return self._deciding.preview(organisation_id, decision)

    def undo(self, organisation_id: str, case_id: str, version: int, person: Person) -> Case:
        """Take back this person's own decision within its time. Raises Stale, NotFound, Forbidden."""
        return self._deciding.undo(organisation_id, case_id, version, person)


def _relay(done: Future[T], receipt: Future[Receipt], go_on: Callable[[Future[T]], None]) -> None:
    """Go on with what is done; any fault on the way is the sender's answer."""
    try:
        go_on(done)
    except Exception as fault:
        receipt.set_exception(fault)


def _judgement(done: Future[Judgement], brief: Brief) -> Judgement:
    """What the reader says; if it died over the message, a case for a person."""
    try:
        return done.result()
    except ReaderFailed as fault:
        log.warning("message %s: its reader failed, held", brief.arrival.envelope.id)
        return _unread(brief, str(fault))


def _unread(brief: Brief, because: str) -> Judgement:
    """The judgement of a message whose reader died: a case, with nothing known of its text."""
    return Judgement(
        verdict=held_by_us(brief.policy, because),
        findings=(),
        faults=(),
        copies=(),
        fingerprint=brief.arrival.fingerprint,
        subject="",
        original_message_id="",
        form_faults=("it could not be read within the limits",),
    )
