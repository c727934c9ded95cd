"""What people tell the organisation: each report a case for a person, its words sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from gateway.domain.case import Case, State
from gateway.domain.message import new_id, new_reference
from gateway.domain.people import Person, Role
from gateway.domain.policy import Policy, ReportRoute
from gateway.domain.policy import route as route_of
from gateway.domain.report import APPEAL, APPEAL_RULE, REPORT_RULE, Report, recipient, seen_by_others
from gateway.domain.task import Task
from gateway.domain.verdict import SEVERITY_RANK, Severity
from gateway.errors import Forbidden, NotFound, Stale
from gateway.hold.clocks import due_at
from gateway.ports import Alarms
from gateway.record.told import report_answered, report_made, report_viewed
from gateway.store.cases import insert_case
from gateway.store.engine import store_faults
from gateway.store.families_schema import report
from gateway.store.people import load_people
from gateway.store.record import append, lock_heads
from gateway.store.schema import case_file, message, pair
from gateway.store.tasks import finish_tasks, set_tasks
from gateway.store.vault import Key, Vault

PRESSING = SEVERITY_RANK[Severity.HIGH]


class SqlReports:
    """Reports on PostgreSQL. policy_of: the policy of an organisation, for its clocks."""

    def __init__(
        self, engine: Engine, vault: Vault, alarms: Alarms, policy_of: Callable[[str], Policy]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._alarms = alarms
        self._policy_of = policy_of

    def file(
        self,
        by: Person,
        route: ReportRoute,
        words: Mapping[str, str],
        now: datetime,
        message_id: str = "",
        pupil_id: str = "",
    ) -> Report:
        """Keep a report and open its case, with its alarms, in one transaction.

        Raises NotFound when there is no such message in the reporter's organisation.
        """
        made = Report(
            new_id(now),
            by.organisation_id,
            route.name,
            by.id,
            by.role,
            now,
            dict(words),
            message_id,
            pupil_id,
            new_reference(),
            route.counts,
        )
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [by.organisation_id])
            case = self._case(connection, made, route)
            insert_case(connection, case)
            self._set_alarms(connection, case)
            key = self._key(made)
            connection.execute(insert(report), [_row(made, key)])
            mark = key.mark("\0".join(words.values())).hex()
            append(connection, heads, [report_made(made, str(case.lane), mark)])
            self._pass_on(connection, made, route)
        return made

    def _pass_on(self, connection: Connection, made: Report, route: ReportRoute) -> None:
        """Give the role it goes to something to do, and tell a pupil's guardians where the way says so."""
        policy = self._policy_of(made.organisation_id)
        if made.name != APPEAL and not seen_by_others(policy, route):  # an appeal is decided on its case
            because = f"Somebody told us: {route.title}. They expect a word from us."
            due = made.at + route.acknowledge
            set_tasks(
                connection, [_task(made, route, "report_to_answer", recipient(policy, route), because, due)]
            )
        if route.guardian == "at_once" and made.reporter_role is Role.PUPIL:
            told = _letter("child_told", made.organisation_id, made.reporter_id)
            self._set(connection, "letter", made.at, told)

    def report(self, organisation_id: str, case_id: str) -> Report:
        """The report of a case. Raises NotFound, also for another organisation's."""
        theirs = _joined().where(report.c.case_id == case_id, report.c.organisation_id == organisation_id)
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(theirs).one_or_none()
        if row is None:
            raise NotFound("There is no such report.")
        return self._report_of(row)

    def viewed(self, organisation_id: str, case_id: str, person_id: str, now: datetime) -> None:
        """Record that somebody of the desk read a report."""
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            append(connection, heads, [report_viewed(organisation_id, case_id, person_id, now)])

    def made_by(self, organisation_id: str, reporter_id: str, limit: int = 50) -> list[Report]:
        """What a grown-up reported, newest first, wherever its case is now; of a pupil nothing is listed."""
        theirs = _joined().where(
            report.c.organisation_id == organisation_id,
            report.c.reporter_id == reporter_id,
            report.c.reporter_role != str(Role.PUPIL),
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(report.c.at.desc()).limit(limit)).all()
        return [self._report_of(row) for row in rows]

    def answer(
        self, organisation_id: str, case_id: str, version: int, person_id: str, words: str, now: datetime
    ) -> None:
        """Answer a report and close its case.

        An appeal about a message is decided on its case; only the answer is kept here.
        Raises NotFound, Stale when somebody was first, Forbidden for one's own report.
        """
        kept = self.report(organisation_id, case_id)
        if kept.reporter_id == person_id:
            raise Forbidden("Somebody else has to answer this report.")
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            theirs = (case_file.c.id == case_id) & (case_file.c.organisation_id == organisation_id)
            row = connection.execute(select(case_file).where(theirs).with_for_update()).one()
            if row.version != version or row.state == State.CLOSED:
                raise Stale("Somebody else answered it first.")
            closed = update(case_file).where(theirs)
            connection.execute(closed.values(state=str(State.CLOSED), version=row.version + 1))
            key = self._key(kept)
            connection.execute(
                update(report)
                .where(report.c.case_id == case_id)
                .values(
                    answered_at=now,
                    answered_by=person_id,
                    answer=key.seal_json(words, _about(case_id, "answer")),
                )
            )
            if kept.reporter_role is not Role.PUPIL:
                self._set(connection, "letter", now, _letter("answered", organisation_id, case_id))
            self._guardians_next(connection, kept, now)
            mark = key.mark(words).hex()
            append(connection, heads, [report_answered(organisation_id, case_id, person_id, mark, now)])

    def _guardians_next(self, connection: Connection, kept: Report, now: datetime) -> None:
        """The report is no longer to be answered; where its way says so, the guardians are to be told now."""
        policy = self._policy_of(kept.organisation_id)
        finish_tasks(connection, kept.organisation_id, "report_to_answer", kept.case_id, now)
        route = policy.reports.get(kept.name)
        if route is None or route.guardian != "after_decision" or kept.reporter_role is not Role.PUPIL:
            return
        whom = route.to if not seen_by_others(policy, route) else route_of(policy.settings, "safeguarding")
        because = (
            "Tell the guardians of what this pupil told us, unless that would be unsafe; note what you did."
        )
        set_tasks(connection, [_task(replace(kept, at=now), route, "guardians_to_tell", whom, because)])

    def _case(self, connection: Connection, made: Report, route: ReportRoute) -> Case:
        """The case of a report. Only an appeal carries the message itself: there is something to decide on it."""
        about = _message(connection, made) if made.message_id else None
        appeal = made.name == APPEAL
        policy = self._policy_of(made.organisation_id)
        soonest = min(due_at(made.at, route.severity, policy.clocks), made.at + route.acknowledge)
        return Case(
            id=made.case_id,
            organisation_id=made.organisation_id,
            pair_id=about.pair_id if about else "",
            message_id=made.message_id if appeal else "",
            lane=route.lane,
            severity=route.severity,
            state=State.OPEN,
            version=1,
            opened_at=made.at,
            due_at=soonest,
            rule=APPEAL_RULE if appeal else REPORT_RULE,
            clause=route.clause,
            because=f"{made.reporter_role} report: {route.name.replace('_', ' ')}",
            reference=made.reference,
            channel="page",
            pair_initials=self._initials(connection, made, about),
            outcome="hold" if appeal else "",
        )

    def _initials(self, connection: Connection, made: Report, about: Any) -> str:
        if about is not None:
            return str(about.pair_initials)
        whom = made.pupil_id or made.reporter_id
        found = load_people(connection, self._vault, made.organisation_id, [whom]).get(whom)
        return found.initials if found else ""

    def _set_alarms(self, connection: Connection, case: Case) -> None:
        self._set(connection, "case_overdue", case.due_at, {"case_id": case.id})
        if SEVERITY_RANK[case.severity] >= PRESSING:
            whose = {"case_id": case.id, "organisation_id": case.organisation_id}
            self._set(connection, "case_waits", case.opened_at, whose)

    def _set(self, connection: Connection, kind: str, at: datetime, arguments: dict[str, str]) -> None:
        self._alarms.set(connection.connection.driver_connection, kind, at, arguments)

    def _key(self, made: Report) -> Key:
        """Of the family that it is about, so that erasing the family erases it; else of the organisation."""
        if made.pupil_id:
            return self._vault.family(made.organisation_id, made.pupil_id)
        return self._vault.organisation(made.organisation_id)

    def _report_of(self, row: Any) -> Report:
        answer = self._vault.open_json(row.answer, _about(row.case_id, "answer")) if row.answer else ""
        return Report(
            row.case_id,
            row.organisation_id,
            row.name,
            row.reporter_id,
            Role(row.reporter_role),
            row.at,
            self._vault.open_json(row.words, _about(row.case_id, "words")),
            row.message_id,
            row.pupil_id,
            row.reference,
            row.counts,
            row.answered_at,
            row.answered_by or "",
            answer,
        )


def _task(
    made: Report, route: ReportRoute, kind: str, role: str, because: str, due_at: datetime | None = None
) -> Task:
    return Task(
        new_id(made.at), made.organisation_id, kind, route.clause, role, because, made.at, due_at,
        person_id=made.pupil_id or made.reporter_id, subject=f"{role}:{made.case_id}",
    )  # fmt: skip


def _joined() -> Any:
    return select(report, case_file.c.reference).join(case_file, case_file.c.id == report.c.case_id)


def _message(connection: Connection, made: Report) -> Any:
    theirs = select(message.c.pair_id, message.c.pair_initials, pair.c.pupil_id).join(
        pair, pair.c.id == message.c.pair_id
    )
    ours = (message.c.id == made.message_id) & (message.c.organisation_id == made.organisation_id)
    row = connection.execute(theirs.where(ours)).one_or_none()
    if row is None:
        raise NotFound("There is no such message.")
    return row


def _row(made: Report, key: Key) -> dict[str, object]:
    return {
        "case_id": made.case_id,
        "organisation_id": made.organisation_id,
        "name": made.name,
        "reporter_id": made.reporter_id,
        "reporter_role": str(made.reporter_role),
        "message_id": made.message_id,
        "pupil_id": made.pupil_id,
        "counts": made.counts,
        "at": made.at,
        "words": key.seal_json(dict(made.words), _about(made.case_id, "words")),
    }


def _letter(kind: str, organisation_id: str, about: str) -> dict[str, str]:
    return {"kind": kind, "organisation_id": organisation_id, "about": about}


def _about(case_id: str, what: str) -> str:
    """What sealed words of a report are bound to."""
    return f"report {what}\0{case_id}"
