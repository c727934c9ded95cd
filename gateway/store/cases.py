"""Case rows to cases and back, and how a decision changes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from gateway.domain.case import CLOSING, Action, Case, Decision, Standing, State
from gateway.domain.policy import Policy
from gateway.domain.verdict import SEVERITY_RANK, Lane, Severity
from gateway.hold.clocks import due_at, escalated
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


def write_case(connection: Connection, case: Case, escalate_at: datetime) -> None:
    """Write what a decision or a clock changes of a case."""
    changed = {
        "lane": str(case.lane),
        "severity": SEVERITY_RANK[case.severity],
        "state": str(case.state),
        "version": case.version,
        "due_at": case.due_at,
        "escalate_at": escalate_at,
    }
    connection.execute(update(case_file).where(case_file.c.id == case.id).values(changed))


def locked(case_id: str, organisation_id: str) -> Select[Any]:
    """The row of a case, for changing it."""
    theirs = (case_file.c.id == case_id) & (case_file.c.organisation_id == organisation_id)
    return select(case_file).where(theirs).with_for_update()


def after_decision(
    case: Case, made: Decision, policy: Policy, at: datetime, escalate_at: datetime
) -> tuple[Case, datetime]:
    """The case once a decision was made, and when the clock next raises it.

    Escalating and sealing start the clock of the severity they lead to; neither moves a deadline back.
    """
    moved = replace(case, version=case.version + 1)
    if made.standing is not Standing.CARRIED:
        state = State.SECOND if made.standing is Standing.FIRST else State.SPLIT
        return replace(moved, state=state), escalate_at
    if made.action in CLOSING:
        return replace(moved, state=State.CLOSED), escalate_at
    if made.action is Action.ASK:
        return replace(moved, state=State.ASKED), escalate_at
    if made.action is Action.SEAL:
        severity = max(case.severity, Severity.HIGH, key=SEVERITY_RANK.__getitem__)
        moved = replace(moved, lane=Lane.SEALED, state=State.OPEN)
    else:
        severity = escalated(case.severity)
        moved = replace(moved, state=State.ESCALATED)
    again = due_at(at, severity, policy.clocks)
    return replace(moved, severity=severity, due_at=min(case.due_at, again)), again


def snapshot(row: Any) -> dict[str, Any]:
    """How a case stands, for going back to it."""
    return {
        "lane": row.lane,
        "severity": row.severity,
        "state": row.state,
        "due_at": row.due_at.isoformat(),
        "escalate_at": row.escalate_at.isoformat(),
    }


def restored(row: Any, before: dict[str, Any]) -> tuple[Case, datetime]:
    """The case as `before` has it, with a version of its own, and when the clock next raises it."""
    case = replace(
        case_of(row),
        lane=Lane(before["lane"]),
        severity=SEVERITIES[before["severity"]],
        state=State(before["state"]),
        due_at=datetime.fromisoformat(before["due_at"]),
        version=row.version + 1,
    )
    return case, datetime.fromisoformat(before["escalate_at"])
