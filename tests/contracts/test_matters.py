"""Case files on a real PostgreSQL: linking, records, the clock, closing, reviews."""

from datetime import date, timedelta

import pytest

from gateway.domain.matter import Ending, Filed, MatterState, Tie, TieKind
from gateway.domain.message import new_id
from gateway.domain.records import FormRole
from gateway.errors import NotFound, Stale
from tests.fakes.office_desk import AT, held_case, people_the_desk
from tests.fakes.sql import PAIR

TITLE = "What a tutor wrote in June"


@pytest.fixture
def matters(store):
    people_the_desk(store)
    return store.casework.matters


def opened(matters, sealed=False):
    return matters.open("demo", TITLE, sealed, "lea", AT)


def filed(matter_id="", role="", person="", **values):
    return Filed(new_id(AT), "demo", matter_id, "form", role, person, "lea", AT, values)


def kinds(store):
    return [one.entry.kind for one in store.record.entries("demo")]


def test_what_is_linked_stays_linked_once(store, matters):
    one, case = opened(matters), held_case(store)
    for kind, subject in (
        (TieKind.CASE, case.id), (TieKind.CASE, case.id), (TieKind.PAIR, PAIR), (TieKind.PERSON, "tara"),
        (TieKind.MESSAGE, case.message_id),
    ):  # fmt: skip
        matters.tie("demo", one.id, Tie(kind, subject, "lea", AT))
    assert {(tie.kind, tie.subject_id) for tie in matters.ties("demo", one.id)} == {
        ("case", case.id), ("pair", PAIR), ("person", "tara"), ("message", case.message_id),
    }  # fmt: skip
    assert kinds(store).count("matter.tied") == 4
    assert matters.about("demo", TieKind.CASE, case.id) == [one.id]
    assert matters.people_of("demo", one.id) == {"tara", "jamie", "ruth"}
    for person in ("tara", "jamie", "ruth"):
        assert matters.about_somebody("demo", person) == {one.id}
    assert matters.about_somebody("demo", "lea") == matters.about_somebody("other", "tara") == frozenset()
    assert store.record.verify("demo")[1] is None


def test_nothing_crosses_between_organisations(store, matters):
    one, case = opened(matters), held_case(store)
    for ask in (matters.matter, matters.meet_clock):
        with pytest.raises(NotFound):
            ask("other", one.id, *(("otto", AT) if ask == matters.meet_clock else ()))
    with pytest.raises(NotFound):
        matters.tie("other", one.id, Tie(TieKind.CASE, case.id, "otto", AT))
    theirs = matters.open("other", TITLE, False, "otto", AT)
    for kind, subject in ((TieKind.CASE, case.id), (TieKind.PAIR, PAIR), (TieKind.PERSON, "tara")):
        with pytest.raises(NotFound):
            matters.tie("other", theirs.id, Tie(kind, subject, "otto", AT))
    assert matters.ties("other", one.id) == [] and matters.filed("other", one.id) == []
    assert [found.id for found in matters.matters("other")] == [theirs.id]


def test_the_clock_starts_once_and_the_first_report_stands(matters):
    one, due = opened(matters), AT + timedelta(days=1)
    matters.file(filed(one.id, FormRole.HARM, "tara", harmed="yes"), (AT, due))
    matters.file(filed(one.id, FormRole.HARM, "tara", harmed="no"), (AT, due + timedelta(days=9)))
    found = matters.matter("demo", one.id)
    assert (found.clock_from, found.clock_due, found.clock_met) == (AT, due, None)
    assert not found.clock_late(due) and found.clock_late(due + timedelta(seconds=1))
    matters.meet_clock("demo", one.id, "lea", AT + timedelta(hours=2))
    matters.meet_clock("demo", one.id, "lea", AT + timedelta(hours=9))
    assert matters.matter("demo", one.id).clock_met == AT + timedelta(hours=2)


def test_small_concerns_about_one_adult_are_a_pattern(matters):
    for person in ("tara", "tara", "mo"):
        matters.file(filed("", FormRole.LOW_LEVEL, person, what_happened="late and alone"))
    assert matters.many_about("demo", FormRole.LOW_LEVEL, 2) == {"tara": 2}
    assert sorted(one.person_id for one in matters.log("demo", FormRole.LOW_LEVEL)) == ["mo", "tara", "tara"]
    assert len(matters.log("demo", FormRole.LOW_LEVEL, "tara")) == 2
    assert matters.log("other", FormRole.LOW_LEVEL) == []
    with pytest.raises(NotFound):
        matters.file(filed("", FormRole.LOW_LEVEL, "nobody", what_happened="x"))


def test_closing_sets_three_reviews_and_reopening_takes_back_those_to_come(matters):
    one = opened(matters)
    closed = matters.close("demo", one.id, 1, Ending("No further action", "Tara and Ruth", "lea"), AT)
    assert (closed.state, closed.version) == (MatterState.CLOSED, 2)
    assert matters.matter("demo", one.id).ending == Ending("No further action", "Tara and Ruth", "lea")
    due = [date(2026, 4, 2), date(2026, 6, 1), date(2026, 8, 30)]
    assert [review.due_on for review in matters.reviews("demo", one.id)] == due
    assert [review.due_on for review in matters.reviews("demo", due_by=due[1])] == due[:2]
    matters.review("demo", one.id, due[0], "All quiet", "lea", AT)
    with pytest.raises(Stale):
        matters.review("demo", one.id, due[0], "Again", "lea", AT)
    with pytest.raises(Stale):
        matters.close("demo", one.id, 2, Ending("x", "y", "lea"), AT)
    matters.reopen("demo", one.id, 2, "lea", AT)
    assert [(review.due_on, review.words) for review in matters.reviews("demo", one.id)] == [
        (due[0], "All quiet")
    ]
    with pytest.raises(Stale):
        matters.reopen("demo", one.id, 2, "lea", AT)


def test_what_is_written_is_sealed(store, matters):
    one = opened(matters)
    matters.file(filed(one.id, what="the heron secret"))
    matters.close("demo", one.id, 1, Ending("the heron ended", "the heron heard", "lea"), AT)
    with store.engine.connect() as connection:
        for table in ("matter", "filed", "matter_review", "record_entry"):
            rows = connection.exec_driver_sql(f"SELECT t::text FROM {table} t").scalars().all()
            assert rows and not [row for row in rows if "heron" in row or "June" in row]
            assert not [row for row in rows if b"heron".hex() in row]
