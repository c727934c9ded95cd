"""How long messages are kept: what is past its time is erased, unless something says to keep it.

The order of DFT-11: sealed, then legal hold, then case, then ordinary. What is erased is written
over with nothing under the organisation's key, so that the record and the figures stay whole.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, bindparam, delete, insert, select, text, update

from gateway.domain.hold import FamilyErasure, RetentionRun
from gateway.errors import Forbidden, NotFound
from gateway.record.casework import family_erased, retention_ran
from gateway.store.casework_schema import retention_run
from gateway.store.dispatches import about_address, about_content
from gateway.store.dossier import about_decision
from gateway.store.engine import store_faults
from gateway.store.keeping import about_particulars, about_raw
from gateway.store.record import append, lock_heads
from gateway.store.schema import (
    case_file,
    data_key,
    decision,
    dispatch,
    finding,
    fragment,
    message,
    pair,
)
from gateway.store.vault import HEADER_BYTES, TAG_BYTES, Key, Vault

AT_ONCE = 100  # while a batch is written, mail of its organisation waits
ORDINARY = ""
BLANK_BYTES = HEADER_BYTES + TAG_BYTES

# Messages that still hold something, with the strongest reason to keep each. A message is in a case
# while that is open, or when a case file links it, its case or its pair.
_REASONS = """
SELECT m.id, CASE
    WHEN EXISTS (SELECT FROM case_file c WHERE c.message_id = m.id AND c.lane = 'sealed') THEN 'sealed'
    WHEN EXISTS (SELECT FROM legal_hold h WHERE h.organisation_id = m.organisation_id
                 AND h.released_at IS NULL AND (
                 (h.kind = 'message' AND h.subject_id = m.id) OR (h.kind = 'pair' AND h.subject_id = m.pair_id)
                 OR (h.kind = 'matter' AND EXISTS (SELECT FROM tied t WHERE t.matter_id = h.subject_id
                     AND t.message_id = m.id)) OR (h.kind = 'matter' AND EXISTS (SELECT FROM matter_tie t
                     WHERE t.matter_id = h.subject_id AND t.kind = 'pair' AND t.subject_id = m.pair_id))))
        THEN 'legal_hold'
    WHEN EXISTS (SELECT FROM case_file c WHERE c.message_id = m.id AND c.state <> 'closed')
      OR EXISTS (SELECT FROM tied t WHERE t.message_id = m.id)
      OR EXISTS (SELECT FROM matter_tie t WHERE t.organisation_id = m.organisation_id
                 AND t.kind = 'pair' AND t.subject_id = m.pair_id) THEN 'case'
    WHEN EXISTS (SELECT FROM dispatch d WHERE d.message_id = m.id AND d.state = 'waiting') THEN 'delivery'
    ELSE '' END AS why
FROM message m
WHERE m.organisation_id = :organisation AND octet_length(m.raw) > :blank AND m.id > :after AND {which}
ORDER BY m.id LIMIT :many
"""
_TIED = """
WITH tied AS (
    SELECT t.matter_id, t.subject_id AS message_id FROM matter_tie t
    WHERE t.organisation_id = :organisation AND t.kind = 'message'
    UNION ALL
    SELECT t.matter_id, c.message_id FROM matter_tie t JOIN case_file c ON c.id = t.subject_id
    WHERE t.organisation_id = :organisation AND t.kind = 'case')
"""


def past(which: str) -> TextClause:
    """The query for messages that still hold something, each with what keeps it, "" for nothing."""
    return text(_TIED + _REASONS.format(which=which))


PAST_TIME = past("m.id < :before AND m.received_at < :cutoff")
OF_FAMILY = past("m.pair_id IN :pairs").bindparams(bindparam("pairs", expanding=True))
Erase = Callable[[Connection, Vault, Key, Sequence[str]], None]


class SqlRetention:
    """Erases what is past its time, and what a family asked to be erased."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.engine = engine
        self.vault = vault

    def run(
        self, organisation_id: str, days: int, now: datetime, actor: str, dry: bool = False
    ) -> RetentionRun:
        """Erase messages older than `days` that nothing keeps; with `dry` only count them."""
        began, cutoff = time.perf_counter(), now - timedelta(days=days)
        # Ids begin with the milliseconds of their making, so the key finds old messages without a sort.
        wanted = {"before": f"{int(cutoff.timestamp() * 1000) + 60_000:012x}", "cutoff": cutoff}
        counts = self.each(organisation_id, PAST_TIME, wanted, dry, blank)
        erased = counts.pop(ORDINARY, 0)
        done = RetentionRun(
            organisation_id, now, days, erased, dict(counts), dry, time.perf_counter() - began
        )
        if not dry:
            self._keep(done, actor)
        return done

    def runs(self, organisation_id: str, many: int = 30) -> list[RetentionRun]:
        """The last runs, newest first."""
        theirs = select(retention_run).where(retention_run.c.organisation_id == organisation_id)
        with store_faults(), self.engine.connect() as connection:
            rows = connection.execute(theirs.order_by(retention_run.c.at.desc()).limit(many)).all()
        return [
            RetentionRun(r.organisation_id, r.at, r.days, r.erased, json.loads(r.kept), False, r.seconds)
            for r in rows
        ]

    def erase_family(
        self, organisation_id: str, pupil_id: str, reason: str, actor: str, now: datetime
    ) -> FamilyErasure:
        """Erase a pupil's messages, and destroy the family's key when nothing has to be kept.

        Raises NotFound, and Forbidden while a pair of the pupil is open: what came in later would be
        sealed with a key that is gone.
        """
        pairs = self._closed_pairs(organisation_id, pupil_id)
        counts = self.each(organisation_id, OF_FAMILY, {"pairs": pairs}, dry=False, erase=blank)
        erased, family = counts.pop(ORDINARY, 0), "pupil:" + pupil_id
        key = self.vault.organisation(organisation_id)
        with store_faults(), self.engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            connection.execute(
                delete(fragment).where(
                    fragment.c.organisation_id == organisation_id, fragment.c.pair_id.in_(pairs)
                )
            )
            if not counts:
                theirs = (data_key.c.organisation_id == organisation_id) & (data_key.c.family == family)
                connection.execute(delete(data_key).where(theirs))
            told = {"erased": erased, **{f"kept_{why}": many for why, many in counts.items()}}
            mark = key.mark(reason).hex()
            append(connection, heads, [family_erased(organisation_id, pupil_id, actor, now, mark, told)])
        return FamilyErasure(pupil_id, erased, dict(counts), key_destroyed=not counts)

    def each(
        self, organisation_id: str, query: TextClause, wanted: dict[str, Any], dry: bool, erase: Erase
    ) -> Counter[str]:
        """Erase the ordinary ones among what `query` finds (see `past`), and count all by reason."""
        counts: Counter[str] = Counter()
        for ids in self._batches(organisation_id, query, wanted, dry, erase):
            counts.update(ids)
        return counts

    def _batches(
        self, organisation_id: str, query: TextClause, wanted: dict[str, Any], dry: bool, erase: Erase
    ) -> Iterator[list[str]]:
        key, after = self.vault.organisation(organisation_id), ""
        fixed = {**wanted, "organisation": organisation_id, "blank": BLANK_BYTES, "many": AT_ONCE}
        while True:
            with store_faults(), self.engine.begin() as connection:
                if not dry:
                    # Whoever places a hold waits for the same lock: none slips in between.
                    lock_heads(connection, [organisation_id])
                rows = connection.execute(query, {**fixed, "after": after}).all()
                if not dry:
                    erase(connection, self.vault, key, [row.id for row in rows if row.why == ORDINARY])
            if not rows:
                return
            yield [row.why for row in rows]
            after = rows[-1].id

    def _keep(self, done: RetentionRun, actor: str) -> None:
        row = {
            "organisation_id": done.organisation_id,
            "at": done.at,
            "actor": actor,
            "days": done.days,
            "erased": done.erased,
            "kept": json.dumps(dict(done.kept)),
            "seconds": done.seconds,
        }
        entry = retention_ran(done.organisation_id, actor, done.at, done.erased, dict(done.kept), done.days)
        with store_faults(), self.engine.begin() as connection:
            heads = lock_heads(connection, [done.organisation_id])
            connection.execute(insert(retention_run).values(row))
            append(connection, heads, [entry])

    def _closed_pairs(self, organisation_id: str, pupil_id: str) -> list[str]:
        theirs = select(pair.c.id, pair.c.open).where(
            pair.c.organisation_id == organisation_id, pair.c.pupil_id == pupil_id
        )
        with store_faults(), self.engine.connect() as connection:
            rows = connection.execute(theirs).all()
        if not rows:
            raise NotFound("There is no such pupil.")
        if any(row.open for row in rows):
            raise Forbidden("End this pupil's lessons first; mail that came later would be lost.")
        return [row.id for row in rows]


def blank(connection: Connection, vault: Vault, key: Key, message_ids: Sequence[str]) -> None:
    """Write nothing over the bytes, the particulars, the findings and the copies of messages."""
    if not message_ids:
        return
    theirs = select(message.c.id, message.c.particulars).where(message.c.id.in_(message_ids))
    for row in connection.execute(theirs).all():
        kept = vault.open_json(row.particulars, about_particulars(row.id))
        bare = {"outcome": kept["verdict"]["outcome"], "policy": kept["verdict"]["policy"]}
        empty = {
            "subject": "",
            "message_id": "",
            "text": None,
            "verdict": {**bare, "ruled": [], "changes": []},
            "faults": [],
            "form_faults": ["its time to be kept is over"],
            "raw_sha256": "",
        }
        connection.execute(
            update(message)
            .where(message.c.id == row.id)
            .values(
                raw=key.seal(b"", about_raw(row.id)),
                particulars=key.seal_json(empty, about_particulars(row.id)),
                origin=None,
            )
        )
    connection.execute(delete(finding).where(finding.c.message_id.in_(message_ids)))
    _blank_copies(connection, key, message_ids)
    _blank_decisions(connection, vault, key, message_ids)


def _blank_copies(connection: Connection, key: Key, message_ids: Sequence[str]) -> None:
    theirs = select(dispatch.c.id, dispatch.c.message_id, dispatch.c.recipient_id)
    for row in connection.execute(theirs.where(dispatch.c.message_id.in_(message_ids))).all():
        about = (row.message_id, row.recipient_id)
        connection.execute(
            update(dispatch)
            .where(dispatch.c.id == row.id)
            .values(
                address=key.seal_json(["", ""], about_address(*about)),
                content=key.seal(b"", about_content(*about)),
            )
        )


def _blank_decisions(connection: Connection, vault: Vault, key: Key, message_ids: Sequence[str]) -> None:
    """The reasons stay, for they are the organisation's; what quotes the message goes."""
    theirs = (
        select(decision.c.case_id, decision.c.version, decision.c.words)
        .join(case_file, case_file.c.id == decision.c.case_id)
        .where(case_file.c.message_id.in_(message_ids))
    )
    for row in connection.execute(theirs).all():
        about = about_decision(row.case_id, row.version)
        words = vault.open_json(row.words, about)
        kept = {name: type(value)() if name != "reason" else value for name, value in words.items()}
        same = (decision.c.case_id == row.case_id) & (decision.c.version == row.version)
        connection.execute(update(decision).where(same).values(words=key.seal_json(kept, about)))
