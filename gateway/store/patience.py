"""A connection that does not wait for ever for a server that says nothing.

The server gives up on a statement after 30 s, but a server that stands still, or a line that
swallows bytes, cannot say so; whoever waited would wait until somebody ended the process.
"""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

PATIENCE_S = 45.0  # longer than the server's own statement_timeout, which knows better
INTERVAL_S = 0.1  # psycopg's own
T = TypeVar("T")


class PatientConnection(psycopg.Connection[Any]):
    """Hangs up when an answer takes longer than `patience_s`.

    Raises psycopg.OperationalError then: nobody can tell whether the server did what it was asked.
    """

    patience_s: float | None = PATIENCE_S

    def wait(self, gen: PQGen[T], interval: float = INTERVAL_S, timeout: float | None = None) -> T:
        """What the server answers; psycopg's own waiting, made finite."""
        if timeout is not None or self.patience_s is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience_s)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise


class EndlesslyPatientConnection(PatientConnection):
    """Waits as long as it takes: for migrations, which switch the server's own limit off."""

    patience_s = None
