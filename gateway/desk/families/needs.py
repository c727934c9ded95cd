"""What the families' and tutors' pages need from the store, and nothing about how it does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from gateway.domain.address_change import AddressChange
from gateway.domain.correspondence import Copied, Letter, Sending, Volume
from gateway.domain.message import Arrival, Reading
from gateway.domain.people import Person
from gateway.domain.policy import ReportRoute
from gateway.domain.register import Fact, FactKind
from gateway.domain.report import Report
from gateway.domain.strike import Strike
from gateway.ports import Receipt

Reads = Callable[[Arrival], Reading]
"""Reads a message in a killable process."""
Takes = Callable[[Arrival], Receipt]
"""Sends a message on its way as any channel does, and waits for the answer."""


class Entrances(Protocol):
    """Signing in by letter; see `store.entrances`."""

    def ask(self, address: str, now: datetime) -> None:
        """Have a link sent to whoever has that address; the same for nobody."""
        ...

    def ask_code(self, organisation_id: str, person_id: str, about: str, now: datetime) -> None:
        """Have a code sent that opens one sealed message."""
        ...

    def enter(self, token: str, code: str, now: datetime) -> str | None:
        """A session for an unused link with its code."""
        ...

    def opens(self, organisation_id: str, person_id: str, about: str, code: str, now: datetime) -> bool:
        """True, once, for the code of the newest letter about that sealed message."""
        ...

    def begin(self, one: Person, now: datetime) -> str:
        """A session for somebody whose password was checked."""
        ...

    def who(self, token: str, now: datetime) -> Person | None:
        """The person of a live session."""
        ...

    def revoke(self, token: str, now: datetime) -> None:
        """End a session."""
        ...

    def revoke_all(self, organisation_id: str, person_id: str, now: datetime) -> None:
        """End all sessions of a person."""
        ...


class Addresses(Protocol):
    """Guardians' new addresses that wait; see `store.address_changes`."""

    def answer(self, text: str, yes: bool, now: datetime) -> AddressChange:
        """Count what somebody at an address said. Raises NotFound for no link of ours."""
        ...


class Correspondence(Protocol):
    """Delivered copies; see `store.correspondence`."""

    def pupils_of(self, organisation_id: str, guardian_id: str) -> tuple[str, ...]:
        """The pupils of a guardian from whom no order bars them."""
        ...

    def letters(
        self, organisation_id: str, guardian_id: str, before: datetime | None = None, limit: int = 25
    ) -> list[Letter]:
        """The copies a guardian was sent, newest first."""
        ...

    def letter(self, organisation_id: str, guardian_id: str, message_id: str) -> Letter:
        """One of them. Raises NotFound."""
        ...

    def names_shortened(self, organisation_id: str, message_id: str) -> bool:
        """True when names in the subject became initials."""
        ...

    def with_recording(self, organisation_id: str, message_id: str) -> bool:
        """True when a message carries a recording of a lesson, or says where one is."""
        ...

    def volume(self, organisation_id: str, guardian_id: str, pupil_id: str, since: datetime) -> list[Volume]:
        """Messages by week, oldest first; a week of silence is left out."""
        ...

    def copied(self, message_id: str) -> Copied:
        """Who was sent copies of a message. Raises NotFound."""
        ...

    def sealed(self, organisation_id: str, recipient_id: str, message_id: str) -> bool:
        """True when this person was sent what the gateway itself decided on. Raises NotFound for no copy."""
        ...


class Reports(Protocol):
    """What people tell the organisation; see `store.reports`."""

    def file(
        self,
        by: Person,
        route: ReportRoute,
        words: Mapping[str, str],
        now: datetime,
        message_id: str = "",
        pupil_id: str = "",
    ) -> Report:
        """Keep a report and open its case."""
        ...

    def report(self, organisation_id: str, case_id: str) -> Report:
        """Raises NotFound."""
        ...

    def viewed(self, organisation_id: str, case_id: str, person_id: str, now: datetime) -> None:
        """Record that somebody of the desk read it."""
        ...

    def made_by(self, organisation_id: str, reporter_id: str, limit: int = 50) -> list[Report]:
        """What a grown-up reported, newest first."""
        ...

    def answer(
        self, organisation_id: str, case_id: str, version: int, person_id: str, words: str, now: datetime
    ) -> None:
        """Answer a report and close its case. Raises NotFound, Stale, Forbidden."""
        ...


class Register(Protocol):
    """What is on file about people."""

    def facts(self, organisation_id: str, person_id: str) -> tuple[Fact, ...]:
        """What is on file about somebody, oldest first."""
        ...

    def add(
        self,
        organisation_id: str,
        fact: Fact,
        by: str,
        now: datetime,
        instead_of: frozenset[FactKind] = frozenset(),
    ) -> None:
        """Put a fact on file. by: id of whoever says so. instead_of: kinds that end by it, for that detail."""
        ...


class Sendings(Protocol):
    """A tutor's own messages; see `store.sendings`."""

    def sendings(
        self, organisation_id: str, tutor_id: str, before: datetime | None = None, limit: int = 25
    ) -> list[Sending]:
        """Newest first."""
        ...

    def sending(self, organisation_id: str, tutor_id: str, message_id: str) -> Sending:
        """Raises NotFound."""
        ...

    def explained(self, organisation_id: str, tutor_id: str, message_id: str) -> tuple[str, frozenset[int]]:
        """The clause it came back under and the findings its writer may see; ("", none) for most."""
        ...

    def withdraw(self, organisation_id: str, tutor_id: str, message_id: str, now: datetime) -> None:
        """Take a held message back. Raises NotFound, Stale."""
        ...

    def answer(self, organisation_id: str, tutor_id: str, message_id: str, words: str, now: datetime) -> None:
        """Put an answer to the desk's question beside the case. Raises NotFound, Stale."""
        ...

    def superseded(
        self, organisation_id: str, tutor_id: str, old: str, new: str, evasive: bool, now: datetime
    ) -> None:
        """Keep that a message was written anew."""
        ...


class Strikes(Protocol):
    """Strikes; see `store.strikes`."""

    def of_tutor(self, organisation_id: str, tutor_id: str) -> list[Strike]:
        """Newest first."""
        ...

    def give(
        self,
        by: Person,
        tutor_id: str,
        step: str,
        clause: str,
        reason: str,
        now: datetime,
        expires_at: datetime | None,
    ) -> Strike:
        """Raises Forbidden, NotFound."""
        ...

    def reply(self, organisation_id: str, tutor_id: str, strike_id: str, words: str, now: datetime) -> None:
        """Raises NotFound, Stale."""
        ...

    def appeal(self, organisation_id: str, tutor_id: str, strike_id: str, words: str, now: datetime) -> None:
        """Raises NotFound, Stale."""
        ...

    def decide(self, by: Person, strike_id: str, upheld: bool, words: str, now: datetime) -> None:
        """Raises Forbidden, NotFound, Stale."""
        ...

    def reverse(self, by: Person, strike_id: str, words: str, now: datetime) -> None:
        """Raises Forbidden, NotFound, Stale."""
        ...
