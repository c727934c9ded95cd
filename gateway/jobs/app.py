"""Timers on PostgreSQL: set inside the caller's transaction, run by whichever node is free."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException

from gateway.jobs.casework import Calls, Nightly, night, page_hooks, page_next, page_person

log = logging.getLogger(__name__)

QUEUE = "clocks"
# A job that failed (the database was away) comes again, ever more slowly, and is never given up.
AGAIN = RetryStrategy(wait=5, linear_wait=15)
STALLED_S = 60.0
AWAY_S = 2.0


class Escalates(Protocol):
    """What a clock asks of the docket."""

    def escalate_if_overdue(self, case_id: str, now: datetime) -> bool:
        """True when the case was raised."""
        ...

    def carry_out(self, case_id: str, version: int, now: datetime) -> bool:
        """Do what a decision sets off; False when it was taken back."""
        ...


class Forgets(Protocol):
    """What the clearing of the pair memory asks of the ledger."""

    def forget(self, now: datetime) -> int:
        """Delete what is older than a day; how much went."""
        ...


class Reminds(Protocol):
    """What the hourly look through reminders asks of the store."""

    def remind(self, now: datetime) -> int:
        """Set what is due at every organisation; how many were new."""
        ...


class Tells(Protocol):
    """What a notice asks of whoever sends mail; raises when it could not be sent, to try again."""

    async def case_waits(self, organisation_id: str, case_id: str) -> None:
        """Tell those who decide that a case waits."""
        ...

    async def sender_told(self, organisation_id: str, case_id: str) -> None:
        """Tell a sender that their message came back, or what the office asks about it."""
        ...

    async def guardians_told(self, organisation_id: str, case_id: str) -> None:
        """Tell a pupil's guardians that a message was not passed on."""
        ...

    async def writer_warned(self, organisation_id: str, case_id: str) -> None:
        """Warn a sender who wrote to a private address too."""
        ...

    async def person_reminded(self, organisation_id: str, task_id: str) -> None:
        """Send somebody a reminder."""
        ...

    async def letter(self, kind: str, organisation_id: str, about: str) -> None:
        """Send a letter of ours to a family or a tutor. about: what that kind of letter needs to know."""
        ...


class Moves(Protocol):
    """What a guardian's new address asks of the store once everybody agreed."""

    def take(self, organisation_id: str, change_id: str, now: datetime) -> bool:
        """Let it take effect; False when somebody objected meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What the tasks work with."""

    docket: Escalates
    tells: Tells
    memory: Forgets
    reminders: Reminds
    calls: Calls | None = None
    nightly: Nightly | None = None
    addresses: Moves | None = None


def case_overdue(job: JobContext, case_id: str) -> None:
    """Raise a case whose deadline has passed."""
    ours: Context = job.additional_context["gateway"]
    if ours.docket.escalate_if_overdue(case_id, datetime.now(UTC)):
        log.info("case %s ran late and was escalated", case_id)


async def case_waits(job: JobContext, organisation_id: str, case_id: str) -> None:
    """Tell those who decide that a case waits."""
    ours: Context = job.additional_context["gateway"]
    await ours.tells.case_waits(organisation_id, case_id)
    if ours.calls is not None:
        await asyncio.to_thread(ours.calls.case, organisation_id, case_id, datetime.now(UTC))


async def sender_told(job: JobContext, organisation_id: str, case_id: str) -> None:
    """Tell a sender that their message came back."""
    ours: Context = job.additional_context["gateway"]
    await ours.tells.sender_told(organisation_id, case_id)


async def guardians_told(job: JobContext, organisation_id: str, case_id: str) -> None:
    """Tell a pupil's guardians that a message was not passed on."""
    ours: Context = job.additional_context["gateway"]
    await ours.tells.guardians_told(organisation_id, case_id)


def decision_stands(job: JobContext, case_id: str, version: str) -> None:
    """Carry out a decision that nobody took back in time."""
    ours: Context = job.additional_context["gateway"]
    ours.docket.carry_out(case_id, int(version), datetime.now(UTC))


async def writer_warned(job: JobContext, organisation_id: str, case_id: str) -> None:
    """Warn a sender who wrote to a private address too."""
    ours: Context = job.additional_context["gateway"]
    await ours.tells.writer_warned(organisation_id, case_id)


async def person_reminded(job: JobContext, organisation_id: str, task_id: str) -> None:
    """Send somebody a reminder."""
    ours: Context = job.additional_context["gateway"]
    await ours.tells.person_reminded(organisation_id, task_id)


def reminders_due(job: JobContext, timestamp: int) -> None:
    """Set what the packs' reminders ask for."""
    del timestamp  # Procrastinate passes it
    ours: Context = job.additional_context["gateway"]
    if fresh := ours.reminders.remind(datetime.now(UTC)):
        log.info("%d reminders were set", fresh)


async def letter(job: JobContext, kind: str, organisation_id: str, about: str) -> None:
    """Send a letter of ours to a family or a tutor."""
    ours: Context = job.additional_context["gateway"]
    await ours.tells.letter(kind, organisation_id, about)


def address_due(job: JobContext, organisation_id: str, change_id: str) -> None:
    """Let a guardian's new address take effect."""
    ours: Context = job.additional_context["gateway"]
    if ours.addresses is not None and ours.addresses.take(organisation_id, change_id, datetime.now(UTC)):
        log.info("change %s of an address took effect", change_id)


def forget_fragments(job: JobContext, timestamp: int) -> None:
    """Delete the short messages that were kept for a day to find what was split over several."""
    del timestamp  # Procrastinate passes it
    ours: Context = job.additional_context["gateway"]
    if gone := ours.memory.forget(datetime.now(UTC)):
        log.info("%d short messages left the pair memory", gone)


async def take_over_stalled(job: JobContext, timestamp: int) -> None:
    """Give the jobs of workers that died back to the queue."""
    del timestamp  # Procrastinate passes it
    manager = job.app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
        await manager.retry_job(stalled)


def make_app(connector: BaseConnector) -> App:
    """A Procrastinate app that knows our tasks."""
    app = App(connector=connector)
    for task in (
        case_overdue,
        case_waits,
        decision_stands,
        guardians_told,
        sender_told,
        writer_warned,
        person_reminded,
        letter,
        address_due,
        page_person,
        page_hooks,
        page_next,
    ):
        app.task(name=task.__name__, queue=QUEUE, retry=AGAIN, pass_context=True)(task)
    rescue = app.task(
        name="take_over_stalled", queue=QUEUE, queueing_lock="take_over_stalled", pass_context=True
    )
    app.periodic(cron="* * * * *")(rescue(take_over_stalled))
    clearing = app.task(
        name="forget_fragments", queue=QUEUE, queueing_lock="forget_fragments", pass_context=True
    )
    app.periodic(cron="*/10 * * * *")(clearing(forget_fragments))
    looking = app.task(name="reminders_due", queue=QUEUE, queueing_lock="reminders_due", pass_context=True)
    app.periodic(cron="7 * * * *")(looking(reminders_due))
    nightly = app.task(name="night", queue=QUEUE, queueing_lock="night", pass_context=True)
    app.periodic(cron="17 3 * * *")(nightly(night))
    return app


class ProcrastinateAlarms:
    """The Alarms port: one job per alarm, written on the caller's own connection."""

    def __init__(self) -> None:
        # Never opened: every job is deferred on a connection that somebody hands in.
        self._app = make_app(SyncPsycopgConnector())

    def set(self, connection: object, kind: str, at: datetime, arguments: dict[str, str]) -> None:
        """Arrange for the task `kind` to run at `at`, if and only if the transaction commits.

        connection: the open psycopg connection. Raises the driver's error, and TaskNotFound.
        """
        deferrer = self._app.configure_task(
            kind, allow_unknown=False, connection=connection, schedule_at=at.astimezone(UTC)
        )
        try:
            deferrer.defer(**arguments)
        except ConnectorException as fault:
            if isinstance(fault.__cause__, psycopg.Error):
                raise fault.__cause__ from None
            raise


async def run_worker(conninfo: str, context: Context, stop: asyncio.Event | None = None) -> None:
    """Run due jobs until cancelled or `stop` is set; jobs in hand are finished first.

    A database that is away is waited for. conninfo: a libpq URI.
    """
    while stop is None or not stop.is_set():
        try:
            await _work(conninfo, context, stop)
        except (ConnectorException, psycopg.Error) as fault:
            log.warning("jobs: the database is away (%s)", type(fault).__name__)
        if stop is None or not stop.is_set():
            await asyncio.sleep(AWAY_S)


async def _work(conninfo: str, context: Context, stop: asyncio.Event | None) -> None:
    """Run due jobs until cancelled, told to stop, or cut off from the database."""
    app = make_app(PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))
    async with app.open_async():
        worker = asyncio.ensure_future(
            app.run_worker_async(
                concurrency=4,
                delete_jobs="successful",
                install_signal_handlers=False,
                additional_context={"gateway": context},
                shutdown_graceful_timeout=10,
            )
        )
        waiting = [worker] if stop is None else [worker, asyncio.ensure_future(stop.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
