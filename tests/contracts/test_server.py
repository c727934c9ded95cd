"""The embedded PostgreSQL: shared by processes, outliving any of them, gone with the last."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from gateway.store.engine import conninfo
from gateway.store.server import _running, embedded, stop

USER = """
import sys
from pathlib import Path
from gateway.store.server import embedded
print(embedded(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home():
    made = Path(tempfile.mkdtemp(prefix="gateway-server-"))
    yield made
    stop(made)
    shutil.rmtree(made, ignore_errors=True)


def user(home):
    started = subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    return started, started.stdout.readline().strip()


def leave(started):
    started.stdin.close()
    started.wait(30)
    started.stdout.close()


def test_two_processes_share_one_server_and_the_last_one_stops_it(home):
    first, url = user(home)
    second, same = user(home)
    assert url == same
    leave(first)
    with psycopg.connect(conninfo(url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    leave(second)
    assert not _running(home / "postgres")


def test_a_killed_process_neither_stops_the_server_nor_keeps_it_for_ever(home):
    first, url = user(home)
    second, _ = user(home)
    first.send_signal(signal.SIGKILL)
    first.wait(30)
    psycopg.connect(conninfo(url)).close()
    leave(second)
    assert not _running(home / "postgres")
    first.stdin.close()
    first.stdout.close()


def test_a_server_left_by_killed_processes_is_taken_up_again(home):
    only, url = user(home)
    only.send_signal(signal.SIGKILL)
    only.wait(30)
    only.stdin.close()
    only.stdout.close()
    assert embedded(home) == url


def test_it_starts_again_after_a_crash_with_its_data(home):
    url = embedded(home)
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
        connection.commit()
    pid = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    # Its children notice within moments; until then the data directory is theirs.
    for _ in range(100):
        if not _running(home / "postgres"):
            break
        time.sleep(0.1)
    again = embedded(home)
    with psycopg.connect(conninfo(again)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_pid_file_whose_number_belongs_to_another_program_is_no_obstacle(home):
    embedded(home)
    stop(home)
    lines = [
        str(os.getpid()),
        str(home / "postgres"),
        "1",
        "5432",
        str(home / "postgres"),
        "",
        "1 1",
        "ready",
    ]
    (home / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    psycopg.connect(conninfo(embedded(home))).close()


def test_a_half_made_cluster_is_made_anew(home):
    draft = home / "postgres.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    psycopg.connect(conninfo(embedded(home))).close()
    assert not draft.exists()


def test_a_long_path_still_gets_a_socket(home):
    deep = home / ("a" * 60) / ("b" * 60)
    url = embedded(deep)
    sockets = Path(make_url(url).query["host"])
    try:
        psycopg.connect(conninfo(url)).close()
        assert deep not in sockets.parents
    finally:
        stop(deep)
    assert not sockets.exists()


def test_nobody_else_on_the_machine_may_connect(home):
    embedded(home)
    rules = (home / "postgres" / "pg_hba.conf").read_text().split()
    assert rules == ["local", "all", "postgres", "peer", "map=gateway"]
