"""The desk as it is served, on a real PostgreSQL: two organisations, somebody of every role, a case each."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from classifiers.finding import Examination
from gateway import settings as settings_module
from gateway.channels.email import compose, parse
from gateway.desk import forgery
from gateway.domain.message import Channel
from gateway.domain.people import DESK_ROLES, Person, Role
from gateway.domain.roster import pair_id
from gateway.domain.signing import Passkey
from gateway.journey import Journey, Tools, judge
from gateway.ports import CaseFilter
from gateway.store.vault import create_master_key
from gateway.wiring.storing import Store, open_store
from gateway.wiring.web import desk_of
from tests.fakes.sql import arrival, family_roster, held

PASSWORD = "lantern over the weir"
BASE = "http://localhost"
TOOLS = Tools(
    {Channel.EMAIL: parse.read},
    lambda passages, scene: Examination((), ()),
    {Channel.EMAIL: compose.compose},
    compose.leaks,
)


class Readers:
    """Reads and judges at once, in this process."""

    def judge(self, brief: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(judge(brief, TOOLS))
        return done

    def read(self, one: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(parse.read(one.raw))
        return done


@dataclass
class RealDesk:
    """The app and what is behind it. people: by organisation and role. cases: by organisation."""

    app: Flask
    store: Store
    people: dict[tuple[str, Role], Person]
    cases: dict[str, str]
    key: bytes
    office: Journey

    def client_of(self, person: Person, token: str | None = None) -> tuple[FlaskClient, str]:
        """A browser with a complete session of that person, and the session's token."""
        token = token or self.store.sessions.enter(
            person.organisation_id, person.id, datetime.now(UTC), "test"
        )
        assert token
        client = self.app.test_client()
        client.set_cookie("desk", token)
        return client, token

    def seal(self, token: str) -> str:
        """A form token for the session of that token."""
        return forgery.issue(self.key, f"session:{token}")


@contextmanager
def real_desk(database_url: str, home: Path, **chosen: str) -> Iterator[RealDesk]:
    """Set it up; everybody of the desk holds a passkey that nobody can show. chosen: settings."""
    create_master_key(home / "keys" / "master.key")
    given = {"home": str(home), "database_url": database_url, "hostname": "relay.test", **chosen}
    settings = settings_module.read({f"GATEWAY_{name.upper()}": value for name, value in given.items()})
    store = open_store(settings)
    readers: Any = Readers()
    journey = Journey(store.directory, store.ledger, store.docket, readers, lambda: datetime.now(UTC))
    try:
        people = _people(store, "demo", "relay.test") | _people(store, "other", "other.test")
        cases = {organisation: _case(store, organisation) for organisation in ("demo", "other")}
        desk = desk_of(settings, store, journey, readers)
        yield RealDesk(desk, store, people, cases, store.form_key, journey)
    finally:
        journey.close()
        store.close()


def _people(store: Store, organisation: str, domain: str) -> dict[tuple[str, Role], Person]:
    family = family_roster(organisation, domain)
    store.add_organisation(family.organisation)
    desk = tuple(
        Person(str(role), organisation, role, "Desk", role.title(), mailboxes=(f"{role}@desk-{domain}",))
        for role in sorted(DESK_ROLES)
    )
    passwords = {one.id: PASSWORD for one in desk}
    store.roster.apply(replace(family, people=(*family.people, *desk), passwords=passwords))
    for one in desk:
        key = f"{organisation}-{one.id}"
        store.sessions.factors.put_passkey(
            Passkey(key, organisation, one.id, "key", key.encode(), b"none", 0, datetime.now(UTC))
        )
    return {(organisation, one.role): one for one in desk}


def _case(store: Store, organisation: str) -> str:
    """A held mail of that organisation; its case's id."""
    now = datetime.now(UTC)
    one = arrival(at=now, pair=pair_id(organisation, "tara", "jamie"), organisation=organisation)
    circle = store.directory.circle(pair_id(organisation, "tara", "jamie"))
    store.ledger.keep(one, held(one), circle).result(20)
    return store.docket.cases(organisation, CaseFilter(), now)[0].id
