"""A sealed item changes nothing that a guardian or a tutor can see (DESK 1.2).

Two houses live through the same days with the real detectors, rules, composer and database; in one
of them the child also tells of harm. Everything that leaves is compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from gateway import packs
from gateway.channels.email.verp import return_path_of
from gateway.desk.app import create_desk
from gateway.desk.parts import Terms
from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import Settlement
from gateway.domain.message import Assurance
from gateway.domain.people import Person, Role
from gateway.domain.verdict import Lane
from gateway.journey import Journey
from gateway.ports import CaseFilter
from gateway.settings import config_folder
from gateway.store.directory import SqlDirectory
from gateway.store.engine import connect
from gateway.store.vault import Vault
from gateway.wiring.judging import tools, unhurried
from tests.fakes.inline import Readers
from tests.fakes.sql import MASTER_KEY, NOW, Store, arrival, family_roster

TELLS = "my dad hits me when he is angry and im scared to go home"
TOLD_OUTSIDE = ("sender_told", "guardians_told", "writer_warned")


@pytest.fixture(scope="module")
def judging():
    """The real parsers, detectors and composers; a slow machine must not make a detector late."""
    return tools(unhurried())


@dataclass
class House:
    """One installation and what left it."""

    store: Store
    journey: Journey
    seen: list[object] = field(default_factory=list)
    answers: list[object] = field(default_factory=list)
    statements: list[Counter[str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def writes(self, sender: str, to: tuple[str, ...], subject: str, body: str, minute: int) -> None:
        """Take a mail as the door would, then deliver all that is due."""
        at = NOW + timedelta(minutes=minute)
        who = self.store.directory.person("demo", sender)
        own = who.address or who.mailboxes[0]
        raw = f"From: {own}\r\nSubject: {subject}\r\nMessage-ID: <{minute}@client.test>\r\n\r\n{body}\r\n"
        one = arrival(at=at, raw=raw.encode(), sender=sender, recipients=to)
        proof = Assurance.PASSWORD if who.role is Role.TUTOR else Assurance.AUTHENTICATED_MAIL
        one = replace(one, envelope=replace(one.envelope, assurance=proof))
        receipt = self.journey.submit(one).result(60)
        self.sent.append(receipt.message_id)
        self.answers.append((sender, subject, receipt.verdict.outcome, receipt.text, receipt.duplicate))
        self.delivers(at + timedelta(seconds=1))

    def delivers(self, at) -> None:
        while batch := self.store.outbox.claim(50, at):
            for one in batch:
                path = return_path_of(one, b"k" * 32)
                self.seen.append((one.mailbox, masked(one.content), masked(path.encode()), one.required))
            self.store.outbox.settle([Settlement(one, sent=True, at=at, code=250) for one in batch])

    def asks(self) -> list[object]:
        """What the API says of every message written so far, and how much work saying it takes."""
        told = []
        for message_id in self.sent:
            with counted(self.store) as work:
                progress = self.store.ledger.progress("demo", message_id)
            told.append((progress.state, progress.text, progress.recipients, len(progress.reference), work))
        return told


def masked(content: bytes) -> bytes:
    """Without what no two messages share."""
    content = re.sub(rb"[0-9a-f]{32}\.[0-9a-f]{16}@", b"ID@", content)
    content = re.sub(rb"M-[2-9A-Z]{4}-[2-9A-Z]{4}", b"REFERENCE", content)
    content = re.sub(rb"b-(\d+)-[a-z0-9]+@", rb"b-\1@", content)
    content = re.sub(rb"[a-z0-9]{16,}@relay\.test", b"ALIAS@relay.test", content)
    return re.sub(rb'(boundary=|--)"?=*[-\w.]{8,}"?', rb"\1BOUNDARY", content)


@contextmanager
def counted(store: Store) -> Iterator[Counter[str]]:
    """Counts the kinds of statements that the database is asked: the same work takes the same time."""
    work: Counter[str] = Counter()

    def note(_c, _cursor, statement, *_):
        work[re.sub(r"\s+", " ", statement)[:80]] += 1

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield work
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


@pytest.fixture
def houses(new_database: Callable[[], str], judging) -> Iterator[tuple[House, House]]:
    made = []
    for _ in range(2):
        url = new_database()
        engine = connect(url)
        store = Store(url, engine, Vault(engine, MASTER_KEY))
        store.__dict__["directory"] = SqlDirectory(
            engine, store.vault, lambda ours: packs.load(config_folder(), ours.pack)
        )
        lead = Person("lea", "demo", Role.SAFEGUARDING_LEAD, "Lea", "Brandt", mailboxes=("lea@org.test",))
        roster = family_roster()
        store.bring_in(replace(roster, people=(*roster.people, lead)))
        journey = Journey(
            store.directory, store.ledger, store.docket, Readers(judging), lambda: NOW, timedelta(0)
        )
        made.append(House(store, journey))
    yield made[0], made[1]
    for house in made:
        house.journey.close()
        house.store.close()


def days(house: House, tells: bool) -> None:
    """The same days in both houses; in one the child also tells."""
    house.writes("tara", ("jamie",), "Homework", "Please read page 4 before Thursday.", 1)
    house.writes("jamie", ("tara",), "Re: Homework", "Done, thank you.", 2)
    if tells:
        house.writes("jamie", ("tara",), "Re: Homework", TELLS, 3)
        del house.answers[-1], house.sent[-1]
    house.writes("tara", ("jamie",), "Thursday", "See you at five on Thursday.", 10)
    house.writes("jamie", ("tara",), "Re: Thursday", "ok see you then", 11)
    house.writes("ruth", ("tara",), "Fees", "Thank you for the lesson, Jamie liked it.", 12)
    house.writes(
        "tara",
        ("jamie", "ruth"),
        "Sheet",
        "Call me on oh seven seven double oh, nine hundred one two three",
        13,
    )
    house.writes("tara", ("ruth",), "Progress", "Fractions go well now.", 14)


def sealed_case(house: House):
    (case,) = house.store.docket.cases("demo", CaseFilter(lane=str(Lane.SEALED)), NOW)
    return case


def jobs_outside(house: House) -> list[str]:
    with house.store.engine.connect() as connection:
        names = connection.execute(text("SELECT task_name FROM procrastinate_jobs ORDER BY id")).scalars()
        return [name for name in names if name in TOLD_OUTSIDE]


def pages(house: House, paths: tuple[str, ...]) -> list[str]:
    """What a moderator is shown, without what no two pages share."""
    store = house.store
    app = create_desk(house.journey, store.docket, store.sessions, store.directory, lambda: NOW + timedelta(hours=1), b"k" * 32, terms=Terms(factor_required=False))  # fmt: skip
    mo = store.directory.person("demo", "mo")
    store.sessions.who = lambda token, now: mo  # type: ignore[method-assign]
    client = app.test_client()
    client.set_cookie("desk", "t")
    shown = [client.get(path).text for path in paths]
    return [re.sub(r'value="[^"]{60,}"|[0-9a-f]{32}|M-[2-9A-Z]{4}-[2-9A-Z]{4}', "", page) for page in shown]


def test_nothing_outside_differs_by_a_sealed_item(houses: tuple[House, House]) -> None:
    plain, telling = houses
    days(plain, tells=False)
    days(telling, tells=True)
    case = sealed_case(telling)
    assert plain.store.docket.cases("demo", CaseFilter(lane="sealed"), NOW) == []
    assert len(plain.seen) > 8
    assert telling.seen == plain.seen
    assert telling.answers == plain.answers
    assert telling.asks() == plain.asks()
    assert jobs_outside(telling) == jobs_outside(plain) == []
    pair = case.pair_id
    paths = ("/", "/counter", "/?state=all", "/?lane=contact", f"/pairs/{pair}", f"/?pair={pair}&state=all")
    assert pages(telling, paths) == pages(plain, paths)
    # Whatever the lead then decides but to pass it on leaves no trace either.
    for action in (Action.ESCALATE, Action.RETURN):
        now = telling.store.docket.case("demo", case.id)
        telling.journey.decide(
            "demo",
            Decision(
                case.id, now.version, action, "lea", "Spoke to the child", say="x", notify_guardian=True
            ),
        )
    for house in houses:
        house.writes("tara", ("jamie",), "Friday", "Please bring the red book on Friday.", 30)
    assert telling.seen == plain.seen and telling.asks() == plain.asks()
    assert jobs_outside(telling) == jobs_outside(plain) == []
    assert pages(telling, paths) == pages(plain, paths)


def test_the_child_who_told_is_answered_like_anybody_whose_message_is_checked(
    houses: tuple[House, House],
) -> None:
    plain, telling = houses
    telling.writes("jamie", ("tara",), "Re: Homework", TELLS, 3)
    plain.writes("tara", ("jamie", "ruth"), "Re: Homework", "Call me on oh seven seven double oh, nine hundred one two three", 3)  # fmt: skip
    sealed, held = (house.store.ledger.progress("demo", house.sent[0]) for house in (telling, plain))
    shown = ("state", "text", "recipients", "decide_by", "received_at", "policy_version")
    assert [getattr(sealed, name) for name in shown] == [getattr(held, name) for name in shown]
    assert telling.asks()[0][-1] == plain.asks()[0][-1]
    assert len(sealed.message_id) == len(held.message_id) and len(sealed.reference) == len(held.reference)
