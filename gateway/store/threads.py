"""Earlier mails of a pair by any id that one of its people knows them under (MAIL 3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ARRAY, LargeBinary, Text, bindparam, func, literal_column, or_, select

from gateway.domain.message import Earlier
from gateway.errors import NotFound
from gateway.store.keeping import about_particulars, origin_mark
from gateway.store.openline import OpenLine, sql_of
from gateway.store.schema import dispatch, message
from gateway.store.vault import Vault

MOST_FOUND = 500  # of one batch; a thread names fifty ids at most
_OURS = re.compile(r"<([0-9a-f]{32})\.[0-9a-f]{16}@[^<>@]+>")

Threads = dict[str, tuple[Earlier, ...]]


def earlier(line: OpenLine, vault: Vault, asked: Sequence[tuple[str, tuple[str, ...]]]) -> Threads:
    """The mails of each pair that the ids name, newest first, by pair id.

    asked: pair ids, each with message ids as they stand in a header.
    """
    named = [(pair_id, one) for pair_id, ids in asked for one in ids]
    if not named:
        return {}
    ours = sorted({own[1] for _, one in named if (own := _OURS.fullmatch(one))})
    marks = list({origin_mark(vault, pair_id, one) for pair_id, one in named})
    pairs = sorted({pair_id for pair_id, _ in named})
    found: Threads = {}
    for row in line.ask(EARLIER, {"ids": ours, "marks": marks, "pairs": pairs}):
        with suppress(NotFound):  # its key was destroyed: it is as if it had never been
            found[row.pair_id] = (*found.get(row.pair_id, ()), _earlier(row, vault))
    return found


def _earlier(row: Any, vault: Vault) -> Earlier:
    original = vault.open_json(row.particulars, about_particulars(row.id))["message_id"]
    return Earlier(row.id, row.sender_id, original, frozenset(row.holders or ()))


def _query() -> Any:
    # Whose copy never left does not know the mail, and must not learn of it by its id.
    left = dispatch.c.state.in_([literal_column("'waiting'"), literal_column("'sent'")])
    holders = (
        select(func.array_agg(dispatch.c.recipient_id.distinct()))
        .where(dispatch.c.message_id == message.c.id, left)
        .scalar_subquery()
        .label("holders")
    )
    by_id = message.c.id == bindparam("ids", type_=ARRAY(Text)).any_()
    by_mark = message.c.origin == bindparam("marks", type_=ARRAY(LargeBinary)).any_()
    return (
        select(message.c.id, message.c.pair_id, message.c.sender_id, message.c.particulars, holders)
        .where(message.c.pair_id == bindparam("pairs", type_=ARRAY(Text)).any_())
        .where(or_(by_id, by_mark))
        .order_by(message.c.id.desc())
        .limit(literal_column(str(MOST_FOUND)))
    )


EARLIER = sql_of(_query())
