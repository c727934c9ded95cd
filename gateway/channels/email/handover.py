"""Hands a message to the office so that it is finished whoever hangs up (MAIL 6)."""

from __future__ import annotations

import asyncio
import logging
from pathlib import PurePath

from gateway.domain.message import Arrival
from gateway.errors import StoreUnavailable
from gateway.ports import Office, Receipt

log = logging.getLogger(__name__)

Commits = set[asyncio.Task[Receipt]]
"""Messages handed over and not yet answered, hung-up clients' included."""


async def take(office: Office, commits: Commits, arrival: Arrival) -> Receipt:
    """Have the office take a message, to the end also when the client hangs up."""
    work = asyncio.ensure_future(office.take(arrival))
    commits.add(work)
    work.add_done_callback(commits.discard)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        if work.cancelled():
            # Somebody cancelled the commit itself, not the session.
            raise StoreUnavailable("The message was not stored; send it again.") from None
        work.add_done_callback(_report_unheard)
        raise


def _report_unheard(work: asyncio.Task[Receipt]) -> None:
    """Log how a commit ended whose client had gone."""
    if work.cancelled():
        log.warning("a commit was cancelled after its client had gone")
    elif (error := work.exception()) is not None:
        log.error("a commit failed after its client had gone: %s", where(error))
    else:
        log.info("message %s was taken after its client had gone", work.result().message_id)


def where(error: BaseException) -> str:
    """The kind of an error and the line it comes from, never its text (it may quote a message)."""
    trace, place = error.__traceback__, "unknown place"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{PurePath(code.co_filename).name}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
