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
from typing import TypeVar

from classifiers.finding import Finding, Layer
from gateway.decide.ruling import decide, verdict_of
from gateway.deliver.amend import amend, redactions, together
from gateway.deliver.copies import copies_of
from gateway.domain.case import Action, Case, Decision
from gateway.domain.dispatch import Copy
from gateway.domain.message import Arrival, Channel, Message, Reading
from gateway.domain.people import DESK_ROLES, Person, Role
from gateway.domain.policy import Policy, RuleTerms
from gateway.domain.verdict import (
    AddRecipient,
    Change,
    Hold,
    Lane,
    Outcome,
    Ruled,
    Severity,
    Verdict,
)
from gateway.errors import Forbidden, GatewayError, ReaderFailed, Stale
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
    scene = scene_of(arrival.envelope, brief.circle, brief.prior)
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
    """Takes messages and carries out decisions (fulfils `ports.Office`)."""

    def __init__(
        self, directory: Directory, ledger: Ledger, docket: Docket, readers: Readers, clock: Clock
    ) -> None:
        self._directory = directory
        self._ledger = ledger
        self._docket = docket
        self._readers = readers
        self._clock = clock
        self._briefing = Briefing(directory, ledger)

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
        case = self._docket.case(organisation_id, case_id)
        _check_may_see(case, viewer, organisation_id)
        arrival = self._docket.arrival(organisation_id, case.message_id)
        self._docket.viewed(organisation_id, case_id, viewer.id, self._clock())
        return Exhibit(
            case=case,
            envelope=arrival.envelope,
            circle=self._directory.circle(case.pair_id),
            reading=self.read(arrival),
            findings=self._docket.findings(organisation_id, case.message_id),
            verdict=self._docket.verdict(organisation_id, case.message_id),
            around=tuple(self._docket.around(organisation_id, case.message_id)),
            decisions=tuple(self._docket.decisions(organisation_id, case_id)),
        )

    def decide(self, organisation_id: str, decision: Decision) -> Case:
        """Carry out a moderator's decision. Raises Stale, NotFound or Forbidden."""
        case = self._docket.case(organisation_id, decision.case_id)
        _check_may_see(case, self._directory.person(organisation_id, decision.moderator_id), organisation_id)
        if case.version != decision.version:
            raise Stale("Somebody else changed this case first; look at it again and decide again.")
        copies = self._released(organisation_id, case, decision)
        return self._docket.settle(case, decision, copies, self._clock())

    def _released(self, organisation_id: str, case: Case, decision: Decision) -> tuple[Copy, ...]:
        if decision.action not in (Action.RELEASE, Action.REDACT):
            return ()
        arrival = self._docket.arrival(organisation_id, case.message_id)
        brief = self._briefing.prepare(arrival).result()
        changes = self._changes(organisation_id, case, decision, brief)
        judgement = self._readers.judge(replace(brief, changes=changes)).result()
        if not judgement.copies:
            raise Forbidden("This message cannot be released as it stands; return or reject it.")
        return judgement.copies

    def _changes(
        self, organisation_id: str, case: Case, decision: Decision, brief: Brief
    ) -> tuple[Change, ...]:
        """The rules' own amendments, the copies that guardians must have, and the moderator's redactions.

        What was ever sealed is copied to nobody: whoever is told is a person's decision (DFT-01).
        """
        verdict = self._docket.verdict(organisation_id, case.message_id)
        if case.lane is Lane.SEALED or _was_sealed(verdict):
            kept: tuple[Change, ...] = tuple(
                change for change in verdict.changes if not isinstance(change, AddRecipient)
            )
        else:
            kept = tuple(dict.fromkeys((*verdict.changes, *_guardians_left_out(brief))))
        if decision.action is Action.RELEASE:
            return kept
        findings = self._docket.findings(organisation_id, case.message_id)
        return together(kept, redactions(_chosen(findings, decision), self.read(brief.arrival)))

    def read(self, arrival: Arrival) -> Reading:
        """What can be read in a message, for showing it; never raises on a bad one."""
        try:
            return self._readers.read(arrival).result()
        except ReaderFailed:
            return Reading(form_faults=("it could not be read within the limits",))


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


def _was_sealed(verdict: Verdict) -> bool:
    return any(isinstance(one.ruling, Hold) and one.ruling.lane is Lane.SEALED for one in verdict.ruled)


def _guardians_left_out(brief: Brief) -> tuple[AddRecipient, ...]:
    """Who must have a copy of contact with the pupil, also where a rule held it instead of adding them."""
    envelope, circle = brief.arrival.envelope, brief.circle
    present = {envelope.sender_id, *envelope.recipient_ids}
    if circle.pair.pupil_id not in present:
        return ()
    return tuple(AddRecipient(one.id) for one in circle.required_guardians if one.id not in present)


def _chosen(findings: tuple[Finding, ...], decision: Decision) -> tuple[Finding, ...]:
    """The findings a redaction covers: those numbered (from 1), or all."""
    if not decision.redactions:
        return findings
    return tuple(f for number, f in enumerate(findings, 1) if number in decision.redactions)


def _check_may_see(case: Case, person: Person, organisation_id: str) -> None:
    if person.organisation_id != organisation_id or person.role not in DESK_ROLES:
        raise Forbidden("Only a moderator of this organisation may open its cases.")
    if case.lane is Lane.SEALED and person.role is Role.MODERATOR:
        raise Forbidden("A sealed case is for the safeguarding lead.")
