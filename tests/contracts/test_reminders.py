"""What is on file, what is to be done, and what somebody is reminded of, on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.domain.people import Person, Role
from gateway.domain.policy import Document, Reminder
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.domain.strike import proposed
from gateway.domain.verdict import Note, Outcome, Refuse, Ruled, Verdict
from gateway.errors import NotFound
from gateway.store.register import add_fact, end_fact
from gateway.store.reminding import SqlReminders
from gateway.store.tasks import SqlTasks
from tests.fakes.sql import NOW, PAIR, arrival, family_roster, home_circle, passed, plain_policy

DAY = timedelta(days=1)


def reminder(on: str, *to: str, **more: object) -> Reminder:
    return Reminder(f"about_{on}", "DFT-01", on, to or ("office",), "Please look.", **more)  # type: ignore[arg-type]


@pytest.fixture
def reminders(family_store):
    return SqlReminders(family_store.engine, family_store.vault, family_store.alarms)


def set_for(reminders, one: Reminder, now: datetime = NOW, **more: object) -> int:
    return reminders.set_due("demo", replace(plain_policy(), reminders=(one,), **more), now)


def letters(store) -> int:
    with store.engine.connect() as connection:
        count = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'person_reminded'")
        return int(connection.execute(count).scalar_one())


def test_facts_and_lessons_come_with_the_roster_and_the_circle(family_store):
    leave = Fact(FactKind.SCHOOL_LEAVE, pair_id=PAIR, detail="letter of may", until=date(2027, 7, 1))
    tool = Fact(FactKind.TECHNOLOGY, detail="bitpaper")
    ahead = datetime.now(UTC) + DAY
    booked = Lesson(ahead, ahead + timedelta(hours=1), "bitpaper")
    family_store.bring_in(replace(family_roster(), facts=(leave, tool), lessons=((PAIR, booked),)))
    circle = family_store.directory.circle_now(PAIR)
    assert set(circle.facts) == {leave, tool}
    assert circle.lessons == (booked,)
    family_store.bring_in(family_roster())  # a roster that does not speak of them leaves them
    assert set(family_store.directory.circle_now(PAIR).facts) == {leave, tool}
    family_store.bring_in(replace(family_roster(), facts=(), lessons=()))
    assert family_store.directory.circle_now(PAIR).facts == ()


def test_what_a_page_enters_stays_when_a_roster_is_brought_in(family_store):
    consent = Fact(FactKind.IMAGE_CONSENT, "jamie", detail="worksheets")
    with family_store.engine.begin() as connection:
        entered = add_fact(connection, family_store.vault, "demo", consent, "ruth")
    family_store.bring_in(replace(family_roster(), facts=()))
    assert family_store.directory.circle_now(PAIR).facts == (consent,)
    with family_store.engine.begin() as connection:
        assert end_fact(connection, "demo", entered, NOW)
        assert not end_fact(connection, "other", entered, NOW)
    (ended,) = family_store.directory.circle_now(PAIR).facts
    assert not ended.holds((NOW + DAY).date())


def test_no_row_of_the_register_says_what_it_holds(family_store):
    with family_store.engine.begin() as connection:
        add_fact(
            connection, family_store.vault, "demo", Fact(FactKind.AGREED, "ruth", detail="heron"), "ruth"
        )
        rows = connection.execute(text("SELECT detail FROM register_fact")).scalars().all()
    assert all(b"heron" not in bytes(row) for row in rows)


def test_a_note_gives_somebody_something_to_do_and_lets_the_message_go(family_store):
    one = arrival()
    note = Ruled("gift_declaration", "MTW-48", Note("dsl", "gifts", (), timedelta(hours=4)))
    judgement = replace(passed(one), verdict=Verdict(Outcome.PASS, "default@1+00000000", (note,)))
    receipt = family_store.ledger.keep(one, judgement, home_circle(family_store)).result(timeout=20)
    assert receipt.verdict.outcome is Outcome.PASS
    tasks = SqlTasks(family_store.engine, family_store.vault)
    (todo,) = tasks.open_for("demo", ["dsl"])
    assert (todo.kind, todo.clause, todo.message_id) == ("gift_declaration", "MTW-48", one.envelope.id)
    assert todo.due_at == one.envelope.received_at + timedelta(hours=4)
    assert tasks.waiting("demo", todo.due_at + DAY) == (1, 1)
    assert tasks.open_for("demo", ["office"]) == [] and tasks.open_for("other", ["dsl"]) == []
    tasks.done("demo", todo.id, "mo", "Spoke with the tutor.", NOW)
    assert tasks.open_for("demo", ["dsl"]) == []
    with pytest.raises(NotFound):
        tasks.done("demo", todo.id, "mo", "", NOW)
    (done,) = tasks.of_pair("demo", PAIR)
    assert (done.done_by, done.note) == ("mo", "Spoke with the tutor.")
    assert tasks.last_fired("demo") == {"gift_declaration": one.envelope.received_at}


def test_the_calendar_comes_round_once_in_each_term(reminders, family_store):
    termly = reminder("calendar", every="term")
    assert [set_for(reminders, termly, NOW + step * DAY) for step in (0, 1, 40)] == [1, 0, 0]
    assert set_for(reminders, termly, NOW + 70 * DAY) == 1  # May


def test_letters_go_to_the_people_and_tasks_to_the_roles(reminders, family_store):
    assert set_for(reminders, reminder("calendar", "tutor", "guardian", "dsl", every="year")) == 3
    assert letters(family_store) == 2


def test_what_is_for_a_pupil_goes_to_the_guardians(reminders, family_store):
    set_for(reminders, reminder("calendar", "pupil", every="year"))
    (todo,) = SqlTasks(family_store.engine, family_store.vault).open_for("demo", ["pupil"])
    assert todo.person_id == "ruth"


def test_before_the_first_lesson_means_once_for_a_pair(reminders, family_store):
    soon = [Lesson(NOW + n * DAY, NOW + n * DAY + timedelta(hours=1)) for n in (1, 2, 9)]
    family_store.bring_in(replace(family_roster(), lessons=tuple((PAIR, one) for one in soon)))
    assert set_for(reminders, reminder("first_lesson", after=3 * DAY)) == 1
    assert set_for(reminders, reminder("before_lesson", after=3 * DAY)) == 2
    assert set_for(reminders, reminder("before_lesson", after=3 * DAY), NOW + 7 * DAY) == 1


def test_a_tutor_is_reminded_of_a_family_that_waits(reminders, family_store):
    asked = arrival(sender="ruth", recipients=("tara",), at=NOW)
    family_store.ledger.keep(asked, passed(asked, ()), home_circle(family_store)).result(timeout=20)
    waits = reminder("unanswered", "tutor")
    late = replace(waits, after=timedelta())
    assert set_for(reminders, late, NOW + timedelta(hours=23), settings={"response_reminder_hours": 24}) == 0
    assert set_for(reminders, late, NOW + timedelta(hours=25), settings={"response_reminder_hours": 24}) == 1
    assert set_for(reminders, late, NOW + timedelta(hours=26), settings={"response_reminder_hours": 24}) == 0


def test_an_answer_ends_the_waiting(reminders, family_store):
    asked = arrival(sender="ruth", recipients=("tara",), at=NOW)
    answer = arrival(at=NOW + timedelta(hours=1))
    for one in (asked, answer):
        family_store.ledger.keep(one, passed(one, ()), home_circle(family_store)).result(timeout=20)
    assert set_for(reminders, reminder("unanswered", "tutor"), NOW + 3 * DAY) == 0


def test_a_birthday_is_told_a_month_ahead(reminders, family_store):
    eighteen = datetime(2030, 3, 4, tzinfo=UTC)
    grown = reminder("turning_adult", "guardian", "office", after=30 * DAY)
    definition = {"pupil_definition": {"under": 18, "in_education_until": 19}}
    assert set_for(reminders, grown, eighteen - 31 * DAY, settings=definition) == 0
    assert set_for(reminders, grown, eighteen - 30 * DAY, settings=definition) == 2
    assert set_for(reminders, grown, eighteen - 2 * DAY, settings=definition) == 0


def test_a_review_that_is_overdue_is_asked_for_once(reminders, family_store):
    document = Document("hst", "Policy", next_review=date(2025, 9, 1))
    asked = {"documents": (document,), "adopts": ("hst",)}
    assert [set_for(reminders, reminder("policy_review"), NOW + n * DAY, **asked) for n in (0, 1)] == [1, 0]


def test_a_policy_is_gone_through_as_often_as_the_setting_says(reminders, family_store):
    asked = {"documents": (Document("hst", "Policy"),), "adopts": ("hst",)}

    def due(cadence, after):
        review = {"policy_review": {"cadence": cadence}}
        return set_for(reminders, reminder("policy_review"), NOW + after, settings=review, **asked)

    assert [due("annual", n * DAY) for n in (0, 70, 140)] == [1, 0, 0]
    assert [due("termly", n * DAY) for n in (0, 70, 140)] == [1, 1, 0], "NOW is in the term of January"


def test_as_many_lessons_are_observed_as_the_setting_says(reminders, family_store):
    def due(many, after=timedelta()):
        duty = {"sampling_duty": {"lessons_per_term": many}}
        return set_for(reminders, reminder("observation", "moderator"), NOW + after, settings=duty)

    assert [due(0), due(1), due(1), due(2), due(2, 70 * DAY)] == [0, 1, 0, 1, 2]
    tasks = SqlTasks(family_store.engine, family_store.vault).open_for("demo", ["moderator"])
    assert {one.person_id for one in tasks} == {"tara"}


def test_an_assessment_also_lapses_after_the_months_that_the_pack_allows(reminders, family_store):
    facts = (Fact(FactKind.TECHNOLOGY, detail="zoom", since=(NOW - 200 * DAY).date()),)
    family_store.bring_in(replace(family_roster(), facts=facts))
    for months, due in ((12, 0), (7, 1)):
        settings = {"approved_technology": {"assessment_valid_months": months}}
        assert set_for(reminders, reminder("technology_review"), settings=settings) == due


def test_a_tutor_who_left_and_a_tool_that_lapses_are_the_offices(reminders, family_store):
    facts = (
        Fact(FactKind.ENGAGED, "tara", until=(NOW - DAY).date()),
        Fact(FactKind.TECHNOLOGY, detail="zoom", until=(NOW + 10 * DAY).date()),
    )
    family_store.bring_in(replace(family_roster(), facts=facts))
    assert set_for(reminders, reminder("left")) == 1
    assert set_for(reminders, reminder("technology_review")) == 1


def test_new_people_are_told_once(reminders, family_store):
    assert set_for(reminders, reminder("joined", "tutor")) == 1
    assert set_for(reminders, reminder("joined", "tutor"), NOW + DAY) == 0


def test_each_is_told_what_is_theirs_and_nobody_for_another(reminders, family_store):
    assert set_for(reminders, reminder("joined", "tutor", "guardian", "pupil")) == 3
    tasks = SqlTasks(family_store.engine, family_store.vault)
    told = {
        role: [one.person_id for one in tasks.open_for("demo", [role])]
        for role in ("tutor", "guardian", "pupil")
    }
    assert told == {"tutor": ["tara"], "guardian": ["ruth"], "pupil": ["ruth"]}


def test_who_has_acknowledged_is_not_asked_again(reminders, family_store):
    knows = Fact(FactKind.ACKNOWLEDGED, "tara", detail="safeguarding_policy")
    family_store.bring_in(replace(family_roster(), facts=(knows,)))
    assert set_for(reminders, reminder("joined", "tutor", "guardian", acknowledge=True)) == 1


@pytest.mark.parametrize("on", ["copy", "hold", "sample", "harm_threshold"])
def test_what_is_told_in_another_way_sets_nothing(reminders, family_store, on):
    assert set_for(reminders, reminder(on)) == 0


def test_after_three_breaches_the_next_step_of_the_ladder_is_proposed(reminders, family_store):
    ladder = {"ladder": ("guidance", "opportunities_stopped", "closed")}
    back = Verdict(
        Outcome.REFUSE, "default@1+00000000", (Ruled("x", "HST-02", Refuse("Please change it.", "x")),)
    )

    def breach(at):
        one = arrival(at=at)
        judged = replace(passed(one, ()), verdict=back)
        family_store.ledger.keep(one, judged, home_circle(family_store)).result(timeout=20)

    def told():
        tasks = SqlTasks(family_store.engine, family_store.vault).open_for("demo", ["dsl"])
        return [one.because for one in tasks]

    breach(NOW - 3 * DAY)
    breach(NOW - 2 * DAY)
    assert set_for(reminders, reminder("repeated", "dsl"), **ladder) == 0
    breach(NOW - DAY)
    assert set_for(reminders, reminder("repeated", "dsl"), **ladder) == 1
    assert told() == ["Please look. Proposed, for you to decide: guidance."]
    lead = Person("lea", "demo", Role.SAFEGUARDING_LEAD, "Lea")
    family_store.strikes.give(lead, "tara", "guidance", "MTW-11", "twice", NOW, NOW + 300 * DAY)
    for hours in (1, 2, 3):
        breach(NOW - timedelta(hours=hours))
    assert set_for(reminders, reminder("repeated", "dsl"), **ladder) == 1
    assert "Please look. Proposed, for you to decide: opportunities stopped." in told()


@pytest.mark.parametrize(
    ("standing", "next_step"),
    [((), "a"), (("a",), "b"), (("b", "a"), "c"), (("c",), "c"), (("gone",), "a")],
)
def test_the_step_that_comes_next_is_above_the_highest_that_counts(standing, next_step):
    assert proposed(("a", "b", "c"), standing) == next_step
    assert proposed((), standing) == ""
