"""An organisation's policy, ready to be applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from gateway.domain.pair import Pair
from gateway.domain.people import Role
from gateway.domain.verdict import Lane, Severity


class Stance(StrEnum):
    """Where the value of a setting comes from.

    STATED: the document says it. INFERRED: it follows from the document. DEFAULT: the document is
    silent and the default pack's value stands. CHOSEN: silent, and we chose what fits.
    SITE: the organisation set it itself. SCHOOL: a contracting school is stricter.
    """

    STATED = "stated"
    INFERRED = "inferred"
    DEFAULT = "default"
    CHOSEN = "chosen"
    SITE = "site"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a policy document, in our own words.

    id: such as HST-02. document, section: where it stands. source: id of the document. enforce: what it asks of a gateway
    (block, hold, auto-fix, require, record, remind, report, configure, out-of-scope).
    why: why it is out of scope, else "".
    """

    id: str
    document: str
    section: str
    summary: str
    enforce: str = ""
    why: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document that a pack rests on.

    cadence: how often it is to be reviewed: termly, yearly or "". last_review, next_review: as it says.
    cites: laws and guidance it names, each with what stands in their place today, "" while current.
    """

    id: str
    name: str
    version: str = ""
    owner: str = ""
    cadence: str = ""
    last_review: date | None = None
    next_review: date | None = None
    cites: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """How one rule is applied under a pack.

    clause: id of the clause it enforces; also: further ones it serves.
    say: wording for a sender whose message comes back.
    parameters: the rule's own knobs, checked when the pack is loaded.
    settings: the pack's settings, by name.
    """

    clause: str
    lane: Lane = Lane.REVIEW
    severity: Severity = Severity.MEDIUM
    say: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)


OFFICE = "office"  # whoever is on the desk


def route(settings: Mapping[str, object], matter: str) -> str:
    """The pack's role that hears of a matter, by its setting roles_routes.

    matter: first, safeguarding, operations or compliance. Whoever is first hears of what has nobody
    of its own; the office, where a pack names nobody.
    """
    routes = settings.get("roles_routes")
    known = routes if isinstance(routes, Mapping) else {}
    return str(known.get(matter) or known.get("first") or OFFICE)


class Then(StrEnum):
    """What a watch does with what it sees."""

    REFUSE = "refuse"
    HOLD = "hold"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule that is data alone: seen this, from these to those, then that.

    categories: the detectors' words. phrases: the organisation's own, found without regard to case
    and spacing. senders, recipients: roles, empty for anybody. contract: private, school or "".
    act_at: score that a finding must have. role: who is told (a role of the pack), "" for nobody.
    within: how soon they are to act. given: a kind of fact that must be on file for the pair, "" for none;
    unless: one that lets it be.
    blameless: also when the writer refuses or reports it. notice_days: not when the message names a day
    at least so many days ahead; 0 for whatever it names.
    """

    name: str
    clause: str
    then: Then
    lane: Lane
    severity: Severity
    say: str
    categories: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    senders: frozenset[Role] = frozenset()
    recipients: frozenset[Role] = frozenset()
    contract: str = ""
    act_at: float = 0.5
    role: str = ""
    within: timedelta | None = None
    blameless: bool = False
    also: tuple[str, ...] = ()
    given: str = ""
    unless: str = ""
    notice_days: int = 0


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that somebody is told, or has to do, when its time comes.

    on: what starts it (see packs.sections.Occasion). after: how long after that.
    every: once more each week, month, term, half_year or year; "" for once.
    to: roles of the pack, or tutor, pupil, guardian. acknowledge: they must say that they have read it.
    """

    name: str
    clause: str
    on: str
    to: tuple[str, ...]
    say: str
    after: timedelta = timedelta()
    every: str = ""
    acknowledge: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordForm:
    """A record with set fields. fields: label by name, in order. required: those that must be filled."""

    name: str
    clause: str
    title: str
    fields: Mapping[str, str]
    required: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportRoute:
    """A way for somebody to tell the organisation something, and what becomes of it.

    senders: roles that are offered it. to: the pack's role that gets it.
    acknowledge: how soon the reporter hears that it arrived. counts: False when it is never held
    against the reporter. guardian: of a pupil who tells something: told "never", "at_once" by a letter
    that says nothing of it, or "after_decision", when whoever answered has to tell them if that is safe.
    """

    name: str
    clause: str
    title: str
    senders: frozenset[Role]
    to: str
    lane: Lane
    severity: Severity
    acknowledge: timedelta
    say: str
    fields: Mapping[str, str] = field(default_factory=dict)
    counts: bool = True
    guardian: str = "never"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackRole:
    """A role as the organisation calls it, and the desk role that does its work."""

    name: str
    title: str
    desk: Role


@dataclass(frozen=True, slots=True)
class Policy:
    """A loaded pack.

    version: "default@1+3f2a9c01": pack, edition and the first 8 hex digits of the hash of
        its effective content; every verdict pins it.
    settings: the pack's settings by name; stances: where each comes from, and its clauses.
    rules: the terms of every rule that applies, by rule name; a rule not named does not run.
    clocks: time to a decision by severity.
    documents: those it may cite; adopts: ids of those that bind it clause by clause.
    routes: whom a referral goes to in this jurisdiction. ladder: steps of consequence, mildest first.
    built_in: clauses that the gateway keeps under any pack, by what keeps them.
    overlays: what applies instead to the pairs of a school, by the overlay's name.
    source: what it was made from, as `packs.keeping` keeps it.
    cited: for each part of the pack, "section.name", the clauses it enforces.
    """

    pack: str
    name: str
    version: str
    settings: Mapping[str, object]
    rules: Mapping[str, RuleTerms]
    clauses: Mapping[str, Clause]
    clocks: Mapping[Severity, timedelta]
    documents: tuple[Document, ...] = ()
    adopts: tuple[str, ...] = ()
    stances: Mapping[str, tuple[Stance, tuple[str, ...]]] = field(default_factory=dict)
    watches: tuple[Watch, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    records: Mapping[str, RecordForm] = field(default_factory=dict)
    reports: Mapping[str, ReportRoute] = field(default_factory=dict)
    roles: Mapping[str, PackRole] = field(default_factory=dict)
    routes: tuple[str, ...] = ()
    ladder: tuple[str, ...] = ()
    built_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cited: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overlays: Mapping[str, Overlay] = field(default_factory=dict)
    source: str = field(default="", repr=False)

    @property
    def approver(self) -> PackRole | None:
        """The role without whose word no change of the policy comes into force, None for no such role."""
        review = self.settings.get("policy_review")
        return self.roles.get(str(review.get("approver"))) if isinstance(review, Mapping) else None

    def may_approve(self, role: Role) -> bool:
        """Whether a second person with that desk role lets a change of this policy through."""
        return self.approver is None or self.approver.desk is role

    def for_judging(self) -> Policy:
        """As much of it as judging a message needs, for sending to another process."""
        return replace(
            self,
            clauses={},
            documents=(),
            stances={},
            reminders=(),
            records={},
            reports={},
            cited={},
            overlays={},
            source="",
        )

    def for_pair(self, pair: Pair, day: date) -> Policy:
        """What applies to a pair on a day: with its school's overlay until the contract ends.

        While a school's rules cannot be read, its pupils are reached through their guardians only.
        """
        if not pair.overlay:
            return self
        overlay = self.overlays.get(pair.overlay)
        if overlay is None:
            return self._careful(f"{self.version}/{pair.overlay}+unknown")
        return overlay.policy if day <= overlay.until else self

    def _careful(self, version: str) -> Policy:
        settings = {**self.settings, "pupil_contact_mode": "guardian_only"}
        rules = {name: replace(terms, settings=settings) for name, terms in self.rules.items()}
        return replace(self, version=version, settings=settings, rules=rules)


@dataclass(frozen=True, slots=True)
class Overlay:
    """A school's rules over a pack. until: the last day on which they hold."""

    name: str
    school: str
    until: date
    policy: Policy
