"""What a bounce does: the copy did not arrive after all, though a next hop had taken it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from gateway.domain.dispatch import Bounce, DispatchState
from gateway.domain.policy import Policy
from gateway.ports import Alarms
from gateway.record.entries import copy_bounced, copy_delayed
from gateway.store.dispatches import about_address
from gateway.store.engine import store_faults
from gateway.store.failing import is_guardian, mark_failing, raise_version
from gateway.store.record import append, lock_heads
from gateway.store.schema import dispatch
from gateway.store.undelivered import Lost, account_for
from gateway.store.vault import Vault

SETTLED = frozenset({str(DispatchState.FAILED), str(DispatchState.STOPPED)})


def take_bounce(
    engine: Engine, vault: Vault, alarms: Alarms, policy_of: Callable[[str], Policy], bounce: Bounce
) -> None:
    """As `Outbox.bounced`, in one transaction. Raises StoreUnavailable, StoreFull."""
    with store_faults(), engine.connect() as connection:
        seen = connection.execute(_of(bounce)).one_or_none()
    if seen is None:
        return
    policy = policy_of(seen.organisation_id)
    with store_faults(), engine.begin() as connection:
        guardian = bounce.final and is_guardian(connection, seen.organisation_id, seen.recipient_id)
        if guardian and seen.state not in SETTLED:
            raise_version(connection, [seen.organisation_id])
        heads = lock_heads(connection, [seen.organisation_id])
        row = connection.execute(_of(bounce).with_for_update()).one_or_none()
        if row is None or row.state in SETTLED:
            return
        about = (row.organisation_id, row.message_id, row.recipient_id)
        if not bounce.final:
            append(connection, heads, [copy_delayed(*about, bounce)])
            return
        lost = _lost(row, bounce, guardian)
        _fail(connection, bounce)
        case_id, entries = account_for(
            connection, alarms, policy, lost, lambda case_id: copy_bounced(*about, bounce, case_id)
        )
        if guardian:
            address, _ = vault.open_json(row.address, about_address(row.message_id, row.recipient_id))
            whose = (row.organisation_id, row.recipient_id)
            mark_failing(connection, vault, *whose, address, case_id, bounce.at)
        append(connection, heads, entries)


def _of(bounce: Bounce) -> Any:
    columns = (
        dispatch.c.organisation_id,
        dispatch.c.message_id,
        dispatch.c.pair_id,
        dispatch.c.recipient_id,
        dispatch.c.required,
        dispatch.c.state,
        dispatch.c.address,
    )
    return select(*columns).where(dispatch.c.id == bounce.dispatch_id)


def _fail(connection: Connection, bounce: Bounce) -> None:
    """Whoever still holds a lease on it finds that it moved on, and settles nothing."""
    failed = {"state": str(DispatchState.FAILED), "due_at": None, "settled_at": bounce.at}
    connection.execute(update(dispatch).where(dispatch.c.id == bounce.dispatch_id).values(**failed))


def _lost(row: Any, bounce: Bounce, guardian: bool) -> Lost:
    whose = "guardian address fails: the copy" if guardian else "a copy"
    status = f" ({bounce.status})" if bounce.status else ""
    return Lost(
        dispatch_id=bounce.dispatch_id,
        organisation_id=row.organisation_id,
        message_id=row.message_id,
        pair_id=row.pair_id,
        recipient_id=row.recipient_id,
        required=row.required,
        guardian=guardian,
        at=bounce.at,
        because=f"{whose} came back undelivered{status}",
    )
