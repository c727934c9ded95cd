"""Rows of several tables in one statement, on a real PostgreSQL."""

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    Table,
    Text,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.store.bulk import insert_together
from gateway.store.openline import OpenLine, begin, commit, driver_of
from tests.fakes.sql import NOW

metadata = MetaData()
note = Table(
    "bulk_note",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("words", Text),
    Column("labels", ARRAY(Text)),
    Column("detail", JSON),
    Column("at", DateTime(timezone=True)),
    Column("sealed", LargeBinary),
)
other = Table("bulk_other", metadata, Column("words", Text, primary_key=True))


@pytest.fixture
def write(store):
    metadata.create_all(store.engine)
    line = OpenLine(store.engine)

    def together(*tables):
        def work(connection):
            driver = driver_of(connection)
            with driver.pipeline():
                begin(driver)
                insert_together(driver, tables)
                commit(driver)

        line.run(work)

    yield together
    line.close()


def row(words="plain", labels=(), detail=None, at=NOW, sealed=b""):
    return {"words": words, "labels": list(labels), "detail": detail, "at": at, "sealed": sealed}


HOSTILE = [
    row(labels=['"', "\\", "{", "}", ",", "NULL", "", " ", 'a"b\\"c', "duck \U0001f986"]),
    row(words="quote ' \" $1 %s %(x)s", detail={"a": [1, True, None], "b": '\\u0041 "'}),
    row(words=None, labels=(), detail={}, at=None, sealed=None),
    row(sealed=bytes(range(256))),
]


def test_every_value_comes_back_as_it_was_written_and_in_order(write, store):
    write((note, HOSTILE), (other, [{"words": "beside"}]))
    with store.engine.connect() as connection:
        back = connection.execute(select(note).order_by(note.c.number)).mappings().all()
        assert connection.execute(select(other.c.words)).scalars().all() == ["beside"]
    assert [{name: one[name] for name in row()} for one in back] == HOSTILE


def test_a_column_of_nothing_but_nulls_is_written(write, store):
    write((note, [row(words=None, at=None, sealed=None)] * 3))
    with store.engine.connect() as connection:
        assert connection.execute(select(note.c.at)).scalars().all() == [None] * 3


def test_no_rows_are_no_statement(write, store):
    write((note, []), (other, []))
    with store.engine.connect() as connection:
        assert connection.execute(select(note)).all() == []


def test_one_refused_row_leaves_nothing_of_any_table(write, store):
    with pytest.raises(Exception, match="duplicate"):
        write((note, [row()]), (other, [{"words": "twice"}, {"words": "twice"}]))
    with store.engine.connect() as connection:
        assert connection.execute(select(note)).all() == connection.execute(select(other)).all() == []
