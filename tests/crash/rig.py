"""A gateway that may be broken at will: what was acknowledged, what arrived when, what is stored."""

from __future__ import annotations

import os
import signal
import smtplib
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from gateway.channels.email.sink import Answer, accept
from gateway.store.server import stop
from tests.e2e.installation import PASSWORD, Installation, deliver, eventually, install

PROGRAM = "tests.crash.program"
READER_TIMEOUT_S = 3
AGING = "3 minutes"  # beyond a lease and beyond the first pause after a failed attempt
STILL_S = 0.6  # nothing happens for so long: whoever held a lease is gone
QUIET_S = 20.0
PATIENCE_S = 75.0
ANSWER_S = 30.0  # longer than a reader may take, twice


@dataclass(slots=True)
class Sent:
    """One mail as a client sent it, perhaps several times, and what it was told.

    to: the people of the envelope. reaches: the mailboxes that get a copy when it passes.
    held: it must become a case. released: and a moderator let it through.
    """

    subject: str
    sender: str
    pupil: str
    to: tuple[str, ...]
    reaches: frozenset[str]
    raw: bytes = field(repr=False)
    held: bool = False
    released: bool = False
    code: int = 0
    reference: str = ""

    @property
    def acknowledged(self) -> bool:
        """The gateway has taken it over."""
        return self.code == 250


@dataclass(frozen=True, slots=True)
class Arrived:
    """A copy as the next hop took it. at: seconds of the epoch, before its 250 was sent."""

    mailbox: str
    content: bytes = field(repr=False)
    at: float


class Rig:
    """An installation under test. answer: of the next hop, by mailbox; may be changed at any time."""

    def __init__(self, house: Installation, moments: list[float]) -> None:
        self.house = house
        self.answer: Answer = accept
        self.answer_s = ANSWER_S  # for which a mail program waits
        # Asked once: later the database may be away at any time.
        self.aliases = {(row.pupil, row.person): row.address for row in house.store.roster.aliases("demo")}
        self.issued = {tutor: house.issued(tutor) for tutor in ("tara", "owen")}
        self._moments = moments
        self._dsn = house.store.conninfo

    def start(self, *names: str) -> None:
        """Start what does not run; a dead process is replaced."""
        for name in names:
            process = self.house.processes.get(name)
            if process is None or process.poll() is not None:
                self._bury(name)
                self.house.start(name)

    def running(self, name: str) -> bool:
        process = self.house.processes.get(name)
        return process is not None and process.poll() is None

    def kill(self, name: str) -> None:
        """SIGKILL a process and what it started."""
        self._bury(name)

    def send(self, mail: Sent) -> Sent:
        """Send a mail as its tutor; a connection that breaks leaves it unacknowledged."""
        aliases = [self.aliases[mail.pupil, one] for one in mail.to]
        try:
            with self.signed_in(mail.sender) as client:
                mail.code, answer = deliver(client, self.issued[mail.sender], aliases, mail.raw)
        except (OSError, smtplib.SMTPException):
            mail.code, answer = 0, ""
        mail.reference = answer.split()[-1] if mail.acknowledged else ""
        return mail

    @contextmanager
    def signed_in(self, tutor: str) -> Iterator[smtplib.SMTP]:
        """A mail program, under TLS and signed in; it waits for no answer for ever."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with smtplib.SMTP("127.0.0.1", self.house.ports["submission"], timeout=self.answer_s) as client:
            client.starttls(context=context)
            client.login(self.issued[tutor], PASSWORD)
            yield client

    def send_until_taken(self, mail: Sent) -> Sent:
        """Send as mail programs do: the same mail again, until it is answered for good."""
        end = time.monotonic() + PATIENCE_S
        while not 200 <= self.send(mail).code < 600 or 400 <= mail.code < 500:
            if time.monotonic() > end:
                raise AssertionError(f"not taken within {PATIENCE_S} s, last answer {mail.code}")
            time.sleep(0.2)
        return mail

    def arrived(self) -> list[Arrived]:
        """What the next hop took, in order."""
        pairs = zip(list(self.house.sink.delivered), list(self._moments), strict=False)
        return [Arrived(one.mailbox, one.content, at) for one, at in pairs]

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """A connection of our own, waited for while the server recovers."""
        with eventually(self._dial, PATIENCE_S) as connection:
            yield connection

    def rows(self, query: str, *values: object) -> list[tuple]:
        """The rows of one query."""
        with self.database() as connection:
            return connection.execute(query, values).fetchall()

    def run(self, statement: str) -> None:
        """Change something behind the gateway's back."""
        with self.database() as connection:
            connection.execute(statement)

    def settle_down(self) -> None:
        """Wait until every copy has been sent, failed or stopped; let leases and pauses run out.

        AssertionError when something is still on its way after all that.
        """
        end, last, since = time.monotonic() + QUIET_S, None, time.monotonic()
        while seen := self.rows(WAITING):
            now = time.monotonic()
            if now > end:
                raise AssertionError(
                    f"limbo: {len(seen)} copies still wait: {[row[1:4] for row in seen][:3]}"
                )
            if seen != last:
                last, since = seen, now
            elif now - since > STILL_S:
                self.age()
                last = None
            time.sleep(0.05)

    def age(self) -> None:
        """Let three minutes pass for what is leased or waits to be tried again."""
        self.run(f"UPDATE dispatch SET due_at = due_at - interval '{AGING}' WHERE {ON_THE_WAY}")

    def backend(self, asking: str) -> int | None:
        """The PostgreSQL process that was last asked something like that."""
        last = "SELECT pid FROM pg_stat_activity WHERE query LIKE %s AND pid <> pg_backend_pid()"
        found = self.rows(last + " ORDER BY state_change DESC", asking)
        return found[0][0] if found else None

    def server(self, kind: str) -> int | None:
        """A PostgreSQL process of its own kind, such as the checkpointer."""
        found = self.rows("SELECT pid FROM pg_stat_activity WHERE backend_type = %s", kind)
        return found[0][0] if found else None

    def close(self) -> None:
        self.house.close()

    def _dial(self) -> psycopg.Connection | None:
        with suppress(psycopg.OperationalError):
            return psycopg.connect(self._dsn, autocommit=True, connect_timeout=5)
        return None

    def _bury(self, name: str) -> None:
        process = self.house.processes.pop(name, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


ON_THE_WAY = "state = 'waiting' AND due_at IS NOT NULL"
WAITING = (
    """SELECT id, recipient_id, fence, tries, due_at FROM dispatch WHERE state = 'waiting' ORDER BY id"""
)

FAMILIES = {
    "jamie": frozenset({"jamie@family.test", "ruth@family.test"}),
    "amara": frozenset({"amara@nwosu.test", "chidi@nwosu.test", "helen@bell.test"}),
}


def write(
    rig: Rig, subject: str, pupil: str = "jamie", text: str = "Please read page 4.", **more: object
) -> Sent:
    """A mail from Tara to a pupil. Its headers name only one guardian: they decide nothing."""
    named = rig.aliases[pupil, {"jamie": "ruth", "amara": "helen"}[pupil]]
    raw = rig.house.mail(rig.issued["tara"], [named], subject, text).as_bytes()
    return Sent(subject, "tara", pupil, (pupil,), FAMILIES[pupil], raw, **more)  # type: ignore[arg-type]


@contextmanager
def rigged(bug: str = "", reader_timeout_s: float = READER_TIMEOUT_S) -> Iterator[Rig]:
    """A rig that runs. bug: one of `bugs.BUGS` to build in, "" for none.

    Its home is none of pytest's: another run of pytest takes away the permissions by which a
    database that crashed finds its files again.
    """
    moments: list[float] = []
    rigs: list[Rig] = []

    def answer(mailbox: str) -> str:
        said = rigs[0].answer(mailbox)
        if said.startswith("250"):
            moments.append(time.time())
        return said

    with tempfile.TemporaryDirectory(prefix="gateway-crash-", ignore_cleanup_errors=True) as home:
        more = {"connection_limit_per_address": "100", "readers": "1"}
        house = install(Path(home), answer, **more, reader_timeout_s=str(reader_timeout_s))
        house.program = PROGRAM
        house.environment["CRASH_BUG"] = bug
        rigs.append(Rig(house, moments))
        try:
            rigs[0].start("smtp", "courier")
            yield rigs[0]
        finally:
            rigs[0].close()
            stop(Path(home))
