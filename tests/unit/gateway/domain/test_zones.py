"""Where a family is, by what is on file."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.domain.register import Fact, FactKind
from gateway.domain.zones import zone_name, zone_of

DAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Europe/Madrid", "Europe/Madrid"),
        ("europe/madrid", "Europe/Madrid"),
        (" America/New York ", "America/New_York"),
        ("Madrid", ""),
        ("+01:00", ""),
        ("", ""),
    ],
)
def test_a_zone_is_known_by_its_name_however_it_is_spelt(written: str, name: str) -> None:
    assert zone_name(written) == name


def on_file(who: str, zone: str, **more: date) -> Fact:
    return Fact(FactKind.TIME_ZONE, who, detail=zone, **more)


def test_the_first_person_with_a_zone_counts_and_of_theirs_the_newest() -> None:
    facts = [
        on_file("ruth", "Asia/Dubai"),
        on_file("jamie", "Europe/Paris"),
        on_file("jamie", "Europe/Madrid"),
    ]
    assert zone_of(facts, ("jamie", "ruth"), DAY) == ZoneInfo("Europe/Madrid")
    assert zone_of(facts, ("amara", "ruth"), DAY) == ZoneInfo("Asia/Dubai")
    assert zone_of(facts, ("amara",), DAY) is None


def test_a_zone_that_is_over_or_that_nobody_has_is_none() -> None:
    assert zone_of([on_file("jamie", "Europe/Paris", until=DAY - timedelta(days=1))], ("jamie",), DAY) is None
    assert zone_of(
        [on_file("jamie", "Mars/Olympus"), on_file("ruth", "Asia/Dubai")], ("jamie", "ruth"), DAY
    ) == (ZoneInfo("Asia/Dubai"))
