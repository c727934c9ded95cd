"""`python -m tests.bench.backtest`: how fast past messages are judged by a draft, by number of workers.

A history of 3,000 messages over 40 days (two mails with HTML for each platform message, a tenth with
something to find) lies in a database of its own; the draft is another pack. Rounds are interleaved.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gateway import packs
from gateway.cli.policy_backtest import Replayed, replay
from gateway.domain.message import Arrival, Assurance, Channel, Envelope, new_id, new_reference
from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role
from gateway.domain.roster import Roster, pair_id
from gateway.journey import judge
from gateway.ports import Brief, Judgement, Receipt
from gateway.settings import config_folder, read
from gateway.wiring import judging
from gateway.wiring.storing import Store, stop_database
from tests.bench import mails
from tests.e2e.installation import AUTHSERV_ID, DOMAIN, install

MESSAGES, PAIRS, DAYS = 3_000, 60, 40
ROUNDS = 3
DRAFT = "mytutor"
AT_ONCE = 200
CHATS = (
    "Question 4 is right now, and the graph too. Please try 5 and 6 before Thursday.",
    "The sheet for next week is on the board; bring your calculator and the marked test.",
    "Shall we go through the mock paper on Tuesday? You did well on the first half.",
    "You can ring me on 07700 900123 when you are stuck on the last one.",
    "Just keep this between us, your mum does not need to know.",
)


def roster() -> Roster:
    """One tutor for every ten pupils, each pupil with a registered guardian."""

    def person(who: str, role: Role, **more: object) -> Person:
        return Person(who, "demo", role, who.title(), "Example", mailboxes=(f"{who}@family.test",), **more)  # type: ignore[arg-type]

    tutors = [person(f"tutor{n}", Role.TUTOR, address=f"tutor{n}@{DOMAIN}") for n in range(PAIRS // 10)]
    people = [
        one
        for n in range(PAIRS)
        for one in (
            person(f"pupil{n}", Role.PUPIL, born=date(2012, 3, 4)),
            person(f"guardian{n}", Role.GUARDIAN),
        )
    ]
    return Roster(
        Organisation("demo", "Demo Tutors", DOMAIN),
        (*tutors, *people),
        guardianships=tuple(
            Guardianship(f"guardian{n}", f"pupil{n}", registered=date(2026, 1, 5)) for n in range(PAIRS)
        ),
        pairs=tuple(Pair(_pair(n), "demo", f"tutor{n // 10}", f"pupil{n}", "Maths") for n in range(PAIRS)),
    )


def _pair(number: int) -> str:
    return pair_id("demo", f"tutor{number // 10}", f"pupil{number}")


def fill(store: Store, now: datetime, messages: int = MESSAGES) -> None:
    """Judge and keep the history; what reads the same is judged once."""
    tools, policy = judging.tools(judging.unhurried()), store.directory.policy_of("demo")
    judged: dict[tuple[bytes, int], Judgement] = {}
    kept: list[Future[Receipt]] = []
    for number in range(messages):
        arrival = _arrival(number, now, messages)
        circle = store.directory.circle(arrival.envelope.pair_id)
        same = arrival.raw, number % PAIRS
        if same not in judged:
            judged[same] = replace(judge(Brief(arrival, circle, policy), tools), copies=())
        judgement = replace(judged[same], fingerprint=f"{number:064x}")
        kept.append(store.ledger.keep(arrival, judgement, circle))
        if len(kept) == AT_ONCE:
            _wait(kept)
    _wait(kept)


def _wait(kept: list[Future[Receipt]]) -> None:
    for one in kept:
        one.result(60)
    kept.clear()


def _arrival(number: int, now: datetime, messages: int) -> Arrival:
    pair, by_mail = number % PAIRS, number % 3 != 0
    at = now - timedelta(days=DAYS) * (1 - number / messages)
    sender, to = (
        (f"guardian{pair}", f"tutor{pair // 10}") if by_mail else (f"tutor{pair // 10}", f"pupil{pair}")
    )
    envelope = Envelope(
        new_id(at), new_reference(), "demo", _pair(pair), Channel.EMAIL if by_mail else Channel.PLATFORM,
        sender, (to,), at, Assurance.AUTHENTICATED_MAIL if by_mail else Assurance.API_KEY,
    )  # fmt: skip
    if by_mail:
        raw = mails.reply(pair, f"{sender}@family.test", f"{to}@{DOMAIN}", AUTHSERV_ID)
    else:
        raw = json.dumps({"subject": "", "text": CHATS[number // 3 % len(CHATS)]}).encode()
    return Arrival(envelope, raw, "" if by_mail else f"key-{number}")


def measure(store: Store, now: datetime, workers: tuple[int, ...]) -> dict[int, list[Replayed]]:
    """The backtests by their number of workers, in interleaved rounds."""
    draft = packs.load(config_folder(), DRAFT)
    rounds: dict[int, list[Replayed]] = {one: [] for one in workers}
    for _ in range(ROUNDS):
        for one in workers:
            rounds[one].append(replay(store, "demo", draft, now - timedelta(days=DAYS + 1), one))
    return rounds


def main() -> None:
    """Measure and print."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="backtest-") as folder:
        house = install(Path(folder), roster=roster())
        os.environ.update({name: value for name, value in house.environment.items() if "GATEWAY_" in name})
        try:
            fill(house.store, now)
            show(measure(house.store, now, (1, 2)))
        finally:
            house.close()
            stop_database(read(house.environment))


def show(found: dict[int, list[Replayed]]) -> None:
    """Print the rates, medians of the rounds. A core: by the CPU that workers used, whatever else runs."""
    table = Table("Workers", "Messages/s", "A core of CPU", "Messages", "Flips", title="Backtest")
    for workers, rounds in found.items():
        rate = statistics.median(one.messages / one.seconds for one in rounds)
        core = statistics.median(one.messages / one.cpu_s for one in rounds)
        first = rounds[0]
        flips = str(len(first.flips))
        table.add_row(str(workers), f"{rate:.0f}", f"{core:.0f}", str(first.messages), flips)
    Console().print(table)


if __name__ == "__main__":
    main()
