"""A family elsewhere is written to, booked and shown times where it is (WSEN-12), over a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gateway.cli.roster_check import Checked, as_roster, check
from gateway.cli.roster_export import as_yaml
from gateway.cli.roster_file import read_sheets
from gateway.decide.rules.operating_hours import operating_hours
from gateway.domain.message import Message, Reading
from gateway.domain.policy import RuleTerms
from gateway.domain.register import Fact, FactKind
from gateway.domain.verdict import Amend, DeliverAfter, Pass, Ruling
from gateway.moderate.trajectory import signals_of
from gateway.store import roster as rosters
from gateway.store.occasions import Asked, occasions
from tests.fakes.callers import Pages, real_pack
from tests.fakes.sql import PAIR, arrival

ROSTER = """\
organisation: {id: demo, name: Demo Tutors, domain: relay.test, pack: mytutor}
people:
  - {id: tara, role: tutor, given: Tara, family: Okafor, address: tara.okafor@relay.test}
  - {id: jamie, role: pupil, given: Jamie, family: Whitfield, born: 2008-03-30, mailboxes: [jamie@family.test]}
  - {id: ruth, role: guardian, given: Ruth, family: Whitfield, mailboxes: [ruth@family.test]}
guardianships: [{guardian: ruth, pupil: jamie, registered: 2026-01-05}]
pairs: [{tutor: tara, pupil: jamie, contract: school}]
register: [{kind: time_zone, person: ruth, detail: ZONE}]
lessons:
  - {tutor: tara, pupil: jamie, starts: "2026-10-20T16:00", ends: "2026-10-20T17:00", zone: family}
  - {tutor: tara, pupil: jamie, starts: "2026-10-27T16:00", ends: "2026-10-27T17:00", zone: family}
  - {tutor: tara, pupil: jamie, starts: "2026-10-28T16:00", ends: "2026-10-28T17:00"}
"""
NEW_YORK = "america/new york"  # its clocks change a week after ours


def checked(folder: Path, zone: str = NEW_YORK, text: str = ROSTER) -> Checked:
    file = folder / "roster.yaml"
    file.write_text(text.replace("ZONE", zone))
    return check(read_sheets(file), date(2026, 3, 4))


@pytest.fixture
def family(store, tmp_path: Path):
    found = checked(tmp_path)
    assert found.problems == []
    store.bring_in(as_roster(found))
    return store


def written(store, at: datetime) -> Message:
    one = arrival(at=at)
    return Message(one.envelope, store.directory.circle_now(PAIR), Reading())


def ruled(store, at: datetime) -> Ruling:
    policy = real_pack("mytutor")
    terms = RuleTerms("MTW-78", settings=policy.settings)
    return operating_hours(written(store, at), terms)


def test_a_message_waits_for_the_morning_where_the_family_is(family) -> None:
    morning_here = datetime(2026, 3, 4, 9, tzinfo=UTC)  # 4 in the morning in New York
    waits = ruled(family, morning_here)
    assert waits == Amend((DeliverAfter(datetime(2026, 3, 4, 13, tzinfo=UTC)),))
    assert ruled(family, datetime(2026, 3, 4, 22, tzinfo=UTC)) == Pass()  # 17:00 there
    # Their clocks went forward on 8 March, ours have not yet: eight o'clock is an hour earlier.
    assert ruled(family, datetime(2026, 3, 9, 9, tzinfo=UTC)) == (
        Amend((DeliverAfter(datetime(2026, 3, 9, 12, tzinfo=UTC)),))
    )


def test_booked_lessons_of_the_family_are_by_its_clock_over_both_changes(family) -> None:
    starts = [one.starts.astimezone(UTC) for one in family.directory.circle_now(PAIR).lessons]
    assert starts == [
        datetime(2026, 10, 20, 20, tzinfo=UTC),
        datetime(2026, 10, 27, 20, tzinfo=UTC),  # London has changed its clocks, New York has not
        datetime(2026, 10, 28, 16, tzinfo=UTC),  # the row names no zone: London
    ]


def test_late_is_late_where_the_pupil_is(family) -> None:
    one = arrival(at=datetime(2026, 3, 4, 3, tzinfo=UTC))
    assert signals_of(one.envelope, family.directory.circle_now(PAIR), ()).hour == 22


def test_a_birthday_comes_when_it_comes_there(family) -> None:
    policy = real_pack("home-school")
    base = next(one for one in policy.reminders if one.on == "turning_adult")

    def come(now: datetime) -> list[str]:
        with family.engine.connect() as connection:
            asked = Asked(connection, family.vault, "demo", policy, base, now)
            return [one.person_id for one in occasions(asked)]

    after_midnight_here = datetime(2026, 3, 31, 3, tzinfo=UTC)  # still the 30th, his birthday, in New York
    family.bring_in(replace(family_roster(family), facts=zoned("jamie")))
    assert come(after_midnight_here) == ["jamie"]
    family.bring_in(replace(family_roster(family), facts=()))
    assert come(after_midnight_here) == []


def family_roster(store):
    return rosters.export(store.engine, store.vault, "demo")


def zoned(who: str):
    return (Fact(FactKind.TIME_ZONE, who, detail="America/New_York"),)


def test_the_guardians_page_shows_their_own_time(family) -> None:
    pages = Pages(family)
    pages.clock.now = pages.clock.now.replace(year=2026, month=3, day=4, hour=3, minute=0, second=0)
    pages.deliver()
    shown = pages.signed_in("ruth").get("/family").text
    assert "Tue 3 Mar 2026, 22:00 EST" in shown and "GMT" not in shown


def test_an_export_brings_the_same_back(family, tmp_path: Path) -> None:
    before = family_roster(family)
    file = tmp_path / "again.yaml"
    file.write_text(as_yaml(before))
    again = check(read_sheets(file), date(2026, 3, 4))
    assert again.problems == []
    family.bring_in(as_roster(again))
    after = family_roster(family)
    assert (after.facts, after.lessons) == (before.facts, before.lessons)


@pytest.mark.parametrize("zone", ["Madrid", "GMT+99", "+01:00"])
def test_a_zone_that_is_none_is_named_by_its_row(tmp_path: Path, zone: str) -> None:
    (problem,) = checked(tmp_path, f'"{zone}"').problems
    assert "register row 1" in problem and "detail must be a time zone such as Europe/Madrid" in problem
    (problem,) = checked(tmp_path, text=ROSTER.replace("zone: family", f'zone: "{zone}"', 1)).problems
    assert "lessons row 1" in problem and "zone must be 'family' or a time zone" in problem
