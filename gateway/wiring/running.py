"""The processes of one machine: smtp, web, courier, and `serve`, which keeps all three alive."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from gateway.channels.email.clamav import Scanner
from gateway.deliver.courier import Courier
from gateway.domain.case import UNDO
from gateway.domain.message import Arrival
from gateway.errors import GatewayError
from gateway.jobs.app import Context, run_worker
from gateway.journey import Journey
from gateway.moderate.readers import PebbleReaders
from gateway.ports import Office, Receipt
from gateway.settings import Settings
from gateway.wiring.judging import bench
from gateway.wiring.notifying import Notifier
from gateway.wiring.on_call import Caller, Nights
from gateway.wiring.storing import Store, database_url, dkim_folder, links_of, open_store

log = logging.getLogger(__name__)

PROCESSES = ("smtp", "web", "courier")
ROOM_NEEDED_BYTES = 256 << 20  # below this, no new mail is taken: 452 before DATA
ROOM_CHECK_S = 2.0
COLLECT_AFTER = 10_000  # new objects
RESTART_PAUSE_S = 1.0
DATABASE_CHECK_S = 5.0
STOP_GRACE_S = 30.0
MAIL_THREADS = 16


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


def readers_of(settings: Settings) -> PebbleReaders:
    """Child processes that judge, as many as the settings say; ready when this returns."""
    readers = PebbleReaders(
        partial(
            bench,
            dkim_folder(settings),
            scanner_of(settings),
            links_of(settings),
            settings.deep_reader == "on",
        ),
        settings.readers,
        settings.reader_timeout_s,
        settings.reader_memory_mb,
        # spaCy takes a second to load: once for all readers, not anew for each that is replaced.
        preload=("gateway.wiring.judging", "spacy"),
    )
    readers.warm()
    return readers


def scanner_of(settings: Settings) -> Scanner | None:
    """ClamAV, where it is set. A reader has half its time left for the mail."""
    return None if settings.clamav is None else Scanner(settings.clamav, settings.reader_timeout_s / 2)


def journey_of(store: Store, readers: PebbleReaders, undo: timedelta = UNDO) -> Journey:
    """The journey over a store and readers. undo: how long decisions can be taken back."""
    return Journey(store.directory, store.ledger, store.docket, readers, now, undo)


def run_smtp(settings: Settings) -> None:
    """Serve both mail ports until SIGTERM or SIGINT."""
    import uvloop

    sys.setswitchinterval(0.0005)
    uvloop.run(_smtp(settings))


async def _smtp(settings: Settings) -> None:
    from gateway.channels.email import reports
    from gateway.channels.email.bounces import Bounces
    from gateway.channels.email.certificate import ensure_certificate, tls_context
    from gateway.channels.email.limits import Limits
    from gateway.channels.email.resolver import DnsResolver
    from gateway.channels.email.server import start_mx, start_submission

    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(MAIL_THREADS))
    store = open_store(settings)
    readers = readers_of(settings)
    journey = journey_of(store, readers)
    room = Room(settings.home)
    limits = Limits(
        connections=settings.connection_limit,
        connections_per_address=settings.connection_limit_per_address,
        connections_per_neighbour=settings.connection_limit_per_address,
        recipients=settings.recipient_limit,
        message_bytes=settings.message_limit_mb << 20,
        idle_s=settings.idle_timeout_s,
        session_s=settings.session_timeout_s,
        mails_per_minute=settings.mails_per_minute,
        mails_per_hour=settings.mails_per_hour,
        mails_per_minute_per_address=settings.mails_per_minute_per_address,
        mails_per_hour_per_address=settings.mails_per_hour_per_address,
    )
    certificate, key = settings.tls_cert, settings.tls_key
    if certificate is None or key is None:
        certificate, key = ensure_certificate(settings.home / "tls", settings.hostname)
    tls = tls_context(certificate, key)
    spare_collector()
    told = _told_to_stop()
    submission = await start_submission(
        journey,
        store.directory,
        hostname=settings.hostname,
        tls=tls,
        neighbours=settings.trusted_neighbours,
        balancers=settings.proxy_neighbours,
        host=settings.bind,
        port=settings.submission_port,
        tls_port=settings.submissions_port or None,
        limits=limits,
        clock=now,
        at_hand=store.directory.at_hand,
        has_room=room,
    )
    mx = await start_mx(
        journey,
        store.directory,
        hostname=settings.hostname,
        authserv_id=settings.authserv_id,
        tls=tls,
        neighbours=settings.trusted_neighbours,
        balancers=settings.proxy_neighbours,
        resolver=DnsResolver(settings.name_servers) if settings.sender_check == "dns" else None,
        bounces=Bounces(store.verp_key, partial(readers.run, reports.read), store.outbox.bounced),
        host=settings.bind,
        port=settings.mx_port,
        limits=limits,
        clock=now,
        at_hand=store.directory.at_hand,
        has_room=room,
    )
    log.info("smtp: submission on port %d, mx on port %d", submission.port, mx.port)
    await told.wait()
    await asyncio.gather(submission.stop(), mx.stop())
    journey.close()
    readers.close()
    store.close()


def spare_collector() -> None:
    """Leave what start-up made out of garbage collection, and collect less often.

    Little of what a message makes is in cycles; looking through everything after each 700
    objects was a fifteenth of this process's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 10, 10)


class Room:
    """Says whether the disk has room for more mail; looks at most every two seconds."""

    def __init__(self, folder: Path, needed_bytes: int = ROOM_NEEDED_BYTES) -> None:
        self._folder, self._needed = folder, needed_bytes
        self._looked_at, self._enough = 0.0, True

    def __call__(self) -> bool:
        """True when there is room."""
        if time.monotonic() - self._looked_at > ROOM_CHECK_S:
            self._enough = shutil.disk_usage(self._folder).free > self._needed
            self._looked_at = time.monotonic()
        return self._enough


def run_courier(settings: Settings) -> None:
    """Deliver, and run clocks and notices, until SIGTERM or SIGINT."""
    import uvloop

    uvloop.run(_courier(settings))


async def _courier(settings: Settings) -> None:
    from gateway.channels.email import verp
    from gateway.channels.email.send import Smarthost, Tls

    store = open_store(settings)
    smarthost = Smarthost(
        *settings.smarthost,
        hostname=settings.hostname,
        tls=cast("Tls", settings.smarthost_tls),
        return_path=partial(verp.return_path_of, key=store.verp_key),
    )
    courier = Courier(
        store.outbox,
        smarthost,
        store.directory.circles_now,
        lambda circle: store.directory.policy_for(circle).version,
        store.outbox.wait_for_work,
        now,
    )
    notifier = Notifier(store, smarthost.post, desk_url(settings), dkim_folder(settings))
    work = [
        asyncio.create_task(courier.run(), name="courier"),
        asyncio.create_task(
            run_worker(
                store.conninfo,
                Context(
                    store.docket,
                    notifier,
                    store.ledger,
                    store,
                    Caller(store, notifier),
                    Nights(store),
                    store.addresses,
                ),
            ),
            name="jobs",
        ),
    ]
    log.info("courier: sending to port %d", settings.smarthost[1])
    spare_collector()
    told = asyncio.create_task(_told_to_stop().wait())
    done, _ = await asyncio.wait([told, *work], return_when=asyncio.FIRST_COMPLETED)
    courier.stop()
    work[1].cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*work)
    await smarthost.close()
    store.close()
    for task in done - {told}:
        task.result()  # a worker that ended by itself has failed: say so and be restarted


def desk_url(settings: Settings) -> str:
    """Where people reach the desk, for links in notices."""
    return settings.public_url or f"http://{settings.bind}:{settings.web_port}"


def _told_to_stop() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; from before the ports answer, so that none is missed."""
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    return told


def run_web(settings: Settings) -> None:
    """Serve the desk and the API until SIGTERM or SIGINT."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "gateway.wiring.web:application",
        address=settings.bind,
        port=settings.web_port,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=8,
        log_access=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=int(STOP_GRACE_S),
    ).serve()


class Background:
    """An event loop in a thread, for taking messages from threads that wait."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="journey-loop", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, Receipt]) -> Receipt:
        """Run a coroutine there and return its result, or raise what it raised."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def taker(journey: Office) -> Callable[[Arrival], Receipt]:
    """A blocking `take` for channels that work in threads."""
    background = Background()
    return lambda arrival: background.run(journey.take(arrival))


def supervise(settings: Settings) -> None:
    """Run all three processes, start again whichever dies, stop all when told to."""
    store = open_store(settings)  # keeps the embedded database up while we run
    stopping = threading.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stopping.set())
    children = {name: _start(name) for name in PROCESSES}
    threading.Thread(target=_keep_database, args=(settings, stopping), daemon=True).start()
    while not stopping.wait(RESTART_PAUSE_S):
        for name, child in children.items():
            if child.poll() is not None:
                log.error("%s ended with status %d; starting it again", name, child.returncode)
                children[name] = _start(name)
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + STOP_GRACE_S
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
    store.close()


def _keep_database(settings: Settings, stopping: threading.Event) -> None:
    while not stopping.wait(DATABASE_CHECK_S):
        revive_database(settings)


def revive_database(settings: Settings) -> None:
    """Start the embedded database again if it died; one of yours is yours to start."""
    try:
        database_url(settings)
    except GatewayError as fault:
        log.error("the embedded database did not start: %s", type(fault).__name__)


def _start(name: str) -> subprocess.Popen[bytes]:
    """Start one process of ours; its own session, so that Ctrl-C reaches it through us."""
    return subprocess.Popen([sys.executable, "-m", "gateway", name], env=os.environ, start_new_session=True)
