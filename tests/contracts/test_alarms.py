"""The Alarms port: a timer lives or dies with the transaction that set it, and then it rings."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from procrastinate.exceptions import TaskNotFound
from sqlalchemy import text

from gateway.domain.case import State
from gateway.domain.verdict import Severity
from gateway.jobs.app import Context, run_worker
from gateway.ports import CaseFilter
from gateway.store.engine import conninfo
from tests.fakes.sql import arrival, held, home_circle

SOON = timedelta(milliseconds=1)


class NoReminders:
    """Reminders, of which there are none."""

    def remind(self, now):
        return 0


class Told:
    """Notes who would have been told."""

    def __init__(self):
        self.waiting, self.all = [], asyncio.Event()

    async def case_waits(self, organisation_id, case_id):
        self.waiting.append(case_id)
        self.all.set()

    async def sender_told(self, organisation_id, case_id):
        raise AssertionError("nothing was returned")

    async def guardians_told(self, organisation_id, case_id):
        raise AssertionError("no guardian was to be told")

    async def writer_warned(self, organisation_id, case_id):
        raise AssertionError("nobody wrote to a private address")


def jobs(store):
    with store.engine.connect() as connection:
        return connection.execute(text("SELECT task_name, status::text FROM procrastinate_jobs")).all()


def test_an_alarm_is_set_only_if_the_transaction_commits(store):
    later = datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(RuntimeError), store.engine.begin() as connection:
        driver = connection.connection.driver_connection
        store.alarms.set(driver, "case_overdue", later, {"case_id": "1"})
        raise RuntimeError
    assert jobs(store) == []
    with store.engine.begin() as connection:
        store.alarms.set(connection.connection.driver_connection, "case_overdue", later, {"case_id": "1"})
    assert jobs(store) == [("case_overdue", "todo")]


def test_an_alarm_that_nobody_answers_is_refused_when_it_is_set(store):
    with pytest.raises(TaskNotFound), store.engine.begin() as connection:
        store.alarms.set(connection.connection.driver_connection, "tea_time", datetime.now(UTC), {})


def test_a_driver_fault_keeps_its_kind(store):
    driver = psycopg.connect(conninfo(store.url))
    driver.close()
    with pytest.raises(psycopg.OperationalError):
        store.alarms.set(driver, "case_overdue", datetime.now(UTC), {"case_id": "1"})


def test_the_worker_escalates_an_overdue_case_and_stops_when_asked(family_store):
    one = arrival(at=datetime.now(UTC) - timedelta(hours=4) - SOON)
    judgement = held(one, Severity.MEDIUM)
    family_store.ledger.keep(one, judgement, home_circle(family_store)).result(timeout=20)
    tells = Told()

    async def until_rung():
        context = Context(family_store.docket, tells, family_store.ledger, NoReminders())
        await asyncio.wait_for(run_worker(conninfo(family_store.url), context, tells.all), 30)

    asyncio.run(until_rung())
    (case,) = family_store.docket.cases("demo", CaseFilter(), datetime.now(UTC))
    assert tells.waiting == [case.id]
    assert (case.state, case.severity) == (State.ESCALATED, Severity.HIGH)


def test_a_job_whose_worker_died_is_taken_over(family_store):
    one = arrival(at=datetime.now(UTC) - timedelta(hours=9))
    family_store.ledger.keep(one, held(one, Severity.LOW), home_circle(family_store)).result(timeout=20)
    with family_store.engine.begin() as connection:
        worker = connection.execute(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
                " RETURNING id"
            )
        ).scalar_one()
        connection.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"), {"worker": worker}
        )

    from procrastinate import JobContext, PsycopgConnector

    from gateway.jobs.app import make_app, take_over_stalled

    async def take_over():
        app = make_app(PsycopgConnector(conninfo=conninfo(family_store.url)))
        async with app.open_async():
            context = JobContext(app=app, start_timestamp=0.0, job=None, abort_reason=lambda: None)
            await take_over_stalled(context, 0)

    asyncio.run(take_over())
    assert jobs(family_store) == [("case_overdue", "todo")]
