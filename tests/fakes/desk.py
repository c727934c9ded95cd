"""A desk's world in memory: ten cases, four people of the desk, and what they may do.

`world()` builds it anew; `serve(app)` puts an app on a loopback port for a browser.
"""

from __future__ import annotations

import html
import re
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock, Thread

from werkzeug.serving import make_server

from classifiers.finding import Finding, Kind, Layer, Passage, Stance
from gateway.domain import signing
from gateway.domain.alias import Alias
from gateway.domain.case import DECIDES, UNDO, Action, Case, Cut, Decision, Standing, State, shown_to
from gateway.domain.claim import LEASE, Claim, HitVerdict, Note
from gateway.domain.course import Trajectory
from gateway.domain.dispatch import Copy
from gateway.domain.message import Arrival, Assurance, Channel, Envelope, Part, Reading
from gateway.domain.pair import Circle, Pair
from gateway.domain.people import DESK_ROLES, Guardianship, Organisation, Person, Role
from gateway.domain.policy import Clause, Policy, RuleTerms
from gateway.domain.verdict import (
    SEVERITY_RANK,
    Hold,
    Lane,
    Outcome,
    Ruled,
    Severity,
    Verdict,
)
from gateway.errors import NotFound, Stale
from gateway.ports import (
    CaseFilter,
    Exhibit,
    Happening,
    Leaving,
    PastMessage,
    Place,
    Preview,
    Receipt,
    Traffic,
    Week,
)

NOW = datetime(2026, 3, 3, 10, 31, tzinfo=UTC)
PASSWORD = "a long enough password"
ORGANISATION = Organisation("demo", "Demo Tutors", "relay.test")

PEOPLE = (
    Person("mo", "demo", Role.MODERATOR, "Mo", "Haddad", address="mo@relay.test"),
    Person("ines", "demo", Role.MODERATOR, "Inês", "Prado", address="ines@relay.test"),
    Person("lea", "demo", Role.SAFEGUARDING_LEAD, "Lea", "Brandt", address="lea@relay.test"),
    Person("tara", "demo", Role.TUTOR, "Tara", "Okafor", address="tara.okafor@relay.test"),
    Person("jamie", "demo", Role.PUPIL, "Jamie", "Whitfield", ("Jay",), born=date(2012, 3, 4)),
    Person("ruth", "demo", Role.GUARDIAN, "Ruth", "Whitfield"),
    Person("dan", "demo", Role.GUARDIAN, "Dan", "Whitfield"),
    Person("gran", "demo", Role.GUARDIAN, "Olive", "Marsh"),
    Person("otto", "other", Role.MODERATOR, "Otto", "Lind", address="otto@other.test"),
)

CLAUSES = {
    "MTW-69": Clause(
        "MTW-69", "Online safety policy", "6.2", "No private numbers, addresses or accounts are exchanged."
    ),
    "HST-14": Clause("HST-14", "Communication policy", "3", "A guardian is in every contact with a pupil."),
    "HST-17": Clause("HST-17", "Communication policy", "5", "No social media between tutor and pupil."),
    "DFT-01": Clause(
        "DFT-01",
        "Keeping children safe",
        "1",
        "A child who tells of harm is heard by a trained person first.",
    ),
    "DFT-06": Clause("DFT-06", "Keeping children safe", "4", "What cannot be read safely is looked at."),
    "KST-09": Clause("KST-09", "Code of conduct", "2.1", "Nothing between tutor and pupil is kept secret."),
}

POLICY = Policy(
    pack="default",
    name="Default",
    version="default@1+3f2a9c01",
    settings={},
    rules={
        "contact_details": RuleTerms(
            "MTW-69", Lane.CONTACT, say="Please leave out private numbers and accounts, and send it again."
        ),
    },
    clauses=CLAUSES,
    clocks={severity: timedelta(hours=4) for severity in Severity},
)

CIRCLE = Circle(
    ORGANISATION,
    Pair("p1", "demo", "tara", "jamie", "Maths"),
    {person.id: person for person in PEOPLE if person.id in ("tara", "jamie", "ruth", "dan", "gran")},
    (
        Guardianship("ruth", "jamie", registered=date(2026, 1, 5)),
        Guardianship("dan", "jamie", barred=True),
        Guardianship("gran", "jamie"),
    ),
    {},
)


@dataclass
class Held:
    """One case with everything the store would know about it."""

    case: Case
    reading: Reading
    findings: tuple[Finding, ...] = ()
    ruled: tuple[Ruled, ...] = ()
    sender: str = "tara"
    recipients: tuple[str, ...] = ("jamie", "ruth")
    decisions: list[tuple[datetime, Decision]] = field(default_factory=list)


def found(
    passage: Passage, words: str, kind: Kind = Kind.CONTACT, category: str = "phone", **more: object
) -> Finding:
    """A finding that covers exactly `words` in a passage, in source offsets as detectors give them."""
    at = passage.text.index(words)
    start, end = passage.source_span(at, at + len(words))
    made = Finding(kind, category, passage.layer, start, end, 0.93, passage.part)
    return replace(made, **more)  # type: ignore[arg-type]


def from_html(source: str, layer: Layer = Layer.HTML, part: int = 1, inside: str = "") -> Passage:
    """The text of an HTML source with the origin of every character.

    inside: only the text of the first element whose start tag contains it.
    """
    begin, until = 0, len(source)
    if inside:
        begin = source.index(">", source.index(inside)) + 1
        until = source.index("<", begin)
    text, origin = [], array("L")
    for match in re.finditer(r"<br>|<[^>]*>|&[#\w]+;|.", source[begin:until], re.DOTALL):
        token = match.group()
        shown = "\n" if token == "<br>" else "" if token.startswith("<") else html.unescape(token)
        text.append(shown)
        origin.extend([begin + match.start()] * len(shown))
    return Passage(layer, "".join(text), part, origin)


def _case(
    number: int, lane: Lane, severity: Severity, due_in: int, clause: str, because: str, **more: object
) -> Case:
    made = Case(
        id=f"case{number:02d}",
        organisation_id="demo",
        pair_id="p1",
        message_id=f"message{number:02d}",
        lane=lane,
        severity=severity,
        state=State.OPEN,
        version=1,
        opened_at=NOW - timedelta(minutes=95),
        due_at=NOW + timedelta(minutes=due_in),
        rule="contact_details",
        clause=clause,
        because=because,
        reference=f"M-7KQ{number % 10}-9XDT",
        pair_initials="T.O. – J.W.",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def _held(case: Case, passages: Sequence[Passage], findings: Sequence[Finding], **more: object) -> Held:
    ruling = Hold(case.lane, case.severity, case.because, tuple(findings))
    reading = Reading(
        tuple(passages), subject=next((p.text for p in passages if p.layer is Layer.SUBJECT), "")
    )
    made = Held(case, reading, tuple(findings), (Ruled(case.rule, case.clause, ruling),))
    for name, value in more.items():
        setattr(made, name, value)
    return made


def _sealed() -> Held:
    text = Passage(
        Layer.TEXT, "I did the sheet. Can I tell you something? I don't feel safe at home when mum is out.", 1
    )
    seen = found(
        text,
        "I don't feel safe at home",
        Kind.CONDUCT,
        "disclosure_abuse",
        evidence=("speaks of home", "first person"),
    )
    case = _case(
        1,
        Lane.SEALED,
        Severity.CRITICAL,
        20,
        "DFT-01",
        "a child may be telling of harm at home",
        rule="disclosure_before_copy",
    )
    return _held(
        case, [Passage(Layer.SUBJECT, "Homework"), text], [seen], sender="jamie", recipients=("tara",)
    )


def _urgent() -> Held:
    text = Passage(Layer.TEXT, "Sorry I missed it. I can't see the point of anything any more.", 1)
    seen = found(text, "can't see the point of anything any more", Kind.CONDUCT, "self_harm", score=0.81)
    case = _case(
        2,
        Lane.URGENT,
        Severity.CRITICAL,
        -12,
        "DFT-01",
        "a child may be at risk",
        rule="imminent_harm",
        state=State.ESCALATED,
    )
    return _held(
        case, [Passage(Layer.SUBJECT, "Missed lesson"), text], [seen], sender="jamie", recipients=("tara",)
    )


CONTACT_TEXT = (
    "Hi Jamie,\n\nWell done today, the quadratics went much better. If anything is unclear before Thursday "
    "just ring me on oh seven seven double oh, nine hundred one two three, or find me as tara_maths on insta.\n\n"
    "For Thursday please do questions 4 to 12.\n\nTara"
)


def _contact() -> Held:
    text = Passage(Layer.TEXT, CONTACT_TEXT, 1)
    subject = Passage(Layer.SUBJECT, "Lesson on Thursday")
    quoted = Passage(
        Layer.QUOTED, "On Monday Jamie wrote:\n> See you Thursday, which questions should I do?", 1
    )
    findings = (
        found(text, "ring me on oh seven seven double oh, nine hundred one two three", category="intent", score=0.84, stance=Stance.OFFER, evidence=("asks to be called",)),
        found(text, "oh seven seven double oh, nine hundred one two three", value="07700 900123", evasive=True, evidence=("digits written as words", "“ring me on” before it")),
        found(text, "tara_maths on insta", category="handle", score=0.78, value="instagram:tara_maths", evidence=("names a platform",)),
    )  # fmt: skip
    case = _case(
        3, Lane.CONTACT, Severity.MEDIUM, 48, "MTW-69", "a private number (077•• •••123) and an account"
    )
    held = _held(case, [quoted, text, subject], findings)
    held.ruled += (
        Ruled(
            "concerning_conduct",
            "HST-17",
            Hold(Lane.REVIEW, Severity.LOW, "a social account is offered", findings[2:]),
        ),
    )
    return held


def _secrecy() -> Held:
    text = Passage(
        Layer.TEXT,
        "You are so much more grown up than the others. Let's keep this between us, your mum doesn't need to "
        "know. We could talk properly on another app.",
    )
    findings = (
        found(text, "so much more grown up than the others", Kind.CONDUCT, "flattery", score=0.66),
        found(text, "keep this between us, your mum doesn't need to know", Kind.CONDUCT, "secrecy", score=0.97, evidence=("keeps a parent out", "“between us”")),
        found(text, "talk properly on another app", Kind.CONDUCT, "off_platform", score=0.79, stance=Stance.OFFER),
    )  # fmt: skip
    case = _case(
        4,
        Lane.REVIEW,
        Severity.HIGH,
        33,
        "KST-09",
        "asks a pupil to keep something from a parent",
        rule="concerning_conduct",
        channel="platform",
    )
    return _held(case, [text], findings)


HTML_SOURCE = (
    "<p>Dear Ruth,<br>the new sheet is <a href='https://lesson\u0430.example.org/w7'>here</a>.</p>"
    "<p>Call <b>0</b>77<i>00</i>&nbsp;900&#49;23 if <u>n</u>eeded.</p>"
    "<div style='display:none'>snap: tara.m4ths</div><script>window.ranInside=1</script>"
)


def _hidden() -> Held:
    body = from_html(HTML_SOURCE.split("<div")[0])
    hidden = from_html(HTML_SOURCE, Layer.HIDDEN, 1, inside="display:none")
    at = HTML_SOURCE.index("https://")
    address = HTML_SOURCE[at : HTML_SOURCE.index("'", at)]
    link = Passage(Layer.LINK, address, 1, array("L", range(at, at + len(address))))
    findings = (
        found(body, "07700\u00a0900123", value="07700 900123", evasive=True, evidence=("split by tags",)),
        found(hidden, "snap: tara.m4ths", category="handle", value="snapchat:tara.m4ths", evasive=True),
        found(link, address, category="link", score=0.71),
    )
    case = _case(
        5,
        Lane.CONTACT,
        Severity.HIGH,
        190,
        "MTW-69",
        "a number, and an account in hidden text",
        pair_initials="T.O. – J.W. (2)",
    )
    held = _held(case, [Passage(Layer.SUBJECT, "Week 7"), hidden, link, body], findings, recipients=("ruth",))
    sheet = Part(2, "application/pdf", content=b"%PDF" * 900, filename="week\u202efdp.7.exe", inline=False)
    held.reading = replace(
        held.reading,
        parts=(sheet,),
        passages=(*held.reading.passages, Passage(Layer.FILENAME, sheet.filename, 2)),
    )
    return held


HOSTILE = (
    "<script>window.ranInBody = true; fetch('/ran')</script><img src='http://tracker.example.test/a.png' "
    "onerror='window.ranInBody = true'><a href='javascript:window.ranInBody=1'>press</a> {{ 7*7 }} "
    "</div></main><form action='http://evil.example.test'><button>x</button> \u202etxet desrever\u202c z\u200bw \0 \udce9"
)


def _hostile() -> Held:
    text = Passage(Layer.TEXT, HOSTILE, 1)
    seen = found(text, "z\u200bw", Kind.FORM, "invisible", evidence=("zero-width space inside a word",))
    case = _case(
        6,
        Lane.REVIEW,
        Severity.MEDIUM,
        60 * 30,
        "MTW-69",
        "characters that cannot be seen",
        rule="contact_details",
    )
    return _held(case, [Passage(Layer.SUBJECT, "\u202eenil tcejbuS <b>bold</b>"), text], [seen])


def _unreadable() -> Held:
    case = _case(
        7,
        Lane.UNREADABLE,
        Severity.MEDIUM,
        150,
        "DFT-06",
        "could not be read one way only",
        rule="unreadable",
    )
    held = _held(case, [], [])
    held.reading = Reading(form_faults=("duplicate_content_type", "text_after_closing_boundary"))
    return held


def _platform() -> Held:
    text = Passage(Layer.TEXT, "Are you free on Sunday instead? " + "We go over chapter three. " * 30)
    seen = found(text, "free on Sunday", Kind.CONDUCT, "meeting", score=0.55)
    case = _case(
        8,
        Lane.REVIEW,
        Severity.LOW,
        60 * 20,
        "HST-14",
        "a meeting outside the timetable",
        rule="concerning_conduct",
        channel="platform",
        pair_initials="B.N. – A.-L.S.",
    )
    return _held(case, [text], [seen])


def _closed() -> Held:
    text = Passage(Layer.TEXT, "My office number is 020 7946 0000.", 1)
    decided = Decision("case09", 1, Action.RELEASE, "ines", "The office's own number.", "MTW-69")
    case = _case(9, Lane.CONTACT, Severity.LOW, -300, "MTW-69", "a number", state=State.CLOSED, version=2)
    return _held(
        case, [text], [found(text, "020 7946 0000")], decisions=[(NOW - timedelta(hours=6), decided)]
    )


def _of_others() -> Held:
    text = Passage(Layer.TEXT, "Nobody of Demo Tutors may read this.", 1)
    return _held(
        _case(10, Lane.REVIEW, Severity.LOW, 90, "HST-14", "belongs to others", organisation_id="other"),
        [text],
        [],
    )


class MemoryDirectory:
    """Knows PEOPLE (fulfils `ports.Directory`)."""

    def organisations(self) -> tuple[Organisation, ...]:
        return (ORGANISATION,)

    def alias(self, address: str) -> Alias | None:
        return None

    def circle(self, pair_id: str) -> Circle:
        return CIRCLE

    def person(self, organisation_id: str, person_id: str) -> Person:
        for person in PEOPLE:
            if (person.organisation_id, person.id) == (organisation_id, person_id):
                return person
        raise NotFound("There is no such person.")

    def sign_in(self, address: str, password: str) -> Person | None:
        return None

    def issued(self, address: str) -> Person | None:
        return next((person for person in PEOPLE if person.address == address), None)

    def by_mailbox(self, address: str) -> tuple[Person, ...]:
        return ()

    def pairs_of(self, person_id: str) -> tuple[str, ...]:
        return ("p1",)

    def shadow_of(self, organisation_id: str) -> Policy | None:
        return None

    def policy_of(self, organisation_id: str) -> Policy:
        return POLICY

    def deciders(self, organisation_id: str) -> tuple[Person, ...]:
        return tuple(p for p in PEOPLE if p.organisation_id == organisation_id and p.role in DECIDES)


class MemoryFactors:
    """Nobody holds anything; whoever needs more takes the store's (fulfils part of `ports.Factors`)."""

    def held(self, person: Person) -> signing.Held:
        return signing.Held()


class MemorySessions:
    """Signs in anybody of PEOPLE who has a desk, with a second factor done (fulfils part of `ports.Sessions`)."""

    def __init__(self) -> None:
        self.live: dict[str, Person] = {}
        self.factors = MemoryFactors()
        self._count = 0

    def sign_in(self, address: str, password: str, now: datetime, device: str = "") -> str | None:
        person = MemoryDirectory().issued(address)
        if person is None or password != PASSWORD or person.role not in DESK_ROLES:
            return None
        self._count += 1
        token = f"token-{self._count}-of-{person.id}"
        self.live[token] = person
        return token

    def session(self, token: str, now: datetime) -> signing.Session | None:
        person = self.live.get(token)
        if person is None:
            return None
        return signing.Session(
            f"id-{token}", person, signing.Means.APP, True, True, now, now, now, "Firefox on Linux"
        )

    def revoke(self, token: str, now: datetime) -> None:
        self.live.pop(token, None)


class MemoryDocket:
    """Holds cases by id (fulfils `ports.Docket`)."""

    def __init__(self, held: Sequence[Held]) -> None:
        self.held = {one.case.id: one for one in held}
        self.views: list[tuple[str, str]] = []
        self.leases: dict[str, Claim] = {}
        self.hits: dict[tuple[str, int, str], HitVerdict] = {}
        self.written: list[Note] = []
        self.apart: dict[str, set[str]] = {}
        self.before: dict[tuple[str, int], Case] = {}
        self._lock = Lock()

    def cases(
        self,
        organisation_id: str,
        which: CaseFilter,
        now: datetime,
        limit: int = 100,
        offset: int = 0,
        after: Place | None = None,
    ) -> list[Case]:
        wanted = [one.case for one in self.held.values() if _matches(one.case, organisation_id, which)]
        if which.claimed_by:
            mine = {one.case_id for one in self.leases.values() if one.person_id == which.claimed_by}
            wanted = [case for case in wanted if case.id in mine]
        if which.opened_before:
            wanted = [case for case in wanted if case.opened_at <= which.opened_before]
        wanted.sort(key=lambda case: _place(case, now))
        if after is not None:
            here = (not after.late, -SEVERITY_RANK[after.severity], after.at, after.case_id)
            wanted = [case for case in wanted if _place(case, now)[1:] > here]
        return wanted[offset : offset + limit]

    def counts(self, organisation_id: str, without_people: frozenset[str] = frozenset()) -> dict[str, int]:
        which = CaseFilter(without_people=without_people)
        lanes = [one.case.lane for one in self.held.values() if _matches(one.case, organisation_id, which)]
        return {lane: lanes.count(lane) for lane in set(lanes)}

    def last_opened(self, organisation_id: str, without_lanes: frozenset[str]) -> datetime | None:
        which = CaseFilter(include_closed=True, without_lanes=without_lanes)
        cases = (one.case for one in self.held.values() if _matches(one.case, organisation_id, which))
        return max((case.opened_at for case in cases), default=None)

    def case(self, organisation_id: str, case_id: str) -> Case:
        return self._one(organisation_id, case_id).case

    def decisions(self, organisation_id: str, case_id: str) -> list[tuple[datetime, Decision]]:
        return list(self._one(organisation_id, case_id).decisions)

    def arrival(self, organisation_id: str, message_id: str) -> Arrival:
        one = self._of_message(organisation_id, message_id)
        return Arrival(_envelope(one), b"")

    def findings(self, organisation_id: str, message_id: str) -> tuple[Finding, ...]:
        return self._of_message(organisation_id, message_id).findings

    def verdict(self, organisation_id: str, message_id: str) -> Verdict:
        return Verdict(Outcome.HOLD, POLICY.version, self._of_message(organisation_id, message_id).ruled)

    def copies(self, organisation_id: str, message_id: str) -> dict[str, str]:
        return {"ruth": "sent"} if message_id == "message09" else {}

    def around(
        self,
        organisation_id: str,
        message_id: str,
        each_side: int = 6,
        without_lanes: frozenset[str] = frozenset(),
    ) -> list[PastMessage]:
        subjects = ("Timetable for term", "Re: Timetable", "Worksheet 5", "Re: Lesson on Th\u200bursday")
        return [
            PastMessage(
                f"past{n}", ("tara", "ruth")[n % 2], NOW + timedelta(days=n * 2 - 6), "email", "pass", subject
            )
            for n, subject in enumerate(subjects)
        ]

    def viewed(self, organisation_id: str, case_id: str, person_id: str, at: datetime) -> None:
        self.views.append((case_id, person_id))

    def settle(
        self,
        case: Case,
        decision: Decision,
        copies: Sequence[Copy],
        at: datetime,
        undo_until: datetime | None = None,
    ) -> Case:
        with self._lock:
            one = self._one(case.organisation_id, case.id)
            lease = self.leases.get(case.id)
            if one.case.version != decision.version or (lease and lease.person_id != decision.moderator_id):
                raise Stale("Somebody was first.")
            self.before[case.id, decision.version] = one.case
            lane = Lane.SEALED if decision.action is Action.SEAL else one.case.lane
            state = STATE_AFTER.get(decision.action, State.CLOSED)
            one.case = replace(one.case, version=one.case.version + 1, state=state, lane=lane)
            one.decisions.append((at, replace(decision, undo_until=undo_until)))
            self.leases.pop(case.id, None)
            return one.case

    def undo(self, organisation_id: str, case_id: str, version: int, person_id: str, now: datetime) -> Case:
        one = self._one(organisation_id, case_id)
        if one.case.version != version + 1 or one.decisions[-1][1].moderator_id != person_id:
            raise Stale("It is too late.")
        at, made = one.decisions.pop()
        one.decisions.append((at, replace(made, standing=Standing.UNDONE)))
        one.case = replace(self.before[case_id, version], version=version + 2)
        return one.case

    def carry_out(self, case_id: str, version: int, now: datetime) -> bool:
        return True

    def claim(
        self, organisation_id: str, case_id: str, person_id: str, now: datetime, take_over: bool = False
    ) -> Claim:
        self._one(organisation_id, case_id)
        lease = self.leases.get(case_id)
        if lease and lease.person_id != person_id and not take_over:
            raise Stale("Somebody else works on this case.")
        self.leases[case_id] = Claim(case_id, person_id, now + LEASE)
        return self.leases[case_id]

    def let_go(self, organisation_id: str, case_id: str, person_id: str) -> None:
        if case_id in self.leases and self.leases[case_id].person_id == person_id:
            del self.leases[case_id]

    def claims(self, organisation_id: str, case_ids: Sequence[str], now: datetime) -> dict[str, Claim]:
        return {one: self.leases[one] for one in case_ids if one in self.leases}

    def take_next(
        self, organisation_id: str, which: CaseFilter, person_id: str, now: datetime
    ) -> Case | None:
        with self._lock:
            for case in self.cases(organisation_id, which, now, 10_000):
                lease = self.leases.get(case.id)
                if lease is None or lease.person_id == person_id:
                    self.claim(organisation_id, case.id, person_id, now)
                    return case
        return None

    def judge_hit(
        self,
        organisation_id: str,
        message_id: str,
        number: int,
        person_id: str,
        verdict: HitVerdict,
        at: datetime,
    ) -> None:
        if not 1 <= number <= len(self.findings(organisation_id, message_id)):
            raise NotFound("There is no such finding.")
        self.hits[message_id, number, person_id] = verdict

    def hit_verdicts(self, organisation_id: str, message_id: str, person_id: str) -> dict[int, HitVerdict]:
        own = self.hits.items()
        return {n: said for (about, n, who), said in own if (about, who) == (message_id, person_id)}

    def notes(self, organisation_id: str, pair_id: str) -> list[Note]:
        return [note for note in self.written if note.pair_id == pair_id]

    def add_note(
        self, organisation_id: str, pair_id: str, case_id: str, person_id: str, text: str, at: datetime
    ) -> None:
        self.written.append(Note(str(len(self.written)), pair_id, case_id, person_id, at, text))

    def kept_from(self, organisation_id: str, person_id: str) -> frozenset[str]:
        return frozenset({person_id, *self.apart.get(person_id, ())})

    def keep_away(self, organisation_id: str, person_id: str, other_id: str, why: str, at: datetime) -> None:
        self.apart.setdefault(person_id, set()).add(other_id)

    def timeline(
        self,
        organisation_id: str,
        pair_id: str,
        without_lanes: frozenset[str],
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Happening]:
        lines = [
            Happening(NOW - timedelta(days=1), "message", "pass", "tara", "past1", text="Worksh\u200beet 5"),
            Happening(NOW - timedelta(days=2), "fault", "failed", "ruth", "past1"),
        ]
        for one in self.held.values():
            case = one.case
            if case.organisation_id != organisation_id or case.lane in without_lanes:
                continue
            lines += [
                Happening(
                    case.opened_at, "message", "hold", one.sender, case.message_id, text=one.reading.subject
                ),
                Happening(case.opened_at, "hold", case.because, "", case.message_id, case.id, case.reference),
            ]
            lines += [
                Happening(
                    at, "decision", str(d.action), d.moderator_id, case.message_id, case.id, str(d.standing)
                )
                for at, d in one.decisions
            ]
        lines += [Happening(note.at, "note", "note", note.author_id, text=note.text) for note in self.written]
        return sorted(lines, key=lambda line: line.at, reverse=True)

    def weeks(
        self, organisation_id: str, pair_id: str, since: datetime, without_lanes: frozenset[str]
    ) -> list[Week]:
        return [Week(date(2026, 2, 16), 5, 3, 1), Week(date(2026, 2, 23), 7, 0, 0)]

    def course(self, organisation_id: str, pair_id: str) -> Trajectory:
        return Trajectory(NOW, {"secrecy": 0.7, "flattery": 0.1}, (0.6,), volume=12.0, usual=5.0)

    def traffic(
        self, organisation_id: str, tutor_id: str, since: datetime, without_lanes: frozenset[str]
    ) -> list[Traffic]:
        return [Traffic("p1", "jamie", 12, 3, 4)]

    def pair_viewed(self, organisation_id: str, pair_id: str, person_id: str, at: datetime) -> None:
        self.views.append((pair_id, person_id))

    def escalate_if_overdue(self, case_id: str, now: datetime) -> bool:
        return False

    def _one(self, organisation_id: str, case_id: str) -> Held:
        one = self.held.get(case_id)
        if one is None or one.case.organisation_id != organisation_id:
            raise NotFound("There is no such case.")
        return one

    def _of_message(self, organisation_id: str, message_id: str) -> Held:
        for one in self.held.values():
            if (one.case.organisation_id, one.case.message_id) == (organisation_id, message_id):
                return one
        raise NotFound("There is no such message.")


class MemoryOffice:
    """Lays out and decides over a docket (fulfils `ports.Office`)."""

    def __init__(self, docket: MemoryDocket) -> None:
        self._docket = docket

    async def take(self, arrival: Arrival) -> Receipt:
        raise NotImplementedError

    def lay_out(self, organisation_id: str, case_id: str, viewer: Person) -> Exhibit:
        one = self._docket._one(organisation_id, case_id)
        self._docket.viewed(organisation_id, case_id, viewer.id, NOW)
        message_id = one.case.message_id
        return Exhibit(
            one.case,
            _envelope(one),
            CIRCLE,
            one.reading,
            one.findings,
            self._docket.verdict(organisation_id, message_id),
            tuple(self._docket.around(organisation_id, message_id)),
            shown_to(viewer.id, one.case, one.decisions),
        )

    def decide(self, organisation_id: str, decision: Decision) -> Case:
        case = self._docket.case(organisation_id, decision.case_id)
        return self._docket.settle(case, decision, (), NOW, NOW + UNDO)

    def preview(self, organisation_id: str, decision: Decision) -> Preview:
        one = self._docket._one(organisation_id, decision.case_id)
        covered = decision.redactions if decision.action is Action.REDACT else ()
        cuts = tuple(
            Cut(seen.layer, seen.part, seen.start, seen.end, "what \u202ewas there", "[removed]")
            for number, seen in enumerate(one.findings, 1)
            if number in covered
        )
        shown = tuple(p for p in one.reading.passages if p.layer is not Layer.QUOTED)
        leaving = tuple(
            Leaving(who, "email", who == "ruth", 4_000, shown, ("week 7.pdf",)) for who in one.recipients
        )
        return Preview("0" * 64, leaving, cuts, one.findings[:1] if not covered else ())

    def undo(self, organisation_id: str, case_id: str, version: int, person: Person) -> Case:
        return self._docket.undo(organisation_id, case_id, version, person.id, NOW)


@dataclass
class World:
    """Everything a desk needs, in memory."""

    docket: MemoryDocket
    office: MemoryOffice
    sessions: MemorySessions
    directory: MemoryDirectory

    def decided(self, case_id: str) -> list[Decision]:
        return [decision for _, decision in self.docket.held[case_id].decisions]


def world(more: Sequence[Held] = ()) -> World:
    """A fresh world with its cases, and `more` of them."""
    made = (_sealed(), _urgent(), _contact(), _secrecy(), _hidden(), _hostile(), _unreadable(), _platform())
    docket = MemoryDocket([*made, _closed(), _of_others(), *more])
    return World(docket, MemoryOffice(docket), MemorySessions(), MemoryDirectory())


def many(count: int) -> list[Held]:
    """Further plain cases, and as many sealed ones between them."""
    text = Passage(Layer.TEXT, "See you at five.", 1)
    return [
        _held(_case(number, lane, Severity.LOW, 3_000 + number, "HST-14", "one of many", reference=f"M-{number}"), [text], [])
        for number in range(100, 100 + count)
        for lane in (Lane.SEALED if number % 2 else Lane.REVIEW,)
    ]  # fmt: skip


def held_with(
    case_id: str,
    lane: Lane,
    severity: Severity,
    because: str,
    passages: Sequence[Passage],
    findings: Sequence[Finding],
) -> Held:
    """A case of these passages and findings."""
    case = _case(
        11,
        lane,
        severity,
        3_000,
        "MTW-69",
        because,
        id=case_id,
        message_id=f"of {case_id}",
        reference=case_id,
    )
    return _held(case, passages, findings)


@contextmanager
def serve(app: object) -> Iterator[str]:
    """Serve a WSGI app on a free loopback port; yields its base URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True)  # type: ignore[arg-type]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


STATE_AFTER = {Action.ESCALATE: State.ESCALATED, Action.ASK: State.ASKED, Action.SEAL: State.OPEN}


def _place(case: Case, now: datetime) -> tuple[bool, bool, int, datetime, str]:
    return (
        case.state is State.CLOSED,
        not case.overdue(now),
        -SEVERITY_RANK[case.severity],
        case.due_at,
        case.id,
    )


def _matches(case: Case, organisation_id: str, which: CaseFilter) -> bool:
    asked = ("lane", "severity", "state", "clause", "rule", "channel", "pair_id")
    return (
        case.organisation_id == organisation_id
        and all(getattr(which, name) in (None, getattr(case, name)) for name in asked)
        and (which.tutor_id in (None, "tara"))
        and (which.include_closed or case.state is not State.CLOSED)
        and case.lane not in which.without_lanes
        and case.state not in which.without_states
        and not which.without_people & set(CIRCLE.people)
    )


def _envelope(one: Held) -> Envelope:
    case = one.case
    return Envelope(
        id=case.message_id,
        reference=case.reference,
        organisation_id=case.organisation_id,
        pair_id=case.pair_id,
        channel=Channel(case.channel),
        sender_id=one.sender,
        recipient_ids=one.recipients,
        received_at=case.opened_at,
        assurance=Assurance.PASSWORD,
    )
