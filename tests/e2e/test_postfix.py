"""The gateway behind and before a real Postfix, with swaks as somebody outside: docs/postfix.md."""

from __future__ import annotations

import itertools
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.ports import CaseFilter
from gateway.wiring.running import now
from tests.e2e.installation import DOMAIN, Installation, deliver, eventually, free_port, install
from tests.e2e.postfix_server import (
    SHIPPED,
    Answered,
    World,
    front_settings,
    needed,
    point_policy_at,
    postfix,
    swaks,
    verifier,
)

pytestmark = [pytest.mark.xdist_group("postfix"), pytest.mark.timeout(60)]
numbers = itertools.count(1)

# What the milter in front says, by the name a client greets with; it says nothing about "silent".
SAYS = {"proven": "dmarc=pass header.from=family.test", "failing": "dmarc=fail header.from=family.test"}
FORGED = "Authentication-Results: {}; dmarc=pass header.from=family.test"


@dataclass
class Place:
    """A gateway between two Postfixes: one takes from outside, one delivers to the world."""

    gateway: Installation
    world: World
    front: int
    smarthost: int
    logs: tuple[Path, Path]

    def writes(self, to: str, subject: str, helo: str = "proven", *more: str) -> Answered:
        """Ruth writes to somebody through the front."""
        headers = ("--h-Subject", subject, "--body", "Thank you for Thursday.")
        return swaks(self.front, "ruth@family.test", to, helo, *headers, *more)

    def rules(self, subject: str) -> list[str]:
        """The rules of the cases that a mail led to."""
        docket = self.gateway.store.docket
        cases = docket.cases("demo", CaseFilter(include_closed=True), now(), 500)
        heads = docket.headings("demo", [one.message_id for one in cases])
        return [one.rule for one in cases if heads[one.message_id].subject == subject]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    needed()
    home = tmp_path_factory.mktemp("behind-postfix")
    front, smarthost = free_port(), free_port()
    world = World().start()
    gateway = install(home / "gateway", smarthost=f"127.0.0.1:{smarthost}")
    mx = gateway.ports["mx"]
    shipped_front = point_policy_at(SHIPPED / "front", home / "front", mx)
    out = {"myhostname": DOMAIN, "transport_maps": f"static:smtp:[127.0.0.1]:{world.port}"}
    try:
        gateway.start("smtp", "courier")
        with (
            verifier(SAYS.get) as milter,
            postfix(SHIPPED, smarthost, **out) as out_log,
            postfix(shipped_front, front, **front_settings(mx, milter, gateway.home / "tls")) as in_log,
        ):
            yield Place(gateway, world, front, smarthost, (in_log, out_log))
    finally:
        gateway.close()
        world.stop()


@pytest.fixture
def subject() -> str:
    return f"Lesson notes {next(numbers)}"


def arrived(place: Place, mailbox: str, subject: str) -> list[bytes]:
    wanted = f"Subject: {subject}\r\n".encode()
    return [one.content for one in place.world.to(mailbox) if wanted in one.content]


def test_a_familys_mail_goes_through_both_to_the_tutors_own_mailbox(place: Place, subject: str) -> None:
    sent = place.writes(place.gateway.alias("jamie", "tara"), subject, "proven", "--tls")
    assert sent.status == 0, sent.dialogue
    (mail,) = eventually(lambda: arrived(place, "tara@mail.test", subject))
    assert place.gateway.alias("jamie", "ruth").encode() in mail
    assert b"ruth@family.test" not in mail and b"Thank you for Thursday." in mail


def test_a_tutors_mail_goes_through_the_smarthost_to_guardian_and_pupil(place: Place, subject: str) -> None:
    code, answer = place.gateway.tutor_sends("jamie", ["jamie"], subject, "Please read page 4.")
    assert code == 250, answer
    for mailbox in ("ruth@family.test", "jamie@family.test"):
        (mail,) = eventually(lambda mailbox=mailbox: arrived(place, mailbox, subject))
        assert b"Please read page 4." in mail and b"tara@mail.test" not in mail


def test_postfix_refuses_an_unknown_alias_at_rcpt(place: Place, subject: str) -> None:
    sent = place.writes(f"nobody.of.ours@{DOMAIN}", subject)
    assert sent.status == 24
    assert "550 5.1.1" in sent.dialogue and "DATA" not in sent.dialogue


def test_postfix_refuses_a_known_alias_to_somebody_it_is_not_for(place: Place, subject: str) -> None:
    sent = swaks(place.front, "stranger@post.test", place.gateway.alias("jamie", "tara"), "proven")
    assert sent.status == 24
    assert "550 5.1.1" in sent.dialogue


def test_postfix_relays_to_nobody_else(place: Place, subject: str) -> None:
    assert place.writes("chidi@nwosu.test", subject).status == 24


@pytest.mark.parametrize(
    ("helo", "header"),
    [
        ("failing", FORGED.format("mx.relay.test")),
        ("silent", FORGED.format("mx.relay.test")),
        ("silent", FORGED.format('(a word) "mx.relay.test" 1')),
        ("silent", FORGED.format("mx.relay.test").replace("Results:", "Results :")),
        ("silent", FORGED.format("MX.RELAY.TEST").upper()),
        ("silent", FORGED.format("\\n mx.relay.test")),
    ],
    ids=["beside-ours", "alone", "commented", "spaced", "upper-case", "folded"],
)
def test_results_forged_outside_do_not_count(place: Place, subject: str, helo: str, header: str) -> None:
    sent = place.writes(place.gateway.alias("jamie", "tara"), subject, helo, "--add-header", header)
    assert sent.status == 0, sent.dialogue
    assert eventually(lambda: place.rules(subject)) == ["sender_verified"]
    assert not arrived(place, "tara@mail.test", subject)


def test_a_verified_sender_is_believed_beside_a_forged_failure(place: Place, subject: str) -> None:
    header = FORGED.format("mx.relay.test").replace("pass", "fail")
    place.writes(place.gateway.alias("jamie", "tara"), subject, "proven", "--add-header", header)
    eventually(lambda: arrived(place, "tara@mail.test", subject))


def test_the_front_names_no_one_and_takes_no_more_than_the_gateway(place: Place) -> None:
    with smtplib.SMTP("127.0.0.1", place.front, timeout=20) as client:
        client.ehlo("client.test")
        assert client.vrfy("tara")[0] == 502
        limit = int(client.esmtp_features["size"])
        assert limit < 25 * 1024 * 1024
        assert client.mail("ruth@family.test", [f"SIZE={limit + 1}"])[0] == 552


def test_a_mailbox_its_server_does_not_know_fails_in_the_gateway_not_in_a_bounce(
    place: Place, subject: str
) -> None:
    place.world.unknown.add("chidi@nwosu.test")
    assert place.gateway.tutor_sends("amara", ["amara"], subject, "Please read page 5.")[0] == 250
    assert eventually(lambda: place.rules(subject), 40)
    assert not arrived(place, "amara@nwosu.test", subject)


def test_a_server_that_puts_mail_off_leaves_the_gateway_the_clock(place: Place, subject: str) -> None:
    place.world.down.add("vera@down.test")
    mail = place.gateway.mail(f"b-1@{DOMAIN}", ["vera@down.test"], subject, "Later.").as_bytes()
    with smtplib.SMTP("127.0.0.1", place.smarthost, timeout=40) as client:
        code, _ = deliver(client, f"b-1@{DOMAIN}", ["vera@down.test"], mail)
    assert code == 450


def test_no_mail_comes_in_past_a_verifier_that_fails(place: Place, subject: str) -> None:
    sent = place.writes(place.gateway.alias("jamie", "tara"), subject, "broken")
    assert sent.status != 0
    assert "<** 451" in sent.dialogue and not place.rules(subject)


def test_while_the_gateway_is_away_writers_are_asked_to_come_again() -> None:
    asked = f"protocol_state=RCPT\nsender=ruth@family.test\nrecipient=somebody@{DOMAIN}\n\n"
    script = SHIPPED / "front" / "ask_gateway.py"
    command = [sys.executable, str(script), "127.0.0.1", str(free_port())]
    said = subprocess.run(command, input=asked * 2, capture_output=True, text=True, timeout=30)
    assert said.stdout == "action=451 4.3.0 Try again later\n\n" * 2


def test_postfix_has_nothing_to_complain_about(place: Place) -> None:
    complaints = [
        line
        for log in place.logs
        for line in log.read_text().splitlines()
        if any(word in line for word in ("error:", "fatal:", "panic:"))
    ]
    assert complaints == []
