"""A house behind the platform API, all in memory: journey, ledger, directory and keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from apiflask import APIFlask

from gateway.channels.platform.app import create_api
from gateway.domain.message import Arrival
from gateway.domain.pair import Circle
from gateway.domain.people import Organisation, Person, Role
from gateway.domain.policy import Policy
from gateway.domain.verdict import Outcome, Verdict
from gateway.errors import NotFound
from gateway.ports import Progress, Receipt
from tests.fakes.circle import circle, policy

K, V = TypeVar("K"), TypeVar("V")
KEY, FOREIGN_KEY = "key-of-demo", "key-of-foreign"
BODY = {"pair": "tara-jamie", "sender": "tara", "recipients": ["jamie", "ruth"], "text": "See you at four."}
STATES = {
    Outcome.PASS: "on_its_way",
    Outcome.AMEND: "on_its_way",
    Outcome.HOLD: "checking",
    Outcome.REFUSE: "refused",
}


class House:
    """Everything `create_api` is given, and what it did with it.

    verdict: what every message gets. fault: raised instead of taking, when set.
    before_taking: called inside take, such as to wait there.
    """

    def __init__(self, verdict: Verdict | None = None, text: str | None = None) -> None:
        self.verdict = verdict or Verdict(Outcome.PASS, "test@1+00000000")
        self.text = text
        self.fault: Exception | None = None
        self.before_taking: Callable[[], object] = lambda: None
        self.now = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
        self.arrivals: list[Arrival] = []
        self.policy: Policy = policy()
        self._circles: dict[str, Circle] = {"tara-jamie": circle()}
        self._loners = {"mo": Person("mo", "demo", Role.MODERATOR, "Mo")}
        self._kept: dict[tuple[str, str], tuple[str, Receipt]] = {}
        self._standing: dict[tuple[str, str], Progress] = {}

    def api(self) -> APIFlask:
        """The API in front of this house."""
        api = create_api(self.take, self, self, self, self.clock)  # type: ignore[arg-type]
        api.testing = True
        return api

    def clock(self) -> datetime:
        """The time, which moves only when a test moves it."""
        return self.now

    def later(self, seconds: float) -> None:
        """Move the clock."""
        self.now += timedelta(seconds=seconds)

    def take(self, arrival: Arrival) -> Receipt:
        """The journey: keep the arrival and give it the house's verdict."""
        self.before_taking()
        if self.fault:
            raise self.fault
        self.arrivals.append(arrival)
        return self.keep(arrival)

    def keep(self, arrival: Arrival) -> Receipt:
        """What the ledger does; a test calls it to play another process."""
        envelope = arrival.envelope
        place = (envelope.organisation_id, arrival.idempotency_key)
        if place in self._kept:
            return self._kept[place][1]
        receipt = Receipt(envelope.id, envelope.reference, self.verdict, self.text)
        self._kept[place] = (hashlib.sha256(arrival.raw).hexdigest(), receipt)
        state = STATES[self.verdict.outcome]
        self.stand(Progress(envelope.id, envelope.reference, state, envelope.received_at))
        return receipt

    def forget_people(self) -> None:
        """Close every pair."""
        self._circles.clear()

    def stand(self, progress: Progress, organisation_id: str = "demo") -> None:
        """Say where a message stands."""
        self._standing[organisation_id, progress.message_id] = progress

    def keyed(self, organisation_id: str, idempotency_key: str) -> tuple[str, Receipt] | None:
        """As `Ledger.keyed`."""
        return self._kept.get((organisation_id, idempotency_key))

    def progress(self, organisation_id: str, message_id: str) -> Progress:
        """As `Ledger.progress`."""
        return _found(self._standing, (organisation_id, message_id))

    def circle(self, pair_id: str) -> Circle:
        """As `Directory.circle`."""
        return _found(self._circles, pair_id)

    def person(self, organisation_id: str, person_id: str) -> Person:
        """As `Directory.person`."""
        if organisation_id != "demo":
            raise NotFound("no such person")
        return _found({**self._loners, **self._circles["tara-jamie"].people}, person_id)

    def shadow_of(self, organisation_id: str) -> Policy | None:
        return None

    def policy_of(self, organisation_id: str) -> Policy:
        """As `Directory.policy_of`."""
        return self.policy

    def organisation_of(self, key: str) -> Organisation | None:
        """As `ApiKeys.organisation_of`."""
        known = {KEY: "demo", FOREIGN_KEY: "foreign"}
        return Organisation(known[key], "An organisation", "relay.test") if key in known else None


def headers(idempotency_key: str = "k1", api_key: str = KEY) -> dict[str, str]:
    """The headers of a good request."""
    return {"Authorization": f"Bearer {api_key}", "Idempotency-Key": idempotency_key}


def _found(where: Mapping[K, V], key: K) -> V:
    if key not in where:
        raise NotFound("no such thing")
    return where[key]
