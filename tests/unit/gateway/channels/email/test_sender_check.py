"""Mail from outside is taken for a registered mailbox's only when that is proven."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import lru_cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email.dkim import Signer
from gateway.channels.email.dkim_keys import SigningKey
from gateway.channels.email.resolver import Kind
from gateway.channels.email.sender_check import SenderCheck, check
from gateway.domain.message import Assurance
from tests.fakes.dns import Zone, zone

NOW = datetime(2027, 1, 5, tzinfo=UTC)
KEY = SigningKey("s", ed25519.Ed25519PrivateKey.generate())
MAIL = b"From: Ruth <ruth@family.test>\r\nTo: a@relay.test\r\nSubject: Tuesday\r\n\r\nHello\r\n"
SPF = "family.test TXT v=spf1 ip4:192.0.2.1 -all\n"
DMARC = "_dmarc.family.test TXT v=DMARC1; p=reject\n"
OURS, FOREIGN = "192.0.2.1", "198.51.100.1"


@lru_cache
def signed(domain: str = "family.test", mail: bytes = MAIL) -> bytes:
    return Signer(domain, [KEY]).sign(mail)


def key_at(domain: str = "family.test") -> str:
    return f"s._domainkey.{domain} TXT {KEY.record}\n"


def said(
    content: bytes,
    records: str | Zone,
    ip: str = FOREIGN,
    mail_from: str = "ruth@family.test",
    limit_s: float = 5,
) -> SenderCheck:
    found = records if isinstance(records, Zone) else zone(records)
    return asyncio.run(check(content, ip, "mail.family.test", mail_from, found, limit_s=limit_s, now=NOW))


def proven(*args: object, **more: object) -> bool:
    return said(*args, **more).assurance is Assurance.AUTHENTICATED_MAIL  # type: ignore[arg-type]


def test_a_signed_mail_is_proven_wherever_it_comes_from() -> None:
    found = said(signed(), SPF + DMARC + key_at())
    assert found.assurance is Assurance.AUTHENTICATED_MAIL
    assert found.results == (("spf", "fail"), ("dkim", "pass"), ("dmarc", "pass"))


def test_an_unsigned_mail_from_a_permitted_host_is_proven() -> None:
    found = said(MAIL, SPF + DMARC, OURS)
    assert found.assurance is Assurance.AUTHENTICATED_MAIL
    assert found.results == (("spf", "pass"), ("dkim", "none"), ("dmarc", "pass"))


def test_a_domain_that_merely_folds_to_the_same_letters_proves_nothing() -> None:
    mail = MAIL.replace(b"family.test", "stra\u00dfe.test".encode())
    records = key_at("strasse.test") + "strasse.test TXT v=spf1 ip4:192.0.2.1 -all\n"
    assert not proven(signed("strasse.test", mail), records, OURS, "ruth@stra\u00dfe.test")


def test_a_mail_that_nothing_proves_is_not() -> None:
    assert said(MAIL, SPF + DMARC).results == (("spf", "fail"), ("dkim", "none"), ("dmarc", "fail"))
    assert not proven(MAIL, SPF + DMARC)
    assert not proven(MAIL, "")
    assert not proven(MAIL, SPF.replace("-all", "?all"))


def test_a_changed_mail_is_not_proven_by_its_signature() -> None:
    found = said(signed().replace(b"Tuesday", b"Wednesday"), SPF + DMARC + key_at())
    assert found == SenderCheck(Assurance.NONE, (("spf", "fail"), ("dkim", "fail"), ("dmarc", "fail")))


def test_behind_a_server_of_ours_only_signatures_count() -> None:
    assert proven(signed(), SPF + DMARC + key_at(), "")
    assert not proven(MAIL, SPF + DMARC, "")


def test_another_domains_signature_proves_nothing_and_its_dns_is_not_asked() -> None:
    found = zone(DMARC + key_at("evil.test"))
    assert not proven(signed("evil.test"), found)
    assert not any("evil" in name for name, _ in found.asked)


def test_a_parent_domains_signature_counts_only_where_dmarc_allows_it() -> None:
    mail = MAIL.replace(b"family.test", b"home.family.test")
    content, person = signed("family.test", mail), "ruth@home.family.test"
    assert proven(content, DMARC + key_at(), mail_from=person)
    assert not proven(content, DMARC.strip() + "; adkim=s\n" + key_at(), mail_from=person)
    assert not proven(content, key_at(), mail_from=person)


def test_neighbours_under_a_public_suffix_do_not_vouch_for_each_other() -> None:
    mail = MAIL.replace(b"family.test", b"ruth.github.io")
    records = key_at("evil.github.io") + "_dmarc.ruth.github.io TXT v=DMARC1; p=none\n"
    assert not proven(signed("evil.github.io", mail), records, mail_from="ruth@ruth.github.io")


def test_one_good_signature_among_bad_ones_is_enough() -> None:
    broken = signed().partition(b"\r\nFrom:")[0].replace(b"bh=", b"bh=AAAA")
    assert proven(broken + b"\r\n" + signed(), DMARC + key_at())


def test_only_a_handful_of_signatures_is_looked_at() -> None:
    field = signed().partition(b"\r\nFrom:")[0] + b"\r\n"
    found = zone(DMARC)
    assert not proven(field * 40 + MAIL, found)
    assert len([one for one in found.asked if "_domainkey" in one[0]]) <= 5


@pytest.mark.parametrize(
    "content",
    [
        MAIL.replace(b"From: Ruth <ruth@family.test>", b"From: eve@evil.test"),
        MAIL.replace(b"From: Ruth", b'From: "eve@evil.test"'),
        MAIL.replace(b"<ruth@family.test>", b"<ruth@family.test>, <eve@evil.test>"),
        b"From: ruth@family.test\r\n" + MAIL,
        MAIL.replace(b"From: Ruth <ruth@family.test>\r\n", b""),
        MAIL.replace(b"Subject", b"no colon here\r\nSubject"),
        MAIL.replace(b"Subject:", b"Sub\xffject:"),
        MAIL.replace(b"To:", b"X: " + b"x" * 70_000 + b"\r\nTo:"),
        b"",
    ],
)
def test_a_mail_whose_author_can_be_read_two_ways_is_never_proven(content: bytes) -> None:
    assert not proven(content, SPF + DMARC + key_at(), OURS)


def test_the_null_sender_is_nobody() -> None:
    assert not proven(MAIL, SPF + DMARC, OURS, "")


@pytest.mark.parametrize("name", ["family.test", "_dmarc.family.test", "s._domainkey.family.test"])
def test_a_silent_dns_proves_nothing_and_is_told_from_a_no(name: str) -> None:
    found = zone(SPF + DMARC + key_at(), name)
    content = signed() if "_" in name else MAIL
    answer = said(content, found, FOREIGN if "_" in name else OURS)
    assert answer.assurance is Assurance.NONE
    assert "temperror" in dict(answer.results).values()


def test_a_slow_dns_is_given_up_on() -> None:
    class Slow(Zone):
        async def look_up(self, name: str, kind: Kind) -> tuple[str, ...]:
            await asyncio.sleep(30)
            return ()

    assert said(MAIL, Slow(), limit_s=0.05) == SenderCheck(Assurance.NONE, (("time", "temperror"),))


def test_two_key_records_are_none() -> None:
    assert dict(said(signed(), DMARC + key_at() + key_at()).results)["dkim"] == "permerror"


def test_results_hold_no_addresses() -> None:
    for content in (MAIL, signed()):
        assert "@" not in repr(said(content, SPF + DMARC + key_at(), OURS))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_mail_from_anybody_gets_an_answer(content: bytes, mail_from: str) -> None:
    assert not proven(content, SPF + DMARC + key_at(), mail_from=mail_from)
    assert not proven(signed()[:120] + content, SPF + DMARC + key_at())
