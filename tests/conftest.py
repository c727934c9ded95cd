"""A real PostgreSQL for every test that asks: one server per run, a fresh database per test.

`database_url` is a migrated database of the test's own; `store` is everything wired on it.
Several pytest workers share the server and the migrated template.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import settings

if TYPE_CHECKING:  # tests without a database must not pay for its imports
    from tests.fakes.sql import Store

HOME = "GATEWAY_TEST_HOME"  # the server's folder, handed to xdist workers by environment
TEMPLATE = "gateway_template"
LONGEST_ID = 40


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a long value by its argument: keys and archives differ between pytest's workers."""
    return argname if isinstance(val, (str, bytes)) and len(val) > LONGEST_ID else None


def pytest_configure(config: pytest.Config) -> None:
    # How long an example takes is for benchmarks: a busy machine must not fail a test.
    settings.register_profile("gateway", deadline=None)
    settings.load_profile("gateway")
    if not hasattr(config, "workerinput"):
        os.environ[HOME] = tempfile.mkdtemp(prefix="gateway-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        home = Path(os.environ.pop(HOME))
        if (home / "postgres").exists():
            from gateway.store.server import stop

            stop(home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The server's own database: do not write into it; ask for `database_url`."""
    import psycopg

    from gateway.store.engine import conninfo, embedded, migrate

    url = embedded(Path(os.environ[HOME]))
    with psycopg.connect(conninfo(url), autocommit=True) as server:
        # Two workers come here at once; the lock goes with the connection.
        server.execute("SELECT pg_advisory_lock(1)")
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
            server.execute(f"CREATE DATABASE {TEMPLATE}_draft")
            migrate(_named(url, f"{TEMPLATE}_draft"))
            server.execute(f"ALTER DATABASE {TEMPLATE}_draft RENAME TO {TEMPLATE}")
    return url


@pytest.fixture
def new_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Makes migrated databases, dropped after the test."""
    import psycopg

    from gateway.store.engine import conninfo

    made: list[str] = []

    def make() -> str:
        name = f"test_{uuid4().hex}"
        with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        made.append(name)
        return _named(postgres_url, name)

    yield make
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        for name in made:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The SQLAlchemy URL of a migrated, empty database of this test's own."""
    return new_database()


def _named(url: str, database: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store on a database of its own."""
    from gateway.store.engine import connect
    from gateway.store.vault import Vault
    from tests.fakes.sql import MASTER_KEY, Store

    engine = connect(database_url)
    made = Store(database_url, engine, Vault(engine, MASTER_KEY))
    yield made
    made.close()


@pytest.fixture
def family_store(store: Store) -> Store:
    """A store that holds the family of `family_roster`."""
    from tests.fakes.sql import family_roster

    store.bring_in(family_roster())
    return store
