"""Figures of the desk, worked out by the database over a bounded window.

Cases and decisions are few beside messages and have indexes by time; messages are counted over a
range of their ids, which begin with the milliseconds of their making.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, text

from gateway.domain.fairness import Group
from gateway.domain.figures import Figures, Missed, Recall, RulePrecision, Share, Spread
from gateway.domain.verdict import Severity
from gateway.store.engine import store_faults
from gateway.store.fairness import held_by_group, id_at
from gateway.store.vault import Vault

SEVERITIES = tuple(str(one) for one in Severity)

_WINDOW = "c.organisation_id = :organisation AND c.opened_at >= :since AND c.opened_at < :until"
_SPREAD = (
    "(percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM took)))::float8[]"
)
_CLOSED = (
    "LEFT JOIN LATERAL (SELECT d.at, d.action FROM decision d WHERE d.case_id = c.id"
    " AND d.action IN ('release', 'redact', 'return', 'reject') ORDER BY d.version DESC LIMIT 1) d ON true"
)


def _asks(words: str) -> TextClause:
    """A query with WINDOW, CLOSED and SPREAD put in: what several of them share."""
    for name, piece in (("WINDOW", _WINDOW), ("CLOSED", _CLOSED), ("SPREAD", _SPREAD)):
        words = words.replace(f"<{name}>", piece)
    return text(words)


BACKLOG = text(
    "SELECT severity, count(*) AS many, min(opened_at) AS oldest FROM case_file"
    " WHERE organisation_id = :organisation AND state <> 'closed' GROUP BY severity"
)
PER_DAY = text(
    "SELECT (received_at AT TIME ZONE 'Europe/London')::date AS day, count(*) AS many,"
    " count(*) FILTER (WHERE outcome = 'hold') AS held,"
    " count(*) FILTER (WHERE outcome IN ('pass', 'amend')) AS passed"
    " FROM message WHERE organisation_id = :organisation AND id >= :first AND id < :last GROUP BY day ORDER BY day"
)
# A first view: of the message, by anybody, after the case was opened.
TO_VIEW = _asks(
    "SELECT severity, count(*) AS n, <SPREAD> AS took FROM (SELECT c.severity, v.at - c.opened_at AS took FROM case_file c"
    " JOIN LATERAL (SELECT min(r.at) AS at FROM record_entry r WHERE r.organisation_id = c.organisation_id"
    " AND r.kind = 'body.viewed' AND r.subject = c.message_id AND r.at >= c.opened_at) v ON v.at IS NOT NULL"
    " WHERE <WINDOW>) held GROUP BY severity"
)
TO_DECISION = _asks(
    "SELECT severity, count(*) AS n, <SPREAD> AS took FROM (SELECT c.severity, d.at - c.opened_at AS took FROM case_file c"
    " <CLOSED> WHERE <WINDOW> AND c.state = 'closed' AND d.at IS NOT NULL) held GROUP BY severity"
)
MISSED = _asks(
    "SELECT c.id, c.reference, c.severity, c.due_at, CASE WHEN c.state = 'closed' THEN d.at END AS closed_at,"
    " count(*) OVER () AS many FROM case_file c <CLOSED> WHERE <WINDOW>"
    " AND ((d.at > c.due_at) OR (c.state <> 'closed' AND c.due_at < :until)) ORDER BY c.due_at DESC LIMIT 100"
)
# Held rightly: whatever was not let through as it was. A later message of the same kind says nothing here.
BY_DECISION = _asks(
    "SELECT c.rule, count(*) AS n, count(*) FILTER (WHERE d.action <> 'release') AS hits,"
    " count(*) FILTER (WHERE d.action = 'release') AS released,"
    " coalesce(sum(extract(epoch FROM d.at - c.opened_at)) FILTER (WHERE d.action = 'release'), 0)::float8 AS delay"
    " FROM case_file c <CLOSED> WHERE <WINDOW> AND c.state = 'closed' AND d.at IS NOT NULL"
    " AND c.lane <> 'delivery' GROUP BY c.rule ORDER BY n DESC"
)
BY_HIT = _asks(
    "SELECT c.rule, count(*) FILTER (WHERE h.verdict = 'right') AS hits,"
    " count(*) FILTER (WHERE h.verdict IN ('right', 'wrong')) AS n FROM case_file c"
    " JOIN hit_verdict h ON h.message_id = c.message_id WHERE <WINDOW> GROUP BY c.rule"
)
# Overturned: closed one way, and then another by a later decision.
OVERTURNED = text(
    "SELECT count(*) AS n, count(*) FILTER (WHERE ways > 1) AS hits FROM (SELECT d.case_id,"
    " count(DISTINCT d.action) AS ways FROM decision d WHERE d.organisation_id = :organisation"
    " AND d.at >= :since AND d.at < :until AND d.action IN ('release', 'redact', 'return', 'reject')"
    " GROUP BY d.case_id) cases"
)
AGREEMENT = text(
    "SELECT count(*) FILTER (WHERE second.standing = 'carried') AS hits, count(*) AS n FROM decision first"
    " JOIN decision second ON second.case_id = first.case_id AND second.version = first.version + 1"
    " AND second.standing IN ('carried', 'differing') WHERE first.organisation_id = :organisation"
    " AND first.at >= :since AND first.at < :until AND first.standing = 'first'"
)
SAMPLED = text(
    "SELECT count(*) AS n, count(*) FILTER (WHERE verdict = 'missed') AS hits FROM sample"
    " WHERE organisation_id = :organisation AND judged_at >= :since AND judged_at < :until"
)
FAILURES = text(
    "SELECT d.state, CASE WHEN d.required THEN 'guardian' ELSE 'other' END AS whose, count(*) AS many"
    " FROM dispatch d WHERE d.organisation_id = :organisation AND d.state IN ('failed', 'stopped')"
    " AND d.settled_at >= :since AND d.settled_at < :until GROUP BY d.state, whose"
)
THERE = text("SELECT to_regclass('hit_verdict') IS NOT NULL AS hits, EXISTS (SELECT FROM"
             " information_schema.columns WHERE table_name = 'decision' AND column_name = 'standing') AS views")  # fmt: skip


class SqlFigures:
    """The figures of one organisation."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def groups(self, organisation_id: str, since: datetime, until: datetime) -> list[Group]:
        """How often messages of the groups on file were held, beside others'."""
        with store_faults(), self._engine.connect() as connection:
            return held_by_group(connection, self._vault, organisation_id, since, until)

    def figures(self, organisation_id: str, since: datetime, until: datetime) -> Figures:
        """Everything between two moments; the backlog is as it stands."""
        wanted = {
            "organisation": organisation_id,
            "since": since,
            "until": until,
            "first": id_at(since),
            "last": id_at(until),
        }
        with store_faults(), self._engine.connect() as connection:
            return _worked_out(connection, wanted)


def _worked_out(connection: Connection, wanted: dict[str, Any]) -> Figures:
    def ask(query: Any) -> Sequence[Any]:
        return connection.execute(query, {n: v for n, v in wanted.items() if n in query._bindparams}).all()

    there = connection.execute(THERE).one()
    backlog, per_day, missed = ask(BACKLOG), ask(PER_DAY), ask(MISSED)
    decided = ask(BY_DECISION)
    hits = {row.rule: Share(row.hits, row.n) for row in ask(BY_HIT)} if there.hits else {}
    rules = [
        RulePrecision(row.rule, Share(row.hits, row.n), hits.get(row.rule, Share(0, 0))) for row in decided
    ]
    waiting: Counter[str] = Counter({SEVERITIES[row.severity]: row.many for row in backlog})
    return Figures(
        since=wanted["since"],
        until=wanted["until"],
        backlog=[(one, waiting[one]) for one in reversed(SEVERITIES)],
        oldest=min((row.oldest for row in backlog), default=None),
        per_day=[(row.day.isoformat(), row.many, row.held) for row in per_day],
        to_view=_spreads(ask(TO_VIEW)),
        to_decision=_spreads(ask(TO_DECISION)),
        missed=[
            Missed(row.id, row.reference, SEVERITIES[row.severity], row.due_at, row.closed_at)
            for row in missed
        ],
        missed_count=missed[0].many if missed else 0,
        rules=rules,
        overturned=_share(ask(OVERTURNED)),
        agreement=_share(ask(AGREEMENT)) if there.views else Share(0, 0),
        recall=Recall(
            sum(row.hits for row in decided), sum(row.passed for row in per_day), _share(ask(SAMPLED))
        ),
        delay_minutes=sum(row.delay for row in decided) / 60,
        delayed=sum(row.released for row in decided),
        failures={(row.state, row.whose): row.many for row in ask(FAILURES)},
    )


def _share(rows: Sequence[Any]) -> Share:
    return Share(rows[0].hits, rows[0].n)


def _spreads(rows: Sequence[Any]) -> list[Spread]:
    found = {SEVERITIES[row.severity]: row for row in rows}
    made = []
    for severity in reversed(SEVERITIES):
        row = found.get(severity)
        took = [timedelta(seconds=one) for one in row.took] if row else [None, None, None]
        made.append(Spread(severity, row.n if row else 0, *took))
    return made
