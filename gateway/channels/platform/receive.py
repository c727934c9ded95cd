"""Takes a platform message in: who may write to whom, once per Idempotency-Key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.channels.platform.bodies import Submission
from gateway.channels.platform.compose import encode
from gateway.channels.platform.pace import InFlight
from gateway.channels.platform.problems import Problem
from gateway.domain.message import Arrival, Assurance, Channel, Envelope, new_id, new_reference
from gateway.domain.people import Organisation
from gateway.errors import NotFound
from gateway.ports import Clock, Directory, Ledger, Receipt

Take = Callable[[Arrival], Receipt]


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was committed.

    replayed: now or earlier; an earlier one is answered as it was then.
    """

    receipt: Receipt
    received_at: datetime
    replayed: bool = False


class Reception:
    """Where platform messages come in."""

    def __init__(self, take: Take, ledger: Ledger, directory: Directory, clock: Clock) -> None:
        self._take = take
        self._ledger = ledger
        self._directory = directory
        self._clock = clock
        self._in_flight = InFlight()

    def receive(self, organisation: Organisation, key: str, submission: Submission) -> Taken:
        """Take a message, or find the one taken before under the same key.

        Raises: Problem for what the sender can mend; StoreUnavailable or StoreFull, and then
        nothing was kept.
        """
        # Everything that was asked is in the bytes, so that their hash tells two requests apart.
        raw = encode({**submission.model_dump(), "recipients": sorted(submission.recipients)})
        with self._in_flight.alone(organisation.id, key):
            earlier = self._earlier(organisation.id, key, raw)
            return earlier or self._first(organisation, key, submission, raw)

    def _earlier(self, organisation_id: str, key: str, raw: bytes) -> Taken | None:
        kept = self._ledger.keyed(organisation_id, key)
        if kept is None:
            return None
        sha256, receipt = kept
        if sha256 != hashlib.sha256(raw).hexdigest():
            raise Problem("key-reused")
        progress = self._ledger.progress(organisation_id, receipt.message_id)
        return Taken(receipt, progress.received_at, replayed=True)

    def _first(self, organisation: Organisation, key: str, submission: Submission, raw: bytes) -> Taken:
        self._check_parties(organisation.id, submission)
        now = self._clock()
        envelope = Envelope(
            id=new_id(now),
            reference=new_reference(),
            organisation_id=organisation.id,
            pair_id=submission.pair,
            channel=Channel.PLATFORM,
            sender_id=submission.sender,
            recipient_ids=tuple(submission.recipients),
            received_at=now,
            assurance=Assurance.API_KEY,
        )
        receipt = self._take(Arrival(envelope, raw, key))
        if receipt.message_id == envelope.id:
            return Taken(receipt, now)
        # Another process was first with this key; only its very same message is repeated.
        return self._earlier(organisation.id, key, raw) or Taken(receipt, now, replayed=True)

    def _check_parties(self, organisation_id: str, submission: Submission) -> None:
        """Let through only people of one pair of this organisation.

        Another organisation's ids are answered exactly like ids that nobody has.
        """
        try:
            circle = self._directory.circle(submission.pair)
        except NotFound:
            raise Problem("not-found", members={"pointer": "/pair"}) from None
        if circle.organisation.id != organisation_id:
            raise Problem("not-found", members={"pointer": "/pair"})
        parties = [("/sender", submission.sender)]
        parties += [(f"/recipients/{n}", person_id) for n, person_id in enumerate(submission.recipients)]
        for pointer, person_id in parties:
            if person_id not in circle.people:
                raise self._stranger(organisation_id, person_id, pointer)

    def _stranger(self, organisation_id: str, person_id: str, pointer: str) -> Problem:
        try:
            self._directory.person(organisation_id, person_id)
        except NotFound:
            return Problem("not-found", members={"pointer": pointer})
        return Problem("outside-pair", members={"pointer": pointer})
