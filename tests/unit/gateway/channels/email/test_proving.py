"""Mail from outside that nobody vouches for, proven by our own look at the DNS, over a real connection."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from gateway.channels.email.dkim import Signer
from gateway.channels.email.dkim_keys import SigningKey
from gateway.channels.email.resolver import DnsResolver, Kind
from gateway.domain.message import Assurance
from tests.fakes.nameserver import NameServer
from tests.fakes.smtp import AUTHSERV_ID, Client, Gateway, running

KEY = SigningKey("s", ed25519.Ed25519PrivateKey.generate())
MAIL = b"From: Ruth <ruth@family.test>\r\nTo: a@relay.test\r\nSubject: Tuesday\r\n\r\nHello\r\n"
SIGNED = Signer("family.test", [KEY]).sign(MAIL)
RUTH, TUTOR_ALIAS = "ruth@family.test", "tara-jamie-tara@relay.test"
ZONE = {
    "family.test.": [("TXT", '"v=spf1 ip4:127.0.0.1 -all"')],
    "_dmarc.family.test.": [("TXT", '"v=DMARC1; p=reject"')],
    "s._domainkey.family.test.": [("TXT", f'"{KEY.record}"')],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture
def server() -> Iterator[NameServer]:
    made = NameServer(dict(ZONE))
    made.start()
    yield made
    made.stop()


def resolver_at(server: NameServer, answer_within_s: float = 2) -> DnsResolver:
    return DnsResolver((("127.0.0.1", server.port),), answer_within_s)


def begun(gateway: Gateway) -> Client:
    client = Client(gateway.mx.port)
    client.reply()
    client.ask("EHLO mail.family.test")
    return client


def assurance_of(gateway: Gateway, content: bytes) -> Assurance:
    with begun(gateway) as client:
        assert client.mail(content.removesuffix(b"\r\n"), RUTH, TUTOR_ALIAS).startswith("250")
    return gateway.office.taken[-1].envelope.assurance


def test_a_signed_mail_through_a_server_of_ours_is_proven_by_its_signature(
    folder: Path, server: NameServer
) -> None:
    with running(folder, resolver=resolver_at(server)) as gateway:
        assert assurance_of(gateway, SIGNED) is Assurance.AUTHENTICATED_MAIL
        # The host that SPF names is our own server's: it says nothing about the sender.
        assert assurance_of(gateway, MAIL) is Assurance.NONE


def test_a_strangers_host_is_asked_about_by_spf(folder: Path, server: NameServer) -> None:
    with running(folder, resolver=resolver_at(server), neighbours=("192.0.2.0/24",)) as gateway:
        assert assurance_of(gateway, MAIL) is Assurance.AUTHENTICATED_MAIL
        server.records["family.test."] = [("TXT", '"v=spf1 ip4:192.0.2.9 -all"')]
    with running(folder, resolver=resolver_at(server), neighbours=("192.0.2.0/24",)) as gateway:
        assert assurance_of(gateway, MAIL) is Assurance.NONE


def test_what_the_client_calls_itself_is_known_to_spf(folder: Path, server: NameServer) -> None:
    server.records["family.test."] = [("TXT", '"v=spf1 exists:%{h}.hosts.family.test -all"')]
    server.records["mail.family.test.hosts.family.test."] = [("A", "127.0.0.2")]
    with running(folder, resolver=resolver_at(server), neighbours=()) as gateway:
        assert assurance_of(gateway, MAIL) is Assurance.AUTHENTICATED_MAIL


def test_a_server_that_vouches_saves_the_question(folder: Path, server: NameServer) -> None:
    words = f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from=family.test\r\n"
    with running(folder, resolver=resolver_at(server)) as gateway:
        assert assurance_of(gateway, words.encode() + MAIL) is Assurance.AUTHENTICATED_MAIL
    assert server.questions == 0


def test_a_server_that_does_not_answer_leaves_it_unproven_and_taken(
    folder: Path, server: NameServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ZONE:
        server.records[name] = []
    server.records["family.test."] = [("TXT", '"v=spf1 include:broken.test -all"')]
    with running(folder, resolver=resolver_at(server), neighbours=()) as gateway:
        assert assurance_of(gateway, SIGNED) is Assurance.NONE
    assert "spf=temperror" in caplog.text
    assert "family.test" not in caplog.text


class Odd:
    """A resolver that is broken, or slow."""

    def __init__(self, fault: Exception | None = None, wait_s: float = 0) -> None:
        self.fault, self.wait_s = fault, wait_s

    async def look_up(self, name: str, kind: Kind) -> tuple[str, ...]:
        await asyncio.sleep(self.wait_s)
        if self.fault:
            raise self.fault
        return ()


def test_a_check_that_breaks_leaves_it_unproven_and_taken(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(folder, resolver=Odd(RuntimeError("ruth@family.test"))) as gateway:
        assert assurance_of(gateway, SIGNED) is Assurance.NONE
    assert "could not be checked (RuntimeError)" in caplog.text
    assert "ruth" not in caplog.text


def test_others_are_served_while_the_dns_is_slow(folder: Path) -> None:
    with (
        running(folder, resolver=Odd(wait_s=1.0)) as gateway,
        begun(gateway) as slow,
        begun(gateway) as other,
    ):
        slow.ask(f"MAIL FROM:<{RUTH}>")
        slow.ask(f"RCPT TO:<{TUTOR_ALIAS}>")
        slow.ask("DATA")
        slow.send(SIGNED + b".\r\n")
        began = time.monotonic()
        assert other.ask("NOOP").startswith("250")
        assert time.monotonic() - began < 0.9
        assert slow.reply()[-1].startswith("250")


def test_the_check_gives_up_in_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.channels.email import sender_check

    monkeypatch.setitem(sender_check.check.__kwdefaults__, "limit_s", 0.3)
    with running(folder, resolver=Odd(wait_s=30)) as gateway:
        assert assurance_of(gateway, SIGNED) is Assurance.NONE
