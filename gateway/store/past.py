"""Messages that were judged before, whole and in bulk, for judging them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, and_, func, select

from classifiers.finding import Fault, Finding, Kind, Layer, Stance
from gateway.domain.message import Arrival, Assurance, Channel, Envelope
from gateway.domain.verdict import Outcome
from gateway.store.courses import ask_courses, courses_of
from gateway.store.engine import store_faults
from gateway.store.keeping import about_particulars, about_raw
from gateway.store.openline import driver_of
from gateway.store.schema import finding, message, record_entry
from gateway.store.vault import Vault
from gateway.store.verdicts import finding_of


@dataclass(frozen=True, slots=True)
class Past:
    """A message as it was judged: what came, what was found in it, what was decided."""

    arrival: Arrival = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    faults: tuple[Fault, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Seen:
    """Who wrote to whom, and what was found: as much as a pair's course hangs on. No text, no places."""

    envelope: Envelope
    findings: tuple[Finding, ...] = field(repr=False)


OF_ENVELOPE = ("id", "reference", "organisation_id", "pair_id", "channel", "sender_id", "recipient_ids",
               "received_at", "assurance")  # fmt: skip


class PastMessages:
    """What was judged since a day."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def by_pair(self, organisation_id: str, since: datetime) -> dict[str, list[str]]:
        """Ids of the messages received since then, oldest first, by pair."""
        theirs = select(message.c.pair_id, message.c.id).where(
            message.c.organisation_id == organisation_id, message.c.received_at >= since
        )
        found: dict[str, list[str]] = defaultdict(list)
        with store_faults(), self._engine.connect() as connection:
            for row in connection.execute(theirs.order_by(message.c.received_at, message.c.id)):
                found[row.pair_id].append(row.id)
        return found

    def seen_before(
        self, organisation_id: str, pair_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, list[Seen]]:
        """What was found in the messages of some pairs between two moments, oldest first, by pair."""
        between = and_(
            message.c.organisation_id == organisation_id,
            message.c.pair_id.in_(pair_ids),
            message.c.received_at >= since,
            message.c.received_at < until,
        )
        theirs = select(*(message.c[name] for name in OF_ENVELOPE)).where(between)
        signs = select(finding.c.message_id, finding.c.kind, finding.c.category, finding.c.score,
                       finding.c.stance).join(message, message.c.id == finding.c.message_id)  # fmt: skip
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(message.c.received_at, message.c.id)).all()
            found_in: dict[str, list[Finding]] = defaultdict(list)
            for row in connection.execute(signs.where(between)):
                found_in[row.message_id].append(_sign(row))
        seen: dict[str, list[Seen]] = defaultdict(list)
        for row in rows:
            seen[row.pair_id].append(Seen(_envelope(row), tuple(found_in[row.id])))
        return seen

    def usual(self, pair_ids: Sequence[str]) -> dict[str, float | None]:
        """How much each pair's tutor writes with other pupils, as of now."""
        with store_faults(), self._engine.connect() as connection:
            courses = courses_of(ask_courses(driver_of(connection), pair_ids))
        return {pair_id: course.usual for pair_id, course in courses.items()}

    def these(self, organisation_id: str, message_ids: Sequence[str]) -> list[Past]:
        """These messages in the order of their ids; one whose content is erased is left out."""
        ours = message.c.organisation_id == organisation_id
        found_in = finding.c.organisation_id == organisation_id
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(
                select(message)
                .where(ours, message.c.id.in_(message_ids))
                .order_by(message.c.received_at, message.c.id)
            ).all()
            seen = connection.execute(
                select(finding)
                .where(found_in, finding.c.message_id.in_(message_ids))
                .order_by(finding.c.message_id, finding.c.number)
            ).all()
        findings: dict[str, list[Finding]] = defaultdict(list)
        for row in seen:
            findings[row.message_id].append(finding_of(row, self._vault.keeper(row.secret)))
        return [self._past(row, findings[row.id]) for row in rows if row.raw]

    def last_fired(self, organisation_id: str) -> dict[str, datetime]:
        """When each clause last led to a verdict or a thing to do."""
        clause = record_entry.c.detail["clause"].as_string()
        newest = (
            select(clause, func.max(record_entry.c.at))
            .where(record_entry.c.organisation_id == organisation_id, clause != "")
            .group_by(clause)
        )
        with store_faults(), self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(newest)}

    def _past(self, row, findings: list[Finding]) -> Past:  # type: ignore[no-untyped-def]  # a row of SQLAlchemy's
        kept = self._vault.open_json(row.particulars, about_particulars(row.id))
        arrival = Arrival(_envelope(row), self._vault.open(row.raw, about_raw(row.id)))
        faults = tuple(Fault(detector, why) for detector, why in kept["faults"])
        return Past(arrival, tuple(findings), faults, Outcome(row.outcome))


def _envelope(row: Any) -> Envelope:
    return Envelope(
        id=row.id,
        reference=row.reference,
        organisation_id=row.organisation_id,
        pair_id=row.pair_id,
        channel=Channel(row.channel),
        sender_id=row.sender_id,
        recipient_ids=tuple(row.recipient_ids),
        received_at=row.received_at,
        assurance=Assurance(row.assurance),
    )


def _sign(row: Any) -> Finding:
    return Finding(Kind(row.kind), row.category, Layer.TEXT, 0, 0, row.score, stance=Stance(row.stance))
