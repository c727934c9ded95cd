"""Held messages, and the decisions on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from gateway.domain.case import CLOSING, TELLS_SENDER, Action, Case, Decision, Standing, State
from gateway.domain.dispatch import Copy, DispatchState
from gateway.domain.entry import Entry
from gateway.domain.message import Channel
from gateway.domain.policy import Policy
from gateway.domain.verdict import Lane, Severity
from gateway.errors import Forbidden, NotFound, Stale
from gateway.hold.clocks import due_at, escalated
from gateway.ports import Alarms
from gateway.record.entries import (
    body_viewed,
    case_decided,
    case_ran_late,
    copy_handed_over,
    decision_undone,
)
from gateway.store.cases import after_decision, case_of, locked, snapshot, write_case
from gateway.store.claims import Claims, end_lease, held_by_another
from gateway.store.dispatches import Batch, dispatch_rows, ring
from gateway.store.dossier import Dossier, about_decision
from gateway.store.engine import store_faults
from gateway.store.failing import raise_version, trust_again
from gateway.store.keeping import handed_over
from gateway.store.margins import Margins
from gateway.store.openline import driver_of
from gateway.store.record import append, lock_heads
from gateway.store.schema import case_file, decision, dispatch, message, organisation
from gateway.store.sendings import is_withdrawn
from gateway.store.timelines import Timelines
from gateway.store.undelivered import DELIVERY_RULE
from gateway.store.undoing import batch_of, made_on, take_back
from gateway.store.vault import Vault

GIVES_BACK = frozenset({Action.RETURN, Action.REJECT})


class SqlDocket(Dossier, Claims, Margins, Timelines):
    """The Docket port on PostgreSQL. policy_of: the policy of an organisation, for its clocks."""

    def __init__(
        self, engine: Engine, vault: Vault, alarms: Alarms, policy_of: Callable[[str], Policy]
    ) -> None:
        super().__init__(engine, vault)
        self._alarms = alarms
        self._policy_of = policy_of

    def viewed(self, organisation_id: str, case_id: str, person_id: str, at: datetime) -> None:
        """Record that somebody looked at a body. Raises NotFound."""
        case = self.case(organisation_id, case_id)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            append(connection, heads, [body_viewed(case, person_id, at)])

    def settle(
        self,
        case: Case,
        decision: Decision,
        copies: Sequence[Copy],
        at: datetime,
        undo_until: datetime | None = None,
    ) -> Case:
        """Write decision, copies and record entry if the case still has `decision.version`.

        undo_until: when copies and notices may leave, and until when it can be taken back; None for
        at once and never. A decision about a failing address works at once whatever is asked.
        Raises Stale when somebody was first or works on the case, or the case is closed.
        """
        policy = self._policy_of(case.organisation_id)
        ends_failing = case.rule == DELIVERY_RULE and decision.action in CLOSING
        if case.rule == DELIVERY_RULE or decision.action is Action.SEAL:
            undo_until = None
        with store_faults(), self._engine.begin() as connection:
            if ends_failing:
                raise_version(connection, [case.organisation_id])
            heads = lock_heads(connection, [case.organisation_id])
            row = _current(connection, case, decision, at)
            if copies and is_withdrawn(connection, case.message_id):
                raise Forbidden("The sender has withdrawn this message; return or reject it.")
            before = case_of(row)
            settled, escalate_at = after_decision(before, decision, policy, at, row.escalate_at)
            write_case(connection, settled, escalate_at)
            end_lease(connection, case.id)
            if ends_failing and decision.standing is Standing.CARRIED:
                trust_again(connection, case.id)
            if escalate_at != row.escalate_at:
                self._set_alarm(connection, settled.id, escalate_at)
            entries = [self._write_decision(connection, row, settled, decision, at, undo_until)]
            entries += self._write_copies(connection, settled, decision, copies, at, undo_until)
            if undo_until is None:
                self._set_off(connection, settled, decision.action, decision.notify_guardian, at)
            elif decision.standing is Standing.CARRIED:
                about = {"case_id": case.id, "version": str(decision.version)}
                self._alarms.set(driver_of(connection), "decision_stands", undo_until, about)
            append(connection, heads, entries)
        if copies:
            ring(self._engine)
        return settled

    def undo(self, organisation_id: str, case_id: str, version: int, person_id: str, now: datetime) -> Case:
        """Take back the decision that this person made on that version.

        Raises Stale when it is too late or anything has left, NotFound.
        """
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            row = connection.execute(locked(case_id, organisation_id)).one_or_none()
            if row is None:
                raise NotFound("There is no such case.")
            again, escalate_at = take_back(connection, row, version, person_id, now)
            write_case(connection, again, escalate_at)
            # What it rang for while the case was closed is lost: it is set anew.
            self._set_alarm(connection, case_id, max(escalate_at, now))
            append(connection, heads, [decision_undone(again, version, person_id, now)])
        return again

    def carry_out(self, case_id: str, version: int, now: datetime) -> bool:
        """Do what a decision sets off once it cannot be taken back; False when it was taken back.

        Done twice it hands over nothing twice, though a notice may go out again.
        """
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(made_on(case_id, version)).one_or_none()
        if row is None or row.standing != Standing.CARRIED:
            return False
        case = self.case(row.organisation_id, case_id)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [case.organisation_id])
            append(connection, heads, self._hand_over(connection, case, version, now))
            self._set_off(connection, case, Action(row.action), row.notify_guardian, now)
        return True

    def escalate_if_overdue(self, case_id: str, now: datetime) -> bool:
        """Raise severity and mark escalated when undecided past its deadline.

        The next rise comes after the new severity's own clock, up to CRITICAL. A call that is
        early (a clock that runs ahead) sets the alarm again.
        """
        with store_faults(), self._engine.connect() as connection:
            whose = select(case_file.c.organisation_id).where(case_file.c.id == case_id)
            organisation_id = connection.execute(whose).scalar_one_or_none()
        if organisation_id is None:
            return False
        clocks = self._policy_of(organisation_id).clocks
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            row = connection.execute(locked(case_id, organisation_id)).one()
            case = case_of(row)
            if case.state is State.CLOSED:
                return False
            if now < row.escalate_at:
                self._set_alarm(connection, case_id, row.escalate_at + timedelta(seconds=1))
                return False
            if case.state is not State.OPEN and case.severity is Severity.CRITICAL:
                return False
            # A view that a second person is waited for is not lost by its being late.
            state = case.state if case.state in (State.SECOND, State.SPLIT) else State.ESCALATED
            raised = replace(case, severity=escalated(case.severity), state=state, version=case.version + 1)
            again = due_at(now, raised.severity, clocks)
            write_case(connection, raised, again)
            if raised.severity is not Severity.CRITICAL:
                self._set_alarm(connection, case_id, again)
            self._tell(connection, "case_waits", raised, now)
            append(connection, heads, [case_ran_late(raised, now)])
        return True

    def _set_alarm(self, connection: Connection, case_id: str, at: datetime) -> None:
        self._alarms.set(driver_of(connection), "case_overdue", at, {"case_id": case_id})

    def _tell(self, connection: Connection, kind: str, case: Case, at: datetime) -> None:
        """Have a notice sent, if and only if this transaction commits."""
        whose = {"case_id": case.id, "organisation_id": case.organisation_id}
        self._alarms.set(driver_of(connection), kind, at, whose)

    def _set_off(
        self, connection: Connection, case: Case, action: Action, notify_guardian: bool, at: datetime
    ) -> None:
        """The notices of a decision that stands; none of a sealed case, where any mail may be read at home."""
        if case.lane is Lane.SEALED or case.state not in (State.CLOSED, State.ASKED):
            return
        if action in TELLS_SENDER:
            self._tell(connection, "sender_told", case, at)
        if notify_guardian and action in GIVES_BACK:
            self._tell(connection, "guardians_told", case, at)

    def _hand_over(self, connection: Connection, case: Case, version: int, at: datetime) -> list[Entry]:
        """Mark a platform's copies of a decision as handed over; return their entries."""
        waiting = (
            update(dispatch)
            .where(dispatch.c.batch == batch_of(case.id, version), dispatch.c.message_id == case.message_id)
            .where(dispatch.c.wire == str(Channel.PLATFORM), dispatch.c.state == str(DispatchState.WAITING))
            .values(state=str(DispatchState.SENT), settled_at=at)
            .returning(dispatch.c.recipient_id, dispatch.c.sha256, dispatch.c.content)
        )
        return [
            copy_handed_over(
                case.organisation_id,
                case.message_id,
                row.recipient_id,
                self._vault.keeper(row.content).mark(row.sha256).hex(),
                at,
            )
            for row in connection.execute(waiting)
        ]

    def _write_decision(
        self,
        connection: Connection,
        before: Any,
        case: Case,
        made: Decision,
        at: datetime,
        undo_until: datetime | None,
    ) -> Entry:
        raw = connection.execute(select(message.c.raw).where(message.c.id == case.message_id)).scalar_one()
        key = self._vault.keeper(raw)
        words = {
            "reason": made.reason,
            "say": made.say,
            "redactions": list(made.redactions),
            "cuts": [[str(c.layer), c.part, c.start, c.end, c.before, c.after] for c in made.cuts],
        }
        row = {
            "case_id": case.id,
            "version": made.version,
            "organisation_id": case.organisation_id,
            "at": at,
            "action": str(made.action),
            "moderator_id": made.moderator_id,
            "clause": made.clause,
            "code": made.code,
            "notify_guardian": made.notify_guardian,
            "standing": str(made.standing),
            "undo_until": undo_until,
            "before": snapshot(before),
            "words": key.seal_json(words, about_decision(case.id, made.version)),
        }
        connection.execute(insert(decision), [row])
        return case_decided(case, made, key.mark(f"{made.reason}\0{made.say}").hex(), at)

    def _write_copies(
        self,
        connection: Connection,
        case: Case,
        made: Decision,
        copies: Sequence[Copy],
        at: datetime,
        due_at: datetime | None,
    ) -> list[Entry]:
        if not copies:
            return []
        about = select(message.c.policy_version, message.c.raw, organisation.c.directory_version).join(
            organisation, organisation.c.id == message.c.organisation_id
        )
        row = connection.execute(about.where(message.c.id == case.message_id)).one()
        batch = Batch(
            id=batch_of(case.id, made.version),
            organisation_id=case.organisation_id,
            message_id=case.message_id,
            pair_id=case.pair_id,
            policy_version=row.policy_version,
            directory_version=row.directory_version,
            at=at,
            due_at=due_at,
        )
        key = self._vault.keeper(row.raw)
        rows = dispatch_rows(batch, copies, key)
        connection.execute(insert(dispatch), rows)
        return handed_over(batch, rows, key, at)


def _current(connection: Connection, case: Case, made: Decision, at: datetime) -> Any:
    """The case's row, locked, if the decision may still be made on it. Raises Stale."""
    row = connection.execute(locked(case.id, case.organisation_id)).one_or_none()
    if row is None or row.version != made.version or row.state == State.CLOSED:
        raise Stale("Somebody else changed this case first; look at it again.")
    if held_by_another(connection, case.id, made.moderator_id, at):
        raise Stale("Somebody else works on this case; look at it again.")
    return row
