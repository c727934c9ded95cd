"""The families' and tutors' pages over a real database, with letters to open and mail to deliver."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import cache

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from gateway import packs
from gateway.channels.email.compose import compose
from gateway.desk.addresses_page import new_addresses_blueprint
from gateway.desk.app import create_desk
from gateway.desk.families.blueprints import family_pages
from gateway.desk.families.callers import Callers
from gateway.desk.office_page import office_blueprint
from gateway.desk.parts import Terms
from gateway.desk.throttle import Throttle
from gateway.desk.tutors.blueprints import tutor_pages
from gateway.domain.dispatch import Copy, Settlement
from gateway.domain.links import Links, Way
from gateway.domain.message import Arrival, Channel, Part, Reading
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Person, Role
from gateway.domain.policy import Policy
from gateway.domain.roster import Roster, pair_id
from gateway.journey import Journey
from gateway.ports import Receipt
from gateway.settings import config_folder
from gateway.store.desk_users import add_desk_user
from gateway.store.directory import SqlDirectory
from gateway.store.register import SqlRegister
from gateway.wiring.calling import helplines
from gateway.wiring.judging import tools, unhurried
from gateway.wiring.letters import Letters
from tests.fakes.inline import Readers
from tests.fakes.sql import PAIR, Store, arrival, family_roster, passed

BASE = "https://relay.test"
LINK_KEY = b"l" * 32
DESK_PASSWORD = "a long desk password"
ADDRESSES = {"ruth": "ruth@family.test", "jamie": "jamie@family.test", "tara": "tara.personal@mail.test"}


@cache
def real_pack(name: str) -> Policy:
    """A shipped pack, loaded once for all tests."""
    return packs.load(config_folder(), name)


@dataclass
class Clock:
    """A clock that tests set."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


class Pages:
    """The whole desk with the families' pages over `store`, and the ways in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.links = Links(BASE, LINK_KEY)
        store.__dict__["directory"] = SqlDirectory(
            store.engine, store.vault, lambda ours: real_pack(ours.pack)
        )
        self.readers = Readers(tools(unhurried(), links=Links(BASE, LINK_KEY)))
        self.journey = Journey(store.directory, store.ledger, store.docket, self.readers, self.clock)
        self.callers = Callers(
            store.entrances,
            store.correspondence,
            store.reports,
            SqlRegister(store.engine, store.vault),
            store.sendings,
            store.strikes,
            store.addresses,
            lambda one: self.readers.read(one).result(),
            self.take,
            LINK_KEY,
            helplines(),
            throttle=Throttle(free=1000),
            sign_ins=Throttle(free=1000),
        )
        self.app: Flask = create_desk(
            self.journey,
            store.docket,
            store.sessions,
            store.directory,
            self.clock,
            b"k" * 32,
            extra=(
                *family_pages(self.callers),
                *tutor_pages(),
                office_blueprint(),
                new_addresses_blueprint(store.addresses),
            ),
            terms=Terms(factor_required=False),
        )

    def take(self, one: Arrival) -> Receipt:
        return asyncio.run(self.journey.take(one))

    def deliver(
        self,
        words: str = "Please read page 4.",
        subject: str = "Homework",
        sender: str = "tara",
        to: tuple[str, ...] = ("jamie", "ruth"),
        pair: str = PAIR,
        copied: tuple[str, ...] = ("ruth", "jamie"),
        **more: object,
    ) -> str:
        """A message that left: every copy composed, committed, and accepted by the next hop."""
        one = arrival(at=self.clock.now, sender=sender, recipients=to, pair=pair, **more)  # type: ignore[arg-type]
        circle = self.store.directory.circle(pair)
        reading = Reading(parts=(Part(0, "text/plain", words),), subject=subject)
        copies = tuple(
            Copy(
                who,
                Channel.EMAIL,
                circle.people[who].mailboxes[0],
                "bounce@relay.test",
                compose(reading, one.envelope, circle, (), circle.people[who], self.links),
            )
            for who in copied
        )
        self.store.ledger.keep(one, passed(one, copies), circle).result(timeout=20)
        claimed = self.store.outbox.claim(50, self.clock.now)
        self.store.outbox.settle([Settlement(each, True, self.clock.now, code=250) for each in claimed])
        return one.envelope.id

    def letters(self) -> list[tuple[str, str]]:
        """The letters that wait to be sent: (mailbox, text), each once."""
        asked = text("DELETE FROM procrastinate_jobs WHERE task_name = 'letter' RETURNING args")
        with self.store.engine.begin() as connection:
            rows = connection.exec_driver_sql(str(asked)).scalars().all()
        write = Letters(self.store, BASE).written  # type: ignore[arg-type]  # it has all that letters need
        made = [one for row in rows for one in write(**_asked(row), now=self.clock.now)]
        return [(one.mailbox, _text(one.content)) for one in made]

    def signed_in(self, who: str) -> FlaskClient:
        """A browser in which somebody signed in by letter."""
        client = self.app.test_client()
        post(client, "/me/sign-in", address=ADDRESSES.get(who, f"{who}@family.test"))
        (letter,) = [body for _, body in self.letters() if "/me/enter/" in body]
        path, code = keys_in(letter)
        assert post(client, path, code=code).status_code == 303
        return client

    def at_the_desk(self, who: str, role: Role = Role.MODERATOR) -> FlaskClient:
        """A browser in which somebody of the desk signed in."""
        address = f"{who}@org.test"
        add_desk_user(
            self.store.engine, self.store.vault, "demo", address=address, role=role,
            password=DESK_PASSWORD, given=who.title(),
        )  # fmt: skip
        client = self.app.test_client()
        assert post(client, "/sign-in", address=address, password=DESK_PASSWORD).status_code == 303
        return client

    def token(self, way: Way, message_id: str, person_id: str) -> str:
        """The path of somebody's link."""
        return self.links.to(way, message_id, person_id).removeprefix(BASE)


def keys_in(letter: str) -> tuple[str, str]:
    """The path of the link and the code in a sign-in letter."""
    link = re.search(rf"{BASE}(/me/enter/\S+)", letter)
    code = re.search(r"\b(\d{6})\b", letter)
    assert link and code
    return link[1], code[1]


def post(client: FlaskClient, path: str, at: str = "", **form: str) -> TestResponse:
    """Send a form as a browser does: with the token of the page it stands on."""
    return client.post(path, data={**form, "form_token": token_on(client, at or path)})


def token_on(client: FlaskClient, path: str) -> str:
    """A form token of a page, or of the sign-in page where that path has none."""
    for one in (path, "/me/sign-in"):
        found = re.search(r'name="form_token" value="([^"]+)"', client.get(one).text)
        if found:
            return found[1]
    raise AssertionError("no form on any page")


def two_families() -> Roster:
    """Tara teaches Jamie (Ruth, and Dan who is barred) and Amara (Chidi); Owen teaches Jamie too."""
    home = family_roster()

    def person(who: str, role: Role, given: str, family: str, **more: object) -> Person:
        boxes = (ADDRESSES.get(who, f"{who}@family.test"),)
        return Person(who, "demo", role, given, family, mailboxes=boxes, **more)  # type: ignore[arg-type]

    more = (
        person("dan", Role.GUARDIAN, "Dan", "Whitfield"),
        person("amara", Role.PUPIL, "Amara", "Nwosu", born=date(2009, 5, 1)),
        person("chidi", Role.GUARDIAN, "Chidi", "Nwosu"),
        person("owen", Role.TUTOR, "Owen", "Pryce", address="owen.pryce@relay.test"),
    )
    day = date(2026, 1, 5)
    ties = (
        Guardianship("ruth", "jamie", registered=day),
        Guardianship("dan", "jamie", barred=True, registered=day),
        Guardianship("chidi", "amara", registered=day),
    )
    pairs = tuple(
        Pair(pair_id("demo", tutor, pupil), "demo", tutor, pupil, "Maths")
        for tutor, pupil in (("tara", "jamie"), ("tara", "amara"), ("owen", "jamie"))
    )
    return Roster(
        home.organisation,
        (*home.people, *more),
        {"tara": "app-password", "owen": "app-password"},
        ties,
        pairs,
        home.allow,
    )


def _asked(row: object) -> dict[str, str]:
    import json

    return dict(json.loads(row) if isinstance(row, str) else row)  # type: ignore[call-overload]


def _text(content: bytes) -> str:
    mail = message_from_bytes(content, policy=default)
    return f"{mail['Subject']}\n{mail.get_content()}"
