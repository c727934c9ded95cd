"""The Ledger port on a real PostgreSQL: one transaction before every answer."""

import threading
from concurrent.futures import wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from gateway.domain.message import Channel
from gateway.domain.verdict import Lane, Outcome, Severity
from gateway.errors import NotFound, Stale, StoreUnavailable
from gateway.store import schema
from gateway.store.ledger import SqlLedger
from tests.fakes.sql import NOW, PAIR, arrival, copies, held, home_circle, passed, plain_policy, refused


def keep(store, one, judgement=None):
    return store.ledger.keep(one, judgement or passed(one), home_circle(store)).result(timeout=20)


def rows(store, table):
    with store.engine.connect() as connection:
        return connection.execute(select(table)).all()


def test_a_passed_message_is_kept_with_its_copies_and_a_record_entry(family_store):
    one = arrival()
    receipt = keep(family_store, one)
    assert (receipt.message_id, receipt.reference, receipt.duplicate) == (
        one.envelope.id,
        one.envelope.reference,
        False,
    )
    assert family_store.docket.arrival("demo", one.envelope.id).raw == one.raw
    ruth, jamie = rows(family_store, schema.dispatch)
    assert (ruth.state, jamie.state, jamie.due_at) == ("waiting", "waiting", None)
    assert (ruth.policy_version, ruth.sha256) == ("default@1+00000000", copies()[0].sha256)
    kinds = [one.entry.kind for one in family_store.record.entries("demo")]
    assert kinds == ["directory.changed", "message.passed"]


def test_a_held_message_opens_a_case_with_a_deadline_and_an_alarm_and_no_copies(family_store):
    one = arrival()
    judgement = replace(held(one, Severity.HIGH, Lane.SEALED), copies=copies())
    keep(family_store, one, judgement)
    (case,) = rows(family_store, schema.case_file)
    assert (case.lane, case.rule, case.clause) == ("sealed", "concerning_conduct", "DFT-01")
    assert case.due_at - one.envelope.received_at == plain_policy().clocks[Severity.HIGH]
    assert rows(family_store, schema.dispatch) == []
    with family_store.engine.connect() as connection:
        jobs = connection.execute(text("SELECT task_name, args, scheduled_at FROM procrastinate_jobs")).all()
    whose = {"case_id": case.id, "organisation_id": "demo"}
    assert sorted((job.task_name, job.args, job.scheduled_at) for job in jobs) == [
        ("case_overdue", {"case_id": case.id}, case.due_at),
        ("case_waits", whose, one.envelope.received_at),
    ]


def test_a_refused_message_is_kept_for_the_record_and_goes_nowhere(family_store):
    one = arrival()
    receipt = keep(family_store, one, replace(refused(one), copies=copies(), text="no"))
    assert (receipt.verdict.outcome, receipt.text) == (Outcome.REFUSE, None)
    assert rows(family_store, schema.case_file) == rows(family_store, schema.dispatch) == []
    assert [e.entry.kind for e in family_store.record.entries("demo")][-1] == "message.refused"


def test_verdict_and_findings_come_back_as_they_were_judged(family_store):
    one = arrival()
    judgement = held(one)
    keep(family_store, one, judgement)
    assert family_store.docket.verdict("demo", one.envelope.id) == judgement.verdict
    assert family_store.docket.findings("demo", one.envelope.id) == judgement.findings
    heading = family_store.docket.headings("demo", [one.envelope.id])[one.envelope.id]
    assert (heading.subject, heading.message_id) == ("Homework", "<1@mail.test>")


def test_the_same_message_again_gets_its_first_answer_and_is_not_kept_twice(family_store):
    first = arrival(raw=b"the same")
    again = arrival(raw=b"the same")
    one, two = keep(family_store, first), keep(family_store, again)
    assert (two.message_id, two.reference, two.duplicate) == (one.message_id, one.reference, True)
    assert len(rows(family_store, schema.message)) == 1
    assert len(rows(family_store, schema.dispatch)) == 2


def test_the_same_message_twice_in_one_batch_is_kept_once(family_store):
    circle = home_circle(family_store)
    twins = [arrival(raw=b"twin") for _ in range(8)]
    futures = [family_store.ledger.keep(one, passed(one), circle) for one in twins]
    wait(futures, timeout=20)
    receipts = [future.result() for future in futures]
    assert len({one.message_id for one in receipts}) == 1
    assert [one.duplicate for one in receipts].count(False) == 1


def test_an_idempotency_key_finds_its_message_and_cannot_name_another(family_store):
    first = arrival(channel=Channel.PLATFORM, raw=b"one", key="abc")
    keep(family_store, first, passed(first, text="one"))
    sha256, receipt = family_store.ledger.keyed("demo", "abc")
    assert sha256 == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    assert (receipt.message_id, receipt.text, receipt.duplicate) == (first.envelope.id, "one", True)
    assert family_store.ledger.keyed("demo", "abd") is None
    assert family_store.ledger.keyed("other", "abc") is None
    other = arrival(channel=Channel.PLATFORM, raw=b"two", key="abc")
    with pytest.raises(Stale):
        keep(family_store, other)
    assert len(rows(family_store, schema.message)) == 1


def test_platform_copies_are_handed_over_with_the_answer(family_store):
    one = arrival(channel=Channel.PLATFORM, raw=b'{"text":"hi"}', key="k")
    keep(family_store, one, passed(one, text="hi"))
    assert {row.state for row in rows(family_store, schema.dispatch)} == {"sent"}
    progress = family_store.ledger.progress("demo", one.envelope.id)
    assert progress.state == "delivered"
    assert progress.text == "The heron nests by the weir"
    assert dict(progress.recipients) == {"ruth": "sent", "jamie": "sent"}
    kinds = [e.entry.kind for e in family_store.record.entries("demo")]
    assert kinds[-3:] == ["message.passed", "copy.sent", "copy.sent"]


def test_progress_tells_a_sender_no_more_than_they_may_know(family_store):
    passing, conduct, sealed, back = arrival(), arrival(), arrival(), arrival()
    keep(family_store, passing)
    keep(family_store, conduct, held(conduct, Severity.CRITICAL, Lane.SEALED))
    keep(family_store, sealed, held(sealed, Severity.LOW, Lane.CONTACT))
    keep(family_store, back, refused(back))

    def look(one):
        return family_store.ledger.progress("demo", one.envelope.id)

    assert look(passing).state == "on_its_way"
    assert look(back).state == "refused"
    assert look(conduct).state == look(sealed).state == "checking"
    # The same deadline whatever we think of it: the severity must not show.
    assert look(conduct).decide_by == look(sealed).decide_by
    with pytest.raises(NotFound):
        family_store.ledger.progress("other", passing.envelope.id)


def test_the_pair_remembers_a_senders_short_messages_of_a_day_in_order(family_store):
    now = datetime.now(UTC)
    for ago, words in ((30, "too old"), (3, "first"), (1, "second")):
        one = arrival(at=now - timedelta(hours=ago))
        keep(family_store, one, passed(one, fragment=words))
    reply = arrival(at=now, sender="jamie", recipients=("tara",))
    keep(family_store, reply, passed(reply, out=(), fragment="from jamie"))
    tara, jamie = (PAIR, "tara"), (PAIR, "jamie")
    found = {tara: ("first", "second"), jamie: ("from jamie",)}
    assert family_store.ledger.priors([tara, jamie, ("elsewhere", "tara"), tara]) == found
    assert family_store.ledger.priors([jamie]) == {jamie: ("from jamie",)}
    assert family_store.ledger.priors([]) == {}


def test_one_bad_message_does_not_sink_the_others(family_store):
    circle = home_circle(family_store)
    good = [arrival() for _ in range(10)]
    bad = arrival()
    # A NUL cannot stand in a text column: only the database finds out.
    bad = replace(bad, envelope=replace(bad.envelope, reference="M-\x00"))
    everyone = [*good[:5], bad, *good[5:]]
    futures = [family_store.ledger.keep(one, passed(one), circle) for one in everyone]
    wait(futures, timeout=30)
    assert isinstance(futures[5].exception(), StoreUnavailable)
    kept = [future.result().message_id for future in futures if future is not futures[5]]
    assert kept == [one.envelope.id for one in good]
    assert family_store.record.verify("demo") == (11, None)


def test_a_mail_larger_than_any_socket_buffer_is_kept(family_store):
    one = arrival(raw=b"x" * (12 << 20))
    judgement = replace(passed(one), copies=copies(size=12 << 20))
    keep(family_store, one, judgement)
    assert family_store.docket.arrival("demo", one.envelope.id).raw == one.raw
    (ruth,) = family_store.outbox.claim(10, one.envelope.received_at)
    assert ruth.content == judgement.copies[0].content


def test_a_rush_is_committed_in_few_transactions(family_store):
    circle = home_circle(family_store)
    rush = [arrival() for _ in range(120)]
    wait([family_store.ledger.keep(one, passed(one), circle) for one in rush], timeout=30)
    with family_store.engine.connect() as connection:
        commits = connection.execute(text("SELECT count(DISTINCT xmin::text), count(*) FROM message")).one()
    assert commits[1] == 120
    assert commits[0] <= 30


def test_hostile_text_is_kept_exactly(family_store):
    one = arrival(raw=b"\x00\xff\r\n" + "‮🦆".encode())
    hostile = "\x00 \ud800 ‮ 🦆"
    keep(family_store, one, replace(passed(one, fragment=hostile), subject=hostile))
    assert family_store.docket.arrival("demo", one.envelope.id).raw == one.raw
    assert family_store.docket.headings("demo", [one.envelope.id])[one.envelope.id].subject == hostile


def test_a_full_queue_answers_at_once_instead_of_blocking(family_store):
    circle, gate = home_circle(family_store), threading.Event()

    def slow_policy(_organisation):
        gate.wait(20)
        return plain_policy()

    ledger = SqlLedger(family_store.engine, family_store.vault, family_store.alarms, slow_policy)
    one = arrival()
    futures = [ledger.keep(one, passed(one), circle) for _ in range(2_300)]
    turned_away = [f for f in futures if f.done()]
    assert turned_away
    assert all(isinstance(f.exception(), StoreUnavailable) for f in turned_away)
    gate.set()
    ledger.close()
    assert all(f.done() for f in futures)


def test_the_commit_goes_on_when_the_client_hangs_up(family_store):
    one = arrival()
    future = family_store.ledger.keep(one, passed(one), home_circle(family_store))
    assert not future.cancel()
    assert future.result(timeout=20).message_id == one.envelope.id


def test_messages_of_many_threads_are_chained_without_gaps_or_doubles(family_store):
    circle = home_circle(family_store)
    other = SqlLedger(family_store.engine, family_store.vault, family_store.alarms, lambda _: plain_policy())

    def pour(ledger, count):
        futures = []
        for _ in range(count):
            one = arrival()
            futures.append(ledger.keep(one, passed(one), circle))
        wait(futures, timeout=60)
        assert all(future.exception() is None for future in futures)

    threads = [threading.Thread(target=pour, args=(led, 100)) for led in (family_store.ledger, other) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    with family_store.engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(schema.message)).scalar_one()
    assert count == 400
    assert family_store.record.verify("demo") == (401, None)


def test_it_says_unavailable_while_the_database_is_away_and_works_again_afterwards(
    family_store, postgres_url
):
    import psycopg

    from gateway.store.engine import conninfo

    circle = home_circle(family_store)
    keep(family_store, arrival())
    name = family_store.engine.url.database
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        one = arrival()
        with pytest.raises(StoreUnavailable):
            family_store.ledger.keep(one, passed(one), circle).result(timeout=20)
        with pytest.raises(StoreUnavailable):
            family_store.ledger.priors([(PAIR, "tara")])
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    receipt = family_store.ledger.keep(one, passed(one), circle).result(timeout=20)
    assert receipt.message_id == one.envelope.id
    assert family_store.record.verify("demo") == (3, None)


def test_a_broken_connection_is_replaced_without_anybody_noticing(family_store, postgres_url):
    import psycopg

    from gateway.store.engine import conninfo

    keep(family_store, arrival())
    with psycopg.connect(conninfo(postgres_url), autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [family_store.engine.url.database],
        )
    assert not keep(family_store, arrival()).duplicate


def test_the_time_of_receipt_keeps_its_instant(family_store):
    one = arrival(at=NOW)
    keep(family_store, one)
    assert family_store.docket.arrival("demo", one.envelope.id).envelope.received_at == NOW


def test_what_the_pair_remembered_goes_after_a_day(family_store, monkeypatch):
    monkeypatch.setattr("gateway.store.ledger.FORGET_STEP", 2)
    now = datetime.now(UTC)
    for ago in (72, 48, 30, 25, 23, 1):
        one = arrival(at=now - timedelta(hours=ago))
        keep(family_store, one, passed(one, fragment=f"{ago} hours ago"))
    assert family_store.ledger.forget(now) == 4
    assert len(rows(family_store, schema.fragment)) == 2
    assert family_store.ledger.forget(now) == 0
    assert family_store.ledger.priors([(PAIR, "tara")])[PAIR, "tara"] == ("23 hours ago", "1 hours ago")
