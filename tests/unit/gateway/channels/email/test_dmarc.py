"""What a domain demands is found where RFC 7489 says, and alignment is judged by it."""

from __future__ import annotations

import asyncio

import pytest

from gateway.channels.email.dmarc import Demand, aligned, demand_of, read_demand
from gateway.channels.email.resolver import LookupFailed
from tests.fakes.dns import Zone, zone


def demand(domain: str, found: Zone) -> Demand | None:
    return asyncio.run(demand_of(domain, found))


def test_a_domains_own_record_comes_before_its_organisations() -> None:
    found = zone("_dmarc.family.test TXT v=DMARC1; p=reject\n_dmarc.home.family.test TXT v=DMARC1; p=none")
    assert demand("home.family.test", found) == Demand("none")
    assert demand("other.family.test", found) == Demand("reject")
    assert demand("other.test", found) is None


def test_other_texts_are_read_over_but_two_records_are_none() -> None:
    found = zone("_dmarc.a.test TXT hello\n_dmarc.a.test TXT v=DMARC1; p=reject")
    assert demand("a.test", found) == Demand("reject")
    assert (
        demand("a.test", zone("_dmarc.a.test TXT v=DMARC1; p=none\n_dmarc.a.test TXT v=DMARC1; p=reject"))
        is None
    )


def test_no_answer_is_not_no_record() -> None:
    with pytest.raises(LookupFailed):
        demand("a.test", zone("", "_dmarc.a.test"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=DMARC1; p=quarantine; adkim=s; aspf=s; pct=5", Demand("quarantine", True, True)),
        ("v=DMARC1;p=NONE;adkim=S", Demand("none", True)),
        ("v=DMARC1; rua=mailto:reports@a.test", Demand("none")),
        ("v=DMARC1; p=strange; rua=mailto:reports@a.test", Demand("none")),
        ("v=DMARC1; p=reject; adkim=x", Demand("reject")),
        ("v=DMARC1", None),
        ("v=DMARC1; p=reject; p=none", None),
        ("v=DMARC1; nonsense", None),
    ],
)
def test_a_record_is_read(text: str, expected: Demand | None) -> None:
    assert read_demand(text) == expected


def test_alignment() -> None:
    assert aligned("family.test", "mail.family.test", strict=False)
    assert not aligned("family.test", "mail.family.test", strict=True)
    assert aligned("family.test", "family.test", strict=True)
    assert not aligned("a.co.uk", "b.co.uk", strict=False)
    assert not aligned("family.test", "notfamily.test", strict=False)
