"""The record in PostgreSQL: whoever edits the rows behind our back is found out."""

import psycopg
import pytest
from sqlalchemy import text

from gateway.record.chain import Flaw, Head, verify
from tests.fakes.sql import arrival, home_circle, passed

SWAP = """
UPDATE record_entry a SET kind = b.kind, subject = b.subject, actor = b.actor, at = b.at, detail = b.detail,
    previous = b.previous, hash = b.hash
FROM record_entry b WHERE a.sequence IN (3, 4) AND b.sequence = 7 - a.sequence
"""
RENUMBER = """
UPDATE record_entry SET sequence = -sequence WHERE sequence IN (3, 4);
UPDATE record_entry SET sequence = 7 + sequence WHERE sequence < 0
"""


@pytest.fixture
def recorded(family_store):
    circle = home_circle(family_store)
    for one in [arrival() for _ in range(5)]:
        family_store.ledger.keep(one, passed(one, ()), circle).result(timeout=20)
    assert family_store.record.verify("demo") == (6, None)
    return family_store


def tamper(store, statement):
    driver = store.engine.raw_connection()
    psycopg.Cursor(driver.driver_connection).execute(statement)  # several statements at once
    driver.commit()
    driver.close()


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        ("UPDATE record_entry SET actor = 'nobody' WHERE sequence = 3", Flaw(3, "changed")),
        ("UPDATE record_entry SET detail = '{}' WHERE sequence = 6", Flaw(6, "changed")),
        ("UPDATE record_entry SET at = at + interval '1 microsecond' WHERE sequence = 2", Flaw(2, "changed")),
        ("UPDATE record_entry SET hash = sha256('x') WHERE sequence = 4", Flaw(4, "changed")),
        ("UPDATE record_entry SET previous = sha256('x') WHERE sequence = 4", Flaw(4, "changed")),
        ("DELETE FROM record_entry WHERE sequence = 1", Flaw(1, "removed")),
        ("DELETE FROM record_entry WHERE sequence = 4", Flaw(4, "removed")),
        ("DELETE FROM record_entry WHERE sequence = 6", Flaw(6, "truncated")),
        ("DELETE FROM record_entry", Flaw(1, "truncated")),
        (
            "DELETE FROM record_entry WHERE sequence = 4;"
            "UPDATE record_entry SET sequence = sequence - 1 WHERE sequence > 4",
            Flaw(4, "changed"),
        ),
        (SWAP, Flaw(3, "changed")),
        (RENUMBER, Flaw(3, "changed")),
        ("UPDATE record_head SET hash = sha256('x')", Flaw(6, "changed")),
    ],
)
def test_tampering_is_found_at_its_first_place(recorded, statement, flaw):
    tamper(recorded, statement)
    assert recorded.record.verify("demo")[1] == flaw


def test_an_export_can_be_verified_without_the_database(recorded):
    exported = list(recorded.record.entries("demo"))
    assert verify(exported, recorded.record.head("demo")) is None
    assert verify(list(recorded.record.entries("demo", after=3)), start=Head(3, exported[2].hash)) is None


def test_organisations_have_chains_of_their_own(recorded):
    assert recorded.record.verify("other") == (0, None)
    with recorded.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM record_head")).scalar_one() == 1
