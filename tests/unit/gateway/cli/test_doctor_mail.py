"""The doctor looks at the way to and from other mail servers."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.channels.email.dkim_keys import ensure_dkim_keys
from gateway.cli import doctor_checks, doctor_mail
from gateway.settings import Settings, read
from tests.fakes.smtp import running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read({"GATEWAY_HOME": str(tmp_path)})


def answering(greeting: bytes) -> tuple[socket.socket, int]:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = server.accept()
        with line:
            line.sendall(greeting)

    threading.Thread(target=serve, daemon=True).start()
    return server, server.getsockname()[1]


@pytest.mark.parametrize(("greeting", "state"), [(b"220 hello\r\n", "ok"), (b"HTTP/1.1 400\r\n", "fail")])
def test_a_smarthost_must_greet_as_a_mail_server(settings: Settings, greeting: bytes, state: str) -> None:
    server, port = answering(greeting)
    with server:
        assert doctor_mail.smarthost(replace(settings, smarthost=("127.0.0.1", port))).state == state


def test_a_smarthost_that_is_down_fails_with_what_happens_meanwhile(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check = doctor_mail.smarthost(replace(settings, smarthost=("127.0.0.1", port)))
    assert check.state == "fail" and "mail waits here" in check.todo


@pytest.mark.parametrize(
    ("authserv_id", "sender_check", "state"),
    [
        ("", "header", "warn"),
        ("mx.example.org", "header", "ok"),
        ("", "dns", "ok"),
        ("mx.a.test", "dns", "ok"),
    ],
)
def test_it_is_told_when_nothing_can_prove_who_wrote(
    settings: Settings, authserv_id: str, sender_check: str, state: str
) -> None:
    check = doctor_mail.senders(replace(settings, authserv_id=authserv_id, sender_check=sender_check))
    assert check.state == state
    assert ("GATEWAY_SENDER_CHECK=dns" in check.todo) == (state == "warn")


def test_every_domains_signing_keys_are_looked_at(settings: Settings) -> None:
    assert doctor_mail.signing_keys(settings).state == "warn"
    folder = settings.home / "keys" / "dkim"
    for domain in ("relay.test", "other.test"):
        ensure_dkim_keys(folder, domain)
    check = doctor_mail.signing_keys(settings)
    assert (check.state, check.what) == ("ok", "4 DKIM keys for 2 domains can be used")
    assert doctor_checks.keys(settings).what.startswith("4 key files")
    (folder / "other.test" / "rsa1.pem").chmod(0o640)
    assert "chmod 600" in doctor_checks.keys(settings).todo
    (folder / "other.test" / "ed1.pem").write_text("no key")
    check = doctor_mail.signing_keys(settings)
    assert check.state == "fail" and check.what.startswith("other.test: ")


@pytest.mark.parametrize(
    ("host", "tls", "state"),
    [
        ("127.0.0.1", "may", "ok"),
        ("10.0.0.5", "off", "ok"),
        ("mail.example.org", "may", "warn"),
        ("8.8.8.8", "off", "warn"),
    ],
)
def test_plain_text_beyond_the_house_is_warned_of(
    settings: Settings, host: str, tls: str, state: str
) -> None:
    check = doctor_mail.smarthost_tls(replace(settings, smarthost=(host, 25), smarthost_tls=tls))
    assert (check.state, "must" in check.todo) == (state, state == "warn")


def test_a_smarthost_that_does_not_do_the_tls_asked_for_fails(settings: Settings, tmp_path: Path) -> None:
    with running(tmp_path) as gateway:
        here = replace(settings, smarthost=("127.0.0.1", gateway.mx.port))
        assert doctor_mail.smarthost_tls(replace(here, smarthost_tls="encrypt")).state == "ok"
        assert doctor_mail.smarthost_tls(replace(here, smarthost_tls="must")).state == "fail"
    server, port = answering(b"220 hello\r\n")
    with server:
        plain = replace(settings, smarthost=("127.0.0.1", port), smarthost_tls="encrypt")
        assert "mail waits here" in doctor_mail.smarthost_tls(plain).todo
