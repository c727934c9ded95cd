"""Why a mail from outside is believed to come from its sender (MAIL 4).

Either the server in front says so, or, where the settings ask for it, our own look at SPF, DKIM and
DMARC. In any doubt it is not believed, and a rule holds it for a person (DECISIONS 7).
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor

from gateway.channels.email import sender_check
from gateway.channels.email.authresults import vouched_for
from gateway.channels.email.resolver import Resolver
from gateway.domain.message import Assurance

log = logging.getLogger(__name__)

SHORT_HEADER = 8 * 1024  # read on the event loop, in well under a millisecond


async def vouched(content: bytes, mail_from: str, authserv_id: str, threads: Executor) -> bool:
    """Tell whether the trusted server in front vouches for the sender; a long header is read on a thread."""
    if content.find(b"\r\n\r\n", 0, SHORT_HEADER) >= 0:
        return vouched_for(content, mail_from, authserv_id)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(threads, vouched_for, content, mail_from, authserv_id)


async def checked(
    content: bytes, mail_from: str, peer_ip: str, helo: str, resolver: Resolver, reference: str
) -> bool:
    """Tell whether our own check proves the sender, within its time limit. Never raises.

    peer_ip: "" when a server of ours stands in front. reference: of the message, for the log, which
    holds nothing else of it but the kinds of results.
    """
    try:
        found = await sender_check.check(content, peer_ip, helo, mail_from, resolver)
    except Exception as fault:  # a stranger wrote all that was looked at: it must not answer for us
        log.warning("message %s: the sender could not be checked (%s)", reference, type(fault).__name__)
        return False
    results = " ".join(f"{method}={result}" for method, result in found.results)
    log.info("message %s: sender checked, %s", reference, results)
    return found.assurance is Assurance.AUTHENTICATED_MAIL
