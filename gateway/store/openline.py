"""A connection that one thread keeps open for its own transactions.

The pool asks each connection it lends whether it still lives, and rolls it back when it gets
it back: trips to the server that a busy thread pays for twice, once in waiting and once in
queueing for the interpreter again. Here a transaction costs the trips its work takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, TypeVar, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import ClauseElement, Connection, Engine, make_url

from gateway.errors import StoreUnavailable
from gateway.store.engine import store_faults

DIALECT = make_url("postgresql+psycopg://").get_dialect()()
# What travels here are a few prepared look-ups by key: one plan fits all their values, and making it
# anew cost as much as carrying it out. It may have been made while a table was still empty.
PLANNED_ONCE = (
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', false),"
    " set_config('enable_seqscan', 'off', false)"
)
IDLE = psycopg.pq.TransactionStatus.IDLE
Driver = psycopg.Connection[Any]
T = TypeVar("T")


class OpenLine:
    """Runs transactions on a connection of its own; threads take turns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._turn = Lock()

    def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, which begins and commits its own transaction by `begin` and `commit`.

        When the connection was cut off, `work` runs once more on a fresh one, so it must bear
        that the first commit went through unheard. Raises StoreUnavailable, StoreFull.
        """
        with self._turn:
            try:
                return self._once(work)
            except StoreUnavailable:
                return self._once(work)

    def ask(self, sql: str, wanted: Mapping[str, Any]) -> list[Any]:
        """The rows of one statement, a transaction of its own, as named tuples. Raises as `run`."""
        return self.run(lambda connection: rows_of(driver_of(connection), sql, wanted).fetchall())

    def close(self) -> None:
        """Hang up; the next transaction dials again."""
        with self._turn:
            self._hang_up()

    def _once(self, work: Callable[[Connection], T]) -> T:
        try:
            with store_faults():
                connection = self._connection = self._connection or self._dial()
                result = work(connection)
                if driver_of(connection).info.transaction_status is not IDLE:
                    raise RuntimeError("a transaction was left open")
                return result
        except BaseException:
            # In the middle of a pipeline or a transaction: nobody can tell what it would say next.
            self._hang_up()
            raise

    def _dial(self) -> Connection:
        # Otherwise SQLAlchemy and psycopg would send a BEGIN of theirs and wait for its answer.
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        driver_of(connection).execute(PLANNED_ONCE)
        return connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def begin(driver: Driver) -> None:
    """Begin a transaction; in a pipeline, without waiting for it."""
    driver.execute("BEGIN", prepare=False)


def commit(driver: Driver) -> None:
    """Commit; in a pipeline, once that ends without an error.

    Psycopg's own `commit` would there wait for an answer before all that was to be said is
    sent, for ever when that is more than a socket holds.
    """
    driver.execute("COMMIT", prepare=False)


def rows_of(driver: Driver, sql: str, wanted: Mapping[str, Any]) -> psycopg.Cursor[Any]:
    """A cursor on the statement's rows, as named tuples; in a pipeline, before they are there."""
    return driver.cursor(row_factory=namedtuple_row).execute(sql, wanted)


def driver_of(connection: Connection) -> Driver:
    """Psycopg's connection below SQLAlchemy's, in the same transaction; it can pipeline."""
    return cast("Driver", connection.connection.driver_connection)


def sql_of(statement: ClauseElement) -> str:
    """A statement as SQL for psycopg, with its parameters by name; none may have a value already."""
    return str(statement.compile(dialect=DIALECT))
