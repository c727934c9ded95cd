"""Copies to dispatch rows: sealed, pinned to their verdict's policy and to the hash of their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

from gateway.domain.dispatch import Copy, DispatchState
from gateway.domain.message import Channel
from gateway.errors import Unavailable
from gateway.store.engine import store_faults
from gateway.store.openline import Driver, OpenLine, driver_of
from gateway.store.vault import Key

NEWS = "gateway_dispatch"  # the channel of NOTIFY on which couriers listen


@dataclass(frozen=True, slots=True)
class Batch:
    """What copies that were decided together share.

    id: of the decision; a required copy holds back the waiting copies of its own batch only.
    due_at: when they may leave, if not at once; a platform's are then handed over by `Docket.carry_out`.
    """

    id: str
    organisation_id: str
    message_id: str
    pair_id: str
    policy_version: str
    directory_version: int
    at: datetime
    due_at: datetime | None = None


def dispatch_rows(batch: Batch, copies: Sequence[Copy], key: Key) -> list[dict[str, Any]]:
    """The rows of copies.

    A platform is handed its text in our answer, so those are sent at the commit. A pupil's
    copy that waits for a guardian's has no time at which it is due.
    """
    gated = any(copy.required and copy.wire is not Channel.PLATFORM for copy in copies)
    return [_row(batch, copy, key, gated and copy.waits_for_required) for copy in copies]


def _row(batch: Batch, copy: Copy, key: Key, waits: bool) -> dict[str, Any]:
    on_platform = copy.wire is Channel.PLATFORM
    handed_over = on_platform and batch.due_at is None
    earliest = batch.due_at or batch.at
    due = max(earliest, copy.not_before) if copy.not_before else earliest
    address = [copy.mailbox, copy.return_path]
    return {
        "organisation_id": batch.organisation_id,
        "message_id": batch.message_id,
        "pair_id": batch.pair_id,
        "batch": batch.id,
        "recipient_id": copy.recipient_id,
        "wire": str(copy.wire),
        "state": str(DispatchState.SENT if handed_over else DispatchState.WAITING),
        "required": copy.required,
        "waits_for_required": copy.waits_for_required,
        "due_at": None if on_platform or waits else due,
        "fence": 0,
        "tries": 0,
        "first_try_at": due,
        "settled_at": due if handed_over else None,
        "code": 0,
        "policy_version": batch.policy_version,
        "directory_version": batch.directory_version,
        "sha256": copy.sha256,
        "address": key.seal_json(address, about_address(batch.message_id, copy.recipient_id)),
        "content": key.seal(copy.content, about_content(batch.message_id, copy.recipient_id)),
    }


def about_address(message_id: str, recipient_id: str) -> str:
    """What a sealed dispatch address is bound to."""
    return f"dispatch address\0{message_id}\0{recipient_id}"


def about_content(message_id: str, recipient_id: str) -> str:
    """What sealed dispatch bytes are bound to."""
    return f"dispatch\0{message_id}\0{recipient_id}"


def ring(engine: Engine) -> None:
    """Wake the couriers.

    After the commit and on its own: a NOTIFY inside would hold a lock that all of PostgreSQL's
    notifying commits share through the sync. A lost one costs a courier's polling interval.
    """
    with suppress(Unavailable), store_faults(), engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(f"NOTIFY {NEWS}"))


def ring_along(driver: Driver) -> None:
    """As `ring`, in a pipeline after its COMMIT, so that it costs no trip of its own."""
    driver.execute(f"NOTIFY {NEWS}", prepare=False)


def ring_over(line: OpenLine) -> None:
    """As `ring`, in one trip over a line of one's own."""
    with suppress(Unavailable):
        line.run(lambda connection: driver_of(connection).execute(f"NOTIFY {NEWS}"))
