"""Bounces over a real connection: believed by their address alone, read elsewhere, never passed on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.channels.email import reports, verp
from gateway.channels.email.bounces import Bounces
from gateway.channels.email.reports import Report
from gateway.domain.dispatch import Bounce
from gateway.errors import ReaderFailed, StoreUnavailable, Unavailable
from tests.fakes.smtp import Client, Gateway, running

KEY = b"k" * 32
PATH = verp.return_path(42, "relay.test", KEY)


def report(action: str, status: str) -> bytes:
    return (
        b"From: MAILER-DAEMON@family.test\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nSecret words.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.family.test\r\n\r\n"
        b"Final-Recipient: rfc822; ruth@family.test\r\n"
        + f"Action: {action}\r\nStatus: {status}\r\n\r\n--b--".encode()
    )


@dataclass
class Desk:
    """Reads at once, and keeps what was written down."""

    raises: Exception | None = None
    unreadable: Exception | None = None
    written: list[Bounce] = field(default_factory=list)
    read_bytes: int = 0

    def read(self, raw: bytes) -> Future[Report | None]:
        self.read_bytes = len(raw)
        done: Future[Report | None] = Future()
        if self.unreadable is None:
            done.set_result(reports.read(raw))
        else:
            done.set_exception(self.unreadable)
        return done

    def bounced(self, bounce: Bounce) -> None:
        if self.raises is not None:
            raise self.raises
        self.written.append(bounce)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def gateway(tmp_path_factory: pytest.TempPathFactory, desk: Desk) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("certificates")
    with running(folder, bounces=Bounces(KEY, desk.read, desk.bounced)) as one:
        yield one


@pytest.fixture
def client(gateway: Gateway) -> Iterator[Client]:
    with Client(gateway.mx.port) as one:
        one.reply()
        one.ask("EHLO mail.family.test")
        yield one


def test_a_report_of_failure_is_written_down_and_goes_to_nobody(
    client: Client, gateway: Gateway, desk: Desk
) -> None:
    assert client.mail(report("failed", "5.1.1"), "", PATH).startswith("250 2.0.0")
    (one,) = desk.written
    assert (one.dispatch_id, one.status, one.final) == (42, "5.1.1", True)
    assert gateway.office.taken == []


def test_a_server_that_gave_up_after_days_of_trying_has_failed_too(client: Client, desk: Desk) -> None:
    assert client.mail(report("failed", "4.4.7"), "", PATH).startswith("250")
    assert desk.written[0].final


def test_a_report_of_delay_is_not_final_and_one_of_delivery_says_nothing(client: Client, desk: Desk) -> None:
    assert client.mail(report("delayed", "4.4.1"), "", PATH.upper()).startswith("250")
    assert client.mail(report("delivered", "2.0.0"), "", PATH).startswith("250")
    assert [(one.final, one.status) for one in desk.written] == [(False, "4.4.1")]


def test_a_bounce_under_a_postmasters_name_counts_too(client: Client, desk: Desk) -> None:
    assert client.mail(report("failed", "5.1.1"), "mailer-daemon@family.test", PATH).startswith("250")
    assert len(desk.written) == 1


@pytest.mark.parametrize(
    "address",
    [
        verp.return_path(42, "relay.test", b"x" * 32),
        PATH.replace("b-42", "b-43"),
        PATH.replace("relay.test", "other.test"),
        "b-42-aaaaaaaaaaaaaaaa@relay.test",
    ],
)
def test_a_forged_return_path_is_refused(client: Client, desk: Desk, address: str) -> None:
    client.ask("MAIL FROM:<>")
    assert client.ask(f"RCPT TO:<{address}>").startswith("550 5.7.1")
    client.ask("RSET")
    client.ask("MAIL FROM:<stranger@example.org>")
    assert client.ask(f"RCPT TO:<{address}>").startswith("550 5.1.1")
    assert client.ask("DATA").startswith("554")
    assert desk.written == []


def test_a_report_about_one_copy_goes_alone(client: Client, gateway: Gateway, desk: Desk) -> None:
    client.ask("MAIL FROM:<ruth@family.test>")
    assert client.ask(f"RCPT TO:<{PATH}>").startswith("250")
    assert client.ask("RCPT TO:<tara-jamie-tara@relay.test>").startswith("452")
    client.ask("RSET")
    client.ask("MAIL FROM:<ruth@family.test>")
    assert client.ask("RCPT TO:<tara-jamie-tara@relay.test>").startswith("250")
    assert client.ask(f"RCPT TO:<{PATH}>").startswith("550")
    assert client.ask("DATA").startswith("354")
    assert client.ask(b"From: ruth@family.test\r\n\r\nHello.\r\n.").startswith("250")
    assert [one.envelope.recipient_ids for one in gateway.office.taken] == [("tara",)]
    assert desk.written == []


def test_what_is_no_report_is_refused_and_so_not_lost(client: Client, desk: Desk) -> None:
    absent = b"From: ruth@family.test\r\nSubject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nBack soon."
    assert client.mail(absent, "", PATH).startswith("550 5.7.1 Only delivery reports")
    assert desk.written == []


def test_a_report_that_kills_its_reader_is_taken_for_a_failure(client: Client, desk: Desk) -> None:
    desk.unreadable = ReaderFailed("reading it took too long")
    assert client.mail(report("delayed", "4.4.1"), "", PATH).startswith("250")
    assert [(one.final, one.status) for one in desk.written] == [(True, "")]


@pytest.mark.parametrize("fault", [StoreUnavailable("The database is away."), Unavailable("Stopped.")])
def test_a_report_that_could_not_be_written_down_is_asked_for_again(
    client: Client, desk: Desk, fault: Exception
) -> None:
    if isinstance(fault, StoreUnavailable):
        desk.raises = fault
    else:
        desk.unreadable = fault
    assert client.mail(report("failed", "5.1.1"), "", PATH).startswith("451 4.3.0")
    desk.raises = desk.unreadable = None
    assert client.mail(report("failed", "5.1.1"), "", PATH).startswith("250")
    assert len(desk.written) == 1


def test_of_a_large_report_the_reader_gets_the_beginning(client: Client, desk: Desk) -> None:
    large = report("failed", "5.1.1") + b"\r\n" + b"x" * 70 + b"\r\n" * 400_000
    assert client.mail(large, "", PATH).startswith("250")
    assert desk.read_bytes == reports.READ_BYTES
    assert len(desk.written) == 1


def test_a_tutor_cannot_report_anything(gateway: Gateway, desk: Desk) -> None:
    with Client(gateway.submission.port) as client:
        assert client.sign_in().startswith("235")
        client.ask("MAIL FROM:<tara.okafor@relay.test>")
        assert client.ask(f"RCPT TO:<{PATH}>").startswith("550")
