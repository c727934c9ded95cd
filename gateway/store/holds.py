"""Legal holds: placed and released with a reason; a hold beats every deletion (DFT-11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.hold import HoldKind, LegalHold
from gateway.domain.message import new_id
from gateway.errors import NotFound, Stale
from gateway.record.casework import held_back
from gateway.store.casework_schema import legal_hold, matter
from gateway.store.engine import store_faults
from gateway.store.record import append, lock_heads
from gateway.store.schema import message, pair
from gateway.store.vault import Vault

KNOWN_IN = {HoldKind.PAIR: pair, HoldKind.MATTER: matter, HoldKind.MESSAGE: message}


class SqlHolds:
    """Legal holds of one organisation at a time. Reasons are sealed under its key."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def place(
        self, organisation_id: str, kind: HoldKind, subject_id: str, reason: str, by: str, at: datetime
    ) -> LegalHold:
        """A hold that is in force at once. Raises NotFound, and Stale when there is one already."""
        key = self._vault.organisation(organisation_id)
        made = LegalHold(new_id(at), organisation_id, kind, subject_id, by, at, reason)
        row = {
            "id": made.id,
            "organisation_id": organisation_id,
            "kind": str(kind),
            "subject_id": subject_id,
            "placed_by": by,
            "placed_at": at,
            "reason": key.seal_json(reason, about_reason(made.id)),
        }
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            _check_known(connection, organisation_id, kind, subject_id)
            new = upsert(legal_hold).values(row).on_conflict_do_nothing().returning(legal_hold.c.id)
            if connection.execute(new).first() is None:
                raise Stale("There is a hold on this already.")
            mark = key.mark(reason).hex()
            append(
                connection,
                heads,
                [held_back(organisation_id, kind, subject_id, by, at, mark, released=False)],
            )
        return made

    def release(self, organisation_id: str, hold_id: str, reason: str, by: str, at: datetime) -> None:
        """End a hold. Raises NotFound, and Stale when it was released before."""
        key = self._vault.organisation(organisation_id)
        this = (legal_hold.c.id == hold_id) & (legal_hold.c.organisation_id == organisation_id)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            row = connection.execute(select(legal_hold).where(this)).one_or_none()
            if row is None:
                raise NotFound("There is no such hold.")
            if row.released_at is not None:
                raise Stale("This hold was released already.")
            sealed = key.seal_json(reason, about_reason(hold_id))
            connection.execute(
                update(legal_hold).where(this).values(released_by=by, released_at=at, release_reason=sealed)
            )
            mark = key.mark(reason).hex()
            append(
                connection,
                heads,
                [held_back(organisation_id, row.kind, row.subject_id, by, at, mark, released=True)],
            )

    def holds(self, organisation_id: str, released_too: bool = False) -> list[LegalHold]:
        """Holds in force, newest first, and with `released_too` all there ever were."""
        theirs = select(legal_hold).where(legal_hold.c.organisation_id == organisation_id)
        if not released_too:
            theirs = theirs.where(legal_hold.c.released_at.is_(None))
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(theirs.order_by(legal_hold.c.placed_at.desc())).all()
        return [self._hold_of(row) for row in rows]

    def _hold_of(self, row: Any) -> LegalHold:
        about = about_reason(row.id)
        return LegalHold(
            id=row.id,
            organisation_id=row.organisation_id,
            kind=HoldKind(row.kind),
            subject_id=row.subject_id,
            placed_by=row.placed_by,
            placed_at=row.placed_at,
            reason=self._vault.open_json(row.reason, about),
            released_by=row.released_by or "",
            released_at=row.released_at,
            release_reason=self._vault.open_json(row.release_reason, about) if row.release_reason else "",
        )


def _check_known(connection: Connection, organisation_id: str, kind: HoldKind, subject_id: str) -> None:
    table = KNOWN_IN[kind]
    ours = select(table.c.id).where(table.c.id == subject_id, table.c.organisation_id == organisation_id)
    if connection.execute(ours).one_or_none() is None:
        raise NotFound(f"There is no such {kind}.")


def about_reason(hold_id: str) -> str:
    """What the sealed reasons of a hold are bound to."""
    return f"legal hold\0{hold_id}"
