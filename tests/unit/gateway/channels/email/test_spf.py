"""SPF answers as RFC 7208 says, and asks the DNS no more often than it allows."""

from __future__ import annotations

import asyncio

import pytest

from gateway.channels.email.spf import check_host
from tests.fakes.dns import Zone, zone

ZONE = """
    family.test TXT v=spf1 ip4:192.0.2.0/28 ip6:2001:db8:1::/48 a:out.family.test mx include:_spf.host.test ~all
    out.family.test A 198.51.100.7
    out.family.test AAAA 2001:db8:2::7
    family.test MX 10 in.family.test
    in.family.test A 203.0.113.9
    _spf.host.test TXT v=spf1 ip4:198.51.100.128/25 -all
    moved.test TXT v=spf1 redirect=family.test
    strict.test TXT v=spf1 -all
    open.test TXT v=spf1 +all
    shrug.test TXT v=spf1 ?all
    bare.test TXT v=spf1
    net.test TXT v=spf1 a:out.family.test/24 a:out.family.test//64 -all
    lost.test TXT v=spf1 include:nowhere.test -all
    away.test TXT v=spf1 redirect=nowhere.test
    two.test TXT v=spf1 -all
    two.test TXT v=spf1 +all
    typo.test TXT v=spf1 +all ipv4:192.0.2.1
    loop.test TXT v=spf1 include:loop.test -all
    each.test TXT v=spf1 exists:%{ir}.%{l}.each.test -all
    1.2.0.192.ruth.each.test A 127.0.0.2
    ptr.test TXT v=spf1 ptr -all
    5.2.0.192.in-addr.arpa PTR mail.ptr.test
    mail.ptr.test A 192.0.2.5
    6.2.0.192.in-addr.arpa PTR liar.ptr.test
    liar.ptr.test A 192.0.2.7
    silent.test TXT v=spf1 a:dead.test -all
    hush.test TXT v=spf1 ptr:hush.test -all
    nullmx.test TXT v=spf1 mx -all
    nullmx.test MX 0
    plain.test TXT hello
    case.test TXT v=SPF1 A:OUT.family.test -ALL
    txt.test TXT v=spf1 ip4:192.0.2.1 exp=explain.test -all
"""


def result(ip: str, domain: str, local: str = "ruth", found: Zone | None = None) -> str:
    resolver = found or zone(ZONE, "dead.test", "gone.test", "8.2.0.192.in-addr.arpa")
    return asyncio.run(check_host(ip, domain, f"{local}@{domain}", "mail.family.test", resolver))


@pytest.mark.parametrize(
    ("ip", "domain", "expected"),
    [
        ("192.0.2.15", "family.test", "pass"),
        ("192.0.2.16", "family.test", "softfail"),
        ("198.51.100.7", "family.test", "pass"),
        ("203.0.113.9", "family.test", "pass"),
        ("198.51.100.200", "family.test", "pass"),
        ("198.51.100.127", "family.test", "softfail"),
        ("2001:db8:1::5", "family.test", "pass"),
        ("2001:db8:2::7", "family.test", "pass"),
        ("2001:db8:2::8", "family.test", "softfail"),
        ("::ffff:192.0.2.1", "family.test", "pass"),
        ("192.0.2.1", "moved.test", "pass"),
        ("192.0.2.99", "moved.test", "softfail"),
        ("192.0.2.1", "strict.test", "fail"),
        ("192.0.2.1", "open.test", "pass"),
        ("192.0.2.1", "shrug.test", "neutral"),
        ("192.0.2.1", "bare.test", "neutral"),
        ("198.51.100.250", "net.test", "pass"),
        ("2001:db8:2::ffff", "net.test", "pass"),
        ("198.51.101.1", "net.test", "fail"),
        ("192.0.2.1", "lost.test", "permerror"),
        ("192.0.2.1", "away.test", "permerror"),
        ("192.0.2.1", "two.test", "permerror"),
        ("192.0.2.1", "typo.test", "permerror"),
        ("192.0.2.1", "loop.test", "permerror"),
        ("192.0.2.1", "each.test", "pass"),
        ("192.0.2.2", "each.test", "fail"),
        ("192.0.2.5", "ptr.test", "pass"),
        ("192.0.2.6", "ptr.test", "fail"),
        ("192.0.2.8", "hush.test", "fail"),
        ("192.0.2.1", "silent.test", "temperror"),
        ("192.0.2.1", "gone.test", "temperror"),
        ("192.0.2.1", "nullmx.test", "fail"),
        ("192.0.2.1", "plain.test", "none"),
        ("192.0.2.1", "nowhere.test", "none"),
        ("192.0.2.1", "test", "none"),
        ("192.0.2.1", "a..test", "none"),
        ("192.0.2.1", "x" * 64 + ".test", "none"),
        ("192.0.2.1", "é.test", "none"),
        ("192.0.2.1", "family.test.", "pass"),
        ("198.51.100.7", "case.test", "pass"),
        ("192.0.2.2", "txt.test", "fail"),
        ("", "family.test", "none"),
        ("not an address", "family.test", "none"),
    ],
)
def test_a_host_may_send_or_not(ip: str, domain: str, expected: str) -> None:
    assert result(ip, domain) == expected


def test_the_null_sender_is_checked_by_its_greeting() -> None:
    found = zone(
        "mail.family.test TXT v=spf1 exists:%{l}.%{o}.x.test -all\npostmaster.mail.family.test.x.test A 127.0.0.2"
    )
    assert asyncio.run(check_host("192.0.2.1", "mail.family.test", "", "mail.family.test", found)) == "pass"


def test_ten_look_ups_are_allowed_and_eleven_are_not() -> None:
    addresses = "\n".join(f"a{n}.test A 198.51.100.{n}" for n in range(12))
    for count, expected in ((10, "fail"), (11, "permerror")):
        terms = " ".join(f"a:a{n}.test" for n in range(count))
        assert (
            result("192.0.2.1", "many.test", found=zone(f"many.test TXT v=spf1 {terms} -all\n{addresses}"))
            == expected
        )


def test_two_look_ups_may_come_to_nothing() -> None:
    for count, expected in ((2, "fail"), (3, "permerror")):
        terms = " ".join(f"a:nothing{n}.test" for n in range(count))
        assert result("192.0.2.1", "void.test", found=zone(f"void.test TXT v=spf1 {terms} -all")) == expected


def test_more_than_ten_mail_exchangers_are_too_many() -> None:
    exchangers = "\n".join(f"mx.test MX {n} a.test" for n in range(11))
    found = zone(f"mx.test TXT v=spf1 mx -all\na.test A 192.0.2.200\n{exchangers}")
    assert result("192.0.2.1", "mx.test", found=found) == "permerror"
    assert len(found.asked) == 2


def test_an_overlong_expansion_loses_labels_on_its_left() -> None:
    local = ".".join(["long"] * 12)
    found = zone("deep.test TXT v=spf1 exists:%{l}.%{l}.%{l}.%{l}.%{l}.%{l}.x.test -all")
    assert result("192.0.2.1", "deep.test", local, found) == "fail"
    assert len(found.asked[-1][0]) <= 253
    assert found.asked[-1][0].endswith(".long.x.test")


def test_a_web_of_inclusions_ends_at_ten_look_ups() -> None:
    lines = "\n".join(
        f"n{n}.test TXT v=spf1 include:n{n + 1}.test include:n{n + 2}.test -all" for n in range(40)
    )
    found = zone(lines)
    assert result("192.0.2.1", "n0.test", found=found) == "permerror"
    assert len(found.asked) <= 11
