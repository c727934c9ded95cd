"""Ten thousand made-up messages: no pupil is reached without the copy that the pack requires."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from classifiers.finding import Fault, Finding, Kind
from gateway import packs
from gateway.decide.ruling import decide
from gateway.deliver.guardian_first import order
from gateway.domain.message import Assurance, Channel, Envelope, Message, Reading
from gateway.domain.pair import Circle, Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role, Standing
from gateway.domain.policy import Policy
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.domain.verdict import Outcome, Verdict
from gateway.settings import config_folder
from tests.fakes.circle import NOW, finding

PACKS = [packs.load(config_folder(), name) for name in packs.names(config_folder())]
MESSAGES = 10_000
SEEN = [
    *(finding(Kind.CONDUCT, one) for one in ("secrecy", "gifts", "profanity", "disclosure_abuse", "threat")),
    *(finding(Kind.CONTACT, one) for one in ("phone", "handle")),
    *(finding(Kind.MATTER, one) for one in ("technology", "sensitive_health", "image_of_pupil", "complaint")),
]
DAY = timedelta(days=1)
DOCUMENTS = sorted(
    {
        document
        for policy in PACKS
        if "acknowledged" in policy.rules
        for role in ("tutor", "pupil", "guardian")
        for document in policy.rules["acknowledged"].parameters.get(role, ())  # type: ignore[attr-defined]
    }
)


def a_circle(dice: random.Random) -> Circle:
    guardians = [f"g{n}" for n in range(dice.choice([0, 1, 1, 2, 2, 3]))]
    people = {
        "tara": person("tara", Role.TUTOR, dice),
        "jamie": replace(person("jamie", Role.PUPIL, dice), born=a_birthday(dice)),
        **{one: person(one, Role.GUARDIAN, dice) for one in guardians},
    }
    ships = tuple(
        Guardianship(
            one,
            "jamie",
            copied=dice.random() < 0.8,
            barred=dice.random() < 0.15,
            registered=date(2026, 1, 5) if dice.random() < 0.8 else None,
        )
        for one in guardians
    )
    return Circle(
        organisation=Organisation("demo", "Demo", "relay.test"),
        pair=Pair("p", "demo", "tara", "jamie", contract=dice.choice(["private", "school"])),
        people=people,
        guardianships=ships,
        aliases={one: f"{one}.alias@relay.test" for one in people},
        failing=frozenset(one for one in guardians if dice.random() < 0.1),
        facts=some_facts(dice),
        lessons=(Lesson(NOW - DAY / 24, NOW + DAY / 24),) if dice.random() < 0.7 else (),
    )


def a_birthday(dice: random.Random) -> date | None:
    return dice.choice([None, date(2012, 3, 4), date(2008, 3, 4), date(2007, 3, 4)])


def person(person_id: str, role: Role, dice: random.Random) -> Person:
    mailboxes = (f"{person_id}@mail.test",) if dice.random() < 0.9 else ()
    standing = dice.choices([Standing.ACTIVE, Standing.SUSPENDED], [0.95, 0.05])[0]
    return Person(
        person_id, "demo", role, person_id, "", (), f"{person_id}@relay.test", mailboxes, None, standing
    )


def some_facts(dice: random.Random) -> tuple[Fact, ...]:
    on_file = [
        Fact(FactKind.SCHOOL_LEAVE, pair_id="p"),
        Fact(FactKind.SOLICITED, pair_id="p"),
        Fact(FactKind.ADULT_AGREEMENT, "jamie"),
        Fact(FactKind.IN_EDUCATION, "jamie"),
        Fact(FactKind.AGREED, "jamie", detail="online_safety_agreement"),
        Fact(FactKind.VETTED, "tara", detail="pvg"),
        *(Fact(FactKind.INDUCTED, "tara", detail=f"part {n}") for n in range(3)),
        *(
            Fact(FactKind.ACKNOWLEDGED, who, detail=document)
            for who in ("tara", "jamie", "g0", "g1", "g2")
            for document in DOCUMENTS
        ),
        Fact(FactKind.ENGAGED, "tara", until=(NOW + dice.choice([-DAY, DAY, DAY, DAY])).date()),
    ]
    lacking = dice.choice([0.0, 0.0, 0.1, 0.4])
    return tuple(one for one in on_file if dice.random() >= lacking)


def a_message(dice: random.Random) -> Message:
    circle = a_circle(dice)
    sender = dice.choice(["tara", "tara", "tara", "jamie", *circle.people])
    others = [one for one in circle.people if one != sender]
    recipients = tuple(dice.sample(others, dice.randint(1, len(others))))
    channel = dice.choice(list(Channel))
    how = Assurance.API_KEY if channel is Channel.PLATFORM else Assurance.AUTHENTICATED_MAIL
    how = Assurance.PASSWORD if sender == "tara" and channel is Channel.EMAIL else how
    envelope = Envelope("0" * 32, "M-2345-6789", "demo", "p", channel, sender, recipients, NOW, how)
    own = circle.people[sender]
    author = own.address if sender == "tara" else (own.mailboxes or ("nobody@mail.test",))[0]
    found = tuple(one for one in SEEN if dice.random() < 0.04)
    faults = (Fault("conduct", "late"),) if dice.random() < 0.03 else ()
    return Message(envelope, circle, Reading(authors=(author,), subject="Lesson"), found, faults)


def is_adult(message: Message, policy: Policy) -> bool:
    """By the words of the policy: of age and agreed to go on as an adult, and not at school past it."""
    definition, circle = policy.settings["pupil_definition"], message.circle
    age = circle.pupil.age(message.day)
    if age is None or not circle.on_file(FactKind.ADULT_AGREEMENT, message.day, person_id="jamie"):
        return False
    studies = bool(circle.on_file(FactKind.IN_EDUCATION, message.day, person_id="jamie"))
    return age >= definition["in_education_until" if studies else "under"]  # type: ignore[index]


@pytest.mark.parametrize("policy", PACKS, ids=lambda one: one.pack)
def test_no_pupil_is_reached_without_the_copy(policy: Policy) -> None:
    dice = random.Random(policy.pack)
    left = reached = 0
    for _ in range(MESSAGES // len(PACKS) + 1):
        message = a_message(dice)
        verdict = decide(message, policy)
        if verdict.outcome not in (Outcome.PASS, Outcome.AMEND):
            continue
        left += 1
        places = order(message.circle, message.envelope, verdict)
        check_copies(message, verdict, policy, [(one.person.id, one.required, one.waits) for one in places])
        reached += any(one.person.id == "jamie" for one in places)
    assert left > 20, "most of them being stopped would prove nothing"
    assert reached or policy.settings["pupil_contact_mode"] == "guardian_only"


def check_copies(
    message: Message, verdict: Verdict, policy: Policy, places: list[tuple[str, bool, bool]]
) -> None:
    circle, sender = message.circle, message.envelope.sender_id
    going = {person_id for person_id, _, _ in places}
    assert not going & circle.barred_ids, "a barred guardian gets nothing"
    contact = "jamie" in going or sender == "jamie"
    if not contact or is_adult(message, policy):
        return
    required = {one.id for one in circle.required_guardians} - {sender}
    assert circle.required_guardians, "contact with a pupil whose guardians have not registered"
    assert required <= going, "a guardian who must be copied is left out"
    assert not required & circle.failing, "a guardian whose address fails would not learn of it"
    for person_id, is_required, waits in places:
        assert is_required or person_id not in required or "jamie" not in going
        assert waits or person_id != "jamie" or not required, "the pupil's copy does not wait"


def test_the_dice_throw_every_kind_of_finding() -> None:
    dice, seen = random.Random(1), set[Finding]()
    for _ in range(300):
        seen.update(a_message(dice).findings)
    assert seen == set(SEEN)
