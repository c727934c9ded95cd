"""The desk with the pages of the office over a real database, and people who sign in to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from flask import Flask
from flask.testing import FlaskClient

from classifiers.finding import Layer, Passage
from gateway.desk.app import create_desk
from gateway.desk.parts import Terms
from gateway.domain.message import Arrival, Reading
from gateway.domain.pair import Pair
from gateway.domain.people import Organisation, Person, Role
from gateway.domain.roster import Roster, pair_id
from gateway.ports import CaseFilter, Exhibit
from gateway.store.desk_users import add_desk_user
from gateway.wiring.casework import LINKS, casework_pages
from tests.fakes.sql import Store, arrival, family_roster, held, home_circle

PASSWORD = "a long enough password"
AT = datetime(2026, 3, 3, 10, 30, tzinfo=UTC)
LEAD, MODERATOR, STRANGER = "lea@org.test", "mo@org.test", "otto@other.test"


class NoOffice:
    """The pages of the office ask nothing of the journey."""

    async def take(self, arrival: Arrival) -> object:
        raise NotImplementedError

    def lay_out(self, organisation_id: str, case_id: str, viewer: Person) -> Exhibit:
        raise NotImplementedError

    def decide(self, organisation_id: str, decision: object) -> object:
        raise NotImplementedError


def people_the_desk(store: Store) -> None:
    """Bring in the family and a second organisation, each with its people of the desk."""
    ours = family_roster()
    lea = Person("lea", "demo", Role.SAFEGUARDING_LEAD, "Lea", "Brandt", mailboxes=(LEAD,))
    store.bring_in(replace(ours, people=(*ours.people, lea)))
    other = Organisation("other", "Other Tutors", "other.test")
    strangers = (
        Person("otto", "other", Role.SAFEGUARDING_LEAD, "Otto", "Lind", mailboxes=(STRANGER,)),
        Person("nia", "other", Role.TUTOR, "Nia", "Rees", address="nia@other.test"),
        Person("ben", "other", Role.PUPIL, "Ben", "Hale", born=date(2013, 1, 1)),
    )
    pair = Pair(pair_id("other", "nia", "ben"), "other", "nia", "ben", "Maths")
    store.bring_in(Roster(other, strangers, {}, (), (pair,)))
    for organisation, address, role in (
        ("demo", LEAD, Role.SAFEGUARDING_LEAD),
        ("demo", MODERATOR, Role.MODERATOR),
        ("other", STRANGER, Role.SAFEGUARDING_LEAD),
    ):
        add_desk_user(store.engine, store.vault, organisation, address=address, role=role, password=PASSWORD)


def held_case(store: Store, at: datetime = AT, **more: object) -> object:
    """A message of Tara's that waits for a decision."""
    one = arrival(at=at)
    store.ledger.keep(one, held(one, **more), home_circle(store)).result(timeout=20)  # type: ignore[arg-type]
    cases = store.docket.cases("demo", CaseFilter(), at, limit=500)
    return next(case for case in cases if case.message_id == one.envelope.id)


def read(arrival: Arrival) -> Reading:
    """The text of a mail, as a reader would give it."""
    words = arrival.raw.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
    return Reading((Passage(Layer.TEXT, words, 1),))


def office_desk(store: Store, clock: Callable[[], datetime] = lambda: AT) -> Flask:
    """The desk with every page of the office."""
    pages = casework_pages(store.casework, read)
    return create_desk(
        NoOffice(),
        store.docket,
        store.sessions,
        store.directory,
        clock,
        b"k" * 32,
        pages,
        LINKS,
        terms=Terms(factor_required=False),
    )  # type: ignore[arg-type]


def sign_in(app: Flask, address: str) -> FlaskClient:
    """A browser of somebody's own, signed in."""
    client = app.test_client()
    page = client.get("/sign-in", base_url="http://localhost")
    form = {"form_token": token_in(page.text), "address": address, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def token_in(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found
    return found[1]


def post(client: FlaskClient, path: str, on: str = "/office", **form: str) -> object:
    """Send a form with the token of the page it would stand on."""
    return client.post(path, data={"form_token": token_in(client.get(on).text), **form})
