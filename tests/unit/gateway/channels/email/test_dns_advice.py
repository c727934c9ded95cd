"""Doctor says what the DNS lacks, and the very line to publish."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from gateway.channels.email.dkim_keys import SigningKey, zone_line
from gateway.channels.email.dns_advice import Advice, advise
from tests.fakes.dns import Zone, zone

DOMAIN, HOST, IP = "relay.test", "mail.relay.test", "192.0.2.10"
KEY = SigningKey("ed1", ed25519.Ed25519PrivateKey.generate())
OTHER = SigningKey("ed1", ed25519.Ed25519PrivateKey.generate())
MX = f"{DOMAIN} MX 10 {HOST}\n{HOST} A {IP}\n"
SPF = f"{DOMAIN} TXT v=spf1 ip4:{IP} -all\n"
DKIM = f"ed1._domainkey.{DOMAIN} TXT {KEY.record}\n"
DMARC = f"_dmarc.{DOMAIN} TXT v=DMARC1; p=reject\n"
ALL = MX + SPF + DKIM + DMARC


def advice(records: str | Zone, about: str, keys: tuple[SigningKey, ...] = (KEY,), ip: str = IP) -> Advice:
    found = records if isinstance(records, Zone) else zone(records)
    named = [one for one in advise(DOMAIN, keys, HOST, found, ip) if one.name.startswith(about)]
    assert len(named) == 1
    return named[0]


def test_a_domain_in_order_needs_nothing() -> None:
    found = advise(DOMAIN, (KEY,), HOST, zone(ALL), IP)
    assert [(one.name.split()[0], one.state, one.todo) for one in found] == [
        ("MX", "ok", ""),
        ("SPF", "ok", ""),
        ("DMARC", "ok", ""),
        ("DKIM", "ok", ""),
    ]


@pytest.mark.parametrize(
    ("about", "records", "state"),
    [
        ("MX", "", "fail"),
        ("MX", f"{DOMAIN} MX 0 .\n", "fail"),
        ("MX", f"{DOMAIN} MX 10 {HOST}\n", "fail"),
        ("MX", f"{DOMAIN} MX 10 in.front.test\nin.front.test AAAA 2001:db8::1\n", "warn"),
        ("SPF", "", "fail"),
        ("SPF", f"{DOMAIN} TXT v=spf1 +all\n", "fail"),
        ("SPF", f"{DOMAIN} TXT v=spf1 mix -all\n", "fail"),
        ("SPF", f"{DOMAIN} TXT v=spf1 -all\n{DOMAIN} TXT v=spf1 a -all\n", "fail"),
        ("SPF", f"{DOMAIN} TXT v=spf1 include:nowhere.test -all\n", "fail"),
        ("SPF", f"{DOMAIN} TXT v=spf1 -all\n", "fail"),
        ("SPF", f"{DOMAIN} TXT v=spf1 ip4:{IP} ?all\n", "warn"),
        ("SPF", f"{DOMAIN} TXT v=spf1 ip4:{IP} ~all\n", "ok"),
        ("DKIM", "", "fail"),
        ("DKIM", DKIM + DKIM, "fail"),
        ("DKIM", f"ed1._domainkey.{DOMAIN} TXT {OTHER.record}\n", "fail"),
        ("DKIM", f"ed1._domainkey.{DOMAIN} TXT v=DKIM1; k=ed25519; p=\n", "fail"),
        ("DKIM", f"ed1._domainkey.{DOMAIN} TXT {KEY.record}; t=y\n", "warn"),
        ("DMARC", "", "warn"),
        ("DMARC", f"_dmarc.{DOMAIN} TXT v=DMARC1; p=none\n", "warn"),
        ("DMARC", f"_dmarc.{DOMAIN} TXT v=DMARC1; p=quarantine\n", "ok"),
    ],
)
def test_each_fault_is_seen(about: str, records: str, state: str) -> None:
    found = advice(records, about)
    assert found.state == state
    assert bool(found.todo) == (state != "ok")


def test_what_to_publish_is_a_line_for_the_zone() -> None:
    assert advice("", "MX").todo == f"publish: {DOMAIN}. IN MX 10 {HOST}."
    assert advice("", "SPF").todo == f'publish: {DOMAIN}. IN TXT "v=spf1 ip4:{IP} -all"'
    assert (
        advice("", "SPF", ip="2001:db8::1").todo == f'publish: {DOMAIN}. IN TXT "v=spf1 ip6:2001:db8::1 -all"'
    )
    assert advice("", "SPF", ip="").todo == f'publish: {DOMAIN}. IN TXT "v=spf1 mx -all"'
    assert advice("", "DKIM").todo == f"publish: {zone_line(KEY, DOMAIN)}"
    assert advice("", "DMARC").todo == f'publish: _dmarc.{DOMAIN}. IN TXT "v=DMARC1; p=quarantine"'


@pytest.mark.parametrize(
    ("about", "name"),
    [("MX", DOMAIN), ("SPF", DOMAIN), ("DKIM", f"ed1._domainkey.{DOMAIN}"), ("DMARC", f"_dmarc.{DOMAIN}")],
)
def test_a_silent_dns_is_a_warning_and_the_other_checks_go_on(about: str, name: str) -> None:
    found = advice(zone(ALL, name), about)
    assert (found.state, found.what) == ("warn", "the DNS did not answer")
    assert len(advise(DOMAIN, (KEY,), HOST, zone(ALL, name), IP)) == 4


def test_a_domain_without_keys_is_told_that_nothing_is_signed() -> None:
    found = advice(ALL, "DKIM", ())
    assert (found.state, "signs nothing" in found.what) == ("warn", True)
