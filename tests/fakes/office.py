"""An Office that remembers what it was handed and decides what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.domain.case import Case, Decision
from gateway.domain.message import Arrival
from gateway.domain.people import Person
from gateway.domain.verdict import Hold, Lane, Outcome, Refuse, Ruled, Severity, Verdict
from gateway.errors import NotFound
from gateway.ports import Exhibit, Receipt

POLICY_VERSION = "default@1+00000000"


def passed() -> Verdict:
    return Verdict(Outcome.PASS, POLICY_VERSION)


def held(because: str = "reads like grooming") -> Verdict:
    ruling = Hold(Lane.REVIEW, Severity.HIGH, because)
    return Verdict(Outcome.HOLD, POLICY_VERSION, (Ruled("concerning_conduct", "C-01", ruling),))


def refused(say: str, rule: str = "contact_details") -> Verdict:
    ruling = Refuse(say, because="a number was found")
    return Verdict(Outcome.REFUSE, POLICY_VERSION, (Ruled(rule, "HST-05", ruling),))


class FakeOffice:
    """Fulfils ports.Office.

    taken: what was committed, in order. verdict: decides on each arrival.
    raises: raised instead of committing. gate: while it is not set, a commit does not end.
    begun: set as soon as a commit has begun.
    """

    def __init__(self, verdict: Verdict | Callable[[Arrival], Verdict] | None = None) -> None:
        self.taken: list[Arrival] = []
        self.verdict = verdict or passed()
        self.raises: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self._receipts: dict[str, Receipt] = {}

    async def take(self, arrival: Arrival) -> Receipt:
        self.begun.set()
        await self.gate.wait()
        if self.raises is not None:
            raise self.raises
        known = self._receipts.get(arrival.fingerprint)
        if known is not None:
            return Receipt(known.message_id, known.reference, known.verdict, duplicate=True)
        self.taken.append(arrival)
        verdict = self.verdict(arrival) if callable(self.verdict) else self.verdict
        receipt = Receipt(arrival.envelope.id, arrival.envelope.reference, verdict)
        self._receipts[arrival.fingerprint] = receipt
        return receipt

    def lay_out(self, organisation_id: str, case_id: str, viewer: Person) -> Exhibit:
        raise NotFound("There is no such case.")

    def decide(self, organisation_id: str, decision: Decision) -> Case:
        raise NotFound("There is no such case.")
