"""What a guardian was sent: read from the copies themselves, so that nothing else can show.

A message that is held, sealed or withheld has no copy to this guardian, and is nowhere here: not in
a list, not in a count, not by its id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Select, select

from classifiers.finding import Layer
from gateway.domain.correspondence import Copied, Letter, Volume
from gateway.domain.dispatch import DispatchState
from gateway.domain.message import Channel
from gateway.domain.verdict import Outcome, Replace
from gateway.errors import NotFound
from gateway.store.dispatches import about_content
from gateway.store.engine import store_faults
from gateway.store.entrances import wards
from gateway.store.keeping import about_particulars
from gateway.store.schema import dispatch, finding, message, pair
from gateway.store.vault import Vault
from gateway.store.verdicts import verdict_of

LONDON = ZoneInfo("Europe/London")
RECORDING = "recording_shared"


class SqlCorrespondence:
    """Delivered copies on PostgreSQL."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def pupils_of(self, organisation_id: str, guardian_id: str) -> tuple[str, ...]:
        """The pupils of a guardian from whom no order bars them."""
        with store_faults(), self._engine.connect() as connection:
            return tuple(wards(connection, organisation_id, guardian_id))

    def letters(
        self, organisation_id: str, guardian_id: str, before: datetime | None = None, limit: int = 25
    ) -> list[Letter]:
        """The copies that a guardian was sent, newest first; those of before a time, for the next page."""
        with store_faults(), self._engine.connect() as connection:
            pupils = wards(connection, organisation_id, guardian_id)
            wanted = _sent_to(organisation_id, guardian_id, pupils)
            if before is not None:
                wanted = wanted.where(message.c.received_at < before)
            # Of two mailboxes of one guardian the first that accepted counts.
            newest = wanted.order_by(message.c.received_at.desc(), message.c.id.desc(), dispatch.c.settled_at)
            rows = _one_each(connection.execute(newest.limit(limit * 3)).all())[:limit]
            return [self._letter_of(row) for row in rows]

    def letter(self, organisation_id: str, guardian_id: str, message_id: str) -> Letter:
        """One copy that this guardian was sent. Raises NotFound for every other message."""
        with store_faults(), self._engine.connect() as connection:
            pupils = wards(connection, organisation_id, guardian_id)
            wanted = _sent_to(organisation_id, guardian_id, pupils).where(message.c.id == message_id)
            row = connection.execute(wanted.order_by(dispatch.c.settled_at)).first()
            if row is None:
                raise NotFound("There is no such message.")
            return self._letter_of(row)

    def with_recording(self, organisation_id: str, message_id: str) -> bool:
        """True when a message carries a recording of a lesson, or says where one is."""
        theirs = select(finding.c.message_id).where(
            finding.c.message_id == message_id,
            finding.c.organisation_id == organisation_id,
            finding.c.category == RECORDING,
        )
        with store_faults(), self._engine.connect() as connection:
            return connection.execute(theirs.limit(1)).first() is not None

    def volume(self, organisation_id: str, guardian_id: str, pupil_id: str, since: datetime) -> list[Volume]:
        """How much tutors and this pupil wrote each week, by the guardian's copies; oldest first."""
        with store_faults(), self._engine.connect() as connection:
            if pupil_id not in wards(connection, organisation_id, guardian_id):
                return []
            wanted = _sent_to(organisation_id, guardian_id, [pupil_id])
            rows = _one_each(connection.execute(wanted.where(message.c.received_at >= since)).all())
        counted: Counter[tuple[Any, bool]] = Counter()
        for row in rows:
            if pupil_id in (row.sender_id, *row.recipient_ids):
                day = row.received_at.astimezone(LONDON).date()
                counted[day - timedelta(days=day.weekday()), row.sender_id == pupil_id] += 1
        weeks = sorted({monday for monday, _ in counted})
        return [Volume(monday, counted[monday, False], counted[monday, True]) for monday in weeks]

    def sealed(self, organisation_id: str, recipient_id: str, message_id: str) -> bool:
        """True when this person was sent what the gateway decided on, False for a moderator's release.

        Raises NotFound when no copy was ever sent to them.
        """
        theirs = select(dispatch.c.batch).where(
            dispatch.c.message_id == message_id,
            dispatch.c.organisation_id == organisation_id,
            dispatch.c.recipient_id == recipient_id,
            dispatch.c.state == str(DispatchState.SENT),
        )
        with store_faults(), self._engine.connect() as connection:
            batches = connection.execute(theirs).scalars().all()
        if not batches:
            raise NotFound("There is no such message.")
        return set(batches) == {message_id}

    def copied(self, message_id: str) -> Copied:
        """Who was sent copies of a message. Raises NotFound."""
        theirs = (
            select(message.c.organisation_id, message.c.pair_id, pair.c.pupil_id, dispatch.c.recipient_id)
            .join(pair, pair.c.id == message.c.pair_id)
            .join(dispatch, dispatch.c.message_id == message.c.id)
            .where(message.c.id == message_id)
        )
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs).all()
        if not rows:
            raise NotFound("There is no such message.")
        people = tuple(dict.fromkeys(row.recipient_id for row in rows))
        return Copied(message_id, rows[0].organisation_id, rows[0].pair_id, rows[0].pupil_id, people)

    def names_shortened(self, organisation_id: str, message_id: str) -> bool:
        """True when names in the subject of a delivered message became initials."""
        theirs = (message.c.id == message_id) & (message.c.organisation_id == organisation_id)
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(select(message).where(theirs)).one_or_none()
        if row is None or row.outcome != Outcome.AMEND:
            return False
        verdict = verdict_of(self._vault.open_json(row.particulars, about_particulars(row.id))["verdict"])
        return any(isinstance(one, Replace) and one.layer is Layer.SUBJECT for one in verdict.changes)

    def _letter_of(self, row: Any) -> Letter:
        return Letter(
            message_id=row.id,
            organisation_id=row.organisation_id,
            pair_id=row.pair_id,
            pupil_id=row.pupil_id,
            sender_id=row.sender_id,
            reference=row.reference,
            received_at=row.received_at,
            accepted_at=row.settled_at,
            content=self._vault.open(row.content, about_content(row.id, row.recipient_id)),
        )


def _sent_to(organisation_id: str, guardian_id: str, pupils: Sequence[str]) -> Select[Any]:
    """Messages with the copies that our next hop took for this guardian.

    By the pairs' own index of messages: there is none of copies by recipient.
    """
    return (
        select(
            message.c.id,
            message.c.organisation_id,
            message.c.pair_id,
            message.c.sender_id,
            message.c.recipient_ids,
            message.c.reference,
            message.c.received_at,
            pair.c.pupil_id,
            dispatch.c.recipient_id,
            dispatch.c.settled_at,
            dispatch.c.content,
        )
        .join(pair, pair.c.id == message.c.pair_id)
        .join(dispatch, dispatch.c.message_id == message.c.id)
        .where(pair.c.organisation_id == organisation_id, pair.c.pupil_id.in_(pupils))
        .where(message.c.organisation_id == organisation_id, dispatch.c.recipient_id == guardian_id)
        .where(dispatch.c.state == str(DispatchState.SENT), dispatch.c.wire == str(Channel.EMAIL))
    )


def _one_each(rows: Sequence[Any]) -> list[Any]:
    """The first row of each message, in order."""
    return list({row.id: row for row in reversed(rows)}.values())[::-1]
