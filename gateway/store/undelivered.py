"""Copies that will not leave: a case for a person, and no pupil's copy behind a guardian's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from gateway.domain.case import Case, State
from gateway.domain.dispatch import Dispatch, DispatchState
from gateway.domain.entry import Entry
from gateway.domain.message import new_id
from gateway.domain.policy import Policy
from gateway.domain.verdict import Lane, Severity
from gateway.hold.clocks import due_at
from gateway.ports import Alarms, Settlement
from gateway.record.entries import case_opened, copy_settled, copy_stopped_behind
from gateway.store.cases import case_of, insert_case
from gateway.store.schema import case_file, dispatch, message

COPYING_RULE = "guardian_copied"  # whose clause a failed guardian copy offends


def give_up(
    connection: Connection, alarms: Alarms, policy: Policy, one: Settlement, content_mark: str
) -> list[Entry]:
    """Open a case about a copy that will not leave, and stop the pupil copies behind it.

    Returns the entries for the record. A second failing copy of a message needs no second case.
    """
    case = _open_case_about(connection, one.dispatch.message_id)
    entries: list[Entry] = []
    if case is None:
        case = _new_case(connection, policy, one)
        insert_case(connection, case)
        driver = connection.connection.driver_connection
        alarms.set(driver, "case_overdue", case.due_at, {"case_id": case.id})
        entries.append(case_opened(case))
    entries.append(copy_settled(one, content_mark, case.id))
    if one.dispatch.required:
        entries += [
            copy_stopped_behind(case.organisation_id, case.message_id, copy_id, recipient_id, case.id, one.at)
            for copy_id, recipient_id in _stop_behind(connection, one.dispatch, one.at)
        ]
    return entries


def _open_case_about(connection: Connection, message_id: str) -> Case | None:
    theirs = select(case_file).where(
        case_file.c.message_id == message_id,
        case_file.c.lane == str(Lane.DELIVERY),
        case_file.c.state != str(State.CLOSED),
    )
    row = connection.execute(theirs.limit(1)).one_or_none()
    return case_of(row) if row else None


def _new_case(connection: Connection, policy: Policy, one: Settlement) -> Case:
    terms = policy.rules.get(COPYING_RULE) if one.dispatch.required else None
    severity = Severity.HIGH if one.dispatch.required else Severity.MEDIUM
    about = select(message.c.reference, message.c.channel, message.c.pair_initials, message.c.outcome).where(
        message.c.id == one.dispatch.message_id
    )
    row = connection.execute(about).one()
    return Case(
        id=new_id(one.at),
        organisation_id=one.dispatch.organisation_id,
        pair_id=one.dispatch.pair_id,
        message_id=one.dispatch.message_id,
        lane=Lane.DELIVERY,
        severity=severity,
        state=State.OPEN,
        version=1,
        opened_at=one.at,
        due_at=due_at(one.at, severity, policy.clocks),
        rule="delivery",
        clause=terms.clause if terms else "",
        because=_because(one),
        reference=row.reference,
        channel=row.channel,
        pair_initials=row.pair_initials,
        outcome=row.outcome,
    )


def _because(one: Settlement) -> str:
    """In our words only: what a foreign server said may quote an address."""
    whose = "a required guardian's copy" if one.dispatch.required else "a copy"
    if one.stopped:
        return f"{whose} was stopped: {one.because}" if one.because else f"{whose} was stopped"
    return f"{whose} could not be delivered (code {one.code})"


def _stop_behind(connection: Connection, gate: Dispatch, at: datetime) -> list[tuple[int, str]]:
    """Stop the copies of the same batch that waited for `gate`; return their ids and recipients."""
    own_batch = select(dispatch.c.batch).where(dispatch.c.id == gate.id).scalar_subquery()
    stopped = (
        update(dispatch)
        .where(dispatch.c.message_id == gate.message_id, dispatch.c.batch == own_batch)
        .where(dispatch.c.state == str(DispatchState.WAITING), dispatch.c.waits_for_required)
        .values(state=str(DispatchState.STOPPED), due_at=None, settled_at=at)
        .returning(dispatch.c.id, dispatch.c.recipient_id)
    )
    return [(row.id, row.recipient_id) for row in connection.execute(stopped)]
