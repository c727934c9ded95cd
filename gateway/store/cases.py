"""Case rows to cases and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert

from gateway.domain.case import Case, State
from gateway.domain.verdict import SEVERITY_RANK, Lane, Severity
from gateway.store.schema import case_file

SEVERITIES = tuple(Severity)


def case_of(row: Any) -> Case:
    """The case of a row."""
    return Case(
        id=row.id,
        organisation_id=row.organisation_id,
        pair_id=row.pair_id,
        message_id=row.message_id,
        lane=Lane(row.lane),
        severity=SEVERITIES[row.severity],
        state=State(row.state),
        version=row.version,
        opened_at=row.opened_at,
        due_at=row.due_at,
        rule=row.rule,
        clause=row.clause,
        because=row.because,
        reference=row.reference,
        channel=row.channel,
        pair_initials=row.pair_initials,
        outcome=row.outcome,
    )


def insert_case(connection: Connection, case: Case) -> None:
    """Write a new case."""
    connection.execute(
        insert(case_file).values(
            id=case.id,
            organisation_id=case.organisation_id,
            pair_id=case.pair_id,
            message_id=case.message_id,
            lane=str(case.lane),
            severity=SEVERITY_RANK[case.severity],
            state=str(case.state),
            version=case.version,
            opened_at=case.opened_at,
            due_at=case.due_at,
            escalate_at=case.due_at,
            rule=case.rule,
            clause=case.clause,
            because=case.because,
            reference=case.reference,
            channel=case.channel,
            pair_initials=case.pair_initials,
            outcome=case.outcome,
        )
    )
