"""What a person decides about a held message, and what would leave by it.

lay out   the case, the message read again, what was found, what came before and after
preview   the exact copies that a release would let leave, read back and searched again
decide    high severity needs two people; a release composes anew; then one transaction
undo      for half a minute, while nothing has left
"""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

from classifiers.finding import Finding, Kind, Layer, Passage
from gateway.deliver.amend import redactions, source_of, sources, together
from gateway.domain.case import (
    CLOSING,
    DECIDES,
    GRAVE,
    SEES_SEALED,
    UNDO,
    Action,
    Case,
    Cut,
    Decision,
    Made,
    Standing,
    State,
    first_view,
    hidden_lanes,
    shown_to,
)
from gateway.domain.dispatch import Copy
from gateway.domain.message import Arrival, Reading
from gateway.domain.people import Person
from gateway.domain.verdict import AddRecipient, Change, Hold, Lane, Replace, Verdict
from gateway.errors import Forbidden, NotFound, ReaderFailed, Stale
from gateway.moderate.briefing import Briefing
from gateway.ports import (
    Brief,
    Clock,
    Directory,
    Docket,
    Exhibit,
    Judgement,
    Leaving,
    Preview,
    Readers,
)

RELEASING = frozenset({Action.RELEASE, Action.REDACT})
SHOWN = frozenset({Layer.SUBJECT, Layer.TEXT, Layer.HTML, Layer.HIDDEN, Layer.LINK, Layer.QUOTED})


class Deciding:
    """The deciding half of `ports.Office`.

    undo: how long a decision can be taken back; nothing of it leaves before.
    """

    def __init__(
        self,
        directory: Directory,
        docket: Docket,
        readers: Readers,
        briefing: Briefing,
        clock: Clock,
        undo: timedelta = UNDO,
    ) -> None:
        self._directory = directory
        self._docket = docket
        self._readers = readers
        self._briefing = briefing
        self._clock = clock
        self._undo = undo

    def lay_out(self, organisation_id: str, case_id: str, viewer: Person) -> Exhibit:
        """Everything the case page shows; recorded as a view. Raises NotFound, Forbidden."""
        case = self._visible(organisation_id, case_id, viewer)
        arrival = self._docket.arrival(organisation_id, case.message_id)
        self._docket.viewed(organisation_id, case_id, viewer.id, self._clock())
        hidden = frozenset(str(lane) for lane in hidden_lanes(viewer.role))
        return Exhibit(
            case=case,
            envelope=arrival.envelope,
            circle=self._directory.circle(case.pair_id),
            reading=self._read(arrival),
            findings=self._docket.findings(organisation_id, case.message_id),
            verdict=self._docket.verdict(organisation_id, case.message_id),
            around=tuple(self._docket.around(organisation_id, case.message_id, without_lanes=hidden)),
            decisions=shown_to(viewer.id, case, self._docket.decisions(organisation_id, case_id)),
        )

    def decide(self, organisation_id: str, decision: Decision) -> Case:
        """Carry out a moderator's decision. Raises Stale, NotFound or Forbidden."""
        person = self._directory.person(organisation_id, decision.moderator_id)
        case = self._visible(organisation_id, decision.case_id, person)
        if case.version != decision.version:
            raise Stale("Somebody else changed this case first; look at it again and decide again.")
        decision = self._weighed(case, decision, person)
        copies: tuple[Copy, ...] = ()
        if decision.action in RELEASING and decision.standing is not Standing.DIFFERING:
            judgement, brief = self._composed(organisation_id, case, decision)
            reading = self._read(brief.arrival)
            decision = replace(decision, cuts=cuts_of(reading, brief.changes or ()))
            if decision.preview and decision.preview != self._preview(brief, judgement, decision).mark:
                raise Stale("What would leave has changed since the preview; look at it again.")
            copies = judgement.copies if decision.standing is Standing.CARRIED else ()
        now = self._clock()
        return self._docket.settle(case, decision, copies, now, now + self._undo if self._undo else None)

    def preview(self, organisation_id: str, decision: Decision) -> Preview:
        """What everybody would get by a release. Changes nothing. Raises NotFound, Forbidden."""
        person = self._directory.person(organisation_id, decision.moderator_id)
        case = self._visible(organisation_id, decision.case_id, person)
        judgement, brief = self._composed(organisation_id, case, decision)
        reading = self._read(brief.arrival)
        return self._preview(brief, judgement, replace(decision, cuts=cuts_of(reading, brief.changes or ())))

    def undo(self, organisation_id: str, case_id: str, version: int, person: Person) -> Case:
        """Take back this person's own decision. Raises Stale, NotFound, Forbidden."""
        self._visible(organisation_id, case_id, person)
        return self._docket.undo(organisation_id, case_id, version, person.id, self._clock())

    def _visible(self, organisation_id: str, case_id: str, person: Person) -> Case:
        """The case, if this person may see it and knows nobody in it."""
        case = self._docket.case(organisation_id, case_id)
        _check_may_see(case, person, organisation_id)
        if self._docket.kept_from(organisation_id, person.id) & set(
            self._directory.circle(case.pair_id).people
        ):
            raise NotFound("There is no such case.")
        return case

    def _weighed(self, case: Case, decision: Decision, person: Person) -> Decision:
        """The decision with what becomes of it: carried out, a first view, or one that differs."""
        made = self._docket.decisions(case.organisation_id, case.id)
        if case.state is State.SPLIT:
            if person.role not in SEES_SEALED:
                raise Forbidden("Two people see this differently; the safeguarding lead decides.")
            return decision
        if (first := first_view(case, made)) is not None:
            return _second(first, decision)
        if decision.action in CLOSING and self._needs_two(case, made):
            return replace(decision, standing=Standing.FIRST)
        return decision

    def _needs_two(self, case: Case, made: list[Made]) -> bool:
        """High severity needs two people, unless there is only one; being late alone is not severity."""
        grave = any(one.action is Action.ESCALATE and one.standing is Standing.CARRIED for _, one in made)
        if not grave and not _held_gravely(self._docket.verdict(case.organisation_id, case.message_id)):
            return False
        may = [one for one in self._directory.deciders(case.organisation_id) if _may_decide(one, case)]
        return len(may) > 1

    def _composed(self, organisation_id: str, case: Case, decision: Decision) -> tuple[Judgement, Brief]:
        arrival = self._docket.arrival(organisation_id, case.message_id)
        brief = self._briefing.prepare(arrival).result()
        try:
            changes = self._changes(organisation_id, case, decision, brief)
        except ValueError:
            raise Forbidden("Not all of it can be covered; return the message or reject it.") from None
        brief = replace(brief, changes=changes)
        judgement = self._readers.judge(brief).result()
        if not judgement.copies:
            raise Forbidden("This message cannot be released as it stands; return or reject it.")
        return judgement, brief

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
        return together(kept, redactions(_chosen(findings, decision), self._read(brief.arrival)))

    def _preview(self, brief: Brief, judgement: Judgement, decision: Decision) -> Preview:
        """The copies read back from their exact bytes, and searched as if they had just come in."""
        arrivals = [_as_arrival(brief.arrival, copy) for copy in judgement.copies]
        again = [self._readers.judge(replace(brief, arrival=one, changes=None)) for one in arrivals]
        readings = [self._read(one) for one in arrivals]
        leaving = tuple(
            _leaving(copy, reading) for copy, reading in zip(judgement.copies, readings, strict=True)
        )
        found = {
            (one.category, one.value): one
            for judged in again
            for one in _findings(judged)
            if one.kind is Kind.CONTACT
        }
        if decision.action is Action.REDACT and found.keys() & self._covered(brief, decision):
            raise Forbidden("Something that was to be covered would still be there; return the message.")
        return Preview(_mark(leaving), leaving, decision.cuts, tuple(found.values()))

    def _covered(self, brief: Brief, decision: Decision) -> set[tuple[str, str]]:
        envelope = brief.arrival.envelope
        findings = self._docket.findings(envelope.organisation_id, envelope.id)
        return {(one.category, one.value) for one in _chosen(findings, decision) if one.value}

    def _read(self, arrival: Arrival) -> Reading:
        try:
            return self._readers.read(arrival).result()
        except ReaderFailed:
            return Reading(form_faults=("it could not be read within the limits",))


def cuts_of(reading: Reading, changes: tuple[Change, ...]) -> tuple[Cut, ...]:
    """What the changes put in place of what, with the words."""
    texts = sources(reading)
    return tuple(
        Cut(one.layer, one.part, one.start, one.end, texts[source][one.start : one.end], one.text)
        for one in changes
        if isinstance(one, Replace) and (source := source_of(one.layer, one.part)) in texts
    )


def _second(first: Decision, second: Decision) -> Decision:
    """What the second of two views comes to. Two who redact cover what either of them covers."""
    if second.moderator_id == first.moderator_id:
        raise Forbidden("You gave the first view; somebody else has to give the second.")
    if second.action is not first.action:
        return second if second.action not in CLOSING else replace(second, standing=Standing.DIFFERING)
    if second.action is not Action.REDACT:
        return second
    all_of_them = not (first.redactions and second.redactions)
    both = () if all_of_them else tuple(sorted({*first.redactions, *second.redactions}))
    # What was previewed covered less; what leaves covers more.
    return replace(second, redactions=both, preview=second.preview if both == second.redactions else "")


def _held_gravely(verdict: Verdict) -> bool:
    return any(isinstance(one.ruling, Hold) and one.ruling.severity in GRAVE for one in verdict.ruled)


def _may_decide(person: Person, case: Case) -> bool:
    return person.role in DECIDES and case.lane not in hidden_lanes(person.role)


def _check_may_see(case: Case, person: Person, organisation_id: str) -> None:
    if person.organisation_id != organisation_id or person.role not in DECIDES:
        raise Forbidden("Only a moderator of this organisation may open its cases.")
    if case.lane in hidden_lanes(person.role):
        raise Forbidden("A sealed case is for the safeguarding lead.")


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


def _as_arrival(arrival: Arrival, copy: Copy) -> Arrival:
    return Arrival(replace(arrival.envelope, channel=copy.wire), copy.content)


def _findings(judged: Future[Judgement]) -> tuple[Finding, ...]:
    try:
        return judged.result().findings
    except ReaderFailed:
        raise Forbidden("What would leave could not be searched; return the message.") from None


def _leaving(copy: Copy, reading: Reading) -> Leaving:
    return Leaving(
        recipient_id=copy.recipient_id,
        wire=str(copy.wire),
        required=copy.required,
        size_bytes=len(copy.content),
        passages=tuple(one for one in reading.passages if one.layer in SHOWN),
        files=tuple(part.filename or part.content_type for part in reading.parts if part.text is None),
    )


def _mark(leaving: tuple[Leaving, ...]) -> str:
    """Changes with anything that a preview shows."""
    digest = hashlib.sha256()
    for one in leaving:
        shown = (one.recipient_id, one.wire, *map(_said, one.passages), *one.files)
        for piece in shown:
            digest.update(piece.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def _said(passage: Passage) -> str:
    return f"{passage.layer}\0{passage.part}\0{passage.text}"
