"""A server that stands still is not waited for for ever: the line is hung up and dialled again."""

import os
import signal
import time

import pytest
from sqlalchemy import text

from gateway.errors import StoreUnavailable
from gateway.store.engine import connect, store_faults
from gateway.store.openline import OpenLine
from gateway.store.patience import PatientConnection

BACKEND = "SELECT pg_backend_pid() AS pid WHERE %(yes)s"
SHORT_S = 1.0


class Impatient(PatientConnection):
    patience_s = SHORT_S


@pytest.fixture
def engine(database_url):
    made = connect(database_url, line=Impatient)
    yield made
    made.dispose()


def test_a_line_to_a_backend_that_stands_still_is_dialled_again(engine):
    line = OpenLine(engine)
    (first,) = line.ask(BACKEND, {"yes": True})
    os.kill(first.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        (second,) = line.ask(BACKEND, {"yes": True})
    finally:
        os.kill(first.pid, signal.SIGCONT)
        line.close()
    assert second.pid != first.pid
    assert SHORT_S <= time.monotonic() - began < 10 * SHORT_S


def test_a_pooled_connection_that_stands_still_is_a_store_that_is_away_and_leaves_the_pool(engine):
    with store_faults(), engine.connect() as connection:
        first = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with pytest.raises(StoreUnavailable), store_faults(), engine.connect() as connection:
        os.kill(first, signal.SIGSTOP)
        try:
            connection.execute(text("SELECT 1"))
        finally:
            os.kill(first, signal.SIGCONT)
    with store_faults(), engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != first
