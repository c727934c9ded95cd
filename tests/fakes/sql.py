"""The SQL store joined up as wiring would, a small family, and messages to keep in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count

from sqlalchemy import Engine

from classifiers.finding import Finding, Kind, Layer
from gateway.domain.dispatch import Copy
from gateway.domain.message import Arrival, Assurance, Channel, Envelope, new_id, new_reference
from gateway.domain.pair import Circle, Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role
from gateway.domain.policy import Clause, Policy, RuleTerms
from gateway.domain.roster import Roster, pair_id
from gateway.domain.verdict import Hold, Lane, Outcome, Refuse, Ruled, Severity, Verdict
from gateway.jobs.app import ProcrastinateAlarms
from gateway.ports import Judgement
from gateway.store import roster as rosters
from gateway.store.address_changes import SqlAddressChanges
from gateway.store.correspondence import SqlCorrespondence
from gateway.store.directory import SqlDirectory
from gateway.store.docket import SqlDocket
from gateway.store.entrances import SqlEntrances
from gateway.store.keys import SqlApiKeys
from gateway.store.ledger import SqlLedger
from gateway.store.outbox import SqlOutbox
from gateway.store.record import RecordReader
from gateway.store.reports import SqlReports
from gateway.store.sendings import SqlSendings
from gateway.store.sessions import SqlSessions
from gateway.store.strikes import SqlStrikes
from gateway.store.vault import Vault
from gateway.wiring.casework import Casework, casework_of

MASTER_KEY = bytes(range(32))
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PAIR = pair_id("demo", "tara", "jamie")
SECRET_WORDS = "The heron nests by the weir"

_numbers = count(1)


def plain_policy(pack: str = "default") -> Policy:
    """A policy with one rule and clocks of 1, 2, 4 and 8 hours."""
    clocks = dict(zip(reversed(Severity), (timedelta(hours=h) for h in (1, 2, 4, 8)), strict=True))
    clause = Clause("DFT-01", "Default policy", "1", "A guardian is copied into every contact.")
    rules = {"guardian_copied": RuleTerms("DFT-01")}
    return Policy(pack, "Default", f"{pack}@1+00000000", {}, rules, {"DFT-01": clause}, clocks)


@dataclass
class Store:
    """Everything that lives on one database, as wiring would join it."""

    url: str
    engine: Engine
    vault: Vault

    @cached_property
    def directory(self) -> SqlDirectory:
        return SqlDirectory(self.engine, self.vault, lambda ours: plain_policy(ours.pack))

    @cached_property
    def alarms(self) -> ProcrastinateAlarms:
        return ProcrastinateAlarms()

    @cached_property
    def ledger(self) -> SqlLedger:
        return SqlLedger(self.engine, self.vault, self.alarms, self.directory.policy_of)

    @cached_property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self.engine, self.vault, self.alarms, self.directory.policy_of)

    @cached_property
    def docket(self) -> SqlDocket:
        return SqlDocket(self.engine, self.vault, self.alarms, self.directory.policy_of)

    @cached_property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self.engine, self.vault)

    @cached_property
    def keys(self) -> SqlApiKeys:
        return SqlApiKeys(self.engine)

    @cached_property
    def record(self) -> RecordReader:
        return RecordReader(self.engine)

    @cached_property
    def entrances(self) -> SqlEntrances:
        return SqlEntrances(self.engine, self.vault, self.alarms)

    @cached_property
    def correspondence(self) -> SqlCorrespondence:
        return SqlCorrespondence(self.engine, self.vault)

    @cached_property
    def reports(self) -> SqlReports:
        return SqlReports(self.engine, self.vault, self.alarms, self.directory.policy_of)

    @cached_property
    def sendings(self) -> SqlSendings:
        return SqlSendings(self.engine, self.vault, self.alarms, self.directory.policy_of)

    @cached_property
    def strikes(self) -> SqlStrikes:
        return SqlStrikes(self.engine, self.vault, self.alarms)

    @cached_property
    def addresses(self) -> SqlAddressChanges:
        return SqlAddressChanges(self.engine, self.vault, self.alarms)

    @cached_property
    def casework(self) -> Casework:
        joined = (self.engine, self.vault, self.alarms, self.directory, self.docket, self.record)
        return casework_of(*joined, MASTER_KEY)

    def bring_in(self, roster: Roster) -> rosters.Applied:
        """Import a roster."""
        return rosters.apply(self.engine, self.vault, roster, self.alarms)

    def close(self) -> None:
        """End the threads and connections that were used."""
        for name in ("ledger", "outbox"):
            if name in self.__dict__:
                getattr(self, name).close()
        self.engine.dispose()


def family_roster(organisation_id: str = "demo", domain: str = "relay.test") -> Roster:
    """Tara teaches Jamie; Ruth is his registered guardian; Mo moderates."""
    ours = Organisation(organisation_id, "Demo Tutors", domain)

    def person(who: str, role: Role, given: str, family: str, **more: object) -> Person:
        return Person(who, organisation_id, role, given, family, **more)  # type: ignore[arg-type]

    people = (
        person(
            "tara",
            Role.TUTOR,
            "Tara",
            "Okafor",
            address=f"tara.okafor@{domain}",
            mailboxes=("tara.personal@mail.test",),
        ),
        person(
            "jamie",
            Role.PUPIL,
            "Jamie",
            "Whitfield",
            nicknames=("Jay",),
            mailboxes=("jamie@family.test",),
            born=date(2012, 3, 4),
        ),
        person("ruth", Role.GUARDIAN, "Ruth", "Whitfield", mailboxes=("ruth@family.test",)),
        person("mo", Role.MODERATOR, "Mo", "Haddad", mailboxes=("mo@org.test",)),
    )
    one = Pair(pair_id(organisation_id, "tara", "jamie"), organisation_id, "tara", "jamie", "Maths")
    return Roster(
        ours,
        people,
        {"tara": "app-password"},
        (Guardianship("ruth", "jamie", registered=date(2026, 1, 5)),),
        (one,),
        frozenset({"+442079460000", "lessons.example.org"}),
    )


def arrival(
    *,
    at: datetime = NOW,
    channel: Channel = Channel.EMAIL,
    raw: bytes | None = None,
    key: str = "",
    sender: str = "tara",
    recipients: tuple[str, ...] = ("jamie", "ruth"),
    pair: str = PAIR,
    organisation: str = "demo",
) -> Arrival:
    """A message from Tara to Jamie, unlike every other unless `raw` says so."""
    envelope = Envelope(
        new_id(at), new_reference(), organisation, pair, channel, sender, recipients, at, Assurance.PASSWORD
    )
    body = f"Subject: Homework\r\n\r\n{SECRET_WORDS} {next(_numbers)}\r\n".encode()
    return Arrival(envelope, raw if raw is not None else body, key)


def copies(wire: Channel = Channel.EMAIL, size: int = 0) -> tuple[Copy, ...]:
    """Ruth's required copy and Jamie's, which waits for it."""
    content = json.dumps({"subject": "Homework", "text": SECRET_WORDS + "x" * size}).encode()
    back = "bounce@relay.test"
    return (
        Copy("ruth", wire, "ruth@family.test", back, content, required=True),
        Copy("jamie", wire, "jamie@family.test", back, content, waits_for_required=True),
    )


def passed(
    one: Arrival, out: tuple[Copy, ...] | None = None, fragment: str = "", text: str | None = None
) -> Judgement:
    """It may leave, as it is."""
    verdict = Verdict(Outcome.PASS, "default@1+00000000")
    made = copies(one.envelope.channel) if out is None else out
    return Judgement(
        verdict, (), (), made, one.fingerprint, "Homework", "<1@mail.test>", fragment=fragment, text=text
    )


def found(value: str = "07700 900123") -> Finding:
    """A telephone number in the text."""
    return Finding(Kind.CONTACT, "phone", Layer.TEXT, 4, 15, 0.9, value=value, evidence=("eleven digits",))


def held(one: Arrival, severity: Severity = Severity.MEDIUM, lane: Lane = Lane.REVIEW) -> Judgement:
    """A person must look at it."""
    hold = Hold(lane, severity, "asks to keep a secret", (found(),))
    verdict = Verdict(Outcome.HOLD, "default@1+00000000", (Ruled("concerning_conduct", "DFT-01", hold),))
    return Judgement(verdict, (found(),), (), (), one.fingerprint, "Homework", "<1@mail.test>")


def refused(one: Arrival) -> Judgement:
    """It goes back to its sender."""
    refusal = Refuse("Please leave the number out.", "a telephone number", (found(),))
    verdict = Verdict(Outcome.REFUSE, "default@1+00000000", (Ruled("contact_details", "DFT-01", refusal),))
    return Judgement(verdict, (found(),), (), (), one.fingerprint, "Homework", "<1@mail.test>")


def home_circle(store: Store) -> Circle:
    """The circle around Tara and Jamie."""
    return store.directory.circle(PAIR)
