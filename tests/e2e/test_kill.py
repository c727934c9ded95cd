"""SIGKILL at random under load: nothing acknowledged is lost, nothing leaves unjudged."""

from __future__ import annotations

import random
import smtplib
import threading
import time
from collections import defaultdict

import pytest

from tests.e2e.installation import Installation, eventually
from tests.fakes.own_mail import is_notice

KILLS = 20
CLIENTS = 4
COURIER_KILLS = (0, 2)  # early, for what a killed courier had in hand is leased for two minutes
SEED = 20_260_104

pytestmark = pytest.mark.xdist_group("kill")


class Clients:
    """Mail programs that keep sending, reconnect when cut off, and note what was acknowledged."""

    def __init__(self, installation: Installation) -> None:
        self.acknowledged: set[str] = set()
        self.stopping = threading.Event()
        self._installation = installation
        self._threads = [threading.Thread(target=self._send, args=(n,)) for n in range(CLIENTS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self._threads:
            thread.join(60)

    def _send(self, number: int) -> None:
        count = 0
        while not self.stopping.is_set():
            try:
                with self._installation.signed_in() as client:
                    while not self.stopping.is_set():
                        count += 1
                        self._one(client, f"Exercise set {number}x{count}")
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)

    def _one(self, client: smtplib.SMTP, subject: str) -> None:
        house = self._installation
        alias, sender = house.alias("jamie", "jamie"), house.issued("tara")
        mail = house.mail(sender, [alias], subject, "Please do the first three questions.")
        client.sendmail(sender, [alias], mail.as_bytes())
        self.acknowledged.add(subject)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killing_the_smtp_process_loses_nothing(own_gateway: Installation) -> None:
    chance = random.Random(SEED)
    own_gateway.start("smtp", "courier")
    clients = Clients(own_gateway)
    clients.start()
    try:
        for kill in range(KILLS):
            time.sleep(chance.uniform(0.2, 1.2))
            victim = "courier" if kill in COURIER_KILLS else "smtp"
            own_gateway.kill(victim)
            own_gateway.start(victim)
    finally:
        clients.stop()
    assert len(clients.acknowledged) > KILLS

    def drained() -> bool:
        return clients.acknowledged <= subjects_of(own_gateway, "jamie@family.test")

    eventually(drained, timeout_s=180)
    assert clients.acknowledged <= subjects_of(own_gateway, "ruth@family.test")
    assert_guardian_first(own_gateway)
    assert_all_judged(own_gateway)
    count, flaw = own_gateway.store.record.verify("demo")
    assert flaw is None
    print(f"\n{KILLS} kills, {len(clients.acknowledged)} acknowledged, 0 lost, {count} entries verified")


def subjects_of(installation: Installation, mailbox: str) -> set[str]:
    return {subject_of(one.content) for one in installation.sink.to(mailbox)}


def subject_of(content: bytes) -> str:
    line = next(one for one in content.split(b"\r\n") if one.startswith(b"Subject: "))
    return line.removeprefix(b"Subject: ").decode()


def assert_guardian_first(installation: Installation) -> None:
    """The pupil's first copy of each mail came after the guardian's server had accepted one."""
    first: dict[str, dict[str, int]] = defaultdict(dict)
    for place, one in enumerate(list(installation.sink.delivered)):
        first[subject_of(one.content)].setdefault(one.mailbox, place)
    for places in first.values():
        if "jamie@family.test" in places:
            assert places["ruth@family.test"] < places["jamie@family.test"]


def assert_all_judged(installation: Installation) -> None:
    """Every delivered mail names a message of ours whose verdict let it leave."""
    seen = set()
    for one in list(installation.sink.delivered):
        if is_notice(one.content):
            continue
        line = next(row for row in one.content.split(b"\r\n") if row.startswith(b"Message-ID: <"))
        seen.add(line.split(b"<")[1].split(b".")[0].decode())
    for message_id in seen:
        assert installation.store.docket.verdict("demo", message_id).outcome in ("pass", "amend")
