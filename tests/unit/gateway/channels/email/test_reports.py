"""A bounce is understood in every dialect, and a letter is never taken for one."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import verp
from gateway.channels.email.reports import Outcome, Report, read

KEY = b"k" * 32
PATH = verp.return_path(42, "relay.example.org", KEY)


def report(
    action: str = "failed", status: str = "5.1.1", more: str = "", kind: str = "delivery-status"
) -> str:
    return f"""\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.family.test>
To: {PATH}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
 boundary="b1"

--b1
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Description: Delivery report
Content-Type: message/{kind}

Reporting-MTA: dns; mx.family.test
Arrival-Date: Mon, 4 Jan 2027 09:00:00 +0000

Final-Recipient: rfc822; ruth@family.test
Original-Recipient: rfc822;ruth@family.test
Action: {action}
Status: {status}
{more}
--b1
Content-Type: message/rfc822

Return-Path: <{PATH}>
Subject: Tuesday
Action: delivered

Hello
--b1--
"""


def understood(text: str) -> Report | None:
    found = read(text.encode())
    assert found == read(text.replace("\n", "\r\n").encode())
    return found


@pytest.mark.parametrize(
    ("text", "outcome", "status"),
    [
        (report(), Outcome.FAILED, "5.1.1"),
        (report("Failed (by server)", "5.2.2 (mailbox full)"), Outcome.FAILED, "5.2.2"),
        (report("failed", "4.4.7"), Outcome.FAILED, "4.4.7"),
        (report("delayed", "4.4.1"), Outcome.DELAYED, "4.4.1"),
        (report("delivered", "2.0.0"), Outcome.DELIVERED, "2.0.0"),
        (report("relayed", "2.0.0"), Outcome.DELIVERED, "2.0.0"),
        (report("EXPANDED", ""), Outcome.DELIVERED, ""),
        (report("failed", "", "Diagnostic-Code: smtp; 550\n 5.7.1 refused"), Outcome.FAILED, "5.7.1"),
        (report(kind="global-delivery-status"), Outcome.FAILED, "5.1.1"),
    ],
)
def test_a_standard_report_is_read(text: str, outcome: Outcome, status: str) -> None:
    found = understood(text)
    assert found == Report(outcome, status, standard=True)


def test_of_several_recipients_the_gravest_counts() -> None:
    second = "\nFinal-Recipient: rfc822; x@family.test\nAction: failed\nStatus: 5.0.0\n"
    assert understood(report("delivered", "2.0.0", second)) == Report(Outcome.FAILED, "5.0.0")


def test_a_report_in_base64_is_read_too() -> None:
    status = "Reporting-MTA: dns; x.test\r\n\r\nFinal-Recipient: rfc822; r@family.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    text = report("nothing").replace(
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.family.test",
        "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(status.encode()).decode(),
    )
    text = text.replace("Arrival-Date: Mon, 4 Jan 2027 09:00:00 +0000\n", "")
    start = text.index("\nFinal-Recipient")
    text = text[:start] + text[text.index("--b1\nContent-Type: message/rfc822") :]
    assert understood(text) == Report(Outcome.FAILED, "5.1.1")


PLAIN = [
    # qmail
    (
        "From: MAILER-DAEMON@mx.family.test\nSubject: failure notice\n\nHi. This is the qmail-send program.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<r@family.test>:\nno mailbox\n",
        Outcome.FAILED,
        "",
    ),
    # Exim, for good and for now
    (
        "X-Failed-Recipients: r@family.test\nFrom: Mail Delivery System <Mailer-Daemon@mx.family.test>\n"
        "Subject: Mail delivery failed: returning message to sender\n\nThis message was created automatically.\n"
        "  r@family.test\n    SMTP error from remote mail server: 550 Unrouteable address\n",
        Outcome.FAILED,
        "5.0.0",
    ),
    (
        "From: Mail Delivery System <Mailer-Daemon@mx.family.test>\nSubject: Warning: message 1abc delayed 24 hours\n\n"
        "A message that you sent has not yet been delivered to one or more of its recipients.\n"
        "No action is required on your part. Delivery attempts will continue for some time.\n",
        Outcome.DELAYED,
        "",
    ),
    # sendmail
    (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.family.test>\nSubject: Warning: could not send message\n\n"
        "    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
        "451 4.4.1 reply: read error\n",
        Outcome.DELAYED,
        "4.4.1",
    ),
    # Exchange
    (
        "Return-Path: <>\nFrom: postmaster@school.test\nSubject: Undeliverable: Tuesday\n\n"
        "Your message to r@school.test couldn't be delivered.\nRemote Server returned '550 5.1.10 RESOLVER.ADR'\n",
        Outcome.FAILED,
        "5.1.10",
    ),
    # given up after trying for days: words of delay stand in it too
    (
        "From: MAILER-DAEMON@isp.test\nSubject: Mail delivery failed\n\n"
        "The message was delayed by temporary errors for 5 days. Giving up.\n",
        Outcome.FAILED,
        "",
    ),
    (
        "From: MAILER-DAEMON@isp.test\nSubject: Message delayed\n\n554 5.4.7 no further attempts\n",
        Outcome.FAILED,
        "5.4.7",
    ),
    # a full mailbox at a small provider
    (
        "Return-Path: <>\nFrom: Mail <robot@isp.test>\nSubject: Returned mail: see transcript for details\n\n"
        "552 5.2.2 mailbox full\n",
        Outcome.FAILED,
        "5.2.2",
    ),
]


@pytest.mark.parametrize(("text", "outcome", "status"), PLAIN)
def test_a_plain_bounce_is_guessed(text: str, outcome: Outcome, status: str) -> None:
    assert understood(text) == Report(outcome, status, standard=False)


@pytest.mark.parametrize(
    "text",
    [
        "From: Ruth <ruth@family.test>\nSubject: Tuesday\n\nCan we meet at 5.1.1 Main Street? 550 - no\n",
        "From: Ruth <ruth@family.test>\nSubject: Undeliverable\n\nMy parcel could not be delivered.\n",
        "Return-Path: <>\nFrom: ruth@family.test\nSubject: Out of office\nAuto-Submitted: auto-replied\n\n"
        "I am away until 5 January; my mailbox is full of mail.\n",
        "From: postmaster@school.test\nSubject: Welcome\n\nYour account is ready. Version 12.5.1.1 is out.\n",
        report("nothing-known", "")
        .replace("could not be delivered", "was read")
        .replace("Undelivered", "Read"),
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\n\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--x--\n",
        "",
    ],
)
def test_a_letter_an_absence_and_a_receipt_are_no_bounces(text: str) -> None:
    assert understood(text) is None


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("disposition-notification", "Your mail of Tuesday, sent to room 450 , was displayed."),
        ('"Feedback-Report"', "A complaint about a mail; permanent copies are kept, no such user was named."),
    ],
)
def test_a_receipt_or_a_complaint_says_that_the_copy_arrived(kind: str, said: str) -> None:
    text = (
        "From: Mail Delivery System <postmaster@mx.family.test>\nSubject: Mail delivery\n"
        f"Content-Type: multipart/report; report-type={kind}; boundary=x\n\n"
        f"--x\nContent-Type: text/plain\n\n{said}\n--x--\n"
    )
    assert read(text.encode()) is None


def test_nothing_of_the_text_is_kept() -> None:
    found = understood(report(more="Diagnostic-Code: smtp; 550 5.1.1 <ruth@family.test> Tuesday"))
    assert "ruth" not in repr(found)
    assert "Tuesday" not in repr(found)


@given(st.binary(max_size=400), st.integers(0, 1200), st.integers(0, 40))
def test_any_bytes_are_read_without_an_error(junk: bytes, at: int, cut: int) -> None:
    read(junk)
    whole = report().encode()
    read(whole[:at] + junk + whole[at + cut :])


def test_a_hostile_bounce_is_read_in_no_time() -> None:
    started = time.process_time()
    head = b"From: MAILER-DAEMON@x.test\nSubject: warning: " + b"warning: " * 20_000 + b"\n\n"
    for body in (b"account " * 90_000, b"5.1." * 150_000, b"\n" * 600_000, b"a:" * 300_000, b" " * 600_000):
        read(head + body)
        read(b"Content-Type: multipart/report\n\n" + b"--b\nContent-Type: message/delivery-status\n\n" + body)
    assert time.process_time() - started < 5
