"""Messages that passed, drawn at random per tutor and term for a second look (MTW-84)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select, text, update

from gateway.casework import Sample
from gateway.domain.entry import Entry
from gateway.domain.message import Arrival, Reading
from gateway.errors import NotFound, Stale
from gateway.store.casework_schema import sample
from gateway.store.docket import SqlDocket
from gateway.store.engine import store_faults
from gateway.store.record import append, lock_heads

LONDON = ZoneInfo("Europe/London")
VERDICTS = frozenset({"fine", "missed"})

# As many as are wanting for each tutor: never one twice, nor two of one pair where there are several.
DRAW = text("""
INSERT INTO sample (message_id, organisation_id, tutor_id, term, drawn_at, stratum)
SELECT id, :organisation, tutor_id, :term, :now, stratum FROM (
    SELECT m.id, p.tutor_id, count(*) OVER (PARTITION BY p.tutor_id) AS stratum,
           row_number() OVER (PARTITION BY p.tutor_id ORDER BY m.turn, random()) AS place
    FROM (SELECT id, pair_id, row_number() OVER (PARTITION BY pair_id ORDER BY random()) AS turn
          FROM message WHERE organisation_id = :organisation AND id >= :first AND id < :last
          AND outcome IN ('pass', 'amend') AND octet_length(raw) > 45) m
    JOIN pair p ON p.id = m.pair_id
    WHERE NOT EXISTS (SELECT FROM sample s WHERE s.message_id = m.id)) drawn
WHERE place <= :each - (SELECT count(*) FROM sample s WHERE s.organisation_id = :organisation
                        AND s.term = :term AND s.tutor_id = drawn.tutor_id)
ON CONFLICT DO NOTHING
""")


class SqlSamples:
    """Draws samples and keeps what was said of them. read: a message's bytes to what can be read."""

    def __init__(
        self, engine: Engine, docket: SqlDocket, read: Callable[[Arrival], Reading] | None = None
    ) -> None:
        self._engine = engine
        self._docket = docket
        self._read = read

    def draw(self, organisation_id: str, each: int, now: datetime) -> int:
        """Draw what is wanting of `each` messages per tutor in this term; how many were drawn."""
        name, first = term_of(now.astimezone(LONDON).date())
        begins = datetime.combine(first, time(), LONDON)
        wanted = {
            "organisation": organisation_id,
            "term": name,
            "now": now,
            "first": f"{int(begins.timestamp() * 1000):012x}",
            "last": f"{int(now.timestamp() * 1000):012x}",
            "each": each,
        }
        with store_faults(), self._engine.begin() as connection:
            return int(connection.execute(DRAW, wanted).rowcount)

    def samples(self, organisation_id: str, waiting: bool, limit: int = 100) -> list[Sample]:
        """Those that wait, oldest first, or those that were judged, newest first."""
        theirs = select(sample).where(sample.c.organisation_id == organisation_id)
        if waiting:
            theirs = theirs.where(sample.c.verdict.is_(None)).order_by(sample.c.drawn_at, sample.c.message_id)
        else:
            theirs = theirs.where(sample.c.verdict.is_not(None)).order_by(sample.c.judged_at.desc())
        with store_faults(), self._engine.connect() as connection:
            return [_sample_of(row) for row in connection.execute(theirs.limit(limit))]

    def sample(self, organisation_id: str, message_id: str) -> Sample:
        """Raises NotFound, also for another organisation's and for a message that was not drawn."""
        theirs = select(sample).where(
            sample.c.organisation_id == organisation_id, sample.c.message_id == message_id
        )
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(theirs).one_or_none()
        if row is None:
            raise NotFound("There is no such sample.")
        return _sample_of(row)

    def show(self, organisation_id: str, message_id: str, by: str, at: datetime) -> Reading:
        """What can be read in a sample; that somebody looked is recorded. Raises NotFound."""
        self.sample(organisation_id, message_id)
        arrival = self._docket.arrival(organisation_id, message_id)
        entry = Entry(organisation_id, at, "body.viewed", message_id, by, {"case": "", "sample": True})
        with store_faults(), self._engine.begin() as connection:
            append(connection, lock_heads(connection, [organisation_id]), [entry])
        return self._read(arrival) if self._read else Reading()

    def judge(self, organisation_id: str, message_id: str, verdict: str, by: str, at: datetime) -> None:
        """Keep what somebody says of a sample. Raises NotFound, Stale when it was judged before."""
        if verdict not in VERDICTS:
            raise ValueError("a sample is fine or missed")
        self.sample(organisation_id, message_id)
        this = (sample.c.message_id == message_id) & sample.c.verdict.is_(None)
        changed = update(sample).where(this).values(verdict=verdict, judged_by=by, judged_at=at)
        entry = Entry(organisation_id, at, "sample.judged", message_id, by, {"verdict": verdict})
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            if not connection.execute(changed).rowcount:
                raise Stale("Somebody else judged this sample first.")
            append(connection, heads, [entry])


def term_of(day: date) -> tuple[str, date]:
    """The term a day is in, such as "2026-spring", and its first day.

    Counted without holidays: from September, January and the middle of April.
    """
    if day.month >= 9:
        return f"{day.year}-autumn", date(day.year, 9, 1)
    if (day.month, day.day) >= (4, 15):
        return f"{day.year}-summer", date(day.year, 4, 15)
    return f"{day.year}-spring", date(day.year, 1, 1)


def _sample_of(row: Any) -> Sample:
    return Sample(
        row.message_id,
        row.organisation_id,
        row.tutor_id,
        row.term,
        row.drawn_at,
        row.verdict or "",
        row.judged_by or "",
    )
