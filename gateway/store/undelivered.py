"""Copies that will not leave: a case for a person, and no pupil's copy behind a guardian's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from gateway.domain.case import Case, State
from gateway.domain.dispatch import DispatchState, Settlement
from gateway.domain.entry import Entry
from gateway.domain.message import new_id
from gateway.domain.policy import Policy
from gateway.domain.verdict import Lane, Severity
from gateway.hold.clocks import due_at
from gateway.ports import Alarms
from gateway.record.entries import case_opened, copy_settled, copy_stopped_behind
from gateway.store.cases import case_of, insert_case
from gateway.store.failing import is_guardian, mark_failing
from gateway.store.schema import case_file, dispatch, message
from gateway.store.vault import Vault

DELIVERY_RULE = "delivery"  # of every case here; no rule of a policy opened it
COPYING_RULE = "guardian_copied"  # whose clause a failed guardian copy offends


@dataclass(frozen=True, slots=True)
class Lost:
    """A copy that will not arrive.

    guardian: it was a guardian's, required or not. because: in our words only: what a foreign
        server said may quote an address.
    """

    dispatch_id: int
    organisation_id: str
    message_id: str
    pair_id: str
    recipient_id: str
    required: bool
    guardian: bool
    at: datetime
    because: str


def give_up(
    connection: Connection, alarms: Alarms, policy: Policy, vault: Vault, one: Settlement, content_mark: str
) -> list[Entry]:
    """Account for a copy that was given up or stopped; a guardian's address that failed is marked.

    Returns the entries for the record.
    """
    copy = one.dispatch
    guardian = is_guardian(connection, copy.organisation_id, copy.recipient_id)
    lost = Lost(
        dispatch_id=copy.id,
        organisation_id=copy.organisation_id,
        message_id=copy.message_id,
        pair_id=copy.pair_id,
        recipient_id=copy.recipient_id,
        required=copy.required,
        guardian=guardian,
        at=one.at,
        because=_because(one, guardian),
    )
    case_id, entries = account_for(
        connection, alarms, policy, lost, lambda case_id: copy_settled(one, content_mark, case_id)
    )
    if guardian and not one.stopped:
        mark_failing(
            connection, vault, copy.organisation_id, copy.recipient_id, copy.mailbox, case_id, one.at
        )
    return entries


def account_for(
    connection: Connection, alarms: Alarms, policy: Policy, lost: Lost, entry: Callable[[str], Entry]
) -> tuple[str, list[Entry]]:
    """Open a case about a copy that will not arrive, and stop the pupil copies behind it.

    entry: makes the copy's own record entry of the case's id.
    Returns that id and all entries. A second failing copy of a message needs no second case.
    """
    case = _open_case_about(connection, lost.message_id)
    entries: list[Entry] = []
    if case is None:
        case = _new_case(connection, policy, lost)
        insert_case(connection, case)
        driver = connection.connection.driver_connection
        alarms.set(driver, "case_overdue", case.due_at, {"case_id": case.id})
        entries.append(case_opened(case))
    entries.append(entry(case.id))
    if lost.required:
        entries += [
            copy_stopped_behind(
                case.organisation_id, case.message_id, copy_id, recipient_id, case.id, lost.at
            )
            for copy_id, recipient_id in _stop_behind(connection, lost)
        ]
    return case.id, entries


def _open_case_about(connection: Connection, message_id: str) -> Case | None:
    theirs = select(case_file).where(
        case_file.c.message_id == message_id,
        case_file.c.rule == DELIVERY_RULE,
        case_file.c.state != str(State.CLOSED),
    )
    row = connection.execute(theirs.limit(1)).one_or_none()
    return case_of(row) if row else None


def _lane(connection: Connection, message_id: str) -> Lane:
    """Whoever may not read a sealed message may not read it by way of its delivery either."""
    sealed = (case_file.c.message_id == message_id) & (case_file.c.lane == str(Lane.SEALED))
    found = connection.execute(select(case_file.c.id).where(sealed).limit(1)).first()
    return Lane.SEALED if found else Lane.DELIVERY


def _new_case(connection: Connection, policy: Policy, lost: Lost) -> Case:
    terms = policy.rules.get(COPYING_RULE) if lost.required else None
    severity = Severity.HIGH if lost.required or lost.guardian else Severity.MEDIUM
    about = select(message.c.reference, message.c.channel, message.c.pair_initials, message.c.outcome).where(
        message.c.id == lost.message_id
    )
    row = connection.execute(about).one()
    return Case(
        id=new_id(lost.at),
        organisation_id=lost.organisation_id,
        pair_id=lost.pair_id,
        message_id=lost.message_id,
        lane=_lane(connection, lost.message_id),
        severity=severity,
        state=State.OPEN,
        version=1,
        opened_at=lost.at,
        due_at=due_at(lost.at, severity, policy.clocks),
        rule=DELIVERY_RULE,
        clause=terms.clause if terms else "",
        because=lost.because,
        reference=row.reference,
        channel=row.channel,
        pair_initials=row.pair_initials,
        outcome=row.outcome,
    )


def _because(one: Settlement, guardian: bool) -> str:
    if one.stopped:
        whose = "a required guardian's copy" if one.dispatch.required else "a copy"
        return f"{whose} was stopped: {one.because}" if one.because else f"{whose} was stopped"
    whose = "guardian address fails: the copy" if guardian else "a copy"
    return f"{whose} could not be delivered (code {one.code})"


def _stop_behind(connection: Connection, gate: Lost) -> list[tuple[int, str]]:
    """Stop the copies of the same batch that waited for `gate`; return their ids and recipients."""
    own_batch = select(dispatch.c.batch).where(dispatch.c.id == gate.dispatch_id).scalar_subquery()
    stopped = (
        update(dispatch)
        .where(dispatch.c.message_id == gate.message_id, dispatch.c.batch == own_batch)
        .where(dispatch.c.state == str(DispatchState.WAITING), dispatch.c.waits_for_required)
        .values(state=str(DispatchState.STOPPED), due_at=None, settled_at=gate.at)
        .returning(dispatch.c.id, dispatch.c.recipient_id)
    )
    return [(row.id, row.recipient_id) for row in connection.execute(stopped)]
