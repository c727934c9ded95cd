"""Debian's own Postfix with the configuration we ship, in folders and on ports of the test's own."""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.channels.email.sink import Sink
from tests.e2e.installation import AUTHSERV_ID, DOMAIN, eventually

SHIPPED = Path(__file__).resolve().parents[2] / "docker" / "postfix"
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

# Sendmail has published no RFC for these; they are in its libmilter/mfdef.h.
ADD_HEADERS = 0x01
NO_STEPS_BUT_HELO = 0x01 | 0x04 | 0x08 | 0x10 | 0x20 | 0x40 | 0x100 | 0x200


def needed() -> None:
    """Leave out the test, or fail it where all system packages are promised, without the real programs."""
    missing = [name for name in ("postfix", "swaks") if shutil.which(name, path=PATH) is None]
    if missing or os.geteuid() != 0:
        reason = f"Not found: {', '.join(missing)}." if missing else "Postfix starts for root only."
        if os.environ.get("TUTOR_GATEWAY_REQUIRE_BROWSER"):  # all system packages are promised, not it alone
            pytest.fail(reason)
        pytest.skip(f"{reason} The gateway was not tested behind Postfix.")


class World(Sink):
    """Everybody's mail servers; `unknown` mailboxes are refused at RCPT, `down` ones put off."""

    def __init__(self) -> None:
        super().__init__()
        self.unknown: set[str] = set()
        self.down: set[str] = set()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address in self.unknown:
            return "550 5.1.1 No such person"
        if address in self.down:
            return "451 4.3.0 Not now"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Fine"


@contextmanager
def postfix(folder: Path, service_port: int, **settings: str) -> Iterator[Path]:
    """Run Postfix from a copy of a shipped folder until the block ends; yields its log.

    settings: main.cf's, beside those that keep it in its folder and on loopback.
    """
    # Not pytest's folder: Postfix's unprivileged half must be able to walk there.
    home = Path(tempfile.mkdtemp(prefix="gateway-postfix-"))
    home.chmod(0o755)
    config, log = home / "etc", home / "log"
    shutil.copytree(folder, config, ignore=shutil.ignore_patterns("front", "Dockerfile"))
    master = config / "master.cf"
    text = master.read_text().replace("smtp      inet", f"127.0.0.1:{service_port} inet", 1)
    master.write_text(text.replace("/etc/postfix/", f"{config}/"))
    own = {
        "queue_directory": str(home / "queue"),
        "data_directory": str(home / "data"),
        "maillog_file": str(log),
        "maillog_file_prefixes": str(home),
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "smtp_tls_CAfile": "",
    }
    (home / "queue").mkdir()
    _run("postconf", "-c", config, "-e", *(f"{name}={value}" for name, value in (own | settings).items()))
    assert _run("postconf", "-c", config, "-n").stderr == ""  # it tells of settings that do not exist
    try:
        _run("postfix", "-c", config, "start")
        eventually(lambda: _greets(service_port), 20)
        yield log
    finally:
        subprocess.run(
            ["postfix", "-c", config, "abort"], env=_environment(), capture_output=True, timeout=20
        )
        shutil.rmtree(home)


def point_policy_at(folder: Path, into: Path, mx_port: int) -> Path:
    """A copy of the shipped front whose master.cf asks the gateway's port of this test."""
    copy = Path(shutil.copytree(folder, into))
    master = copy / "master.cf"
    text = master.read_text()
    assert "127.0.0.1 8525" in text
    master.write_text(text.replace("127.0.0.1 8525", f"127.0.0.1 {mx_port}"))
    return copy


@contextmanager
def verifier(says: Callable[[str], str | None]) -> Iterator[int]:
    """A milter in opendmarc's place; yields its port.

    says: Authentication-Results for the name a client greets with, None to add none. It dies of "broken".
    """

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            helo = ""
            while head := self.rfile.read(5):
                payload = self.rfile.read(int.from_bytes(head[:4], "big") - 1)
                command = head[4:]
                if command == b"O":
                    terms = (6, ADD_HEADERS, NO_STEPS_BUT_HELO)
                    self.answer(b"O", b"".join(one.to_bytes(4, "big") for one in terms))
                elif command == b"H":
                    if payload == b"broken\0":
                        return
                    helo = payload.rstrip(b"\0").decode()
                    self.answer(b"c")
                elif command == b"E":
                    if results := says(helo):
                        value = f"{AUTHSERV_ID}; {results}".encode()
                        self.answer(b"i", bytes(4) + b"Authentication-Results\0" + value + b"\0")
                    self.answer(b"c")

        def answer(self, command: bytes, payload: bytes = b"") -> None:
            self.wfile.write((len(payload) + 1).to_bytes(4, "big") + command + payload)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Session) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join(10)


class Answered(NamedTuple):
    """swaks's exit status (0 sent, 24 recipient refused) and the dialogue it shows."""

    status: int
    dialogue: str


def swaks(port: int, sender: str, to: str, helo: str, *more: str) -> Answered:
    """Write to a server as an outside client."""
    run = subprocess.run(
        [
            "swaks",
            "-s",
            f"127.0.0.1:{port}",
            "-f",
            sender,
            "-t",
            to,
            "--ehlo",
            helo,
            "--timeout",
            "30",
            *more,
        ],
        capture_output=True,
        text=True,
        timeout=50,
        env=_environment(),
    )
    return Answered(run.returncode, run.stdout + run.stderr)


def front_settings(mx_port: int, milter_port: int, tls: Path) -> dict[str, str]:
    """What somebody who sets up the front has to change, with this test's values."""
    return {
        "myhostname": AUTHSERV_ID,
        "relay_domains": DOMAIN,
        "relay_transport": f"smtp:[127.0.0.1]:{mx_port}",
        "smtpd_milters": f"inet:127.0.0.1:{milter_port}",
        "smtpd_tls_chain_files": f"{tls / 'mail.key'}, {tls / 'mail.crt'}",
    }


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        list(map(str, command)), env=_environment(), capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def _environment() -> dict[str, str]:
    return os.environ | {"PATH": PATH}
