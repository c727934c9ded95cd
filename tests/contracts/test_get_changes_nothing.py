"""Following a link changes nothing: the whole database is the same after a GET of every page.

Two pages are the stated exception, because they show what people wrote: looking at a case, or at
a pair, adds one entry to the record (tables record_entry and record_head) and changes nothing
else. Any request may move a sign-in's `seen_at`, at most every half minute.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from gateway.desk.app import create_desk
from gateway.desk.parts import Terms
from gateway.domain.verdict import Lane, Severity
from gateway.journey import Journey
from gateway.wiring.casework import casework_pages
from tests.fakes.inline import PASSWORD, Readers, keep, with_desk
from tests.fakes.office_desk import read
from tests.fakes.sql import PAIR

VIEWS = {"case.show": "body.viewed", "pair.show": "pair.viewed"}
QUERIES = (
    "",
    "?view=delivered",
    "?view=normalised",
    "?lane=review&mine=yes&age=1h",
    "?done={case}",
    "?state=all",
)


@pytest.fixture
def house(store):
    with_desk(store)
    for severity in Severity:
        keep(store, b"Ring 07700 90012%d." % len(severity), severity, at=datetime.now(UTC))
    keep(store, b"Not safe", lane=Lane.SEALED, at=datetime.now(UTC))
    return store


@pytest.fixture
def app(house):
    journey = Journey(house.directory, house.ledger, house.docket, Readers(), lambda: datetime.now(UTC))
    now = lambda: datetime.now(UTC)  # noqa: E731 - a clock
    yield create_desk(
        journey,
        house.docket,
        house.sessions,
        house.directory,
        now,
        b"k" * 32,
        extra=casework_pages(house.casework, read),
        terms=Terms(factor_required=False),
    )
    journey.close()


def digest(store, leave_out=()) -> dict[str, str]:
    """A hash of every table's rows."""
    with store.engine.connect() as connection:
        tables = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).scalars()
        said = {}
        for table in [one for one in tables if one not in leave_out]:
            rows = connection.execute(text(f'SELECT t::text FROM "{table}" t ORDER BY 1')).scalars()
            said[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return said


def gets(app: Flask, case_id: str) -> list[tuple[str, str]]:
    """Every address a link can lead to, with its endpoint."""
    given = {"case_id": case_id, "pair_id": PAIR, "person_id": "jamie", "filename": "desk.css"}
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()):
                path = app.url_map.bind("localhost").build(
                    rule.endpoint, {name: given.get(name, "x") for name in rule.arguments}
                )
                found += [(rule.endpoint, path + query.format(case=case_id)) for query in QUERIES]
    return found


def test_a_get_of_any_page_leaves_the_database_as_it_was(house, app) -> None:
    client = app.test_client()
    token = house.sessions.sign_in("lea@org.test", PASSWORD, datetime.now(UTC))
    client.set_cookie("desk", token)
    case = keep(house, b"Ring 07700 900999.", at=datetime.now(UTC))
    entries = list(house.record.entries("demo"))
    for endpoint, path in gets(app, case.id):
        viewing = endpoint in VIEWS
        apart = ("record_entry", "record_head", "desk_session") if viewing else ("desk_session",)
        before = digest(house, apart)
        for method in ("get", "head"):
            response = getattr(client, method)(path)
            assert response.status_code < 500, path
        assert digest(house, apart) == before, path
        written = list(house.record.entries("demo"))[len(entries) :]
        assert {one.entry.kind for one in written} <= ({VIEWS[endpoint]} if viewing else set()), path
        assert len(written) <= 2
        entries += written
    assert {one.entry.kind for one in entries} >= set(VIEWS.values())
    assert house.record.verify("demo")[1] is None


def test_a_get_without_a_sign_in_changes_nothing_at_all(house, app) -> None:
    case = keep(house, b"Ring 07700 900999.", at=datetime.now(UTC))
    client = app.test_client()
    before = digest(house)
    for _, path in gets(app, case.id):
        assert client.get(path).status_code in (200, 303, 404), path
    assert digest(house) == before
