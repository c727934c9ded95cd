"""What the channels and the desk ask of the journey."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from classifiers.finding import Finding, Passage
from gateway.domain.case import Case, Cut, Decision
from gateway.domain.message import Arrival, Envelope, Reading
from gateway.domain.pair import Circle
from gateway.domain.people import Person
from gateway.domain.verdict import Verdict
from gateway.ports.docket import PastMessage
from gateway.ports.keeping import Receipt


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A case laid out for the person who decides it.

    findings: numbered from 1 in this order on the page.
    """

    case: Case
    envelope: Envelope
    circle: Circle
    reading: Reading
    findings: tuple[Finding, ...]
    verdict: Verdict
    around: tuple[PastMessage, ...]
    decisions: tuple[tuple[datetime, Decision], ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """One recipient's copy as it would leave, read back from its exact bytes."""

    recipient_id: str
    wire: str
    required: bool
    size_bytes: int
    passages: tuple[Passage, ...] = field(repr=False)
    files: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision would let leave.

    mark: of all that is shown here; the decision that is made on it names it.
    still_found: what the detectors find in the copies.
    """

    mark: str
    leaving: tuple[Leaving, ...] = ()
    cuts: tuple[Cut, ...] = field(default=(), repr=False)
    still_found: tuple[Finding, ...] = ()


class Office(Protocol):
    """What the channels and the desk ask of the journey."""

    async def take(self, arrival: Arrival) -> Receipt:
        """Judge, decide, commit; returns only after the commit.

        Raises StoreUnavailable or StoreFull when nothing was kept. Anything that goes wrong
        in reading or judging is a hold, not an error.
        """
        ...

    def lay_out(self, organisation_id: str, case_id: str, viewer: Person) -> Exhibit:
        """Everything the case page shows; recorded as a view. Raises NotFound."""
        ...

    def decide(self, organisation_id: str, decision: Decision) -> Case:
        """Carry out a moderator's decision. Raises Stale, NotFound, or Forbidden."""
        ...

    def preview(self, organisation_id: str, decision: Decision) -> Preview:
        """What everybody would get by a release. Changes nothing. Raises NotFound, or Forbidden."""
        ...

    def undo(self, organisation_id: str, case_id: str, version: int, person: Person) -> Case:
        """Take back this person's own decision within its time. Raises Stale, NotFound, or Forbidden."""
        ...
