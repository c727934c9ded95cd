"""The migrations make exactly the schema the code believes in."""

import threading

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url, text

from gateway.store.engine import MIGRATIONS, connect, conninfo, migrate
from gateway.store.schema import metadata


def test_the_migrated_database_is_the_schema_of_the_code(store):
    plain = create_engine(store.url)  # SQLAlchemy reflects tables with text results only
    with plain.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    plain.dispose()
    assert [one for one in found if "procrastinate" not in repr(one)] == []


def test_every_table_names_its_organisation():
    for table in metadata.sorted_tables:
        if table.name != "organisation":
            assert "organisation_id" in table.c, table.name
            assert not table.c.organisation_id.nullable


def test_two_processes_may_migrate_at_once_and_a_second_run_does_nothing(postgres_url):
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        server.execute("CREATE DATABASE migrated_twice")
    url = make_url(postgres_url).set(database="migrated_twice").render_as_string(hide_password=False)
    steps: list[str] = []
    faults: list[BaseException] = []

    def run():
        try:
            migrate(url, steps.append)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    made = sorted(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert [step.split(":")[0] for step in steps] == [f"database schema {number}" for number in made]
    migrate(url, steps.append)
    assert len(steps) == len(made)
    engine = connect(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one() == 0
    engine.dispose()
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        server.execute("DROP DATABASE migrated_twice WITH (FORCE)")
