"""How the machinery does: jobs that fail, copies that did not arrive, what waits. Never a body."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, text

from gateway.casework import DeadLetter, Health, LostCopy
from gateway.domain.entry import Entry
from gateway.errors import NotFound
from gateway.store.engine import store_faults
from gateway.store.record import append, lock_heads

# A job of ours is tried for ever: one that was tried often, or that its worker gave up, is for a person.
DEAD = text(
    "SELECT j.id, j.task_name, j.status::text AS status, j.attempts, max(e.at) AS since FROM procrastinate_jobs j"
    " LEFT JOIN procrastinate_events e ON e.job_id = j.id WHERE (j.status = 'failed' OR j.attempts >= 5)"
    " AND coalesce(j.args->>'organisation_id', :organisation) = :organisation"
    " GROUP BY j.id ORDER BY since DESC NULLS LAST LIMIT :many"
)
AGAIN = text(
    "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM procrastinate_jobs"
    " WHERE id = :job AND status = 'failed' AND coalesce(args->>'organisation_id', :organisation) = :organisation"
)
SOONER = text(
    "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE id = :job AND status = 'todo' AND attempts >= 5"
    " AND coalesce(args->>'organisation_id', :organisation) = :organisation"
)
LOST = text(
    "SELECT d.id, d.message_id, d.recipient_id, d.state, d.code, d.settled_at, coalesce((SELECT c.id FROM"
    " case_file c WHERE c.message_id = d.message_id AND c.lane = 'delivery' ORDER BY c.opened_at DESC LIMIT 1),"
    " '') AS case_id FROM dispatch d WHERE d.organisation_id = :organisation AND d.state IN ('failed', 'stopped')"
    " ORDER BY d.settled_at DESC NULLS LAST LIMIT :many"
)
HEALTH = text(
    "SELECT pg_database_size(current_database()) AS size, (SELECT count(*) FROM dispatch WHERE state = 'waiting'"
    " AND organisation_id = :organisation) AS waiting, (SELECT min(first_try_at) FROM dispatch WHERE"
    " state = 'waiting' AND organisation_id = :organisation) AS oldest, (SELECT max(received_at) FROM (SELECT"
    " received_at FROM message WHERE organisation_id = :organisation ORDER BY id DESC LIMIT 1) last) AS newest,"
    " (SELECT count(*) FROM message WHERE organisation_id = :organisation AND id >= :hour) AS lately"
)
JOBS = text(
    "SELECT status::text AS status, count(*) AS many FROM procrastinate_jobs GROUP BY status ORDER BY status"
)
HOUR_MS = 3_600_000


class SqlOperations:
    """The figures and the dead letters of the machinery."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def health(self, organisation_id: str, now: datetime) -> Health:
        """What waits, how much there is, and when the last message came."""
        hour = f"{int(now.timestamp() * 1000) - HOUR_MS:012x}"
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(HEALTH, {"organisation": organisation_id, "hour": hour}).one()
            jobs = {one.status: one.many for one in connection.execute(JOBS)}
        return Health(row.size, row.waiting, row.oldest, jobs, row.newest, row.lately)

    def dead_letters(self, organisation_id: str, limit: int = 50) -> list[DeadLetter]:
        """Jobs that failed or were tried five times, of this organisation or of all."""
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(DEAD, {"organisation": organisation_id, "many": limit}).all()
        return [DeadLetter(row.id, row.task_name, row.status, row.attempts, row.since) for row in rows]

    def lost_copies(self, organisation_id: str, limit: int = 50) -> list[LostCopy]:
        """Copies that were given up or stopped, newest first."""
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(LOST, {"organisation": organisation_id, "many": limit}).all()
        return [
            LostCopy(r.id, r.message_id, r.recipient_id, r.state, r.code, r.settled_at, r.case_id)
            for r in rows
        ]

    def try_again(self, job_id: int, organisation_id: str, by: str, at: datetime) -> None:
        """Let a dead letter run now. Raises NotFound for a job that is none."""
        wanted = {"job": job_id, "organisation": organisation_id}
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            found = connection.execute(AGAIN, wanted).all() or connection.execute(SOONER, wanted).rowcount
            if not found:
                raise NotFound("There is no such job to try again.")
            append(connection, heads, [Entry(organisation_id, at, "job.retried", str(job_id), by, {})])
