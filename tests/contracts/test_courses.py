"""Where a pair is heading is kept in one row, in the transaction that keeps a message."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from gateway.domain.course import Signals
from gateway.domain.people import Role
from gateway.domain.verdict import Hold, Lane, Outcome, Ruled, Severity, Verdict
from gateway.moderate.trajectory import moved, score
from gateway.store import schema
from tests.fakes.sql import NOW, PAIR, arrival, home_circle, passed


def signals(hours: float = 0, sender: Role = Role.TUTOR, **scores: float) -> Signals:
    return Signals(NOW + timedelta(hours=hours), sender, True, True, 16.0, scores)


def keep(store, judged, one=None):
    one = one or arrival()
    return store.ledger.keep(one, judged(one), home_circle(store)).result(timeout=20)


def with_signals(some):
    return lambda one: replace(passed(one), signals=some)


def heading(store):
    return store.ledger.trajectories([PAIR])[PAIR]


def test_a_pair_that_wrote_nothing_has_no_course(family_store):
    assert family_store.ledger.trajectories([PAIR, "nobody"]) == {}


def test_every_message_moves_the_pair_on_in_one_row(family_store):
    steps = [signals(0, secrecy=0.4), signals(5, flattery=0.5), signals(30)]
    expected = None
    for one in steps:
        keep(family_store, with_signals(one))
        expected = moved(expected, one) if expected else moved(heading_of_nothing(), one)
    assert heading(family_store) == expected
    with family_store.engine.connect() as connection:
        assert len(connection.execute(select(schema.pair_course)).all()) == 1


def heading_of_nothing():
    from gateway.domain.course import Trajectory

    return Trajectory()


def test_messages_that_come_together_all_count(family_store):
    futures = []
    for hours in range(12):
        one = arrival()
        judged = with_signals(signals(hours, secrecy=0.3))(one)
        futures.append(family_store.ledger.keep(one, judged, home_circle(family_store)))
    for future in futures:
        future.result(timeout=20)
    assert heading(family_store).volume > 11


def test_the_same_message_again_counts_once(family_store):
    one = arrival()
    keep(family_store, with_signals(signals(secrecy=0.4)), one)
    before = heading(family_store)
    assert keep(family_store, with_signals(signals(secrecy=0.4)), one).duplicate
    assert heading(family_store) == before


def test_a_parents_message_and_one_that_was_not_read_move_nothing(family_store):
    keep(family_store, with_signals(signals(sender=Role.GUARDIAN, secrecy=0.9)))
    keep(family_store, passed)
    assert family_store.ledger.trajectories([PAIR]) == {}


def test_a_case_for_the_course_is_remembered_with_its_score(family_store):
    hold = Hold(Lane.REVIEW, Severity.HIGH, "signs added up over time: secrecy")
    verdict = Verdict(Outcome.HOLD, "default@1+00000000", (Ruled("pair_trajectory", "MTW-71", hold),))

    def held(one):
        return replace(passed(one), verdict=verdict, copies=(), signals=signals(secrecy=0.8))

    keep(family_store, held)
    state = heading(family_store)
    assert state.told == score(state) > 0
    with family_store.engine.connect() as connection:
        (case,) = connection.execute(select(schema.case_file)).all()
    assert (case.rule, case.clause) == ("pair_trajectory", "MTW-71")


def test_the_row_holds_numbers_and_no_words(family_store):
    keep(family_store, with_signals(signals(secrecy=0.4)))
    with family_store.engine.connect() as connection:
        row = connection.execute(select(schema.pair_course)).one()
    assert "Homework" not in row.state
    assert len(row.state) < 400
