"""Taking a decision back while nothing of it has left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from gateway.domain.case import Case, Standing
from gateway.domain.dispatch import DispatchState
from gateway.errors import Stale
from gateway.store.cases import restored
from gateway.store.schema import decision, dispatch


def batch_of(case_id: str, version: int) -> str:
    """The batch of the copies that a decision lets out."""
    return f"{case_id}:{version}"


def made_on(case_id: str, version: int) -> Select[Any]:
    """The decision made on that version of a case."""
    return select(decision).where(decision.c.case_id == case_id, decision.c.version == version)


def take_back(
    connection: Connection, case_row: Any, version: int, person_id: str, now: datetime
) -> tuple[Case, datetime]:
    """Mark a decision as undone and stop its copies; return the case as it stood before, and its clock.

    case_row: locked. Raises Stale when it was another's, is too late, or a copy was claimed.
    """
    made = connection.execute(made_on(case_row.id, version).with_for_update()).one_or_none()
    if (
        made is None
        or made.moderator_id != person_id
        or made.standing == Standing.UNDONE
        or made.undo_until is None
        or made.undo_until <= now
        or case_row.version != version + 1
    ):
        raise Stale("It is too late to take this back; look at the case as it is now.")
    _stop_copies(connection, case_row, version, now)
    undone = update(decision).where(decision.c.case_id == case_row.id, decision.c.version == version)
    connection.execute(undone.values(standing=str(Standing.UNDONE)))
    return restored(case_row, made.before)


def _stop_copies(connection: Connection, case_row: Any, version: int, now: datetime) -> None:
    theirs = (
        dispatch.c.message_id == case_row.message_id,
        dispatch.c.batch == batch_of(case_row.id, version),
    )
    untouched = (dispatch.c.state == str(DispatchState.WAITING), dispatch.c.fence == 0)
    stop = update(dispatch).where(*theirs, *untouched)
    stopped = connection.execute(
        stop.values(state=str(DispatchState.STOPPED), due_at=None, settled_at=now)
    ).rowcount
    if stopped != connection.execute(select(func.count()).select_from(dispatch).where(*theirs)).scalar_one():
        raise Stale("A copy is already on its way, so this cannot be taken back.")
