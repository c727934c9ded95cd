"""A real DNS conversation, with a name server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from socket import AF_INET, SOCK_DGRAM, socket

import pytest

from gateway.channels.email.resolver import DnsResolver, Kind, LookupFailed, is_name
from tests.fakes.nameserver import NameServer

RECORDS = {
    "family.test.": [
        ("TXT", '"v=spf1 " "-all"'),
        ("TXT", '"caf\\195\\169"'),
        ("MX", "10 in.family.test."),
        ("A", "192.0.2.1"),
    ],
    "www.family.test.": [("CNAME", "family.test.")],
    "1.2.0.192.in-addr.arpa.": [("PTR", "out.family.test.")],
}


@pytest.fixture
def server() -> Iterator[NameServer]:
    made = NameServer(RECORDS)
    made.start()
    yield made
    made.stop()


def ask(server: NameServer, *questions: tuple[str, Kind]) -> list[tuple[str, ...]]:
    async def all_of_them() -> list[tuple[str, ...]]:
        resolver = DnsResolver((("127.0.0.1", server.port),), answer_within_s=2)
        return [await resolver.look_up(name, kind) for name, kind in questions]

    return asyncio.run(all_of_them())


def test_records_of_every_kind_are_read(server: NameServer) -> None:
    text, mail, address, pointer, alias = ask(
        server,
        ("family.test", "TXT"),
        ("family.test.", "MX"),
        ("family.test", "A"),
        ("1.2.0.192.in-addr.arpa", "PTR"),
        ("www.family.test", "A"),
    )
    assert set(text) == {"v=spf1 -all", "caf\u00c3\u00a9"}
    assert mail == ("10 in.family.test",)
    assert address == alias == ("192.0.2.1",)
    assert pointer == ("out.family.test",)


def test_no_name_and_no_record_are_both_nothing(server: NameServer) -> None:
    assert ask(server, ("nowhere.test", "TXT"), ("family.test", "AAAA")) == [(), ()]


def test_an_answer_is_kept(server: NameServer) -> None:
    ask(server, ("family.test", "A"), ("family.test", "A"), ("FAMILY.test", "A"))
    assert server.questions == 1


def test_a_name_that_cannot_be_is_not_asked_for(server: NameServer) -> None:
    assert (
        ask(server, ("a..test", "A"), ("x" * 64 + ".test", "A"), ("é.test", "A"), ("a\\.test", "A"))
        == [()] * 4
    )
    assert server.questions == 0


def test_a_server_that_cannot_answer_is_told_from_no_record(server: NameServer) -> None:
    with pytest.raises(LookupFailed):
        ask(server, ("broken.test", "A"))


def test_silence_is_no_record_either() -> None:
    with socket(AF_INET, SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        resolver = DnsResolver((deaf.getsockname(),), answer_within_s=0.2)
        with pytest.raises(LookupFailed):
            asyncio.run(resolver.look_up("family.test", "A"))


def test_names() -> None:
    assert is_name("a.b-c._d.test")
    assert is_name("odd name%.test")
    assert not any(map(is_name, ("", ".", "a.", ".a", "a..b", "x" * 64, "a." * 127 + "a", "\n", "\\")))
