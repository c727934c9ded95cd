"""Our own mails carry references and our own words, and nothing of a message."""

from __future__ import annotations

import email
from datetime import timedelta
from email.policy import default

import pytest

from gateway.domain.case import Action, Case, Decision, State
from gateway.domain.people import Organisation
from gateway.domain.verdict import Lane, Severity
from gateway.hold.clocks import due_at, escalated
from gateway.hold.notices import came_back, case_waits
from tests.fakes.circle import NOW, policy

ORGANISATION = Organisation("demo", 'Demo "Tutors"\r\nBcc: x@example.org', "relay.test")
CASE = Case(
    "case-1",
    "demo",
    "tara-jamie",
    "message-1",
    Lane.REVIEW,
    Severity.HIGH,
    State.OPEN,
    3,
    NOW,
    NOW + timedelta(hours=2),
    "concerning_conduct",
    "T-1",
    "signs of concern: secrecy",
    "M-2345-6789",
)


def parsed(content: bytes):
    return email.message_from_bytes(content, policy=default)


def test_a_moderator_is_told_where_to_look_and_nothing_more() -> None:
    notice = case_waits(ORGANISATION, CASE, "mo@org.test", "https://desk.example.org", NOW)
    mail = parsed(notice.content)
    body = mail.get_content()
    assert "https://desk.example.org/cases/case-1" in body
    assert "M-2345-6789" in body
    assert "secrecy" not in notice.content.decode()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_an_overdue_case_is_called_overdue() -> None:
    late = NOW + timedelta(hours=3)
    notice = case_waits(ORGANISATION, CASE, "mo@org.test", "https://desk.example.org", late)
    assert "overdue" in parsed(notice.content)["Subject"]


@pytest.mark.parametrize(
    ("action", "word"), [(Action.RETURN, "change it"), (Action.REJECT, "will not be delivered")]
)
def test_a_sender_is_told_in_the_moderators_words(action: Action, word: str) -> None:
    decision = Decision("case-1", 3, action, "mo", "a reason for the record only", say="Please use initials.")
    notice = came_back(ORGANISATION, CASE, decision, "tara@mail.test", NOW)
    body = parsed(notice.content).get_content()
    assert word in body
    assert "Please use initials." in body
    assert "for the record only" not in body


def test_an_organisations_name_cannot_add_headers() -> None:
    notice = case_waits(ORGANISATION, CASE, "mo@org.test", "https://desk.example.org", NOW)
    assert parsed(notice.content)["Bcc"] is None


@pytest.mark.parametrize("severity", list(Severity))
def test_deadlines_come_from_the_pack_and_never_get_milder(severity: Severity) -> None:
    clocks = policy().clocks
    assert due_at(NOW, severity, clocks) == NOW + clocks[severity]
    assert clocks[escalated(severity)] <= clocks[severity]
