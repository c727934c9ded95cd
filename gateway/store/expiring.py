"""Pictures and recordings of pupils, whose time is over before that of the messages they came with.

The order of DFT-11: what is sealed, on hold or in a case stays whole; then pictures, then recordings,
then the message itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from gateway.hold.expiry import Expiry
from gateway.record.casework import media_expired
from gateway.store.dispatches import about_content
from gateway.store.engine import store_faults
from gateway.store.keeping import about_raw
from gateway.store.record import append, lock_heads
from gateway.store.retention import ORDINARY, SqlRetention, blank, past
from gateway.store.schema import dispatch, finding, message
from gateway.store.vault import Key, Vault

PICTURES = ("image_of_pupil", "image_reuse")
RECORDINGS = ("recording_shared",)
WITH = (
    "m.id < :before AND m.received_at < :cutoff AND EXISTS (SELECT FROM finding f"
    " WHERE f.message_id = m.id AND f.category = ANY(:categories))"
)
OF_SCHOOLS = " AND ((SELECT p.overlay FROM pair p WHERE p.id = m.pair_id) = ANY(:schools)) = :theirs"
CARRYING, CARRYING_BY_SCHOOL = past(WITH), past(WITH + OF_SCHOOLS)


class SqlExpiring:
    """Takes pictures and recordings away. without_pictures: a mail's bytes without, b"" when they cannot be."""

    def __init__(self, retention: SqlRetention, without_pictures: Callable[[bytes], bytes]) -> None:
        self._retention = retention
        self._engine = retention.engine
        self._vault = retention.vault
        self._without_pictures = without_pictures

    def run(self, organisation_id: str, expiry: Expiry, now: datetime, dry: bool = False) -> tuple[int, int]:
        """How many messages lost pictures, and how many with a recording were erased; with `dry` would be."""
        wanted = [(expiry.pictures, sorted(expiry.schools), False)]
        wanted += [(cutoff, [name], True) for name, cutoff in expiry.schools.items()]
        kept: Counter[str] = Counter()
        for cutoff, schools, theirs in wanted:
            asked = {**_asked(cutoff, PICTURES), "schools": schools, "theirs": theirs}
            kept += self._retention.each(organisation_id, CARRYING_BY_SCHOOL, asked, dry, self._strip)
        pictures, recordings = kept.pop(ORDINARY, 0), 0
        if expiry.recordings is not None:
            asked = _asked(expiry.recordings, RECORDINGS)
            found = self._retention.each(organisation_id, CARRYING, asked, dry, blank)
            recordings = found.pop(ORDINARY, 0)
            kept += found
        if not dry and (pictures or recordings):
            self._record(organisation_id, now, {"pictures": pictures, "recordings": recordings}, kept)
        return pictures, recordings

    def _strip(self, connection: Connection, vault: Vault, key: Key, message_ids: Sequence[str]) -> None:
        """Write messages and their copies anew without pictures; one that cannot be is erased whole."""
        mails = select(message.c.id, message.c.raw).where(
            message.c.id.in_(message_ids), message.c.channel == "email"
        )
        lost = []
        for row in connection.execute(mails).all():
            stripped = self._without_pictures(vault.open(row.raw, about_raw(row.id)))
            if not stripped:
                lost.append(row.id)
                continue
            raw = key.seal(stripped, about_raw(row.id))
            connection.execute(update(message).where(message.c.id == row.id).values(raw=raw))
            self._strip_copies(connection, vault, key, row.id)
        blank(connection, vault, key, lost)
        seen = finding.c.message_id.in_(message_ids) & finding.c.category.in_(PICTURES)
        connection.execute(delete(finding).where(seen))

    def _strip_copies(self, connection: Connection, vault: Vault, key: Key, message_id: str) -> None:
        copies = select(dispatch.c.id, dispatch.c.recipient_id, dispatch.c.content).where(
            dispatch.c.message_id == message_id, dispatch.c.wire == "email"
        )
        for row in connection.execute(copies).all():
            about = about_content(message_id, row.recipient_id)
            stripped = self._without_pictures(vault.open(row.content, about))
            connection.execute(
                update(dispatch).where(dispatch.c.id == row.id).values(content=key.seal(stripped, about))
            )

    def _record(self, organisation_id: str, at: datetime, gone: dict[str, int], kept: Counter[str]) -> None:
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            append(connection, heads, [media_expired(organisation_id, at, gone, dict(kept))])


def _asked(cutoff: datetime, categories: tuple[str, ...]) -> dict[str, Any]:
    before = f"{int(cutoff.timestamp() * 1000) + 60_000:012x}"
    return {"before": before, "cutoff": cutoff, "categories": list(categories)}
