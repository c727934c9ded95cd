"""The Docket port on a real PostgreSQL: order of work, decisions once, clocks."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from gateway.domain.case import Action, Decision, State
from gateway.domain.message import Channel
from gateway.domain.verdict import Lane, Severity
from gateway.errors import NotFound, Stale
from gateway.ports import CaseFilter
from gateway.store import schema
from tests.fakes.sql import NOW, arrival, copies, held, home_circle, passed

EVERYTHING = CaseFilter()


def hold(store, severity=Severity.MEDIUM, lane=Lane.REVIEW, at=NOW, **more):
    one = arrival(at=at, **more)
    store.ledger.keep(one, held(one, severity, lane), home_circle(store)).result(timeout=20)
    (case,) = [c for c in store.docket.cases("demo", EVERYTHING, NOW) if c.message_id == one.envelope.id]
    return case


def decision(case, action=Action.RELEASE, **more):
    return Decision(case.id, case.version, action, "mo", "It is only homework", "DFT-01", **more)


def test_cases_come_overdue_first_then_by_severity_then_by_deadline(family_store):
    hours = timedelta(hours=1)
    low_late = hold(family_store, Severity.LOW, at=NOW - 20 * hours)
    high = hold(family_store, Severity.HIGH, at=NOW)
    high_sooner = hold(family_store, Severity.HIGH, at=NOW - hours)
    medium = hold(family_store, Severity.MEDIUM, at=NOW)
    critical_late = hold(family_store, Severity.CRITICAL, at=NOW - 3 * hours)
    closed = hold(family_store, Severity.CRITICAL, at=NOW)
    family_store.docket.settle(closed, decision(closed, Action.REJECT), (), NOW)
    order = [critical_late, low_late, high_sooner, high, medium]
    assert [c.id for c in family_store.docket.cases("demo", EVERYTHING, NOW)] == [c.id for c in order]
    everything = family_store.docket.cases("demo", CaseFilter(include_closed=True), NOW)
    assert [c.id for c in everything] == [*(c.id for c in order), closed.id]
    pages = [family_store.docket.cases("demo", EVERYTHING, NOW, limit=2, offset=o) for o in (0, 2, 4, 6)]
    assert [c.id for page in pages for c in page] == [c.id for c in order]


def test_the_queue_can_be_narrowed(family_store):
    sealed = hold(family_store, Severity.HIGH, Lane.SEALED)
    review = hold(family_store, Severity.LOW, Lane.REVIEW)
    closed = hold(family_store)
    family_store.docket.settle(closed, decision(closed, Action.RETURN), (), NOW)

    def found(**which):
        return [c.id for c in family_store.docket.cases("demo", CaseFilter(**which), NOW)]

    assert found(lane="sealed") == [sealed.id]
    assert found(severity="low") == [review.id]
    assert found(state="closed") == [closed.id]
    assert found(state="open") == [sealed.id, review.id]
    assert found(lane="sealed", severity="low") == []
    assert family_store.docket.counts("demo") == {"sealed": 1, "review": 1}


def test_another_organisation_sees_nothing(family_store):
    case = hold(family_store)
    docket = family_store.docket
    assert docket.cases("other", EVERYTHING, NOW) == []
    assert docket.counts("other") == {}
    assert docket.headings("other", [case.message_id]) == {}
    assert docket.findings("other", case.message_id) == ()
    for ask in (docket.arrival, docket.verdict, docket.around):
        with pytest.raises(NotFound):
            ask("other", case.message_id)
    with pytest.raises(NotFound):
        docket.case("other", case.id)
    with pytest.raises(NotFound):
        docket.viewed("other", case.id, "mo", NOW)


@pytest.mark.parametrize("odd", ["", "\x00", "\ud800", "x" * 5000, "' OR 1=1 --"])
def test_an_id_that_could_never_be_is_not_found(family_store, odd):
    with pytest.raises(NotFound):
        family_store.docket.case("demo", odd)
    with pytest.raises(NotFound):
        family_store.docket.arrival("demo", odd)
    with pytest.raises(NotFound):
        family_store.ledger.progress("demo", odd)
    with pytest.raises(NotFound):
        family_store.directory.person("demo", odd)


def test_a_release_sends_guardian_first_and_is_recorded(family_store):
    case = hold(family_store)
    settled = family_store.docket.settle(case, decision(case), copies(), NOW)
    assert (settled.state, settled.version) == (State.CLOSED, 2)
    assert family_store.docket.case("demo", case.id) == settled
    (ruth,) = family_store.outbox.claim(10, NOW)
    assert (ruth.recipient_id, ruth.policy_version) == ("ruth", "default@1+00000000")
    assert family_store.ledger.progress("demo", case.message_id).state == "on_its_way"
    last = list(family_store.record.entries("demo"))[-1].entry
    assert (last.kind, last.actor, last.subject) == ("case.released", "mo", case.id)


def test_a_released_platform_message_shows_the_released_text(family_store):
    case = hold(family_store, channel=Channel.PLATFORM, key="k")
    assert family_store.ledger.progress("demo", case.message_id).text is None
    family_store.docket.settle(case, decision(case), copies(Channel.PLATFORM), NOW)
    progress = family_store.ledger.progress("demo", case.message_id)
    assert (progress.state, progress.text) == ("delivered", "The heron nests by the weir")


@pytest.mark.parametrize(
    ("action", "state"),
    [(Action.RETURN, "returned"), (Action.REJECT, "refused"), (Action.ESCALATE, "checking")],
)
def test_a_sender_sees_what_became_of_a_held_message(family_store, action, state):
    case = hold(family_store)
    family_store.docket.settle(case, decision(case, action), (), NOW)
    assert family_store.ledger.progress("demo", case.message_id).state == state


def test_decisions_are_kept_word_for_word(family_store):
    case = hold(family_store)
    first = decision(case, Action.ESCALATE, say="", redactions=())
    case = family_store.docket.settle(case, first, (), NOW)
    second = decision(case, Action.REDACT, say="Please leave the number out", redactions=(1, 2))
    family_store.docket.settle(case, second, copies(), NOW + timedelta(minutes=1))
    assert family_store.docket.decisions("demo", case.id) == [
        (NOW, first),
        (NOW + timedelta(minutes=1), second),
    ]


def test_a_decision_on_an_old_version_or_a_closed_case_is_stale(family_store):
    case = hold(family_store)
    family_store.docket.settle(case, decision(case, Action.ESCALATE), (), NOW)
    with pytest.raises(Stale):
        family_store.docket.settle(case, decision(case), copies(), NOW)
    now = family_store.docket.case("demo", case.id)
    closed = family_store.docket.settle(now, decision(now), (), NOW)
    with pytest.raises(Stale):
        family_store.docket.settle(closed, decision(closed), copies(), NOW)
    assert family_store.outbox.claim(10, NOW) == []


def test_two_hundred_cases_decided_by_two_people_at_once_are_each_decided_once(family_store):
    circle = home_circle(family_store)
    futures = [family_store.ledger.keep(one, held(one), circle) for one in (arrival() for _ in range(200))]
    for future in futures:
        future.result(timeout=60)
    cases = family_store.docket.cases("demo", EVERYTHING, NOW, limit=500)
    assert len(cases) == 200
    outcomes: Counter[str] = Counter()
    lock, start = threading.Lock(), threading.Barrier(2)

    def moderator():
        start.wait()
        for case in cases:
            try:
                family_store.docket.settle(case, decision(case), copies(), NOW)
                said = "decided"
            except Stale:
                said = "stale"
            with lock:
                outcomes[said] += 1

    threads = [threading.Thread(target=moderator) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"decided": 200, "stale": 200}
    with family_store.engine.connect() as connection:
        dispatches = connection.execute(select(schema.dispatch.c.message_id)).scalars().all()
    assert set(Counter(dispatches).values()) == {2}
    assert family_store.record.verify("demo") == (401, None)


def test_escalating_raises_the_severity_and_never_moves_a_deadline_back(family_store):
    case = hold(family_store, Severity.HIGH)
    raised = family_store.docket.settle(
        case, decision(case, Action.ESCALATE), (), NOW + timedelta(minutes=90)
    )
    assert (raised.severity, raised.state, raised.version) == (Severity.CRITICAL, State.ESCALATED, 2)
    assert raised.due_at == case.due_at


def test_the_clock_raises_an_undecided_case_step_by_step(family_store):
    case = hold(family_store, Severity.MEDIUM)
    late = case.due_at + timedelta(seconds=1)
    assert not family_store.docket.escalate_if_overdue(case.id, case.due_at - timedelta(seconds=1))
    assert family_store.docket.escalate_if_overdue(case.id, late)
    once = family_store.docket.case("demo", case.id)
    assert (once.severity, once.state, once.version) == (Severity.HIGH, State.ESCALATED, 2)
    assert once.due_at == case.due_at
    # The same job run twice (its worker died after the commit) raises it no further.
    assert not family_store.docket.escalate_if_overdue(case.id, late)
    assert family_store.docket.escalate_if_overdue(case.id, late + timedelta(hours=3))
    assert family_store.docket.case("demo", case.id).severity is Severity.CRITICAL
    assert not family_store.docket.escalate_if_overdue(case.id, late + timedelta(days=9))
    kinds = [e.entry.kind for e in family_store.record.entries("demo")]
    assert kinds.count("case.escalated") == 2


def test_an_early_alarm_is_set_again(family_store):
    case = hold(family_store)
    assert not family_store.docket.escalate_if_overdue(case.id, case.due_at - timedelta(seconds=2))
    with family_store.engine.connect() as connection:
        times = connection.execute(text("SELECT scheduled_at FROM procrastinate_jobs ORDER BY 1")).scalars()
        assert list(times) == [case.due_at, case.due_at + timedelta(seconds=1)]


def test_a_closed_or_unknown_case_is_left_alone_by_the_clock(family_store):
    case = hold(family_store)
    closed = family_store.docket.settle(case, decision(case, Action.REJECT), (), NOW)
    assert not family_store.docket.escalate_if_overdue(case.id, case.due_at + timedelta(days=1))
    assert family_store.docket.case("demo", case.id) == closed
    assert not family_store.docket.escalate_if_overdue("nothing", NOW)


def test_the_messages_around_a_case_come_in_order_without_it(family_store):
    circle = home_circle(family_store)
    kept = []
    for minute in range(20):
        one = arrival(at=NOW + timedelta(minutes=minute))
        judgement = held(one) if minute == 10 else passed(one, ())
        family_store.ledger.keep(one, judgement, circle).result(timeout=20)
        kept.append(one.envelope.id)
    around = family_store.docket.around("demo", kept[10], each_side=3)
    assert [past.message_id for past in around] == [*kept[7:10], *kept[11:14]]
    assert {past.subject for past in around} == {"Homework"}
    first = family_store.docket.around("demo", kept[0], each_side=2)
    assert [past.message_id for past in first] == kept[1:3]


def test_each_view_of_a_body_is_recorded(family_store):
    case = hold(family_store)
    family_store.docket.viewed("demo", case.id, "mo", NOW)
    last = list(family_store.record.entries("demo"))[-1].entry
    assert (last.kind, last.actor, last.subject) == ("body.viewed", "mo", case.message_id)
