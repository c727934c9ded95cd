"""Whoever copies the database without the key file learns no name, address, number or word."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from classifiers.finding import Layer
from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import Settlement
from gateway.domain.message import Channel
from gateway.domain.people import Role
from gateway.domain.verdict import Outcome, Replace, Verdict
from gateway.errors import NotFound, SettingsError
from gateway.ports import CaseFilter
from gateway.store import schema
from gateway.store.desk_users import add_desk_user
from gateway.store.vault import Vault
from tests.fakes.sql import NOW, SECRET_WORDS, arrival, copies, held, home_circle, passed, refused

CANARIES = (
    "Okafor", "Tara", "Jamie", "Jay", "Whitfield", "Ruth", "Haddad", "family.test", "mail.test", "org.test",
    "tara.okafor", "2012-03-04", "heron", "07700 900123", "07700900123", "7700900123", "2079460000", "lessons.example", "Homework",
    "app-password", "bounce@", "shortnote", "because of the swan", "reword", "[covered]", "idem-key",
)  # fmt: skip


@pytest.fixture
def lived_in(family_store):
    """Every table has been written to, with every canary."""
    circle, ledger = home_circle(family_store), family_store.ledger
    for make, channel in ((passed, Channel.EMAIL), (held, Channel.EMAIL), (refused, Channel.PLATFORM)):
        one = arrival(channel=channel, key="idem-key" if channel is Channel.PLATFORM else "")
        ledger.keep(one, replace(make(one), fragment="shortnote"), circle).result(timeout=20)
    covered = Verdict(Outcome.AMEND, "default@1", (), (Replace(Layer.TEXT, 0, 4, 15, "[covered]"),))
    one = arrival(channel=Channel.PLATFORM, key="idem-key-2")
    ledger.keep(one, replace(passed(one, text=SECRET_WORDS), verdict=covered), circle).result(timeout=20)
    (case,) = family_store.docket.cases("demo", CaseFilter(), NOW)
    release = Decision(case.id, 1, Action.RELEASE, "mo", "because of the swan", say="reword")
    family_store.docket.settle(case, release, copies(), NOW)
    first, second = family_store.outbox.claim(10, NOW)
    gone = Settlement(second, sent=False, at=NOW, code=550, because="ruth@family.test unknown")
    family_store.outbox.settle([Settlement(first, sent=True, at=NOW, code=250), gone])
    add_desk_user(
        family_store.engine,
        family_store.vault,
        "demo",
        address="mo@org.test",
        role=Role.MODERATOR,
        password="app-password",
    )
    family_store.sessions.sign_in("mo@org.test", "app-password", NOW)
    return family_store


def dump(store):
    with store.engine.connect() as connection:
        names = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalars()
        return {
            name: connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all()
            for name in names
        }


def test_no_row_of_any_table_holds_a_name_an_address_a_number_or_a_word(lived_in):
    rows = dump(lived_in)
    for table in ("message", "finding", "fragment", "decision", "dispatch", "person", "desk_session"):
        assert rows[table], f"the test no longer writes {table}"
    for table, lines in rows.items():
        for line in lines:
            found = [one for one in CANARIES if one in line]  # ids, such as "jamie", may stand
            # In hexadecimal, as PostgreSQL prints bytes; shorter ones would stand in a cipher by chance.
            found += [one for one in CANARIES if len(one) > 4 and one.encode().hex() in line]
            assert not found, (table, found)


def test_the_server_s_own_log_holds_none_either(lived_in, postgres_url):
    with pytest.raises(IntegrityError), lived_in.engine.begin() as connection:
        connection.execute(text("INSERT INTO organisation SELECT * FROM organisation"))
    logged = (Path(os.environ["GATEWAY_TEST_HOME"]) / "postgres" / "server.log").read_text()
    assert "duplicate key" in logged
    assert "relay.test" not in logged
    assert not [one for one in CANARIES if one in logged]


def test_another_master_key_opens_nothing(lived_in):
    stranger = Vault(lived_in.engine, b"z" * 32)
    with pytest.raises(SettingsError, match="another master key"):
        stranger.organisation("demo")


def test_destroying_a_family_key_makes_its_messages_unreadable_and_leaves_the_record(lived_in):
    with lived_in.engine.begin() as connection:
        message_id = connection.execute(text("SELECT id FROM message LIMIT 1")).scalar_one()
        connection.execute(schema.data_key.delete().where(schema.data_key.c.family == "pupil:jamie"))
    after = Vault(lived_in.engine, bytes(range(32)))
    lived_in.docket._vault = after
    with pytest.raises(NotFound, match="destroyed"):
        lived_in.docket.arrival("demo", message_id)
    assert lived_in.record.verify("demo")[1] is None


def test_sealed_values_cannot_be_swapped_between_rows(lived_in):
    table = schema.message
    with lived_in.engine.begin() as connection:
        one, other = connection.execute(text("SELECT id FROM message LIMIT 2")).scalars()
        raw = connection.execute(text("SELECT raw FROM message WHERE id = :id"), {"id": other}).scalar_one()
        connection.execute(update(table).where(table.c.id == one).values(raw=raw))
    with pytest.raises(ValueError, match="moved"):
        lived_in.docket.arrival("demo", one)
    assert lived_in.docket.arrival("demo", other)
