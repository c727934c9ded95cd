"""The gateway's own short mails: to moderators that a case waits, to a sender what became of theirs.

They carry references and our own words, never the text of a message: mail is read on
locked screens and forwarded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from gateway.domain.case import Action, Case, Decision
from gateway.domain.people import Organisation
from gateway.domain.rota import Page


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail of our own, ready to send."""

    mailbox: str = field(repr=False)
    return_path: str
    content: bytes = field(repr=False)


def case_waits(organisation: Organisation, case: Case, to: str, desk_url: str, now: datetime) -> Notice:
    """Tell a moderator that a case waits, or waits too long; no content, only where to look."""
    state = "is overdue" if case.overdue(now) else "waits for a decision"
    body = (
        f"A held message {state}.\n\n"
        f"Reference  {case.reference}\n"
        f"Lane       {case.lane}\n"
        f"Severity   {case.severity}\n"
        f"Decide by  {case.due_at:%Y-%m-%d %H:%M} UTC\n\n"
        f"{desk_url}/cases/{case.id}\n"
    )
    subject = f"[{case.severity}] A held message {state} ({case.reference})"
    return _mail(organisation, to, subject, body, f"{case.id}.{case.version}.waits", now)


def came_back(organisation: Organisation, case: Case, decision: Decision, to: str, now: datetime) -> Notice:
    """Tell a sender that their message was returned or rejected, in the moderator's words."""
    asks = decision.action is Action.RETURN
    head = (
        "Your message was not delivered. Please change it and send it again."
        if asks
        else "Your message was checked and will not be delivered."
    )
    words = f"\n\n{decision.say.strip()}" if decision.say.strip() else ""
    body = f"{head}\n\nReference {case.reference}{words}\n\n{organisation.name}\n"
    subject = f"Your message {'needs a change' if asks else 'was not delivered'} ({case.reference})"
    return _mail(organisation, to, subject, body, f"{case.id}.{case.version}.back", now)


def went_round(organisation: Organisation, case: Case, to: str, now: datetime) -> Notice:
    """Warn a sender who also wrote to somebody's private address, without naming it."""
    body = (
        "Your message was also addressed to a private address.\n\n"
        f"Please write only to the addresses at {organisation.domain} that you were given, and take"
        " every other address of a tutor, pupil, parent or carer out of To and Cc, also when you"
        " answer to all. The office will look at your message before it is passed on.\n\n"
        f"Reference {case.reference}\n\n{organisation.name}\n"
    )
    subject = f"Please leave private addresses out ({case.reference})"
    return _mail(organisation, to, subject, body, f"{case.id}.round", now)


def wanted(organisation: Organisation, page: Page, to: str, desk_url: str, now: datetime) -> Notice:
    """Call somebody who is on call; only where to say that they are there, and the case's id."""
    what = "This is a test of the rota." if page.kind == "test" else "A case cannot wait."
    where = f"{desk_url}/cases/{page.case_id}\n" if page.case_id else ""
    body = (
        f"You are on call. {what}\n\n{where}"
        f"Say that you are on it: {desk_url}/rota#pages\n\n"
        "Without an answer within ten minutes, the next person is called.\n"
    )
    subject = "[on call] A test of the rota" if page.kind == "test" else "[on call] A case cannot wait"
    return _mail(organisation, to, subject, body, f"{page.id}.{page.step}.call", now)


def _mail(
    organisation: Organisation, to: str, subject: str, body: str, local_id: str, now: datetime
) -> Notice:
    office = f"no-reply@{organisation.domain}"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{_plain(organisation.name)}" <{office}>'
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{local_id}@{organisation.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5: nobody answers it automatically
    mail.set_content(body)
    return Notice(to, office, mail.as_bytes())


def _plain(name: str) -> str:
    """A display name that cannot break out of its quotes."""
    return "".join(c for c in name if c.isprintable() and c not in '"\\')
