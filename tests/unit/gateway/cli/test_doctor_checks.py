"""The doctor says what is wrong and what to do."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.channels.email.certificate import make_certificate
from gateway.cli import doctor_checks
from gateway.settings import Settings, read
from tests.fakes.clamd import clamd


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read({"GATEWAY_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((3, 11, 14), "warn"),
        ((3, 11, 15), "ok"),
        ((3, 12, 12), "warn"),
        ((3, 13, 12), "ok"),
        ((3, 15, 0), "ok"),
    ],
)
def test_a_python_below_the_floor_is_warned_of(version: tuple[int, int, int], state: str) -> None:
    check = doctor_checks.python(version)
    assert check.state == state
    assert bool(check.todo) == (state == "warn")


def test_a_missing_home_asks_for_init(settings: Settings, tmp_path: Path) -> None:
    assert doctor_checks.home(settings).state == "ok"
    gone = replace(settings, home=tmp_path / "gone")
    assert "gateway init" in doctor_checks.home(gone).todo
    assert doctor_checks.disk(gone).name == "Disk"
    assert "gateway init" in doctor_checks.database(gone).todo


def test_a_key_that_others_may_read_fails(settings: Settings) -> None:
    assert doctor_checks.keys(settings).state == "fail"
    key = settings.home / "master.key"
    key.write_text("00")
    key.chmod(0o644)
    assert "chmod 600" in doctor_checks.keys(settings).todo
    key.chmod(0o600)
    assert doctor_checks.keys(settings).state == "ok"


@pytest.mark.parametrize(("age", "state"), [(0, "ok"), (820, "warn"), (900, "fail")])
def test_a_certificate_is_watched_until_it_ends(settings: Settings, age: int, state: str) -> None:
    pem, _ = make_certificate("mail.example.org", datetime.now(UTC) - timedelta(days=age))
    (settings.home / "mail.crt").write_bytes(pem)
    assert doctor_checks.certificate(settings).state == state


def test_a_missing_or_broken_certificate_fails(settings: Settings, tmp_path: Path) -> None:
    assert doctor_checks.certificate(settings).state == "fail"
    (tmp_path / "own.pem").write_text("not a certificate")
    check = doctor_checks.certificate(replace(settings, tls_cert=tmp_path / "own.pem"))
    assert (check.state, check.todo) == ("fail", "replace it by a PEM file")


def test_a_port_is_free_or_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        assert "in use" in doctor_checks.port("web_port", "127.0.0.1", number).what
    assert "free" in doctor_checks.port("web_port", "127.0.0.1", number).what


def test_shipped_policies_are_well() -> None:
    assert doctor_checks.policies().state == "ok"


def test_the_mail_ports_own_settings_are_told_and_the_dangerous_ones_warned_of(settings: Settings) -> None:
    told = {check.name: check for check in doctor_checks.mail_ports(settings)}
    assert {name: check.state for name, check in told.items()} == {
        "Implicit TLS": "ok",
        "PROXY": "ok",
        "Rates": "ok",
    }
    open_ones = replace(settings, proxy_neighbours=("0.0.0.0/0",), mails_per_hour=0)
    told = {check.name: check for check in doctor_checks.mail_ports(open_ones)}
    assert told["PROXY"].state == told["Rates"].state == "warn"
    assert told["PROXY"].todo and told["Rates"].todo


def test_a_second_port_for_tutors_is_looked_at_like_the_others(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    (check, *_) = doctor_checks.mail_ports(replace(settings, submissions_port=number))
    assert (check.name, check.state) == (f"Port {number}", "ok")


def test_a_virus_scanner_that_is_wanted_must_answer(settings: Settings) -> None:
    assert doctor_checks.virus_scanner(settings).state == "ok"
    with clamd() as scanner:
        where = scanner.where
        assert doctor_checks.virus_scanner(replace(settings, clamav=scanner.where)).what.startswith(
            "ClamAV 1"
        )
    assert doctor_checks.virus_scanner(replace(settings, clamav=where)).state == "fail"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "ok"),
        ({"second_factor": "optional"}, "warn"),
        ({"bind": "0.0.0.0"}, "warn"),
        ({"bind": "0.0.0.0", "public_url": "https://desk.example.org"}, "ok"),
    ],
)
def test_a_desk_that_a_password_alone_opens_is_warned_of(
    settings: Settings, changes: dict[str, str], state: str
) -> None:
    check = doctor_checks.signing_in(replace(settings, **changes))
    assert (check.state, bool(check.todo)) == (state, state == "warn")
