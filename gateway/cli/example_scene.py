"""Puts an example of a clause into the world the gateway judges in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from classifiers.finding import Examination, Fault, Finding, Kind, Layer, Passage, Scene
from gateway.cli.check_papers import on_file
from gateway.domain.course import Trajectory
from gateway.domain.message import Arrival, Assurance, Channel, Earlier, Envelope, Part, Reading
from gateway.domain.pair import Circle, Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role
from gateway.domain.policy import Policy
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.domain.verdict import Verdict
from gateway.journey import Tools, judge
from gateway.moderate.trajectory import further, signals_of
from gateway.packs.categories import CONDUCT
from gateway.packs.examples import Attached, Row, Situation
from gateway.ports import Brief

DOMAIN = "example.invalid"
ORGANISATION = Organisation("example", "Example", DOMAIN)
PAIR = "example"
TUESDAY = date(2026, 3, 3)
HOUR = timedelta(hours=1)
NAMES = {
    "tutor": ("Joe", "Sharma"),
    "pupil": ("Amy", "Brown"),
    "guardian": ("Helen", "Brown"),
    "staff": ("Nia", "Hughes"),
    "outsider": ("Max", "Frost"),
}
PICTURE, FILE = "image/jpeg", "application/pdf"
TYPES: dict[Attached, tuple[str, str]] = {
    "photo_of_pupil": (PICTURE, "image_of_pupil"),
    "photo_of_work": (PICTURE, ""),  # whose it is stands in the words beside it
    "worksheet": (FILE, ""),
    "recording": ("video/mp4", "recording_shared"),
    "protected_file": (FILE, ""),
}


def judge_example(row: Row, policy: Policy, tools: Tools) -> Verdict:
    """What the policy says of an example's message, everybody in order but for its situation."""
    situation = row.situation
    hour, minute = map(int, situation.at.split(":"))
    at = datetime(TUESDAY.year, TUESDAY.month, TUESDAY.day, hour, minute, tzinfo=UTC)
    circle = _circle(situation, policy, at, str(row.sender), row.to)
    envelope = _envelope(row, at)
    raw = json.dumps({"subject": row.subject, "text": row.text}).encode()
    reading = _reading(row, raw, tools)
    brief = Brief(
        Arrival(envelope, raw), circle, policy, trajectory=_sent_before(envelope, circle, situation)
    )
    return judge(brief, _tools(row, reading, tools)).verdict


def _sent_before(envelope: Envelope, circle: Circle, situation: Situation) -> Trajectory:
    """Where the pair is after what the same sender sent within the hour before."""
    state, step = Trajectory(), HOUR / (situation.sent_today + 1)
    for number in range(situation.sent_today):
        earlier = replace(envelope, received_at=envelope.received_at - HOUR + (number + 1) * step)
        state = further(state, signals_of(earlier, circle, ()), opened=False)
    return state


def _person(person_id: str, situation: Situation) -> Person:
    given, family = NAMES[person_id.rstrip("0123456789")]
    numbered = person_id[-1].isdigit()
    reachable = not (person_id.startswith("guardian") and "no_mailbox" in situation.guardians)
    born = date(TUESDAY.year - situation.pupil_age, 1, 1) if person_id == "pupil" else None
    return Person(
        person_id,
        ORGANISATION.id,
        Role(person_id.rstrip("0123456789")),
        f"{given}{person_id[-1]}" if numbered else given,
        family,
        (),
        f"{person_id}@{DOMAIN}",
        (f"{person_id}@mailbox.{DOMAIN}",) if reachable else (),
        born,
    )


def _circle(situation: Situation, policy: Policy, at: datetime, sender: str, to: Sequence[str]) -> Circle:
    guardians = _guardian_ids(situation)
    ids = ("tutor", "pupil", *guardians, "staff", *(f"{one}2" for one in to if one == sender))
    states = dict(zip(guardians, situation.guardians, strict=True))
    return Circle(
        organisation=ORGANISATION,
        pair=Pair(PAIR, ORGANISATION.id, "tutor", "pupil", contract=situation.contract),
        people={one: _person(one, situation) for one in ids},
        guardianships=tuple(_guardianship(one, state) for one, state in states.items()),
        aliases={one: f"{one}.alias@{DOMAIN}" for one in ids},
        neighbours=tuple(
            Person(f"other{number}", ORGANISATION.id, Role.PUPIL, child.given, child.family)
            for number, child in enumerate(situation.other_children)
        ),
        failing=frozenset(one for one, state in states.items() if state == "bouncing"),
        facts=tuple(_facts(situation, policy)),
        lessons=_lessons(situation, policy, at),
    )


def _guardian_ids(situation: Situation) -> tuple[str, ...]:
    return tuple("guardian" if not n else f"guardian{n + 1}" for n in range(len(situation.guardians)))


def _guardianship(guardian_id: str, state: str) -> Guardianship:
    return Guardianship(
        guardian_id,
        "pupil",
        copied=state != "not_copied",
        barred=state == "barred",
        registered=None if state == "unregistered" else date(2026, 1, 5),
    )


def _facts(situation: Situation, policy: Policy) -> list[Fact]:
    """What is on file: all that the pack asks for, less what the situation says is not."""
    lacking = {
        FactKind.AGREED: not situation.agreement,
        FactKind.ACKNOWLEDGED: not situation.acknowledged,
        FactKind.VETTED: not situation.cleared,
        FactKind.INDUCTED: not situation.cleared,
        FactKind.SOLICITED: not situation.solicited,
        FactKind.SCHOOL_LEAVE: not situation.school_leave,
    }
    facts = [one for one in on_file(policy, PAIR) if not lacking.get(one.kind, False)]
    match situation.image_consent:
        case "given" | "other_purpose":
            facts += [
                Fact(FactKind.IMAGE_CONSENT, "pupil", detail="display"),
                Fact(FactKind.IMAGE_ASSENT, "pupil"),
            ]
        case "refused":
            facts.append(Fact(FactKind.IMAGE_REFUSED, "pupil"))
    if situation.exempt:
        facts.append(Fact(FactKind.EXEMPT, pair_id=PAIR))
    if situation.left:
        facts.append(Fact(FactKind.ENGAGED, "tutor", until=TUESDAY - timedelta(days=1)))
    if situation.attachment_case:
        facts.append(Fact(FactKind.ATTACHED, pair_id=PAIR))
    facts += [Fact(FactKind.TECHNOLOGY, detail=tool) for tool in situation.assessed]
    facts += [Fact(FactKind.OFFICIAL_PAGE, "tutor", detail=page) for page in situation.official_pages]
    return facts


def _lessons(situation: Situation, policy: Policy, at: datetime) -> tuple[Lesson, ...]:
    if situation.lesson == "none":
        return ()
    # Where pupils are written to only in lessons, "all in order" is a lesson that is running.
    running = situation.lesson == "running" or policy.settings.get("pupil_contact_mode") == "lesson_only"
    return (Lesson(at - HOUR, at + HOUR),) if running else (Lesson(at + 24 * HOUR, at + 25 * HOUR),)


def _envelope(row: Row, at: datetime) -> Envelope:
    recipients = [f"{one}2" if one == row.sender else str(one) for one in row.to]
    if row.situation.copied_outside:
        recipients.append("outsider")
    channel = Channel(row.channel)
    family = row.sender in ("pupil", "guardian")
    by_mail = Assurance.AUTHENTICATED_MAIL if family else Assurance.PASSWORD
    assurance = Assurance.API_KEY if channel is Channel.PLATFORM else by_mail
    return Envelope(
        "example", "", ORGANISATION.id, PAIR, channel, str(row.sender), tuple(recipients), at, assurance
    )


def _reading(row: Row, raw: bytes, tools: Tools) -> Reading:
    situation = row.situation
    reading = tools.read[Channel.PLATFORM](raw)
    author = f"{row.sender}@{'private.example.org' if situation.from_private else DOMAIN}"
    files = tuple(
        Part(number, TYPES[one][0], None, b"file", f"file{number}", inline=False)
        for number, one in enumerate(situation.attached, 1)
    )
    thread = (Earlier("earlier", "guardian", "", frozenset({"tutor"})),) if situation.reply else ()
    return replace(
        reading,
        authors=(author,),
        auto_submitted=situation.by_program,
        parts=(*reading.parts, *files),
        thread=thread,
    )


def _tools(row: Row, reading: Reading, tools: Tools) -> Tools:
    """The real detectors, and what the situation says that they find besides."""

    def screen(passages: Sequence[Passage], scene: Scene) -> Examination:
        if row.situation.detector_down:
            return Examination((), (Fault("conduct", "raised"),))
        seen = tools.screen(passages, scene)
        return Examination((*seen.findings, *_found(row)), seen.faults)

    return replace(
        tools,
        read={Channel(row.channel): lambda _raw: reading},
        screen=screen,
        compose=dict.fromkeys(Channel, lambda *_args, **_named: b""),
        leaks=lambda *_args, **_named: (),
    )


def _found(row: Row) -> list[Finding]:
    situation = row.situation
    named = [TYPES[one][1] for one in situation.attached if TYPES[one][1]]
    if situation.image_consent == "other_purpose":
        named.append("image_reuse")
    return [
        Finding(
            Kind.CONDUCT if one in CONDUCT else Kind.MATTER, one, Layer.TEXT, 0, min(1, len(row.text)), 0.9
        )
        for one in (*situation.found, *named)
    ]
