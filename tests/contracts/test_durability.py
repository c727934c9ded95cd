"""What PostgreSQL must promise before we answer for anything."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gateway.errors import NotFound, SettingsError, StoreFull, StoreUnavailable
from gateway.store.engine import check_durable, connect, conninfo, fault_of


def test_a_database_that_syncs_is_accepted(store):
    check_durable(store.engine)


def test_synchronous_commit_off_is_refused_with_advice(store, postgres_url):
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        server.execute(f"ALTER DATABASE {store.engine.url.database} SET synchronous_commit = off")
    weakened = connect(store.url)
    try:
        with pytest.raises(SettingsError, match="set synchronous_commit=on"):
            check_durable(weakened)
        # Weakened after the start, it is put right for each of our sessions.
        with weakened.connect() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
    finally:
        weakened.dispose()


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_server_that_does_not_sync_is_refused(tmp_path_factory, name):
    import shutil
    import tempfile
    from pathlib import Path

    from gateway.store.server import embedded, stop

    home = Path(tempfile.mkdtemp(prefix="gateway-unsafe-"))
    try:
        embedded(home)
        stop(home)
        with (home / "postgres" / "postgresql.conf").open("a") as settings:
            settings.write(f"{name} = off\n")
        engine = connect(embedded(home))
        with pytest.raises(SettingsError, match=f"{name}=off"):
            check_durable(engine)
        engine.dispose()
    finally:
        stop(home)
        shutil.rmtree(home, ignore_errors=True)


def test_an_unreachable_database_is_unavailable_not_wrong():
    nowhere = connect("postgresql+psycopg://postgres@/postgres?host=/nonexistent-socket-directory")
    with pytest.raises(StoreUnavailable):
        check_durable(nowhere)


@pytest.mark.parametrize(
    ("sqlstate", "kind"),
    [
        ("53100", StoreFull),
        ("53200", StoreFull),
        ("53300", StoreFull),
        ("08006", StoreUnavailable),
        ("57P01", StoreUnavailable),
        ("57P03", StoreUnavailable),
        ("40P01", StoreUnavailable),
        ("25006", StoreUnavailable),
        ("58030", StoreUnavailable),
        ("23505", None),
        ("42601", None),
    ],
)
def test_the_servers_codes_become_our_errors(sqlstate, kind):
    fault = psycopg.errors.lookup(sqlstate)("DETAIL: Key (address)=(jamie@family.test)")
    found = fault_of(fault)
    assert type(found) is (kind or type(None))
    assert "jamie" not in str(found)


def test_a_lost_connection_without_a_code_is_unavailable():
    assert isinstance(fault_of(psycopg.OperationalError("server closed the connection")), StoreUnavailable)
    assert isinstance(fault_of(psycopg.InterfaceError("the connection is closed")), StoreUnavailable)
    assert isinstance(fault_of(psycopg.DataError("cannot contain NUL")), NotFound)
    assert fault_of(ValueError("x")) is None
    assert fault_of(OperationalError("x", None, Exception())) is None


def test_a_full_disk_is_told_apart_and_the_message_is_kept_once_there_is_room(family_store):
    from tests.fakes.sql import arrival, home_circle, passed

    circle = home_circle(family_store)
    with family_store.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER no_room BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION no_room()")
        )
    one = arrival()
    with pytest.raises(StoreFull):
        family_store.ledger.keep(one, passed(one), circle).result(timeout=20)
    with family_store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER no_room ON message"))
    assert not family_store.ledger.keep(one, passed(one), circle).result(timeout=20).duplicate
    assert family_store.record.verify("demo") == (2, None)
