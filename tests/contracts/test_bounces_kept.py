"""What a bounce does to copies, cases and later messages, on a real PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import Bounce, Settlement
from gateway.domain.message import Channel
from gateway.domain.verdict import Lane
from gateway.ports import CaseFilter
from gateway.store import schema
from tests.fakes.sql import NOW, PAIR, arrival, copies, family_roster, held, home_circle, passed

SOON = NOW + timedelta(minutes=5)


def keep(store, out=None):
    one = arrival()
    store.ledger.keep(one, passed(one, out), home_circle(store)).result(timeout=20)
    return one


def states(store):
    with store.engine.connect() as connection:
        found = connection.execute(select(schema.dispatch).order_by(schema.dispatch.c.id)).all()
    return [(row.recipient_id, row.state) for row in found]


def sent(store, at=NOW):
    (copy,) = store.outbox.claim(1, at)
    store.outbox.settle([Settlement(copy, sent=True, at=at, code=250)])
    return copy


def came_back(copy, final=True, status="5.1.1", at=SOON):
    return Bounce(copy.id, status, final, at)


def kinds(store):
    return [chained.entry.kind for chained in store.record.entries("demo")]


def failing(store):
    return store.directory.circle_now(PAIR).failing


def delivery_cases(store):
    return store.docket.cases("demo", CaseFilter(lane="delivery"), SOON)


def test_a_guardians_copy_that_came_back_stops_the_pupils_and_opens_a_case(family_store):
    one = keep(family_store)
    ruth = sent(family_store)
    family_store.outbox.bounced(came_back(ruth))
    assert states(family_store) == [("ruth", "failed"), ("jamie", "stopped")]
    (case,) = delivery_cases(family_store)
    assert (case.message_id, case.severity, case.clause) == (one.envelope.id, "high", "DFT-01")
    assert case.because == "guardian address fails: the copy came back undelivered (5.1.1)"
    assert kinds(family_store)[-3:] == ["case.opened", "copy.bounced", "copy.stopped"]
    with family_store.engine.connect() as connection:
        job = connection.execute(text("SELECT args FROM procrastinate_jobs")).scalar_one()
    assert job == {"case_id": case.id}
    assert family_store.record.verify("demo")[1] is None
    assert family_store.ledger.progress("demo", one.envelope.id).state == "checking"


def test_a_copy_still_on_its_way_fails_and_its_lease_holder_settles_nothing(family_store):
    keep(family_store)
    (ruth,) = family_store.outbox.claim(1, NOW)
    family_store.outbox.bounced(came_back(ruth))
    family_store.outbox.settle([Settlement(ruth, sent=True, at=SOON, code=250)])
    assert states(family_store) == [("ruth", "failed"), ("jamie", "stopped")]
    assert family_store.outbox.claim(10, SOON + timedelta(days=1)) == []


def test_the_same_report_again_changes_nothing(family_store):
    keep(family_store)
    ruth = sent(family_store)
    family_store.outbox.bounced(came_back(ruth))
    before = kinds(family_store)
    family_store.outbox.bounced(came_back(ruth))
    family_store.outbox.bounced(came_back(ruth, final=False, status="4.4.1"))
    assert kinds(family_store) == before
    assert len(delivery_cases(family_store)) == 1


def test_a_delay_is_recorded_and_nothing_else(family_store):
    keep(family_store)
    ruth = sent(family_store)
    family_store.outbox.bounced(came_back(ruth, final=False, status="4.4.1"))
    assert states(family_store) == [("ruth", "sent"), ("jamie", "waiting")]
    assert delivery_cases(family_store) == []
    (entry,) = [c.entry for c in family_store.record.entries("demo") if c.entry.kind == "copy.delayed"]
    assert entry.detail == {"copy": ruth.id, "recipient": "ruth", "status": "4.4.1"}
    assert not failing(family_store)


def test_a_pupils_copy_that_came_back_opens_a_case_and_fails_no_guardian(family_store):
    keep(family_store)
    sent(family_store)
    jamie = sent(family_store)
    family_store.outbox.bounced(came_back(jamie))
    assert states(family_store) == [("ruth", "sent"), ("jamie", "failed")]
    (case,) = delivery_cases(family_store)
    assert (case.severity, case.because) == ("medium", "a copy came back undelivered (5.1.1)")
    assert not failing(family_store)


def test_a_report_about_a_copy_nobody_knows_is_passed_over(family_store):
    before = kinds(family_store)
    family_store.outbox.bounced(Bounce(2**62, "5.1.1", True, NOW))
    assert kinds(family_store) == before


@pytest.mark.parametrize("how", ["bounce", "answer"])
def test_the_failing_guardian_is_known_to_every_later_message(family_store, how):
    assert not failing(family_store)
    keep(family_store)
    if how == "bounce":
        family_store.outbox.bounced(came_back(sent(family_store)))
    else:
        (ruth,) = family_store.outbox.claim(1, NOW)
        family_store.outbox.settle([Settlement(ruth, sent=False, at=NOW, code=550)])
    assert failing(family_store) == {"ruth"}


def test_a_guardian_who_is_only_late_or_whose_copy_was_stopped_is_not_failing(family_store):
    keep(family_store)
    (ruth,) = family_store.outbox.claim(1, NOW)
    later = Settlement(ruth, sent=False, at=NOW, retry_at=SOON, code=451)
    family_store.outbox.settle([later])
    (ruth,) = family_store.outbox.claim(1, SOON)
    family_store.outbox.settle([Settlement(ruth, sent=False, at=SOON, stopped=True, because="closed")])
    assert not failing(family_store)


@pytest.mark.parametrize("action", [Action.RELEASE, Action.REJECT])
def test_a_decision_on_the_case_lets_the_address_be_tried_again(family_store, action):
    keep(family_store)
    family_store.outbox.bounced(came_back(sent(family_store)))
    (case,) = delivery_cases(family_store)
    out = copies() if action is Action.RELEASE else ()
    family_store.docket.settle(case, Decision(case.id, 1, action, "mo", "the mailbox works again"), out, SOON)
    assert not failing(family_store)


def test_escalating_the_case_lets_nothing_be_tried(family_store):
    keep(family_store)
    family_store.outbox.bounced(came_back(sent(family_store)))
    (case,) = delivery_cases(family_store)
    family_store.docket.settle(case, Decision(case.id, 1, Action.ESCALATE, "mo", "not mine"), (), SOON)
    assert failing(family_store) == {"ruth"}


def test_a_new_address_in_the_roster_is_not_failing_once_it_counts(family_store):
    keep(family_store)
    family_store.outbox.bounced(came_back(sent(family_store)))
    roster = family_roster()
    people = [replace(p, mailboxes=("new@family.test",)) if p.id == "ruth" else p for p in roster.people]
    moved = replace(roster, people=tuple(people))
    family_store.bring_in(moved)
    assert failing(family_store), "she is registered: the new one waits for a yes from both"
    unasked = tuple(replace(one, registered=None) for one in roster.guardianships)
    family_store.bring_in(replace(roster, guardianships=unasked))
    family_store.bring_in(replace(moved, guardianships=unasked))
    assert not failing(family_store)


def test_a_platforms_guardian_copy_that_came_back_is_a_case_too(family_store):
    ruth, jamie = copies()
    keep(family_store, (ruth, replace(jamie, wire=Channel.PLATFORM, mailbox="")))
    family_store.outbox.bounced(came_back(sent(family_store)))
    assert states(family_store) == [("ruth", "failed"), ("jamie", "sent")]
    assert len(delivery_cases(family_store)) == 1


def test_a_pupils_copy_that_left_in_the_same_moment_is_recorded_as_sent(family_store):
    keep(family_store)
    ruth = sent(family_store)
    (jamie,) = family_store.outbox.claim(1, NOW)
    family_store.outbox.bounced(came_back(ruth))
    assert states(family_store) == [("ruth", "failed"), ("jamie", "stopped")]
    family_store.outbox.settle([Settlement(jamie, sent=False, at=SOON, retry_at=SOON, code=451)])
    assert states(family_store) == [("ruth", "failed"), ("jamie", "stopped")]
    family_store.outbox.settle([Settlement(jamie, sent=True, at=SOON, code=250)])
    assert states(family_store) == [("ruth", "failed"), ("jamie", "sent")]
    assert kinds(family_store)[-1] == "copy.sent"
    assert len(delivery_cases(family_store)) == 1


def test_the_failed_copy_of_a_sealed_message_is_a_sealed_case(family_store):
    one = arrival(sender="jamie", recipients=("tara",))
    family_store.ledger.keep(one, held(one, lane=Lane.SEALED), home_circle(family_store)).result(timeout=20)
    (case,) = family_store.docket.cases("demo", CaseFilter(), NOW)
    (_, jamie) = copies()
    out = (replace(jamie, recipient_id="tara", mailbox="tara.personal@mail.test", waits_for_required=False),)
    family_store.docket.settle(case, Decision(case.id, 1, Action.RELEASE, "dee", "it is safe"), out, NOW)
    family_store.outbox.bounced(came_back(sent(family_store)))
    (case,) = family_store.docket.cases("demo", CaseFilter(), SOON)
    assert (case.lane, case.rule) == (Lane.SEALED, "delivery")
    assert delivery_cases(family_store) == []
