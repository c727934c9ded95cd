"""Messages that were judged before, whole and in bulk, for judging them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, func, select

from classifiers.finding import Fault, Finding
from gateway.domain.message import Arrival, Assurance, Channel, Envelope
from gateway.domain.verdict import Outcome
from gateway.store.engine import store_faults
from gateway.store.keeping import about_particulars, about_raw
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


class PastMessages:
    """What was judged since a day."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def ids(self, organisation_id: str, since: datetime) -> list[str]:
        """Ids of the messages received since then, oldest first."""
        theirs = select(message.c.id).where(
            message.c.organisation_id == organisation_id, message.c.received_at >= since
        )
        with store_faults(), self._engine.connect() as connection:
            return list(connection.execute(theirs.order_by(message.c.received_at, message.c.id)).scalars())

    def these(self, organisation_id: str, message_ids: Sequence[str]) -> list[Past]:
        """These messages in the order of their ids; one whose content is erased is left out."""
        ours = message.c.organisation_id == organisation_id
        found_in = finding.c.organisation_id == organisation_id
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(
                select(message).where(ours, message.c.id.in_(message_ids)).order_by(message.c.id)
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
        envelope = Envelope(
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
        arrival = Arrival(envelope, self._vault.open(row.raw, about_raw(row.id)))
        faults = tuple(Fault(detector, why) for detector, why in kept["faults"])
        return Past(arrival, tuple(findings), faults, Outcome(row.outcome))
