"""Messages and holds by the groups that an organisation entered, counted over a range of ids."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from gateway.domain.fairness import Group, Sender, compared, members
from gateway.domain.register import FactKind
from gateway.store.register import all_facts
from gateway.store.vault import Vault

BY_SENDER = text(
    "SELECT m.sender_id, p.role, count(*) AS many, count(*) FILTER (WHERE m.outcome = 'hold') AS held"
    " FROM message m JOIN person p ON p.organisation_id = m.organisation_id AND p.id = m.sender_id"
    " WHERE m.organisation_id = :organisation AND m.id >= :first AND m.id < :last"
    " GROUP BY m.sender_id, p.role"
)


def held_by_group(
    connection: Connection, vault: Vault, organisation_id: str, since: datetime, until: datetime
) -> list[Group]:
    """Every group on file beside the others of its role; [] where nobody entered any."""
    facts = all_facts(connection, vault, organisation_id, kind=FactKind.GROUP)
    if not facts:
        return []
    wanted = {"organisation": organisation_id, "first": id_at(since), "last": id_at(until)}
    rows = connection.execute(BY_SENDER, wanted)
    senders = [Sender(row.sender_id, row.role, row.many, row.held) for row in rows]
    return compared(senders, members(facts, until.date()))


def id_at(moment: datetime) -> str:
    """The least id of a message made at a moment."""
    return f"{int(moment.timestamp() * 1000):012x}"
