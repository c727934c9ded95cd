"""The order in which cases are worked, read so that a long queue costs no sort."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, union_all

from gateway.domain.case import State
from gateway.domain.verdict import SEVERITY_RANK, Severity
from gateway.ports import CaseFilter
from gateway.store.cases import SEVERITIES
from gateway.store.schema import case_file

# Written out, not bound: only so can a prepared statement use the partial index.
IS_CLOSED: ColumnElement[str] = literal_column("'closed'")


def in_working_order(
    organisation_id: str, which: CaseFilter, now: datetime, limit: int, offset: int
) -> Select[Any]:
    """Rows of cases: overdue first, then severity, then deadline; closed ones last, newest first.

    Each (overdue, severity) is one short range of the index `case_queue`, so only `limit + offset`
    rows of each are read, however many wait.
    """
    enough = limit + offset
    wanted = [Severity(which.severity)] if which.severity else list(reversed(SEVERITIES))
    branches: list[Select[Any]] = []
    for late in (True, False):
        for severity in wanted:
            deadline = case_file.c.due_at < now if late else case_file.c.due_at >= now
            branch = _branch(organisation_id, which, len(branches), func.extract("epoch", case_file.c.due_at))
            branch = branch.where(case_file.c.state != IS_CLOSED, deadline)
            branch = branch.where(case_file.c.severity == SEVERITY_RANK[severity])
            branches.append(branch.order_by(case_file.c.due_at, case_file.c.id).limit(enough))
    if which.include_closed or which.state == State.CLOSED:
        branch = _branch(organisation_id, which, len(branches), -func.extract("epoch", case_file.c.opened_at))
        branch = branch.where(case_file.c.state == IS_CLOSED)
        if which.severity:
            branch = branch.where(case_file.c.severity == SEVERITY_RANK[Severity(which.severity)])
        branches.append(branch.order_by(case_file.c.opened_at.desc(), case_file.c.id.desc()).limit(enough))
    together = union_all(*(branch.subquery().select() for branch in branches)).subquery()
    order = (together.c.place, together.c.nearness, together.c.id)
    return select(together).order_by(*order).limit(limit).offset(offset)


def _branch(organisation_id: str, which: CaseFilter, place: int, nearness: ColumnElement[Any]) -> Select[Any]:
    columns: list[Any] = [*case_file.c, literal(place).label("place"), nearness.label("nearness")]
    query: Select[Any] = select(*columns).where(case_file.c.organisation_id == organisation_id)
    if which.lane:
        query = query.where(case_file.c.lane == which.lane)
    if which.state:
        query = query.where(case_file.c.state == which.state)
    return query
