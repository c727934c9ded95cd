"""Holds compared between groups, on the figures page and as a task (MTW-06), on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.cli.roster_check import as_roster, check
from gateway.cli.roster_file import read_sheets
from gateway.desk.figures_page import group_lines
from gateway.domain.figures import Share
from gateway.domain.register import Fact, FactKind
from gateway.domain.verdict import Lane, Severity
from gateway.store import roster as rosters
from gateway.store.reminding import SqlReminders
from tests.fakes.callers import real_pack
from tests.fakes.families import Family, bring_in
from tests.fakes.office_desk import office_desk, people_the_desk, sign_in
from tests.fakes.sql import arrival, held, passed

AT = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
WELSH = "first language: welsh"
WELSH_FAMILIES = [Family(f"w{n}") for n in range(12)]
OTHERS = [Family(f"o{n}") for n in range(24)]


def write(store, families, messages: int, of_them_held: int) -> None:
    kept = []
    for family in families:
        circle = store.directory.circle(family.pair)
        for number in range(messages):
            one = arrival(at=AT - DAY, pair=family.pair, sender=family.pupil, recipients=("tara",))
            judged = held(one, Severity.LOW, Lane.REVIEW) if number < of_them_held else passed(one, ())
            kept.append(store.ledger.keep(one, judged, circle))
    for one in kept:
        one.result(60)


@pytest.fixture
def lived_in(store):
    """Twelve Welsh pupils, half of whose messages were held, and twice as many others, a tenth of whose were."""
    bring_in(store, [*WELSH_FAMILIES, *OTHERS])
    home = rosters.export(store.engine, store.vault, "demo")
    facts = tuple(Fact(FactKind.GROUP, one.pupil, detail=WELSH) for one in WELSH_FAMILIES)
    store.bring_in(replace(home, facts=facts))
    write(store, WELSH_FAMILIES, 6, 3)
    write(store, OTHERS, 10, 1)
    return store


def test_the_figures_set_a_group_beside_the_others(lived_in) -> None:
    (found,) = lived_in.casework.figures.groups("demo", AT - 7 * DAY, AT + DAY)
    assert (found.role, found.name, found.people) == ("pupil", WELSH, 12)
    assert (found.held, found.others) == (Share(36, 72), Share(24, 240))
    assert found.unequal
    assert lived_in.casework.figures.groups("demo", AT - 7 * DAY, AT - 2 * DAY) == []
    lines = {line[0]: line for line in group_lines([found])}
    assert lines["group_held"][1:4] == (f"pupil, {WELSH}", 0.5, 72)
    assert lines["group_others_held"][4:] == Share(24, 240).interval


def test_the_page_and_its_file_tell_large_groups_and_keep_small_ones_back(lived_in) -> None:
    home = rosters.export(lived_in.engine, lived_in.vault, "demo")
    few = tuple(Fact(FactKind.GROUP, one.pupil, detail="sight: <none>") for one in OTHERS[:3])
    lived_in.bring_in(replace(home, facts=(*home.facts, *few)))
    people_the_desk(lived_in)
    lead = sign_in(office_desk(lived_in, lambda: AT), "lea@org.test")
    page = lead.get("/figures?days=7").text
    assert f"{WELSH}</th><td>12</td><td>72</td><td>50% (39% to 61%, n 72)</td>" in page
    assert "held more often: look at the rules behind it" in page
    assert 'sight: &lt;none&gt;</th><td colspan="5" class="quiet">too few people</td>' in page
    lines = lead.get("/figures.csv?days=7").text.splitlines()
    assert f'group_people,"pupil, {WELSH}",12,,,' in lines
    assert 'group_held,"pupil, sight: <none>",,0,,' in lines


def test_the_compliance_manager_is_told_once_a_term_and_the_task_names_no_group(lived_in) -> None:
    reminders = SqlReminders(lived_in.engine, lived_in.vault, lived_in.alarms)
    pack = real_pack("mytutor")
    (one,) = [reminder for reminder in pack.reminders if reminder.on == "unequal_holds"]
    alone = replace(pack, reminders=(one,))
    assert [reminders.set_due("demo", alone, AT + n * timedelta(hours=1)) for n in range(3)] == [1, 0, 0]
    with lived_in.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT kind, clause, role, t::text AS whole FROM task t")).all()
    assert (row.kind, row.clause, row.role) == ("equal_treatment", "MTW-06", "compliance_manager")
    assert "welsh" not in row.whole


def test_nobody_is_told_where_the_filter_treats_all_alike(lived_in) -> None:
    write(lived_in, OTHERS, 12, 10)
    reminders = SqlReminders(lived_in.engine, lived_in.vault, lived_in.alarms)
    pack = real_pack("mytutor")
    alone = replace(pack, reminders=tuple(one for one in pack.reminders if one.on == "unequal_holds"))
    assert reminders.set_due("demo", alone, AT) == 0


def test_judging_never_sees_a_group(lived_in) -> None:
    assert lived_in.directory.circle_now(WELSH_FAMILIES[0].pair).facts == ()


def test_a_roster_says_which_group_and_of_what(tmp_path) -> None:
    text_of = """\
organisation: {id: demo, name: Demo Tutors, domain: relay.test, pack: default}
people:
  - {id: jamie, role: pupil, given: Jamie, family: Whitfield}
  - {id: ruth, role: guardian, given: Ruth, family: Whitfield, mailboxes: [ruth@family.test]}
guardianships: [{guardian: ruth, pupil: jamie}]
pairs: []
register: [{kind: group, person: jamie, detail: DETAIL}]
"""
    file = tmp_path / "roster.yaml"
    file.write_text(text_of.replace("DETAIL", '"First language: Welsh"'))
    (fact,) = as_roster(check(read_sheets(file), date(2026, 3, 4))).facts or ()
    assert (fact.kind, fact.person_id, fact.detail) == (FactKind.GROUP, "jamie", WELSH)
    for wrong in ("welsh", '": welsh"', '"language:"'):
        file.write_text(text_of.replace("DETAIL", wrong))
        (problem,) = check(read_sheets(file), date(2026, 3, 4)).problems
        assert "register row 1" in problem and "detail must say what and which" in problem
