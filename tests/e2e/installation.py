"""A whole gateway for tests: its own home, database, processes and a sink as next hop.

Processes are the real commands in processes of their own; only their set-up is done here.
"""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from pathlib import Path
from typing import TypeVar

from gateway import settings as settings_module
from gateway.channels.email.sink import Answer, Sink, accept
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role
from gateway.domain.roster import Roster, pair_id
from gateway.wiring.storing import Store, initialise

AUTHSERV_ID = "mx.relay.test"
DOMAIN = "relay.test"
PASSWORD = "lesson-plan-on-tuesday"
DESK_PASSWORD = "a long desk password"
START_TIMEOUT_S = 60.0

T = TypeVar("T")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], T], timeout_s: float = 60.0, pause_s: float = 0.05) -> T:
    """Look until there is something to see, and return it; AssertionError after the timeout."""
    end = time.monotonic() + timeout_s
    while not (seen := look()):
        if time.monotonic() > end:
            raise AssertionError(f"nothing seen after {timeout_s} s")
        time.sleep(pause_s)
    return seen


def family_roster() -> Roster:
    """Two tutors; Jamie with one guardian, Amara with two, Kit whose guardian has not registered."""

    def person(id_: str, role: Role, given: str, family: str, mailbox: str, **more: object) -> Person:
        return Person(id_, "demo", role, given, family, mailboxes=(mailbox,), **more)  # type: ignore[arg-type]

    people = (
        person("tara", Role.TUTOR, "Tara", "Okafor", "tara@mail.test", address=f"tara.okafor@{DOMAIN}"),
        person("owen", Role.TUTOR, "Owen", "Pryce", "owen@post.test", address=f"owen.pryce@{DOMAIN}"),
        person("jamie", Role.PUPIL, "Jamie", "Whitfield", "jamie@family.test", born=date(2012, 3, 4)),
        person("ruth", Role.GUARDIAN, "Ruth", "Whitfield", "ruth@family.test"),
        person("amara", Role.PUPIL, "Amara", "Nwosu", "amara@nwosu.test", born=date(2011, 9, 18)),
        person("chidi", Role.GUARDIAN, "Chidi", "Nwosu", "chidi@nwosu.test"),
        person("helen", Role.GUARDIAN, "Helen", "Bell", "helen@bell.test"),
        person("kit", Role.PUPIL, "Kit", "Marlow", "kit@marlow.test"),
        person("vera", Role.GUARDIAN, "Vera", "Marlow", "vera@marlow.test"),
        person("mo", Role.MODERATOR, "Mo", "Haddad", "mo@org.test"),
        person("dee", Role.SAFEGUARDING_LEAD, "Dee", "Lang", "dee@org.test"),
    )
    day = date(2026, 1, 5)
    return Roster(
        Organisation("demo", "Demo Tutors", DOMAIN),
        people,
        {"tara": PASSWORD, "owen": PASSWORD, "mo": DESK_PASSWORD, "dee": DESK_PASSWORD},
        (
            Guardianship("ruth", "jamie", registered=day),
            Guardianship("chidi", "amara", registered=day),
            Guardianship("helen", "amara", registered=day),
            Guardianship("vera", "kit"),
        ),
        tuple(
            Pair(pair_id("demo", tutor, pupil), "demo", tutor, pupil, "Maths")
            for tutor, pupil in (("tara", "jamie"), ("tara", "amara"), ("owen", "kit"))
        ),
        frozenset({"+442079460000", "lessons.example.org"}),
    )


@dataclass
class Installation:
    """A gateway that can be started, killed and written to."""

    home: Path
    sink: Sink
    store: Store
    environment: dict[str, str]
    ports: dict[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    program: str = "gateway"  # the module that is run

    def start(self, *names: str) -> None:
        """Start processes and wait until they answer."""
        for name in names:
            log = (self.home / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", self.program, name],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            log.close()
        for name in names:
            self._await(name)

    def kill(self, name: str) -> None:
        """SIGKILL a process and its children, as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> int:
        """Ask a process to end and return its status."""
        process = self.processes.pop(name)
        process.terminate()
        return process.wait(40)

    def close(self) -> None:
        """End everything."""
        for name in list(self.processes):
            self.kill(name)
        self.sink.stop()
        self.store.close()

    def alias(self, pupil: str, person: str) -> str:
        """The alias of somebody in the pair of that pupil."""
        rows = self.store.roster.aliases("demo")
        return next(row.address for row in rows if row.pupil == pupil and row.person == person)

    @contextmanager
    def signed_in(self, tutor: str = "tara", password: str = PASSWORD) -> Iterator[smtplib.SMTP]:
        """A tutor's mail program, connected, under TLS and signed in."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with smtplib.SMTP("127.0.0.1", self.ports["submission"], timeout=60) as client:
            client.starttls(context=context)
            client.login(self.issued(tutor), password)
            yield client

    def issued(self, tutor: str) -> str:
        """The address the organisation issued."""
        return self.store.directory.person("demo", tutor).address

    def mail(self, sender: str, to: Sequence[str], subject: str, text: str) -> EmailMessage:
        """A plain mail as an ordinary client writes it."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(to), subject
        mail["Message-ID"] = make_msgid(domain="client.test")
        mail.set_content(text)
        return mail

    def tutor_sends(
        self, pupil: str, to: Sequence[str], subject: str, text: str, tutor: str = "tara"
    ) -> tuple[int, str]:
        """Send as a tutor to people of one family; the final code and text."""
        aliases = [self.alias(pupil, person) for person in to]
        mail = self.mail(self.issued(tutor), aliases, subject, text)
        with self.signed_in(tutor) as client:
            return deliver(client, self.issued(tutor), aliases, mail.as_bytes())

    def family_sends(
        self, sender: str, pupil: str, to: str, subject: str, text: str, proven: bool = True
    ) -> tuple[int, str]:
        """Send as somebody of a family through the MX port."""
        mailbox = self.store.directory.person("demo", sender).mailboxes[0]
        mail = self.mail(mailbox, [self.alias(pupil, to)], subject, text)
        if proven:
            domain = mailbox.partition("@")[2]
            mail["Authentication-Results"] = f"{AUTHSERV_ID}; dmarc=pass header.from={domain}"
        with smtplib.SMTP("127.0.0.1", self.ports["mx"], timeout=60) as client:
            return deliver(client, mailbox, [self.alias(pupil, to)], mail.as_bytes())

    def received(self, mailbox: str, subject: str) -> list[bytes]:
        """Mails with that subject in a mailbox."""
        wanted = f"Subject: {subject}\r\n".encode()
        return [one.content for one in self.sink.to(mailbox) if wanted in one.content]

    def _await(self, name: str) -> None:
        ports = {"smtp": ("submission", "mx"), "web": ("web",), "courier": ()}[name]

        def up() -> bool:
            if self.processes[name].poll() is not None:
                raise AssertionError((self.home / f"{name}.log").read_text()[-3000:])
            return all(_answers(self.ports[port]) for port in ports)

        eventually(up, START_TIMEOUT_S)


def deliver(client: smtplib.SMTP, sender: str, to: Sequence[str], raw: bytes) -> tuple[int, str]:
    """Run one mail transaction and return the last answer."""
    client.ehlo_or_helo_if_needed()
    for code, answer in (client.mail(sender), *(client.rcpt(one) for one in to)):
        if code >= 400:
            client.rset()
            return code, answer.decode()
    code, answer = client.data(raw)
    return code, answer.decode()


def install(home: Path, answer: Answer = accept, roster: Roster | None = None, **more: str) -> Installation:
    """Set up a gateway under `home`; nothing of it runs yet but the database and the sink.

    more: further settings, by their name in lower case.
    """
    sink = Sink(answer=answer).start()
    ports = {name: free_port() for name in ("submission", "mx", "web")}
    chosen = {
        "home": str(home),
        "smarthost": f"127.0.0.1:{sink.port}",
        "authserv_id": AUTHSERV_ID,
        "hostname": DOMAIN,
        "second_factor": "optional",
        "undo_s": "1",  # nobody here takes anything back; half a minute would only be waited for
        **{f"{name}_port": str(port) for name, port in ports.items()},
        **more,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    environment = inherited | {f"GATEWAY_{name.upper()}": value for name, value in chosen.items()}
    roster = roster or family_roster()
    store = initialise(settings_module.read(environment), roster.organisation, lambda _: None)
    store.roster.apply(roster)
    return Installation(home, sink, store, environment, ports)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
