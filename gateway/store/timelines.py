"""A pair's chronology: messages, holds, decisions, failed copies and notes, as one list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Text, and_, any_, cast, func, or_, select

from gateway.domain.case import Standing, State
from gateway.domain.course import Trajectory
from gateway.errors import NotFound
from gateway.moderate.trajectory import LATE_FROM, LATE_TO
from gateway.ports import Happening, Traffic, Week
from gateway.record.entries import pair_viewed
from gateway.store.courses import course_of
from gateway.store.desk_schema import pair_note
from gateway.store.engine import store_faults
from gateway.store.keeping import about_particulars
from gateway.store.margins import about_note
from gateway.store.record import append, lock_heads
from gateway.store.schema import case_file, decision, dispatch, message, pair
from gateway.store.vault import Vault

FAULTS = ("failed", "stopped")


class Timelines:
    """The part of the Docket port that tells what a tutor and a pupil have been through."""

    _engine: Engine
    _vault: Vault

    def timeline(
        self,
        organisation_id: str,
        pair_id: str,
        without_lanes: frozenset[str],
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Happening]:
        """A pair's chronology, newest first. Raises NotFound.

        limit: of messages; what belongs to them comes besides. Messages that were ever held in one
        of `without_lanes` are left out with all that belongs to them.
        """
        theirs = [message.c.organisation_id == organisation_id, message.c.pair_id == pair_id]
        if before is not None:
            theirs.append(message.c.received_at < before)
        newest = select(message).where(*theirs, never_in(without_lanes))
        newest = newest.order_by(message.c.received_at.desc(), message.c.id.desc()).limit(limit)
        with store_faults(), self._engine.connect() as connection:
            if connection.execute(_pair(organisation_id, pair_id)).first() is None:
                raise NotFound("There is no such pair.")
            messages = connection.execute(newest).all()
            ids = [row.id for row in messages]
            oldest = messages[-1].received_at if len(messages) == limit else None
            lines = [self._written(row) for row in messages]
            lines += _holds(connection, ids) + _decisions(connection, ids) + _faults(connection, ids)
            lines += self._notes(connection, organisation_id, pair_id, without_lanes, (oldest, before))
        return sorted(lines, key=lambda one: (one.at, ORDER.index(one.kind)), reverse=True)

    def weeks(
        self, organisation_id: str, pair_id: str, since: datetime, without_lanes: frozenset[str]
    ) -> list[Week]:
        """How much a pair wrote, by week, oldest first; a week of silence is left out."""
        starts = func.date_trunc("week", func.timezone("Europe/London", message.c.received_at)).label(
            "starts"
        )
        by_tutor = message.c.sender_id == pair.c.tutor_id
        counted = (
            select(
                starts,
                func.count().filter(by_tutor).label("by_tutor"),
                func.count().filter(~by_tutor).label("by_family"),
                func.count().filter(message.c.outcome == "hold").label("held"),
            )
            .join(pair, pair.c.id == message.c.pair_id)
            .where(message.c.organisation_id == organisation_id, message.c.pair_id == pair_id)
            .where(message.c.received_at >= since, never_in(without_lanes))
            .group_by(starts)
            .order_by(starts)
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(counted).all()
        return [Week(row.starts.date(), row.by_tutor, row.by_family, row.held) for row in rows]

    def course(self, organisation_id: str, pair_id: str) -> Trajectory:
        """Where a pair is heading; an empty course where nothing was said yet."""
        with store_faults(), self._engine.connect() as connection:
            return course_of(connection, organisation_id, pair_id)

    def traffic(
        self, organisation_id: str, tutor_id: str, since: datetime, without_lanes: frozenset[str]
    ) -> list[Traffic]:
        """What a tutor and each of the pupils wrote, the busiest pair first; open pairs of silence too."""
        local = func.timezone("Europe/London", message.c.received_at)
        hour = func.extract("hour", local) + func.extract("minute", local) / 60
        by_tutor = message.c.sender_id == pair.c.tutor_id
        there = message.c.id.is_not(None)
        late = and_(pair.c.pupil_id == any_(message.c.recipient_ids), or_(hour < LATE_TO, hour >= LATE_FROM))
        counts = (
            func.count().filter(one) for one in (by_tutor, and_(there, ~by_tutor), and_(by_tutor, late))
        )
        theirs = and_(
            message.c.organisation_id == pair.c.organisation_id,
            message.c.pair_id == pair.c.id,
            message.c.received_at >= since,
            never_in(without_lanes),
        )
        counted = (
            select(pair.c.id, pair.c.pupil_id, *counts)
            .select_from(pair.outerjoin(message, theirs))
            .where(pair.c.organisation_id == organisation_id, pair.c.tutor_id == tutor_id)
            .group_by(pair.c.id, pair.c.pupil_id)
            .having(or_(pair.c.open, func.count(message.c.id) > 0))
            .order_by(func.count(message.c.id).desc(), pair.c.id)
        )
        with store_faults(), self._engine.connect() as connection:
            return [Traffic(*row) for row in connection.execute(counted)]

    def pair_viewed(self, organisation_id: str, pair_id: str, person_id: str, at: datetime) -> None:
        """Record that somebody looked at a pair's chronology."""
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            append(connection, heads, [pair_viewed(organisation_id, pair_id, person_id, at)])

    def _written(self, row: Any) -> Happening:
        subject = self._vault.open_json(row.particulars, about_particulars(row.id))["subject"]
        return Happening(row.received_at, "message", row.outcome, row.sender_id, row.id, text=subject)

    def _notes(
        self,
        connection: Connection,
        organisation_id: str,
        pair_id: str,
        without_lanes: Collection[str],
        span: tuple[datetime | None, datetime | None],
    ) -> list[Happening]:
        hidden = select(case_file.c.id).where(
            case_file.c.id == pair_note.c.case_id, case_file.c.lane.in_(sorted(without_lanes))
        )
        theirs = [pair_note.c.organisation_id == organisation_id, pair_note.c.pair_id == pair_id]
        oldest, before = span
        if oldest is not None:
            theirs.append(pair_note.c.at >= oldest)
        if before is not None:
            theirs.append(pair_note.c.at < before)
        rows = connection.execute(select(pair_note).where(*theirs, ~hidden.exists())).all()
        return [
            Happening(
                row.at,
                "note",
                "note",
                row.author_id,
                case_id=row.case_id,
                text=self._vault.open_json(row.words, about_note(row.id)),
            )
            for row in rows
        ]


ORDER = ("message", "hold", "note", "fault", "decision")  # of what happened in one moment


def never_in(lanes: Collection[str]) -> ColumnElement[bool]:
    """The message was never held in one of these lanes."""
    held = select(case_file.c.id).where(
        case_file.c.message_id == message.c.id, case_file.c.lane.in_(sorted(lanes))
    )
    return ~held.exists()


def _pair(organisation_id: str, pair_id: str) -> Any:
    return select(pair.c.id).where(pair.c.id == pair_id, pair.c.organisation_id == organisation_id)


def _holds(connection: Connection, message_ids: Sequence[str]) -> list[Happening]:
    rows = connection.execute(select(case_file).where(case_file.c.message_id.in_(message_ids))).all()
    return [
        Happening(row.opened_at, "hold", row.because, "", row.message_id, row.id, row.reference)
        for row in rows
    ]


def _decisions(connection: Connection, message_ids: Sequence[str]) -> list[Happening]:
    """What was decided, but for a first view that a second person must not know."""
    secret = and_(decision.c.standing == str(Standing.FIRST), case_file.c.state == str(State.SECOND))
    made = (
        select(decision, case_file.c.message_id)
        .join(case_file, case_file.c.id == decision.c.case_id)
        .where(case_file.c.message_id.in_(message_ids), ~secret)
    )
    return [
        Happening(row.at, "decision", row.action, row.moderator_id, row.message_id, row.case_id, row.standing)
        for row in connection.execute(made)
    ]


def _faults(connection: Connection, message_ids: Sequence[str]) -> list[Happening]:
    lost = select(
        cast(dispatch.c.state, Text).label("state"),
        dispatch.c.settled_at,
        dispatch.c.recipient_id,
        dispatch.c.message_id,
    ).where(dispatch.c.message_id.in_(message_ids), dispatch.c.state.in_(FAULTS))
    return [
        Happening(row.settled_at, "fault", row.state, row.recipient_id, row.message_id)
        for row in connection.execute(lost)
        if row.settled_at is not None
    ]
