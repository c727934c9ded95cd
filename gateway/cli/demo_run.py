"""Sets the demo's stage: home, people, sink, processes; plays it; says what became of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from rich.console import Console

from gateway import packs
from gateway.channels.email.sink import Sink
from gateway.cli.check_papers import papers
from gateway.cli.demo_play import Heard, Stage, play
from gateway.cli.demo_script import SCENES, Scene
from gateway.cli.demo_tables import Outcome, mailboxes_table, outcomes_table
from gateway.cli.roster_check import as_roster, check
from gateway.cli.roster_file import read_sheets
from gateway.domain.people import Role
from gateway.domain.register import Lesson
from gateway.domain.roster import Roster
from gateway.errors import SettingsError
from gateway.settings import Settings, config_folder
from gateway.wiring.storing import Store, initialise, stop_database

AUTHSERV_ID = "mx.relay.test"
DESK_USER, DESK_PASSWORD = "mo@org.test", "moderate-with-care"
LEAD_USER = "dee@org.test"
START_S, SETTLE_S = 60.0, 30.0
SCRIPTED = "default"  # the pack that the script tells the outcomes of
LESSON = timedelta(hours=2)
PORTS = ("submission", "mx", "web")


class DemoRun:
    """A whole gateway that lives as long as the demo.

    fixed_ports: take the ports of the settings where they are free, so that the desk's address
        stays the same; otherwise any free ones.
    """

    def __init__(self, home: Path, settings: Settings, pack: str, fixed_ports: bool) -> None:
        self.console = Console()
        self._home = home
        self._pack = pack
        self._ports = {name: _port(getattr(settings, f"{name}_port") if fixed_ports else 0) for name in PORTS}
        self._sink = Sink(home / "mailboxes")
        self._process: subprocess.Popen[bytes] | None = None
        self._store: Store | None = None
        self._let_go: set[Scene] = set()

    def __enter__(self) -> DemoRun:
        with self.console.status("setting the stage") as status:
            self._sink.start()
            environment = self._environment()
            settings = _settings(environment)
            roster = self._roster()
            self._store = initialise(settings, roster.organisation, status.update)
            self._store.roster.apply(roster)
            status.update("starting mail ports, desk and courier")
            with (self._home / "gateway.log").open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "gateway", "serve"],
                    env=environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self._await(lambda: all(_answers(port) for port in self._ports.values()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
        if self._store is not None:
            self._store.close()
            # Its folder goes next, and a database without one would linger.
            stop_database(_settings(self._environment()))
        self._sink.stop()

    def alive(self) -> bool:
        """True while the gateway runs."""
        return self._process is not None and self._process.poll() is None

    def play(self) -> list[str]:
        """Play every scene, show the tables, and return what went otherwise than it should."""
        stage = self._stage()
        heard = []
        for scene in SCENES:
            with self.console.status(scene.title):
                heard.append(play(scene, stage))
        self._let_go = {scene for scene, told in zip(SCENES, heard, strict=True) if self._leaves(scene, told)}
        with self.console.status("waiting for deliveries"):
            self._await(lambda: not self._missing(), SETTLE_S, fail=False)
        outcomes = [self._outcome(scene, told) for scene, told in zip(SCENES, heard, strict=True)]
        self.console.print(outcomes_table(outcomes))
        self.console.print(mailboxes_table(self._sink.delivered))
        problems = [*(one.problem for one in outcomes if one.problem), *self._missing(), *self._too_many()]
        for problem in problems:
            self.console.print(f"[red]not as it should be:[/red] {problem}")
        if not problems:
            self.console.print("[green]All went as it should.[/green]")
        return problems

    @property
    def web(self) -> str:
        """Where the desk is."""
        return f"http://127.0.0.1:{self._ports['web']}"

    def invite(self) -> None:
        """Say where the desk is and how to get in."""
        web = self.web
        self.console.print(f"\nThe desk       {web}/  sign in as {DESK_USER}, password {DESK_PASSWORD}")
        self.console.print(f"Sealed cases   sign in as {LEAD_USER}, same password")
        self.console.print(f"Mailboxes      {web}/mailboxes")
        self.console.print(f"Submission     127.0.0.1:{self._ports['submission']}, STARTTLS, as any tutor of")
        self.console.print("               config/demo/roster.yaml")
        self.console.print("Ctrl-C ends it.")

    # --- setting up ---

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        chosen = {
            "HOME": str(self._home),
            "HOSTNAME": "relay.test",
            "SMARTHOST": f"127.0.0.1:{self._sink.port}",
            "AUTHSERV_ID": AUTHSERV_ID,
            "MAILBOXES": str(self._home / "mailboxes"),
            "LOG_LEVEL": "warning",
            "PUBLIC_URL": self.web,
            "SECOND_FACTOR": "optional",
            **{f"{name.upper()}_PORT": str(port) for name, port in self._ports.items()},
        }
        return inherited | {f"GATEWAY_{name}": value for name, value in chosen.items()}

    def _roster(self) -> Roster:
        """The shipped roster, under the chosen pack, with a moderator and a safeguarding lead."""
        sheets = read_sheets(config_folder() / "demo" / "roster.yaml")
        roster = as_roster(check(sheets, datetime.now(UTC).date()))
        roster = replace(roster, organisation=replace(roster.organisation, pack=self._pack))
        return roster if self._pack == SCRIPTED else self._with_papers(roster)

    def _with_papers(self, roster: Roster) -> Roster:
        """Everything that the pack asks for on file besides, and the booked lessons moved so that they are running."""
        policy, now = packs.load(config_folder(), self._pack), datetime.now(UTC)
        guardians = {
            pair.id: [one.guardian_id for one in roster.guardianships if one.pupil_id == pair.pupil_id]
            for pair in roster.pairs
        }
        facts = [
            fact
            for pair in roster.pairs
            for fact in papers(policy, pair.id, pair.tutor_id, pair.pupil_id, guardians[pair.id])
        ]
        lessons = tuple(
            (pair_id, Lesson(now - LESSON, now + LESSON, booked.tool))
            for pair_id, booked in roster.lessons or ()
        )
        known = dict.fromkeys((*(roster.facts or ()), *facts))
        return replace(roster, facts=tuple(known), lessons=lessons)

    def _stage(self) -> Stage:
        store, organisation = self._opened(), "demo"
        roster = self._roster()
        rows = store.roster.aliases(organisation)
        return Stage(
            people={one.id: one for one in roster.people},
            passwords=roster.passwords,
            aliases={(row.tutor, row.pupil, row.person): row.address for row in rows},
            pairs={(pair.tutor_id, pair.pupil_id): pair.id for pair in roster.pairs},
            submission_port=self._ports["submission"],
            mx_port=self._ports["mx"],
            web_port=self._ports["web"],
            api_key=store.api_keys.mint_api_key(organisation, "demo platform"),
            authserv_id=AUTHSERV_ID,
        )

    def _opened(self) -> Store:
        if self._store is None:
            raise SettingsError("The demo has not been set up.")
        return self._store

    def _await(self, seen: Callable[[], bool], timeout_s: float = START_S, fail: bool = True) -> None:
        end = time.monotonic() + timeout_s
        while not seen():
            if time.monotonic() > end or not self.alive():
                if not fail:
                    return
                log = (self._home / "gateway.log").read_text(errors="replace").strip()
                last = log.splitlines()[-1] if log else "it said nothing"
                raise SettingsError(f"The gateway did not start: {last}")
            time.sleep(0.1)

    # --- looking at what became of it ---

    def _outcome(self, scene: Scene, heard: Heard) -> Outcome:
        store = self._opened()
        verdict = store.docket.verdict("demo", store.ledger.find("demo", heard.reference))
        leading = verdict.leading
        policy = store.directory.policy_of("demo")
        clause = policy.clauses.get(leading.clause) if leading else None
        return Outcome(scene, heard, verdict.outcome, leading, clause, self._pack == SCRIPTED)

    def _leaves(self, scene: Scene, heard: Heard) -> bool:
        """Whether it should reach somebody: by the script, or under another pack by its verdict."""
        if self._pack == SCRIPTED:
            return bool(scene.reaches)
        return self._outcome(scene, heard).outcome in ("pass", "amend")

    def _missing(self) -> list[str]:
        """Who should have received a scene's message and has not."""
        return [
            f"{scene.title}: nothing reached {person}"
            for scene in self._let_go
            for person in scene.reaches
            if not self._copies(scene, person)
        ]

    def _too_many(self) -> list[str]:
        """Who received a message that should have been kept."""
        kept = [scene for scene in SCENES if scene.outcome in ("hold", "refuse")]
        people = [one.id for one in self._roster().people if one.role is not Role.MODERATOR]
        return [
            f"{scene.title}: {person} received it"
            for scene in kept
            for person in people
            if self._copies(scene, person)
        ]

    def _copies(self, scene: Scene, person_id: str) -> int:
        person = next(one for one in self._roster().people if one.id == person_id)
        words = scene.text.split("\n")[0][:40].encode()
        mails = [mail for box in person.mailboxes for mail in self._sink.to(box)]
        return sum(words in mail.content.replace(b"=\r\n", b"") for mail in mails)


def _settings(environment: dict[str, str]) -> Settings:
    from gateway.settings import read

    return read(environment)


def _port(wanted: int) -> int:
    """The wanted port when it is free, else any."""
    for port in (wanted, 0):
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
        except OSError:
            continue
    raise SettingsError("There is no free port on this machine.")


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
