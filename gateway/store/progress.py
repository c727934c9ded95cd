"""Where a message stands, in the words its sender may know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select

from gateway.domain.case import CLOSING, Action, Standing
from gateway.domain.dispatch import DispatchState
from gateway.domain.message import Channel
from gateway.domain.verdict import Lane, Outcome
from gateway.errors import NotFound
from gateway.ports import Progress
from gateway.store.dispatches import about_content
from gateway.store.keeping import about_particulars
from gateway.store.schema import case_file, decision, dispatch, message
from gateway.store.vault import Vault

CLOSED_AS = {Action.RETURN: "returned", Action.REJECT: "refused"}


def read_progress(connection: Connection, vault: Vault, organisation_id: str, message_id: str) -> Progress:
    """A message's state as its sender may know it. Raises NotFound."""
    ours = message.c.organisation_id == organisation_id
    row = connection.execute(select(message).where(message.c.id == message_id, ours)).one_or_none()
    if row is None:
        raise NotFound("There is no such message.")
    copies = connection.execute(_copies(message_id)).all()
    state = _state(connection, row, copies)
    shown = state in ("delivered", "on_its_way")
    return Progress(
        message_id=row.id,
        reference=row.reference,
        state=state,
        received_at=row.received_at,
        decide_by=row.decide_by if state == "checking" else None,
        text=_text(vault, row, copies) if shown else None,
        recipients=tuple({copy.recipient_id: copy.state for copy in copies}.items()),
        policy_version=row.policy_version,
    )


def _copies(message_id: str) -> Any:
    """A message's copies, but for those of a release that can still be taken back, or was."""
    undone = dispatch.c.settled_at < dispatch.c.first_try_at
    return (
        select(dispatch)
        .where(dispatch.c.message_id == message_id, dispatch.c.first_try_at <= func.now())
        .where(or_(dispatch.c.settled_at.is_(None), ~undone))
        .order_by(dispatch.c.id)
    )


def _state(connection: Connection, row: Any, copies: Sequence[Any]) -> str:
    if row.outcome == Outcome.REFUSE:
        return "refused"
    closing = _last_closing(connection, row.id)
    if closing in CLOSED_AS:
        return CLOSED_AS[closing]
    latest = [copy for copy in copies if copy.batch == copies[-1].batch]
    states = {copy.state for copy in latest}
    if not states or states & {DispatchState.FAILED, DispatchState.STOPPED}:
        return "checking"
    return "on_its_way" if DispatchState.WAITING in states else "delivered"


def _last_closing(connection: Connection, message_id: str) -> Action | None:
    closed = (
        select(decision.c.action)
        .join(case_file, case_file.c.id == decision.c.case_id)
        .where(case_file.c.message_id == message_id, case_file.c.state == "closed")
        .where(decision.c.standing == Standing.CARRIED, decision.c.action.in_([str(one) for one in CLOSING]))
        # Until it can be taken back no more, nobody outside may know of it; of a sealed one never.
        .where(or_(decision.c.undo_until.is_(None), decision.c.undo_until <= func.now()))
        .where(case_file.c.lane != Lane.SEALED)
        .order_by(decision.c.at.desc())
        .limit(1)
    )
    found = connection.execute(closed).scalar_one_or_none()
    return Action(found) if found else None


def _text(vault: Vault, row: Any, copies: Sequence[Any]) -> str | None:
    """What the platform may show: the text of its newest copy, else of the verdict."""
    for copy in reversed(copies):
        if copy.wire == Channel.PLATFORM:
            content = vault.open(copy.content, about_content(row.id, copy.recipient_id))
            return _text_of(content)
    found = vault.open_json(row.particulars, about_particulars(row.id))["text"]
    return None if found is None else str(found)


def _text_of(content: bytes) -> str:
    try:
        return str(json.loads(content)["text"])
    except (ValueError, KeyError, TypeError):
        return content.decode("utf-8", "replace")
