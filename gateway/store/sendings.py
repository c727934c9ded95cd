"""A tutor's own messages, as the tutor may know of them; withdrawing one, writing one anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.case import Action, State
from gateway.domain.correspondence import Sending
from gateway.domain.message import Channel, new_id
from gateway.domain.policy import Policy
from gateway.domain.report import APPEAL
from gateway.domain.verdict import SEVERITY_RANK, Lane, Outcome, Refuse, Severity, Verdict
from gateway.errors import NotFound, Stale
from gateway.hold.clocks import due_at
from gateway.ports import Alarms, Progress
from gateway.record.told import message_superseded, message_withdrawn
from gateway.store.dossier import about_decision
from gateway.store.engine import store_faults
from gateway.store.families_schema import report, resubmission, withdrawal
from gateway.store.keeping import about_particulars
from gateway.store.progress import read_progress
from gateway.store.questions import answered, asked
from gateway.store.record import append, lock_heads
from gateway.store.schema import case_file, decision, message, pair
from gateway.store.vault import Vault
from gateway.store.verdicts import verdict_of

# The rules whose reasons a sender is shown; of every other the words are the same, whatever it found.
EXPLAINED = frozenset({"contact_details", "subject_initials"})
# Lanes in which only the message itself waits: whoever withdraws it leaves nothing to look at.
EMPTIED = (str(Lane.CONTACT), str(Lane.UNREADABLE))
EVASIVE_RULE = "evasive_resubmission"
GIVES_BACK = (str(Action.RETURN), str(Action.REJECT))
BACK = ("needs_a_change", "returned")
STATES = {"delivered": "sent", "on_its_way": "on_its_way", "checking": "checking"}


class SqlSendings:
    """A tutor's messages on PostgreSQL. policy_of: the policy of an organisation, for its clocks."""

    def __init__(
        self, engine: Engine, vault: Vault, alarms: Alarms, policy_of: Callable[[str], Policy]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._alarms = alarms
        self._policy_of = policy_of

    def sendings(
        self, organisation_id: str, tutor_id: str, before: datetime | None = None, limit: int = 25
    ) -> list[Sending]:
        """A tutor's messages, newest first; those of before a time, for the next page."""
        theirs = _sent_by(organisation_id, tutor_id)
        if before is not None:
            theirs = theirs.where(message.c.received_at < before)
        newest = theirs.order_by(message.c.received_at.desc(), message.c.id.desc()).limit(limit)
        with store_faults(), self._engine.connect() as connection:
            return [self._sending_of(connection, row) for row in connection.execute(newest).all()]

    def sending(self, organisation_id: str, tutor_id: str, message_id: str) -> Sending:
        """One message that this tutor wrote. Raises NotFound for every other."""
        with store_faults(), self._engine.connect() as connection:
            one = self._sending_of(connection, _own(connection, organisation_id, tutor_id, message_id))
            return replace(one, said=self._said(connection, message_id)) if one.state in BACK else one

    def explained(self, organisation_id: str, tutor_id: str, message_id: str) -> tuple[str, frozenset[int]]:
        """The clause that a message came back under, and the numbers of the findings its writer may see.

        ("", none) for everything but contact details and names that the gateway itself sent back.
        """
        with store_faults(), self._engine.connect() as connection:
            row = _own(connection, organisation_id, tutor_id, message_id)
        particulars = self._vault.open_json(row.particulars, about_particulars(row.id))
        ruled = next(iter(particulars["verdict"]["ruled"]), None)
        if row.outcome != Outcome.REFUSE or ruled is None or ruled["rule"] not in EXPLAINED:
            return "", frozenset()
        return ruled["clause"], frozenset(ruled.get("findings", ()))

    def withdraw(self, organisation_id: str, tutor_id: str, message_id: str, now: datetime) -> None:
        """Take a held message back: it will not be delivered any more.

        A case that looks at more than the message stays open, and nothing tells its writer so.
        Raises NotFound, Stale when it is not held any more.
        """
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            _own(connection, organisation_id, tutor_id, message_id)
            about = (case_file.c.message_id == message_id) & (case_file.c.state != str(State.CLOSED))
            waiting = connection.execute(select(case_file.c.id).where(about).with_for_update()).all()
            row = {"message_id": message_id, "organisation_id": organisation_id, "by_id": tutor_id, "at": now}
            new = upsert(withdrawal).values(row).on_conflict_do_nothing().returning(withdrawal.c.message_id)
            if not waiting or connection.execute(new).first() is None:
                raise Stale("It was decided or withdrawn meanwhile.")
            closed = update(case_file).where(about, case_file.c.lane.in_(EMPTIED))
            connection.execute(closed.values(state=str(State.CLOSED), version=case_file.c.version + 1))
            append(connection, heads, [message_withdrawn(organisation_id, message_id, tutor_id, now)])

    def answer(self, organisation_id: str, tutor_id: str, message_id: str, words: str, now: datetime) -> None:
        """Put the sender's answer to the desk's question beside the case, which is taken up again.

        Raises NotFound, Stale when nothing was asked, or it was answered or decided meanwhile.
        """
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            row = _own(connection, organisation_id, tutor_id, message_id)
            question = self._sending_of(connection, row).question
            if question is None or question.answer:
                raise Stale("It was answered or decided meanwhile.")
            append(connection, heads, answered(connection, self._vault, row, question, words, now))

    def superseded(
        self,
        organisation_id: str,
        tutor_id: str,
        old: str,
        new: str,
        evasive: bool,
        now: datetime,
    ) -> None:
        """Keep that a message was written anew; one that hides what was refused goes up to a person.

        Raises NotFound when either is not this tutor's.
        """
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            _own(connection, organisation_id, tutor_id, old)
            row = _own(connection, organisation_id, tutor_id, new)
            kept = {
                "message_id": new,
                "organisation_id": organisation_id,
                "supersedes": old,
                "at": now,
                "evasive": evasive,
            }
            connection.execute(upsert(resubmission).values(kept).on_conflict_do_nothing())
            if evasive:
                self._raise(connection, row, now)
            entry = message_superseded(organisation_id, new, old, evasive, tutor_id, now)
            append(connection, heads, [entry])

    def _raise(self, connection: Connection, row: Any, now: datetime) -> None:
        """Make the case about a message urgent; open one where the message was only sent back."""
        high = SEVERITY_RANK[Severity.HIGH]
        due = due_at(now, Severity.HIGH, self._policy_of(row.organisation_id).clocks)
        theirs = (case_file.c.message_id == row.id) & (case_file.c.state != str(State.CLOSED))
        raised = (
            update(case_file)
            .where(theirs)
            .values(
                severity=func.greatest(case_file.c.severity, high),
                due_at=func.least(case_file.c.due_at, due),
                version=case_file.c.version + 1,
            )
            .returning(case_file.c.id)
        )
        case_id = connection.execute(raised).scalars().first()
        if case_id is None:
            case_id = new_id(now)
            connection.execute(insert(case_file), [_case_row(row, case_id, now, due)])
        driver = connection.connection.driver_connection
        self._alarms.set(driver, "case_overdue", due, {"case_id": case_id})
        whose = {"case_id": case_id, "organisation_id": row.organisation_id}
        self._alarms.set(driver, "case_waits", now, whose)

    def _said(self, connection: Connection, message_id: str) -> str:
        """What the sender was told with the last decision, "" when the gateway itself sent it back."""
        given = (
            select(decision.c.case_id, decision.c.version, decision.c.words)
            .join(case_file, case_file.c.id == decision.c.case_id)
            .where(case_file.c.message_id == message_id, decision.c.action.in_(GIVES_BACK))
        )
        row = connection.execute(given.order_by(decision.c.at.desc()).limit(1)).one_or_none()
        if row is None:
            return ""
        return str(self._vault.open_json(row.words, about_decision(row.case_id, row.version))["say"])

    def _sending_of(self, connection: Connection, row: Any) -> Sending:
        progress = read_progress(connection, self._vault, row.organisation_id, row.id)
        particulars = self._vault.open_json(row.particulars, about_particulars(row.id))
        state = _state(row, progress, verdict_of(particulars["verdict"]))
        back = state in BACK
        return Sending(
            message_id=row.id,
            pair_id=row.pair_id,
            pupil_id=row.pupil_id,
            reference=row.reference,
            channel=row.channel,
            state=state,
            received_at=row.received_at,
            recipient_ids=tuple(row.recipient_ids),
            subject=particulars["subject"],
            expected=progress.decide_by if state == "checking" else None,
            supersedes=row.supersedes or "",
            superseded_by=row.superseded_by or "",
            can_withdraw=state == "checking",
            can_appeal=back and not row.appealed,
            can_rewrite=back and row.channel == Channel.EMAIL and not row.superseded_by,
            question=asked(connection, self._vault, row) if state == "checking" else None,
        )


def _state(row: Any, progress: Progress, verdict: Verdict) -> str:
    """The word for where a message stands; what a person decided and why it was held look alike."""
    if row.withdrawn:
        return "withdrawn"
    if progress.state in STATES:
        return STATES[progress.state]
    leading = verdict.leading
    plain = leading is not None and leading.rule in EXPLAINED and isinstance(leading.ruling, Refuse)
    return "needs_a_change" if plain or progress.state == "returned" else "returned"


def _sent_by(organisation_id: str, tutor_id: str) -> Any:
    """A tutor's messages, by their pairs' own index of messages."""
    newer, older = resubmission.alias("newer"), resubmission.alias("older")
    appealed = select(report.c.case_id).where(
        report.c.message_id == message.c.id,
        report.c.organisation_id == organisation_id,
        report.c.reporter_id == tutor_id,
        report.c.name == APPEAL,
    )
    first_newer = (
        select(newer.c.message_id).where(newer.c.supersedes == message.c.id).order_by(newer.c.at).limit(1)
    )
    return (
        select(
            message,
            pair.c.pupil_id,
            older.c.supersedes,
            first_newer.scalar_subquery().label("superseded_by"),
            appealed.exists().label("appealed"),
            withdrawal.c.message_id.is_not(None).label("withdrawn"),
        )
        .join(pair, pair.c.id == message.c.pair_id)
        .outerjoin(older, older.c.message_id == message.c.id)
        .outerjoin(withdrawal, withdrawal.c.message_id == message.c.id)
        .where(pair.c.organisation_id == organisation_id, pair.c.tutor_id == tutor_id)
        .where(message.c.organisation_id == organisation_id, message.c.sender_id == tutor_id)
    )


def _own(connection: Connection, organisation_id: str, tutor_id: str, message_id: str) -> Any:
    theirs = _sent_by(organisation_id, tutor_id).where(message.c.id == message_id)
    row = connection.execute(theirs).one_or_none()
    if row is None:
        raise NotFound("There is no such message.")
    return row


def is_withdrawn(connection: Connection, message_id: str) -> bool:
    """True for a message that its sender took back: it may not be released."""
    taken = select(withdrawal.c.message_id).where(withdrawal.c.message_id == message_id)
    return connection.execute(taken).first() is not None


def _case_row(row: Any, case_id: str, now: datetime, due: datetime) -> dict[str, object]:
    return {
        "id": case_id,
        "organisation_id": row.organisation_id,
        "pair_id": row.pair_id,
        "message_id": row.id,
        "lane": str(Lane.REVIEW),
        "severity": SEVERITY_RANK[Severity.HIGH],
        "state": str(State.OPEN),
        "version": 1,
        "opened_at": now,
        "due_at": due,
        "escalate_at": due,
        "rule": EVASIVE_RULE,
        "clause": "",
        "because": "what was sent back came again in disguise",
        "reference": row.reference,
        "channel": row.channel,
        "pair_initials": row.pair_initials,
        "outcome": row.outcome,
    }
