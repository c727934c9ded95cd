"""Policies as they came into force: what was live when, who wrote it, who let a looser one through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.domain.release import FROM_FILE, LIVE, RETIRED, SHADOW, WAITING, Flip, Release
from gateway.errors import Forbidden, NotFound, Stale
from gateway.record.entries import policy_changed
from gateway.store.engine import store_faults
from gateway.store.policy_schema import policy_release, shadow_verdict
from gateway.store.record import append, lock_heads


class SqlPolicies:
    """The releases of every organisation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def in_state(self, organisation_id: str, state: str) -> Release | None:
        """The release that is live, or runs as shadow; None when there is none."""
        ours = (policy_release.c.organisation_id == organisation_id) & (policy_release.c.state == state)
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(select(policy_release).where(ours)).one_or_none()
        return _release(row) if row else None

    def history(self, organisation_id: str, limit: int = 50) -> list[Release]:
        """The newest releases first."""
        ours = select(policy_release).where(policy_release.c.organisation_id == organisation_id)
        with store_faults(), self._engine.connect() as connection:
            rows = connection.execute(ours.order_by(policy_release.c.entered_at.desc()).limit(limit))
            return [_release(row) for row in rows]

    def release(self, organisation_id: str, version: str) -> Release:
        """One release. Raises NotFound."""
        same = (policy_release.c.organisation_id == organisation_id) & (policy_release.c.version == version)
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(select(policy_release).where(same)).one_or_none()
        if row is None:
            raise NotFound("There is no such version of the policy here.")
        return _release(row)

    def enter(self, organisation_id: str, release: Release, at: datetime) -> None:
        """Write a release; a live or shadow one takes the place of the one before. Recorded.

        The same version again changes its state, author and note, and is a no-op when it has that state.
        """
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            if _state_of(connection, organisation_id, release.version) == release.state == LIVE:
                return
            _make_way(connection, organisation_id, release.state)
            row = {
                "organisation_id": organisation_id,
                "version": release.version,
                "pack": release.pack,
                "state": release.state,
                "source": release.source,
                "loosens": list(release.loosens),
                "author": release.author,
                "approver": release.approver,
                "note": release.note,
                "entered_at": at,
                "live_at": at if release.state == LIVE else None,
            }
            new = upsert(policy_release).values(row)
            changed = {
                name: new.excluded[name] for name in ("state", "author", "approver", "note", "live_at")
            }
            connection.execute(
                new.on_conflict_do_update(index_elements=["organisation_id", "version"], set_=changed)
            )
            entry = policy_changed(organisation_id, release.version, release.state, release.author, at)
            append(connection, heads, [entry])

    def sign(
        self,
        organisation_id: str,
        version: str,
        author: str,
        state: str,
        loosens: Sequence[str],
        note: str,
        at: datetime,
    ) -> Release:
        """Put somebody's name to a change of the files that waits. state: LIVE, or WAITING for a second person.

        Raises: NotFound when no such version waits, Stale when it has a name already.
        """
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            row = _waiting(connection, organisation_id, version)
            if row.author != FROM_FILE:
                raise Stale("Somebody has put their name to this version already.")
            _make_way(connection, organisation_id, state)
            signed = {"author": author, "loosens": list(loosens), "note": note, "state": state}
            same = (policy_release.c.organisation_id == organisation_id) & (
                policy_release.c.version == version
            )
            connection.execute(
                update(policy_release).where(same).values(**signed, live_at=at if state == LIVE else None)
            )
            append(connection, heads, [policy_changed(organisation_id, version, state, author, at)])
        return self.release(organisation_id, version)

    def approve(self, organisation_id: str, version: str, approver: str, note: str, at: datetime) -> None:
        """Let a waiting release come into force.

        Raises: NotFound, Forbidden when nobody wrote it yet, or when its author approves it.
        """
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            same = (policy_release.c.organisation_id == organisation_id) & (
                policy_release.c.version == version
            )
            row = _waiting(connection, organisation_id, version)
            if row.author == FROM_FILE:
                raise Forbidden("Somebody must publish it first under their name; then another approves it.")
            if row.author == approver:
                raise Forbidden("Whoever wrote it cannot approve it; ask a second person.")
            _make_way(connection, organisation_id, LIVE)
            approved = {"state": LIVE, "approver": approver, "note": note or row.note, "live_at": at}
            connection.execute(update(policy_release).where(same).values(approved))
            append(connection, heads, [policy_changed(organisation_id, version, LIVE, approver, at)])

    def end_shadow(self, organisation_id: str) -> None:
        """Run no shadow any more."""
        with store_faults(), self._engine.begin() as connection:
            _make_way(connection, organisation_id, SHADOW)

    def flips(self, organisation_id: str, version: str, limit: int = 200) -> Sequence[Flip]:
        """What a shadow would have judged otherwise, the newest first."""
        ours = (shadow_verdict.c.organisation_id == organisation_id) & (shadow_verdict.c.version == version)
        newest = select(shadow_verdict).where(ours).order_by(shadow_verdict.c.at.desc()).limit(limit)
        with store_faults(), self._engine.connect() as connection:
            return [
                Flip(row.message_id, row.at, row.was, row.would_be, row.rule, row.clause)
                for row in connection.execute(newest)
            ]


def _waiting(connection: Connection, organisation_id: str, version: str) -> Any:
    """The row of a version that waits for a second person. Raises NotFound."""
    same = (policy_release.c.organisation_id == organisation_id) & (policy_release.c.version == version)
    asked = select(policy_release).where(same, policy_release.c.state == WAITING)
    row = connection.execute(asked).one_or_none()
    if row is None:
        raise NotFound("There is no such version that waits.")
    return row


def _state_of(connection: Connection, organisation_id: str, version: str) -> str | None:
    same = (policy_release.c.organisation_id == organisation_id) & (policy_release.c.version == version)
    found = connection.execute(select(policy_release.c.state).where(same)).scalar_one_or_none()
    return None if found is None else str(found)


def _make_way(connection: Connection, organisation_id: str, state: str) -> None:
    if state in (LIVE, SHADOW):
        before = (policy_release.c.organisation_id == organisation_id) & (policy_release.c.state == state)
        connection.execute(update(policy_release).where(before).values(state=RETIRED))


def _release(row: Any) -> Release:
    return Release(
        version=row.version,
        pack=row.pack,
        state=row.state,
        loosens=tuple(row.loosens),
        author=row.author,
        approver=row.approver,
        note=row.note,
        entered_at=row.entered_at,
        live_at=row.live_at,
        source=row.source,
    )
