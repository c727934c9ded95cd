"""The figures of the desk on a real PostgreSQL, each worked out by hand beside it."""

from datetime import timedelta

import pytest

from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import Settlement
from gateway.domain.figures import Share
from gateway.domain.verdict import Severity
from gateway.store.samples import term_of
from tests.fakes.office_desk import AT, held_case, people_the_desk
from tests.fakes.sql import arrival, home_circle, passed

HOUR = timedelta(hours=1)


@pytest.fixture
def lived_in(store):
    """Four medium cases (four hours each): released after 1 h, rejected after 5 h, returned after 2 h, waiting for 6 h."""
    people_the_desk(store)
    started = AT - 10 * HOUR
    for action, after, seen in ((Action.RELEASE, 1, 0.25), (Action.REJECT, 5, 0.5), (Action.RETURN, 2, 0.75)):
        case = held_case(store, at=started)
        store.docket.viewed("demo", case.id, "mo", started + seen * HOUR)
        store.docket.viewed("demo", case.id, "mo", started + 3 * HOUR)
        made = Decision(case.id, 1, action, "mo", "because", "DFT-01", "say")
        store.docket.settle(case, made, (), started + after * HOUR)
    held_case(store, at=AT - 6 * HOUR)
    held_case(store, at=AT - 60 * 24 * HOUR, severity=Severity.LOW)
    for _ in range(6):
        one = arrival(at=AT - 2 * HOUR)
        store.ledger.keep(one, passed(one), home_circle(store)).result(timeout=20)
    return store


def figures(store, organisation="demo", days=7):
    return store.casework.figures.figures(organisation, AT - timedelta(days=days), AT + HOUR)


def test_times_are_counted_from_the_opening(lived_in):
    found = figures(lived_in)
    medium = {one.severity: one for one in found.to_decision}["medium"]
    assert (medium.n, medium.p50) == (3, 2 * HOUR)
    assert medium.p99 == pytest.approx(4.94 * HOUR, abs=timedelta(seconds=40))
    viewed = {one.severity: one for one in found.to_view}["medium"]
    assert (viewed.n, viewed.p50) == (3, 0.5 * HOUR)
    assert {one.severity: one.n for one in found.to_decision}["high"] == 0


def test_the_backlog_is_all_of_it_and_what_was_late_is_of_the_window(lived_in):
    found = figures(lived_in)
    assert dict(found.backlog) == {"critical": 0, "high": 0, "medium": 1, "low": 1}
    assert found.oldest == AT - 60 * 24 * HOUR
    assert found.missed_count == 2 and len(found.missed) == 2
    assert {one.closed_at for one in found.missed} == {AT - 5 * HOUR, None}
    assert figures(lived_in, days=90).missed_count == 3


def test_precision_delay_and_counts(lived_in):
    found = figures(lived_in)
    (rule,) = found.rules
    assert (rule.rule, rule.by_decision, rule.by_hit) == ("concerning_conduct", Share(2, 3), Share(0, 0))
    assert (found.delayed, found.delay_minutes) == (1, pytest.approx(60))
    assert sum(many for _, many, _ in found.per_day) == 10 and sum(held for _, _, held in found.per_day) == 4
    assert (found.overturned, found.agreement) == (Share(0, 3), Share(0, 0))


def test_recall_comes_from_judged_samples(lived_in):
    samples = lived_in.casework.samples
    assert figures(lived_in).recall.value is None
    assert samples.draw("demo", 4, AT) == 4
    for number, one in enumerate(samples.samples("demo", waiting=True)):
        samples.judge("demo", one.message_id, "missed" if number == 0 else "fine", "lea", AT)
    recall = figures(lived_in).recall
    assert (recall.caught, recall.passed, recall.sampled) == (2, 6, Share(1, 4))
    assert recall.value == pytest.approx(2 / (2 + 6 / 4))


def test_copies_that_failed_are_counted_by_whose_they_were(lived_in):
    first, *_ = lived_in.outbox.claim(10, AT)
    lived_in.outbox.settle([Settlement(first, sent=False, at=AT, code=550, because="unknown")])
    found = figures(lived_in).failures
    assert found[("failed", "guardian")] == 1 and found[("stopped", "other")] == 1
    lost = lived_in.casework.operations.lost_copies("demo")
    assert {one.state for one in lost} == {"failed", "stopped"} and all(one.case_id for one in lost)


def test_another_organisation_s_are_left_out(lived_in):
    found = figures(lived_in, "other")
    assert sum(many for _, many in found.backlog) == 0 and not found.rules and not found.per_day
    assert lived_in.casework.samples.draw("other", 3, AT) == 0


@pytest.mark.parametrize(
    ("day", "term"),
    [("2026-01-01", "2026-spring"), ("2026-04-14", "2026-spring"), ("2026-04-15", "2026-summer"),
     ("2026-08-31", "2026-summer"), ("2026-09-01", "2026-autumn"), ("2026-12-31", "2026-autumn")],
)  # fmt: skip
def test_terms(day, term):
    from datetime import date

    name, first = term_of(date.fromisoformat(day))
    assert name == term and first <= date.fromisoformat(day)
