"""A made-up family and messages between its people, for tests of pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from classifiers.finding import Finding, Kind, Layer
from gateway.domain.message import Assurance, Channel, Envelope, Message, Part, Reading
from gateway.domain.pair import Circle, Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role
from gateway.domain.policy import Clause, Policy, RuleTerms, Watch
from gateway.domain.verdict import Lane, Severity

NOW = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
DOMAIN = "relay.test"

TARA = Person("tara", "demo", Role.TUTOR, "Tara", "Okafor", (), f"tara.okafor@{DOMAIN}", ("tara@mail.test",))
JAMIE = Person(
    "jamie", "demo", Role.PUPIL, "Jamie", "Whitfield", ("Jay",), "", ("jamie@family.test",), date(2012, 3, 4)
)
RUTH = Person("ruth", "demo", Role.GUARDIAN, "Ruth", "Whitfield", (), "", ("ruth@family.test",))
DAN = Person("dan", "demo", Role.GUARDIAN, "Dan", "Whitfield", (), "", ("dan@other.test",))


def circle(
    *people: Person, guardianships: tuple[Guardianship, ...] | None = None, pair_open: bool = True
) -> Circle:
    """Tara teaches Jamie, whose registered guardian is Ruth; further people may be added."""
    everybody = {one.id: one for one in (TARA, JAMIE, RUTH, *people)}
    if guardianships is None:
        guardianships = (Guardianship("ruth", "jamie", registered=date(2026, 1, 5)),)
    return Circle(
        organisation=Organisation("demo", "Demo Tutors", DOMAIN),
        pair=Pair("tara-jamie", "demo", "tara", "jamie", "Maths", open=pair_open),
        people=everybody,
        guardianships=guardianships,
        aliases={person_id: f"alias{n}of{person_id}@{DOMAIN}" for n, person_id in enumerate(everybody)},
    )


def envelope(
    sender: str = "tara",
    recipients: tuple[str, ...] = ("jamie", "ruth"),
    channel: Channel = Channel.EMAIL,
    assurance: Assurance = Assurance.PASSWORD,
) -> Envelope:
    """An envelope of a fixed moment."""
    return Envelope(
        "0" * 32, "M-2345-6789", "demo", "tara-jamie", channel, sender, recipients, NOW, assurance
    )


def message(
    *findings: Finding,
    sender: str = "tara",
    recipients: tuple[str, ...] = ("jamie", "ruth"),
    assurance: Assurance = Assurance.PASSWORD,
    reading: Reading | None = None,
    around: Circle | None = None,
    channel: Channel = Channel.EMAIL,
) -> Message:
    """A message as rules see it."""
    around = around or circle()
    person = around.people.get(sender)
    own = (person.address or person.mailboxes[0]) if person else "stranger@example.org"
    reading = reading or Reading()
    if not reading.authors:
        reading = replace(reading, authors=(own,))
    return Message(envelope(sender, recipients, channel, assurance), around, reading, findings)


def finding(kind: Kind, category: str, score: float = 0.9, **more: object) -> Finding:
    """A finding in the body's first five characters unless told otherwise."""
    known: dict[str, object] = {"layer": Layer.TEXT, "start": 0, "end": 5, **more}
    return Finding(kind, category, score=score, **known)  # type: ignore[arg-type]


def attachment(content_type: str, unread: bool = False) -> Part:
    """An attachment of that type."""
    return Part(2, content_type, None, b"x", "file", inline=False, unread=unread)


SETTINGS: dict[str, object] = {
    "pupil_contact_mode": "joint",
    "email_relay_to_pupil": True,
    "contact_details_to_pupil": "block",
    "contact_details_to_guardian": "hold",
}
LANES = {
    "imminent_harm": Lane.URGENT,
    "disclosure_before_copy": Lane.SEALED,
    "contact_details": Lane.CONTACT,
    "unreadable": Lane.UNREADABLE,
}
USUAL = (
    "known_parties",
    "sender_verified",
    "addressed_directly",
    "imminent_harm",
    "disclosure_before_copy",
    "guardian_registered",
    "guardian_copied",
    "subject_initials",
    "contact_details",
    "concerning_conduct",
    "unchecked_attachment",
    "unreadable",
    "fail_closed",
)


def policy(
    settings: dict[str, object] | None = None,
    watches: tuple[Watch, ...] = (),
    more: tuple[str, ...] = (),
    **parameters: dict[str, object],
) -> Policy:
    """A policy with the usual rules and `more`, whose parameters can be set by rule name."""
    chosen = {**SETTINGS, **(settings or {})}
    names = (*USUAL, *more)
    rules = {
        name: RuleTerms(
            f"T-{name}",
            LANES.get(name, Lane.REVIEW),
            Severity.HIGH,
            "Please change this and send it again.",
            parameters.get(name, {}),
            settings=chosen,
        )
        for name in names
    }
    clocks = {one: timedelta(hours=hours) for one, hours in zip(Severity, (24, 8, 2, 0.5), strict=True)}
    clauses = {f"T-{name}": Clause(f"T-{name}", "Test policy", "1", "A clause.") for name in names}
    return Policy("test", "Test", "test@1+00000000", chosen, rules, clauses, clocks, watches=watches)
