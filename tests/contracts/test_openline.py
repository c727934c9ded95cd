"""A connection of one's own: what it does when it is cut off, and what it refuses."""

import psycopg
import pytest

from gateway.errors import StoreUnavailable
from gateway.store.engine import conninfo
from gateway.store.openline import OpenLine, begin, commit, driver_of


@pytest.fixture
def line(store):
    one = OpenLine(store.engine)
    yield one
    one.close()


def who(line):
    return line.ask("SELECT pg_backend_pid() AS pid WHERE %(yes)s", {"yes": True})[0].pid


def test_it_keeps_its_connection(line):
    assert who(line) == who(line)


def test_a_look_up_is_planned_once_and_goes_by_index_however_small_its_table_was(line):
    line.run(lambda connection: driver_of(connection).execute("CREATE TABLE few (id int PRIMARY KEY)"))
    look_up = "SELECT id FROM few WHERE id = ANY(%(ids)s::int[])"
    for number in range(20):
        line.ask(look_up, {"ids": [number]})
    plans = "SELECT custom_plans AS made FROM pg_prepared_statements WHERE statement LIKE %(this)s"
    assert [row.made for row in line.ask(plans, {"this": "SELECT id FROM few %"})] == [0]
    explained = line.ask(f"EXPLAIN {look_up}", {"ids": [1]})
    assert "Index" in explained[0][0]


def test_a_connection_that_was_cut_off_is_replaced_and_the_work_done_again(line, postgres_url):
    first = who(line)
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s)", [first])
    assert who(line) != first


def test_work_that_fails_is_rolled_back_and_the_line_goes_on(line):
    def fail(connection):
        driver = driver_of(connection)
        begin(driver)
        driver.execute("CREATE TABLE half_done (x int)")
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        line.run(fail)
    assert line.ask("SELECT to_regclass(%(name)s)::text AS found", {"name": "half_done"})[0].found is None


def test_work_that_forgets_to_commit_is_refused_and_undone(line):
    def forget(connection):
        begin(driver_of(connection))
        driver_of(connection).execute("CREATE TABLE forgotten (x int)")

    with pytest.raises(RuntimeError, match="left open"):
        line.run(forget)
    assert line.ask("SELECT to_regclass(%(name)s)::text AS found", {"name": "forgotten"})[0].found is None


def test_what_is_committed_survives_the_line(store):
    def work(connection):
        driver = driver_of(connection)
        with driver.pipeline():
            begin(driver)
            driver.execute("CREATE TABLE kept (x int)")
            commit(driver)

    one, other = OpenLine(store.engine), OpenLine(store.engine)
    one.run(work)
    one.close()
    assert other.ask("SELECT to_regclass(%(name)s)::text AS found", {"name": "kept"})[0].found == "kept"
    other.close()


def test_it_says_unavailable_when_there_is_no_database(store, postgres_url):
    line = OpenLine(store.engine)
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        server.execute(f"ALTER DATABASE {store.engine.url.database} ALLOW_CONNECTIONS false")
        with pytest.raises(StoreUnavailable):
            who(line)
        server.execute(f"ALTER DATABASE {store.engine.url.database} ALLOW_CONNECTIONS true")
    assert who(line)
    line.close()
