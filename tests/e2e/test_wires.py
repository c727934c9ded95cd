"""What a mail server in the open has to do, through real processes: proof, bounces, threads, notices."""

from __future__ import annotations

import email
import itertools
import smtplib
from collections.abc import Iterator
from email.policy import default

import dkim
import pytest

from gateway.channels.email.dkim_keys import ensure_dkim_keys
from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import DispatchState
from gateway.ports import CaseFilter
from gateway.wiring.running import now
from tests.e2e.installation import DOMAIN, Installation, deliver, eventually, install
from tests.fakes.nameserver import NameServer

pytestmark = pytest.mark.xdist_group("wires")
numbers = itertools.count(1)
SIGNING: dict[str, bytes] = {}  # what would stand in the DNS
UNWILLING: set[str] = set()  # mailboxes whose server says "later"


def answer(mailbox: str) -> str:
    return "451 4.3.0 Later" if mailbox in UNWILLING else "250 2.0.0 Taken"


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A gateway without a server in front: it asks the DNS itself who may have written."""
    spf = [("TXT", '"v=spf1 ip4:127.0.0.1 -all"')]
    server = NameServer({"family.test.": spf, "nwosu.test.": [("TXT", '"v=spf1 -all"')], "mail.test.": spf})
    server.start()
    more = {
        "authserv_id": "",
        "trusted_neighbours": "192.0.2.0/24",
        "sender_check": "dns",
        "name_servers": f"127.0.0.1:{server.port}",
        "connection_limit_per_address": "100",
        "mails_per_minute_per_address": "0",
    }
    installation = install(tmp_path_factory.mktemp("wired"), answer, **more)
    for key in ensure_dkim_keys(installation.home / "keys" / "dkim", DOMAIN):
        SIGNING[f"{key.selector}._domainkey.{DOMAIN}."] = key.record.encode()
    try:
        installation.start("smtp", "courier")
        yield installation
    finally:
        installation.close()
        server.stop()


@pytest.fixture
def subject() -> str:
    return f"Wire notes {next(numbers)}"


def cases(gateway: Installation, subject: str) -> list:
    found = gateway.store.docket.cases("demo", CaseFilter(), now(), 500)
    heads = gateway.store.docket.headings("demo", [one.message_id for one in found])
    return [one for one in found if heads[one.message_id].subject == subject]


def delivered(gateway: Installation, mailbox: str, subject: str):
    wanted = f"Subject: {subject}\r\n".encode()
    return [one for one in gateway.sink.to(mailbox) if wanted in one.content]


def parsed(raw: bytes):
    return email.message_from_bytes(raw, policy=default)


def bounce(gateway: Installation, to: str, action: str = "failed", status: str = "5.1.1") -> tuple[int, str]:
    report = (
        "From: MAILER-DAEMON@family.test\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe canary could not be found.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.family.test\r\n\r\n"
        f"Final-Recipient: rfc822; ruth@family.test\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    )
    with smtplib.SMTP("127.0.0.1", gateway.ports["mx"], timeout=60) as client:
        return deliver(client, "", [to], report.encode())


def test_a_family_whose_domain_lets_this_host_send_is_believed(wired: Installation, subject: str) -> None:
    assert wired.family_sends("ruth", "jamie", "tara", subject, "Thank you.", proven=False)[0] == 250
    mail = parsed(eventually(lambda: wired.received("tara@mail.test", subject))[0])
    assert wired.alias("jamie", "ruth") in mail["From"]


def test_a_family_whose_domain_does_not_is_held(wired: Installation, subject: str) -> None:
    assert wired.family_sends("chidi", "amara", "tara", subject, "Is it me?", proven=False)[0] == 250
    assert eventually(lambda: cases(wired, subject))[0].rule == "sender_verified"


def test_a_family_whose_domain_nobody_knows_is_held(wired: Installation, subject: str) -> None:
    assert wired.family_sends("helen", "amara", "tara", subject, "Is it me?", proven=False)[0] == 250
    assert eventually(lambda: cases(wired, subject))[0].rule == "sender_verified"


def test_every_copy_has_a_return_path_of_its_own(wired: Installation, subject: str) -> None:
    wired.tutor_sends("amara", ["amara"], subject, "Please read page 4.")
    paths = [
        eventually(lambda box=box: delivered(wired, box, subject))[0].return_path
        for box in ("chidi@nwosu.test", "helen@bell.test", "amara@nwosu.test")
    ]
    assert len(set(paths)) == 3
    assert all(path.startswith("b-") and path.endswith("@relay.test") for path in paths)


def test_a_forged_return_path_is_refused(wired: Installation) -> None:
    assert bounce(wired, "b-1-aaaaaaaaaaaaaaaa@relay.test")[0] == 550


def test_a_report_of_delay_changes_nothing(wired: Installation, subject: str) -> None:
    wired.tutor_sends("jamie", ["jamie"], subject, "Please read page 5.")
    ruth = eventually(lambda: delivered(wired, "ruth@family.test", subject))[0]
    assert bounce(wired, ruth.return_path, "delayed", "4.4.1")[0] == 250
    eventually(lambda: wired.received("jamie@family.test", subject))
    assert not cases(wired, subject)
    assert "copy.delayed" in {c.entry.kind for c in wired.store.record.entries("demo")}


def test_a_guardians_copy_that_comes_back_pauses_pupil_contact_until_somebody_decides(
    wired: Installation, subject: str
) -> None:
    UNWILLING.add("jamie@family.test")
    try:
        wired.tutor_sends("jamie", ["jamie"], subject, "Please read page 6.")
        ruth = eventually(lambda: delivered(wired, "ruth@family.test", subject))[0]
        assert bounce(wired, ruth.return_path)[0] == 250
        (case,) = eventually(lambda: cases(wired, subject))
        assert case.because.startswith("guardian address fails")
    finally:
        UNWILLING.clear()
    copies = dict(wired.store.ledger.progress("demo", case.message_id).recipients)
    assert copies == {"ruth": DispatchState.FAILED, "jamie": DispatchState.STOPPED}
    later = (f"{subject}, later {number}" for number in itertools.count(1))

    def rule_that_holds() -> str:
        about = next(later)
        assert wired.tutor_sends("jamie", ["jamie"], about, "Please read page 7.")[0] == 250
        return eventually(lambda: cases(wired, about))[0].rule

    # Within a second the process that judges may not know yet; then the courier stops the copy.
    eventually(lambda: rule_that_holds() == "guardian_copied")
    assert not [one for one in wired.sink.to("jamie@family.test") if subject.encode() in one.content]
    reject = Decision(case.id, case.version, Action.REJECT, "mo", "Ruth has a new server")
    wired.store.docket.settle(case, reject, (), now())

    def arrives() -> bool:
        about = next(later)
        wired.tutor_sends("jamie", ["jamie"], about, "Please read page 8.")
        eventually(lambda: cases(wired, about) or wired.received("jamie@family.test", about))
        return bool(wired.received("jamie@family.test", about))

    eventually(arrives)
    logs = "".join(path.read_text() for path in wired.home.glob("*.log"))
    assert "canary" not in logs and "family.test" not in logs


def thread_mail(
    gateway: Installation, sender: str, to: str, subject: str, own: str, before: str = ""
) -> bytes:
    mail = gateway.mail(sender, [to], subject, "A line about Thursday.")
    del mail["Message-ID"]
    mail["Message-ID"] = own
    if before:
        mail["In-Reply-To"] = before.split()[-1]
        mail["References"] = before
    return mail.as_bytes()


def test_a_thread_hangs_together_in_both_mailboxes(wired: Installation, subject: str) -> None:
    ruth, tara = wired.alias("jamie", "ruth"), wired.alias("jamie", "tara")
    issued, box = wired.issued("tara"), "ruth@family.test"
    first, second, third = (f"<{n}-{subject.replace(' ', '-')}@client.test>" for n in (1, 2, 3))
    with wired.signed_in() as client:
        raw = thread_mail(wired, issued, ruth, subject, first)
        assert deliver(client, issued, [ruth], raw)[0] == 250
    got = parsed(eventually(lambda: wired.received(box, subject))[0])
    assert "client.test" not in got.as_string()

    reply = thread_mail(wired, box, tara, f"Re: {subject}", second, str(got["Message-ID"]))
    with smtplib.SMTP("127.0.0.1", wired.ports["mx"], timeout=60) as client:
        assert deliver(client, box, [tara], reply)[0] == 250
    back = parsed(eventually(lambda: wired.received("tara@mail.test", f"Re: {subject}"))[0])
    assert back["In-Reply-To"] == back["References"] == first

    with wired.signed_in() as client:
        raw = thread_mail(wired, issued, ruth, f"Re: {subject}", third, f"{first} {back['Message-ID']}")
        assert deliver(client, issued, [ruth], raw)[0] == 250
    last = parsed(eventually(lambda: wired.received(box, f"Re: {subject}"))[0])
    assert last["References"].split() == [got["Message-ID"], second]
    assert last["In-Reply-To"] == second


def test_who_also_writes_to_a_private_address_is_warned_and_a_person_looks(
    wired: Installation, subject: str
) -> None:
    alias, issued = wired.alias("jamie", "ruth"), wired.issued("tara")
    mail = wired.mail(issued, [alias, "jamie@family.test"], subject, "See you on Thursday.")
    with wired.signed_in() as client:
        assert deliver(client, issued, [alias], mail.as_bytes())[0] == 250
    (case,) = eventually(lambda: cases(wired, subject))
    assert case.rule == "addressed_directly"
    told = f"({case.reference})".encode()

    def warnings():
        return [one for one in wired.sink.to("tara@mail.test") if told in one.content]

    notice = eventually(warnings)[0].content
    assert b"private address" in notice and b"family.test" not in notice and b"Thursday" not in notice
    assert dkim.verify(notice, dnsfunc=lambda name, **_: SIGNING[name.decode()])
    assert not wired.received("ruth@family.test", subject)


def test_what_leaves_is_signed(wired: Installation, subject: str) -> None:
    wired.tutor_sends("jamie", ["ruth"], subject, "Please read page 3.")
    copy = eventually(lambda: wired.received("ruth@family.test", subject))[0]
    assert dkim.verify(copy, dnsfunc=lambda name, **_: SIGNING[name.decode()])


def test_a_program_that_writes_is_passed_on_as_one(wired: Installation, subject: str) -> None:
    mail = wired.mail("ruth@family.test", [wired.alias("jamie", "tara")], subject, "We are away.")
    mail["Auto-Submitted"] = "auto-replied"
    with smtplib.SMTP("127.0.0.1", wired.ports["mx"], timeout=60) as client:
        assert deliver(client, "ruth@family.test", [wired.alias("jamie", "tara")], mail.as_bytes())[0] == 250
    copy = parsed(eventually(lambda: wired.received("tara@mail.test", subject))[0])
    assert copy["Auto-Submitted"] == "auto-generated"
    # Were it sent back in by a forwarding rule, it would not go round again.
    del mail["Subject"]
    mail["Subject"] = f"{subject}, again"
    mail["X-Tutor-Gateway-Reference"] = copy["X-Tutor-Gateway-Reference"]
    with smtplib.SMTP("127.0.0.1", wired.ports["mx"], timeout=60) as client:
        assert deliver(client, "ruth@family.test", [wired.alias("jamie", "tara")], mail.as_bytes())[0] == 250
    (case,) = eventually(lambda: cases(wired, f"{subject}, again"))
    assert "been through here before" in case.because
