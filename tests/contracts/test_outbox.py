"""The Outbox port on a real PostgreSQL: guardian first, one courier per copy, fenced."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, text

from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import Settlement
from gateway.domain.message import Channel
from gateway.ports import CaseFilter
from gateway.store import schema
from gateway.store.openline import OpenLine
from gateway.store.outbox import CLAIM
from tests.fakes.sql import NOW, arrival, copies, home_circle, passed

LATER = NOW + timedelta(minutes=3)  # beyond a lease


def keep(store, out=None):
    one = arrival()
    store.ledger.keep(one, passed(one, out), home_circle(store)).result(timeout=20)
    return one


def states(store):
    with store.engine.connect() as connection:
        found = connection.execute(select(schema.dispatch).order_by(schema.dispatch.c.id)).all()
    return [(row.recipient_id, row.state) for row in found]


def sent(dispatch, at=NOW):
    return Settlement(dispatch, sent=True, at=at, code=250)


def given_up(dispatch, code=550):
    return Settlement(dispatch, sent=False, at=NOW, code=code, because="ruth@family.test does not exist")


def test_a_claim_goes_by_index_also_for_copies_that_waited_for_a_guardian(family_store):
    line = OpenLine(family_store.engine)
    plan = line.ask(f"EXPLAIN {CLAIM}", {"limit": 64, "now": NOW, "until": LATER})
    line.close()
    assert "Index Scan using dispatch_due" in str(plan)
    assert "Seq Scan" not in str(plan)


def test_a_claimed_copy_carries_the_exact_bytes_and_where_they_go(family_store):
    keep(family_store)
    (ruth,) = family_store.outbox.claim(10, NOW)
    expected = copies()[0]
    assert (ruth.recipient_id, ruth.mailbox, ruth.return_path) == (
        "ruth",
        "ruth@family.test",
        "bounce@relay.test",
    )
    assert (ruth.content, ruth.sha256) == (expected.content, expected.sha256)
    assert (ruth.required, ruth.fence, ruth.tries, ruth.policy_version) == (True, 1, 1, "default@1+00000000")


def test_the_pupils_copy_is_due_only_after_the_guardians_server_accepted(family_store):
    keep(family_store)
    (ruth,) = family_store.outbox.claim(10, NOW)
    assert family_store.outbox.claim(10, NOW + timedelta(days=30)) != []  # Ruth's lease ran out, no more
    (again,) = family_store.outbox.claim(10, NOW + timedelta(days=60))
    assert again.recipient_id == "ruth"
    family_store.outbox.settle([sent(again)])
    (jamie,) = family_store.outbox.claim(10, NOW)
    assert (jamie.recipient_id, jamie.waits_for_required) == ("jamie", True)
    assert ruth.fence < again.fence


def test_the_pupil_waits_for_every_required_guardian(family_store):
    ruth, jamie = copies()
    second = replace(ruth, recipient_id="sam", mailbox="sam@family.test")
    keep(family_store, (ruth, second, jamie))
    one, two = family_store.outbox.claim(10, NOW)
    family_store.outbox.settle([sent(one)])
    assert family_store.outbox.claim(10, NOW) == []
    family_store.outbox.settle([sent(two)])
    assert [c.recipient_id for c in family_store.outbox.claim(10, NOW)] == ["jamie"]


def test_a_row_made_due_by_other_hands_still_waits_for_the_guardian(family_store):
    keep(family_store)
    with family_store.engine.begin() as connection:
        connection.execute(text("UPDATE dispatch SET due_at = now() - interval '9 years'"))
    assert [c.recipient_id for c in family_store.outbox.claim(10, NOW)] == ["ruth"]


def test_a_copy_that_waits_for_nobody_in_its_message_is_due_at_once(family_store):
    _, jamie = copies()
    keep(family_store, (jamie,))
    assert [c.recipient_id for c in family_store.outbox.claim(10, NOW)] == ["jamie"]


def test_a_leased_copy_is_nobody_elses_until_the_lease_runs_out(family_store):
    keep(family_store)
    assert len(family_store.outbox.claim(10, NOW)) == 1
    assert family_store.outbox.claim(10, NOW + timedelta(minutes=1)) == []
    assert len(family_store.outbox.claim(10, LATER)) == 1


def test_a_settlement_with_an_old_fence_changes_nothing(family_store):
    keep(family_store)
    (slow,) = family_store.outbox.claim(10, NOW)
    (quick,) = family_store.outbox.claim(10, LATER)
    family_store.outbox.settle([given_up(slow), sent(slow)])
    assert states(family_store) == [("ruth", "waiting"), ("jamie", "waiting")]
    family_store.outbox.settle([sent(quick)])
    family_store.outbox.settle([given_up(quick)])
    assert states(family_store) == [("ruth", "sent"), ("jamie", "waiting")]
    kinds = [e.entry.kind for e in family_store.record.entries("demo")]
    assert kinds.count("copy.sent") == 1
    assert "copy.failed" not in kinds


def test_a_copy_to_be_tried_again_is_due_at_that_time(family_store):
    keep(family_store)
    (ruth,) = family_store.outbox.claim(10, NOW)
    family_store.outbox.settle(
        [Settlement(ruth, sent=False, at=NOW, retry_at=NOW + timedelta(minutes=30), code=451)]
    )
    assert family_store.outbox.claim(10, NOW + timedelta(minutes=29)) == []
    (again,) = family_store.outbox.claim(10, NOW + timedelta(minutes=30))
    assert (again.tries, again.first_try_at) == (2, NOW)


def test_a_failed_required_copy_opens_a_case_and_stops_the_pupils(family_store):
    one = keep(family_store)
    (ruth,) = family_store.outbox.claim(10, NOW)
    family_store.outbox.settle([given_up(ruth)])
    assert states(family_store) == [("ruth", "failed"), ("jamie", "stopped")]
    (case,) = family_store.docket.cases("demo", CaseFilter(lane="delivery"), NOW)
    assert (case.message_id, case.severity, case.clause) == (one.envelope.id, "high", "DFT-01")
    assert (case.reference, case.pair_initials) == (one.envelope.reference, "T.O. – J.W.")
    # What a foreign server said may quote an address.
    assert "family.test" not in case.because
    assert "550" in case.because
    with family_store.engine.connect() as connection:
        job = connection.execute(text("SELECT args FROM procrastinate_jobs")).scalar_one()
    assert job == {"case_id": case.id}
    kinds = [e.entry.kind for e in family_store.record.entries("demo")]
    assert kinds[-3:] == ["case.opened", "copy.failed", "copy.stopped"]


def test_a_stopped_copy_opens_a_case_that_says_why(family_store):
    keep(family_store)
    (ruth,) = family_store.outbox.claim(10, NOW)
    family_store.outbox.settle(
        [Settlement(ruth, sent=False, at=NOW, stopped=True, because="the tutor was suspended")]
    )
    assert states(family_store) == [("ruth", "stopped"), ("jamie", "stopped")]
    (case,) = family_store.docket.cases("demo", CaseFilter(), NOW)
    assert case.because.endswith("the tutor was suspended")


def test_two_failing_copies_of_a_message_make_one_case(family_store):
    ruth, jamie = copies()
    second = replace(ruth, recipient_id="sam", mailbox="sam@family.test")
    keep(family_store, (ruth, second, jamie))
    family_store.outbox.settle([given_up(one) for one in family_store.outbox.claim(10, NOW)])
    assert len(family_store.docket.cases("demo", CaseFilter(), NOW)) == 1
    assert states(family_store) == [("ruth", "failed"), ("sam", "failed"), ("jamie", "stopped")]


def test_a_release_sends_anew_whatever_became_of_the_first_copies(family_store):
    keep(family_store)
    (ruth,) = family_store.outbox.claim(10, NOW)
    family_store.outbox.settle([given_up(ruth)])
    (case,) = family_store.docket.cases("demo", CaseFilter(), NOW)
    release = Decision(case.id, case.version, Action.RELEASE, "mo", "Ruth has a new address")
    family_store.docket.settle(case, release, copies(), NOW)
    (ruth,) = family_store.outbox.claim(10, NOW)
    family_store.outbox.settle([sent(ruth)])
    assert [one.recipient_id for one in family_store.outbox.claim(10, NOW)] == ["jamie"]


def test_copies_for_the_platform_are_never_claimed(family_store):
    keep(family_store, copies(Channel.PLATFORM))
    assert family_store.outbox.claim(10, NOW + timedelta(days=1)) == []


def test_two_couriers_never_hold_the_same_copy(family_store):
    circle, wanted = home_circle(family_store), 300
    futures = []
    for _ in range(wanted):
        one = arrival()
        futures.append(family_store.ledger.keep(one, passed(one), circle))
    for future in futures:
        future.result(timeout=60)
    claimed, lock = Counter(), threading.Lock()

    def courier():
        while batch := family_store.outbox.claim(16, NOW):
            with lock:
                claimed.update((one.id, one.fence) for one in batch)
            family_store.outbox.settle([sent(one) for one in batch])

    threads = [threading.Thread(target=courier) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while batch := family_store.outbox.claim(64, NOW):  # what a courier released as it left
        claimed.update((one.id, one.fence) for one in batch)
        family_store.outbox.settle([sent(one) for one in batch])
    assert len(claimed) == 2 * wanted
    assert set(claimed.values()) == {1}
    assert {state for _, state in states(family_store)} == {"sent"}
    assert family_store.record.verify("demo")[1] is None


def test_a_courier_is_woken_by_new_copies(family_store):
    outbox = family_store.outbox
    assert outbox.wait_for_work(0.1)  # what came before it listened
    assert not outbox.wait_for_work(0.05)
    woken = []
    waiting = threading.Thread(target=lambda: woken.append(outbox.wait_for_work(20)))
    waiting.start()
    keep(family_store)
    waiting.join(timeout=20)
    assert woken == [True]


def test_waiting_survives_the_loss_of_its_connection(family_store, postgres_url):
    import psycopg

    from gateway.store.engine import conninfo

    outbox = family_store.outbox
    outbox.wait_for_work(0.05)
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [family_store.engine.url.database],
        )
    assert not outbox.wait_for_work(0.1)
    assert outbox.wait_for_work(0.1)
