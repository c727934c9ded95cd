"""Bounces of what we sent: recognised by the address they come to, read in a child, told to the store.

Nothing of a bounce but its kind and status goes any further (MAIL 7). A mail to such an address that
is no report, an absence notice perhaps, is refused: nobody could say whom to deliver it to.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from gateway.channels.email import reply, verp
from gateway.channels.email.reports import READ_BYTES, Outcome, Report
from gateway.domain.dispatch import Bounce
from gateway.errors import ReaderFailed

log = logging.getLogger(__name__)

# A report that kills its reader still says, by its address, which copy is in trouble: for a person.
UNREAD = Report(Outcome.FAILED, standard=False)


@dataclass(frozen=True, slots=True)
class Bounces:
    """What taking bounces needs.

    key: of the return paths (`verp`). read: `reports.read` in a reader, killed when it is late.
    bounced: writes down what became of a copy; blocks.
    """

    key: bytes = field(repr=False)
    read: Callable[[bytes], Future[Report | None]]
    bounced: Callable[[Bounce], None]

    def dispatch_of(self, address: str) -> int | None:
        """The copy that a return path of ours names, None for any other address."""
        return verp.recognise(address, self.key)

    async def take(self, dispatch_id: int, content: bytes, at: datetime) -> str:
        """Read a bounce and write down what it says; the answer to its data.

        Raises StoreUnavailable or StoreFull, and Unavailable, when nothing was written.
        """
        report = await self._read(dispatch_id, content)
        if report is None:
            return reply.NO_REPORT
        if report.outcome is not Outcome.DELIVERED:
            final = report.outcome is Outcome.FAILED
            await asyncio.to_thread(self.bounced, Bounce(dispatch_id, report.status, final, at))
        log.info("copy %d: a report says %s %s", dispatch_id, report.outcome, report.status)
        return reply.OK

    async def _read(self, dispatch_id: int, content: bytes) -> Report | None:
        try:
            return await asyncio.wrap_future(self.read(content[:READ_BYTES]))
        except ReaderFailed:
            log.warning("copy %d: a report could not be read, taken for a failure", dispatch_id)
            return UNREAD
