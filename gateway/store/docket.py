"""Held messages, and the decisions on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, insert, select, update

from gateway.domain.case import CLOSING, Action, Case, Decision, State
from gateway.domain.dispatch import Copy
from gateway.domain.entry import Entry
from gateway.domain.policy import Policy
from gateway.domain.verdict import SEVERITY_RANK, Severity
from gateway.errors import Forbidden, Stale
from gateway.hold.clocks import due_at, escalated
from gateway.ports import Alarms
from gateway.record.entries import body_viewed, case_decided, case_ran_late
from gateway.store.cases import case_of
from gateway.store.dispatches import Batch, dispatch_rows, ring
from gateway.store.dossier import Dossier, about_decision
from gateway.store.engine import store_faults
from gateway.store.failing import raise_version, trust_again
from gateway.store.keeping import handed_over
from gateway.store.record import append, lock_heads
from gateway.store.schema import case_file, decision, dispatch, message, organisation
from gateway.store.sendings import is_withdrawn
from gateway.store.undelivered import DELIVERY_RULE
from gateway.store.vault import Vault

GIVES_BACK = frozenset({Action.RETURN, Action.REJECT})


class SqlDocket(Dossier):
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

    def settle(self, case: Case, decision: Decision, copies: Sequence[Copy], at: datetime) -> Case:
        """Write decision, copies and record entry if the case still has `decision.version`.

        Raises Stale when somebody was first, or the case is closed.
        """
        policy = self._policy_of(case.organisation_id)
        ends_failing = case.rule == DELIVERY_RULE and decision.action in CLOSING
        with store_faults(), self._engine.begin() as connection:
            if ends_failing:
                raise_version(connection, [case.organisation_id])
            heads = lock_heads(connection, [case.organisation_id])
            row = connection.execute(_locked(case.id, case.organisation_id)).one_or_none()
            if row is None or row.version != decision.version or row.state == State.CLOSED:
                raise Stale("Somebody else changed this case first; look at it again.")
            if copies and is_withdrawn(connection, case.message_id):
                raise Forbidden("The sender has withdrawn this message; return or reject it.")
            settled, escalate_at = _after(case_of(row), decision.action, policy, at)
            self._change(connection, settled, escalate_at)
            if ends_failing:
                trust_again(connection, case.id)
            if decision.action is Action.ESCALATE:
                self._set_alarm(connection, settled.id, escalate_at)
            if decision.action in GIVES_BACK:
                self._tell(connection, "sender_told", settled, at)
            entries = [self._write_decision(connection, settled, decision, at)]
            entries += self._write_copies(connection, settled, decision, copies, at)
            append(connection, heads, entries)
        if copies:
            ring(self._engine)
        return settled

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
            row = connection.execute(_locked(case_id, organisation_id)).one()
            case = case_of(row)
            if case.state is State.CLOSED:
                return False
            if now < row.escalate_at:
                self._set_alarm(connection, case_id, row.escalate_at + timedelta(seconds=1))
                return False
            if case.state is State.ESCALATED and case.severity is Severity.CRITICAL:
                return False
            raised = replace(
                case, severity=escalated(case.severity), state=State.ESCALATED, version=case.version + 1
            )
            again = due_at(now, raised.severity, clocks)
            self._change(connection, raised, again)
            if raised.severity is not Severity.CRITICAL:
                self._set_alarm(connection, case_id, again)
            self._tell(connection, "case_waits", raised, now)
            append(connection, heads, [case_ran_late(raised, now)])
        return True

    def _change(self, connection: Connection, case: Case, escalate_at: datetime) -> None:
        connection.execute(
            update(case_file)
            .where(case_file.c.id == case.id)
            .values(
                severity=SEVERITY_RANK[case.severity],
                state=str(case.state),
                version=case.version,
                due_at=case.due_at,
                escalate_at=escalate_at,
            )
        )

    def _set_alarm(self, connection: Connection, case_id: str, at: datetime) -> None:
        driver = connection.connection.driver_connection
        self._alarms.set(driver, "case_overdue", at, {"case_id": case_id})

    def _tell(self, connection: Connection, kind: str, case: Case, at: datetime) -> None:
        """Have a notice sent, if and only if this transaction commits."""
        driver = connection.connection.driver_connection
        whose = {"case_id": case.id, "organisation_id": case.organisation_id}
        self._alarms.set(driver, kind, at, whose)

    def _write_decision(self, connection: Connection, case: Case, made: Decision, at: datetime) -> Entry:
        raw = connection.execute(select(message.c.raw).where(message.c.id == case.message_id)).scalar_one()
        key = self._vault.keeper(raw)
        words = {"reason": made.reason, "say": made.say, "redactions": list(made.redactions)}
        row = {
            "case_id": case.id,
            "version": made.version,
            "organisation_id": case.organisation_id,
            "at": at,
            "action": str(made.action),
            "moderator_id": made.moderator_id,
            "clause": made.clause,
            "words": key.seal_json(words, about_decision(case.id, made.version)),
        }
        connection.execute(insert(decision), [row])
        return case_decided(case, made, key.mark(f"{made.reason}\0{made.say}").hex(), at)

    def _write_copies(
        self, connection: Connection, case: Case, made: Decision, copies: Sequence[Copy], at: datetime
    ) -> list[Entry]:
        if not copies:
            return []
        about = select(message.c.policy_version, message.c.raw, organisation.c.directory_version).join(
            organisation, organisation.c.id == message.c.organisation_id
        )
        row = connection.execute(about.where(message.c.id == case.message_id)).one()
        batch = Batch(
            id=f"{case.id}:{made.version}",
            organisation_id=case.organisation_id,
            message_id=case.message_id,
            pair_id=case.pair_id,
            policy_version=row.policy_version,
            directory_version=row.directory_version,
            at=at,
        )
        key = self._vault.keeper(row.raw)
        rows = dispatch_rows(batch, copies, key)
        connection.execute(insert(dispatch), rows)
        return handed_over(batch, rows, key, at)


def _locked(case_id: str, organisation_id: str) -> Select[Any]:
    theirs = (case_file.c.id == case_id) & (case_file.c.organisation_id == organisation_id)
    return select(case_file).where(theirs).with_for_update()


def _after(case: Case, action: Action, policy: Policy, at: datetime) -> tuple[Case, datetime]:
    """The case once `action` was taken, and when the clock next raises it.

    Escalating raises the severity and starts that severity's clock; it never moves a deadline back.
    """
    if action in CLOSING:
        return replace(case, state=State.CLOSED, version=case.version + 1), case.due_at
    severity = escalated(case.severity)
    again = due_at(at, severity, policy.clocks)
    raised = replace(case, severity=severity, state=State.ESCALATED, version=case.version + 1)
    return replace(raised, due_at=min(case.due_at, again)), again
