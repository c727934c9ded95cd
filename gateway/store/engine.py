"""Connections to PostgreSQL, the settings it must have, and its faults in our words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from gateway.errors import GatewayError, NotFound, SettingsError, StoreFull, StoreUnavailable
from gateway.store.patience import EndlesslyPatientConnection, PatientConnection
from gateway.store.server import embedded as embedded

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_401_923  # any constant: two processes must not migrate at once
FULL = frozenset({"53000", "53100", "53200", "53300", "53400"})
# Lost or refused connections, shutdown, read-only standby, deadlock, time-outs, I/O errors.
AWAY_CLASSES = ("08", "57P", "40", "58")
AWAY = frozenset({"25006", "25P03", "55P03", "57014"})
SESSION_SETTINGS = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
SYNCED = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)


class BinaryCursor(psycopg.Cursor[Any]):
    """Takes results as bytes: a sealed message is neither doubled into hexadecimal nor undone again."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.format = psycopg.pq.Format.BINARY


def connect(
    url: str, pool_size: int = 12, overflow: int = 8, line: type[PatientConnection] = PatientConnection
) -> Engine:
    """Return an engine on the database at `url`; nothing is opened yet.

    Every session gives up on a statement after 30 s, and on a server that does not even say
    so a little later; it commits synchronously, even when the database's default was weakened
    after start-up.
    """
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=overflow,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "options": SESSION_SETTINGS,
            "cursor_factory": BinaryCursor,
        },
    )
    event.listen(engine, "do_connect", lambda _dialect, _record, words, named: line.connect(*words, **named))
    event.listen(engine, "connect", _insist_on_synced_commits)
    return engine


def _insist_on_synced_commits(connection: psycopg.Connection, _record: object) -> None:
    connection.execute(SYNCED)
    connection.commit()


def conninfo(url: str) -> str:
    """The same database as a libpq URI, for psycopg and Procrastinate."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def check_durable(engine: Engine) -> None:
    """Return when what is committed survives a crash. Raises SettingsError, StoreUnavailable (MAIL 6)."""
    names = ("fsync", "full_page_writes", "synchronous_commit")
    wanted = text("SELECT name, reset_val FROM pg_settings WHERE name = ANY(:names)")
    with store_faults(), engine.connect() as connection:
        found = {row.name: row.reset_val for row in connection.execute(wanted, {"names": list(names)})}
    for name in names:
        if found.get(name) == "off":
            raise SettingsError(
                f"PostgreSQL runs with {name}=off, which can lose mail we have answered for;"
                f" set {name}=on for this server, database and role, and start again."
            )


def migrate(url: str, report: Callable[[str], None] | None = None) -> None:
    """Bring the schema (ours and Procrastinate's) up to date; one process at a time.

    report: called with a line before each step that is due.
    """
    engine = connect(url, line=EndlesslyPatientConnection)
    try:
        with store_faults(), engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
            connection.execute(text("SET statement_timeout = 0"))
            connection.commit()
            _upgrade(connection, report)
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for our migrations on an open connection; no ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection, report: Callable[[str], None] | None) -> None:
    config = alembic_config(connection)
    done = MigrationContext.configure(connection).get_current_heads()
    connection.commit()
    for script in reversed(list(ScriptDirectory.from_config(config).iterate_revisions("heads", done))):
        if report:
            report(f"database schema {script.revision}: {script.doc}")
        command.upgrade(config, script.revision)
    # The lock is the session's: it goes when the connection closes.
    connection.commit()


@contextmanager
def store_faults() -> Iterator[None]:
    """Turn what the driver raises inside into StoreUnavailable, StoreFull or NotFound, without its text.

    The driver's own words may quote values of a row, so they are not chained.
    """
    try:
        yield
    except UnicodeEncodeError:
        raise NotFound("There is no such thing.") from None
    except PoolExhausted:
        raise StoreUnavailable("All database connections are busy; try again.") from None
    except DBAPIError as fault:
        found = fault_of(fault.orig)
        if found is None:
            raise
        raise found from None
    except psycopg.Error as fault:
        found = fault_of(fault)
        if found is None:
            raise
        raise found from None


def fault_of(fault: BaseException | None) -> GatewayError | None:
    """Our error for the driver's, None for a mistake of our own (a broken constraint, bad SQL)."""
    if not isinstance(fault, psycopg.Error):
        return None
    state = fault.sqlstate or ""
    if isinstance(fault, psycopg.DataError) and not state:
        # An id with a NUL never reaches the server: it names nothing.
        return NotFound("There is no such thing.")
    if state in FULL:
        return StoreFull(f"The database or its disk is full (SQLSTATE {state}); make room.")
    away = state in AWAY or state.startswith(AWAY_CLASSES)
    if away or (not state and isinstance(fault, (psycopg.OperationalError, psycopg.InterfaceError))):
        return StoreUnavailable(f"The database does not answer (SQLSTATE {state or 'none'}); try again.")
    return None
