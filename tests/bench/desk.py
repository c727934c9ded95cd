"""How fast the desk's pages are with 50,000 cases waiting and a million messages kept.

    python -m tests.bench.desk [MESSAGES] [OPEN]

Fills a database of its own with sealed rows, then asks for lists and cases as a browser does,
but without the network, and prints the median and the 95th percentile of wall and CPU time.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from flask.testing import FlaskClient

from gateway.channels.email import parse
from gateway.desk.app import create_desk
from gateway.desk.parts import Terms
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role
from gateway.domain.roster import Roster, pair_id
from gateway.domain.verdict import Hold, Lane, Outcome, Ruled, Severity, Verdict
from gateway.journey import Journey
from gateway.ports import CaseFilter
from gateway.store.engine import connect, conninfo, embedded, migrate
from gateway.store.keeping import about_particulars, about_raw
from gateway.store.server import stop
from gateway.store.vault import Key, Vault
from gateway.store.verdicts import finding_row, numbered, verdict_plain
from tests.fakes.sql import MASTER_KEY, Store, found

NOW = datetime.now(UTC)
TUTORS, PUPILS_EACH = 400, 5
ROUNDS = 60
LANES = (Lane.REVIEW, Lane.CONTACT, Lane.UNREADABLE, Lane.URGENT, Lane.SEALED)
CLAUSES = ("DFT-01", "MTW-69", "HST-07", "MTW-71")


def roster() -> Roster:
    """Tutors with five families each, and three people of the desk."""
    people, ties, pairs = [], [], []
    for t in range(TUTORS):
        people.append(Person(f"t{t}", "demo", Role.TUTOR, "Tara", f"Okafor{t}", address=f"t{t}@relay.test", mailboxes=(f"t{t}@mail.test",)))  # fmt: skip
        for p in range(PUPILS_EACH):
            who = f"{t}x{p}"
            people.append(Person(f"p{who}", "demo", Role.PUPIL, "Jamie", f"Whitfield{who}", mailboxes=(f"p{who}@family.test",)))  # fmt: skip
            people.append(Person(f"g{who}", "demo", Role.GUARDIAN, "Ruth", f"Whitfield{who}", mailboxes=(f"g{who}@family.test",)))  # fmt: skip
            ties.append(Guardianship(f"g{who}", f"p{who}", registered=date(2026, 1, 5)))
            pairs.append(Pair(pair_id("demo", f"t{t}", f"p{who}"), "demo", f"t{t}", f"p{who}", "Maths"))
    for who, role in (("mo", Role.MODERATOR), ("ines", Role.MODERATOR), ("lea", Role.SAFEGUARDING_LEAD)):
        people.append(Person(who, "demo", role, who.title(), "Desk", mailboxes=(f"{who}@org.test",)))
    ours = Organisation("demo", "Demo Tutors", "relay.test")
    passwords = dict.fromkeys(("mo", "lea"), "a long desk password")
    return Roster(ours, tuple(people), passwords, tuple(ties), tuple(pairs))


def fill(store: Store, messages: int, waiting: int) -> None:
    """Write messages evenly over the pairs; of the newest `waiting` each is held and undecided."""
    pairs = roster().pairs
    keys = {one.id: store.vault.family("demo", one.pupil_id) for one in pairs}
    chance = random.Random(7)
    held_from = messages - waiting

    def all_of_them() -> Iterator[tuple[int, Pair, Key, datetime]]:
        for n in range(messages):
            one = pairs[n % len(pairs)]
            yield n, one, keys[one.id], NOW - timedelta(seconds=(messages - n) * 25)

    cases, findings = [], []
    with psycopg.connect(conninfo(store.url), autocommit=False) as line, line.cursor() as cursor:
        columns = "id, organisation_id, pair_id, reference, channel, sender_id, recipient_ids, received_at, assurance, outcome, policy_version, pair_initials, fingerprint, raw, particulars"  # fmt: skip
        with cursor.copy(f"COPY message ({columns}) FROM STDIN") as copy:
            for n, one, key, at in all_of_them():
                held = n >= held_from
                row, hits = _message(n, one, key, at, held)
                copy.write_row(row)
                if held:
                    findings += hits
                    cases.append(_case(n, one, at, chance))
        names = list(findings[0])
        with cursor.copy(f"COPY finding ({', '.join(names)}) FROM STDIN") as copy:
            for hit in findings:
                copy.write_row([hit[name] for name in names])
        names = list(cases[0])
        with cursor.copy(f"COPY case_file ({', '.join(names)}) FROM STDIN") as copy:
            for case in cases:
                copy.write_row([case[name] for name in names])
        line.commit()
        line.autocommit = True
        cursor.execute("VACUUM ANALYZE")


RAW = b"From: %s@relay.test\r\nSubject: Homework %d\r\n\r\nPlease ring me on 07700 900123 before the lesson on Thursday.\r\n"


def _message(n: int, one: Pair, key: Key, at: datetime, held: bool) -> tuple[Iterable[object], list[dict]]:
    own = f"{n:032x}"
    hit = found()
    ruling = Ruled(
        "concerning_conduct", "DFT-01", Hold(Lane.REVIEW, Severity.MEDIUM, "asks to keep a secret", (hit,))
    )
    verdict = (
        Verdict(Outcome.HOLD, "default@1+00000000", (ruling,))
        if held
        else Verdict(Outcome.PASS, "default@1+00000000")
    )
    numbers = numbered(verdict, ())
    particulars = {"subject": f"Homework {n}", "message_id": f"<{n}@mail.test>", "text": None, "verdict": verdict_plain(verdict, numbers), "faults": [], "form_faults": [], "raw_sha256": ""}  # fmt: skip
    row = (own, "demo", one.id, f"M-{n}", "email", one.tutor_id, [one.pupil_id], at, "password", str(verdict.outcome), "default@1+00000000", "T.O. – J.W.", own.encode(), key.seal(RAW % (one.tutor_id.encode(), n), about_raw(own)), key.seal_json(particulars, about_particulars(own)))  # fmt: skip
    return row, [finding_row(f, number, own, "demo", key) for f, number in numbers.items()] if held else []


def _case(n: int, one: Pair, at: datetime, chance: random.Random) -> dict[str, object]:
    severity = chance.choices(range(4), (60, 25, 10, 5))[0]
    due = NOW + timedelta(minutes=chance.randint(-600, 4_000))
    return {
        "id": f"c{n:031x}",
        "organisation_id": "demo",
        "pair_id": one.id,
        "message_id": f"{n:032x}",
        "lane": str(chance.choices(LANES, (50, 30, 15, 3, 2))[0]),
        "severity": severity,
        "state": "open",
        "version": 1,
        "opened_at": at,
        "due_at": due,
        "escalate_at": due,
        "rule": "concerning_conduct",
        "clause": chance.choice(CLAUSES),
        "because": "asks to keep a secret",
        "reference": f"M-{n}",
        "channel": "email",
        "pair_initials": "T.O. – J.W.",
        "outcome": "hold",
    }


class Inline:
    """Reads in this process: a reader of its own costs a few milliseconds more."""

    def read(self, arrival: object) -> Future:
        done: Future = Future()
        done.set_result(parse.read(arrival.raw))  # type: ignore[attr-defined]
        return done


def signed_in(store: Store, address: str) -> FlaskClient:
    """A browser's stand-in at the desk."""
    journey = Journey(store.directory, store.ledger, store.docket, Inline(), lambda: datetime.now(UTC))  # type: ignore[arg-type]
    app = create_desk(journey, store.docket, store.sessions, store.directory, lambda: datetime.now(UTC), b"k" * 32, terms=Terms(factor_required=False))  # fmt: skip
    client = app.test_client()
    token = store.sessions.sign_in(address, "a long desk password", datetime.now(UTC))
    client.set_cookie("desk", token or "")
    return client


def timed(name: str, ask: Callable[[int], str], client: FlaskClient, rounds: int = ROUNDS) -> None:
    """Ask for pages and print what each cost."""
    wall, cpu = [], []
    for n in range(rounds):
        began, spent = time.perf_counter(), time.process_time()
        response = client.get(ask(n))
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
        assert response.status_code == 200, (name, response.status_code)
    p95 = statistics.quantiles(wall, n=20)[-1]
    print(f"{name:28} median {statistics.median(wall):7.1f} ms   p95 {p95:7.1f} ms   CPU here {statistics.median(cpu):6.1f} ms", flush=True)  # fmt: skip


def measure(store: Store) -> None:
    """Lists and cases as moderator and as lead."""
    chance = random.Random(3)
    client = signed_in(store, "mo@org.test")
    shown = store.docket.cases("demo", CaseFilter(without_lanes=frozenset({"sealed"})), NOW, 2_000)
    lists = {
        "queue": lambda n: "/",
        "queue, one lane": lambda n: f"/?lane={LANES[n % 4]}",
        "queue, a clause": lambda n: f"/?clause={CLAUSES[n % 4]}&severity=low",
        "queue, a tutor": lambda n: f"/?tutor=t{n % TUTORS}",
        "queue, older than a day": lambda n: "/?age=1d",
        "queue, mine": lambda n: "/?mine=yes",
        "counter": lambda n: "/counter",
        "case": lambda n: f"/cases/{chance.choice(shown).id}",
        "pair": lambda n: f"/pairs/{chance.choice(shown).pair_id}",
    }
    for name, ask in lists.items():
        timed(name, ask, client)
    lead = signed_in(store, "lea@org.test")
    timed("queue, as the lead", lambda n: "/", lead)
    began = time.perf_counter()
    for n in range(200):
        store.docket.take_next("demo", CaseFilter(), f"who{n}", NOW)
    print(
        f"take next                    mean   {(time.perf_counter() - began) * 5:7.1f} ms (200 others at work)"
    )


def main() -> None:
    """Fill, measure, clear away."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    waiting = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    with tempfile.TemporaryDirectory() as home:
        url = embedded(Path(home))
        try:
            migrate(url)
            engine = connect(url)
            store = Store(url, engine, Vault(engine, MASTER_KEY))
            began = time.perf_counter()
            store.bring_in(roster())
            fill(store, messages, waiting)
            print(f"{messages} messages, {waiting} cases waiting, written in {time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
            measure(store)
            store.close()
        finally:
            stop(Path(home))


if __name__ == "__main__":
    main()
