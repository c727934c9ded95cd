"""What runs by itself: calls and their next step, nightly retention, samples and checkpoints."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Protocol

from procrastinate import JobContext

log = logging.getLogger(__name__)


class Nightly(Protocol):
    """What the night asks of casework; each for every organisation."""

    def retain(self, now: datetime) -> int:
        """Erase what is past its time; how many messages went."""
        ...

    def sample(self, now: datetime) -> int:
        """Draw samples of what passed; how many."""
        ...

    def sign(self, now: datetime) -> int:
        """Sign every record; how many."""
        ...


class Calls(Protocol):
    """What a call asks of whoever sends it; raises when it could not be sent, to try again."""

    async def person(self, organisation_id: str, page_id: str, step: int) -> None:
        """Call whoever is on call, unless somebody answered."""
        ...

    async def hooks(self, organisation_id: str, page_id: str, step: int) -> None:
        """Tell the organisation's programs, unless somebody answered."""
        ...

    def onward(self, organisation_id: str, page_id: str, step: int, now: datetime) -> None:
        """Call the next one, unless somebody answered."""
        ...

    def case(self, organisation_id: str, case_id: str, now: datetime) -> None:
        """Call somebody to a case that cannot wait."""
        ...


async def page_person(job: JobContext, organisation_id: str, page_id: str, step: str) -> None:
    """Call whoever is on call."""
    calls: Calls | None = job.additional_context["gateway"].calls
    if calls is not None:
        await calls.person(organisation_id, page_id, int(step))


async def page_hooks(job: JobContext, organisation_id: str, page_id: str, step: str) -> None:
    """Tell the organisation's programs that somebody is called."""
    calls: Calls | None = job.additional_context["gateway"].calls
    if calls is not None:
        await calls.hooks(organisation_id, page_id, int(step))


async def page_next(job: JobContext, organisation_id: str, page_id: str, step: str) -> None:
    """Ten minutes later: call the next one if nobody answered."""
    calls: Calls | None = job.additional_context["gateway"].calls
    if calls is not None:
        await asyncio.to_thread(calls.onward, organisation_id, page_id, int(step), datetime.now(UTC))


def night(job: JobContext, timestamp: int) -> None:
    """Erase what is past its time, draw samples, sign the records."""
    del timestamp  # Procrastinate passes it
    nightly: Nightly | None = job.additional_context["gateway"].nightly
    if nightly is None:
        return
    now = datetime.now(UTC)
    gone, drawn, signed = nightly.retain(now), nightly.sample(now), nightly.sign(now)
    log.info("night: %d messages erased, %d samples drawn, %d records signed", gone, drawn, signed)
