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
from gateway.domain.task import Task


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
    return our_mail(organisation, to, subject, body, f"{case.id}.{case.version}.waits", now)


def came_back(
    organisation: Organisation, case: Case, decision: Decision, to: str, now: datetime, advice: str = ""
) -> Notice:
    """Tell a sender in the moderator's words that their message was returned or rejected, or ask about it.

    advice: what the policy has to say to whoever gets a message back.
    """
    head, subject = {
        Action.RETURN: (
            "Your message was not delivered. Please change it and send it again.",
            "Your message needs a change",
        ),
        Action.ASK: (
            "Before your message can go on, the office has a question. Please tell the office the answer"
            " and give the reference; tutors can also answer on their own page. You need not send the message again.",
            "A question about your message",
        ),
    }.get(
        decision.action,
        ("Your message was checked and will not be delivered.", "Your message was not delivered"),
    )
    words = f"\n\n{decision.say.strip()}" if decision.say.strip() else ""
    policy = f"\n\n{advice}" if advice else ""
    body = f"{head}\n\nReference {case.reference}{words}{policy}\n\n{organisation.name}\n"
    local_id = f"{case.id}.{case.version}.back"
    return our_mail(organisation, to, f"{subject} ({case.reference})", body, local_id, now)


def not_passed_on(organisation: Organisation, case: Case, to: str, number: int, now: datetime) -> Notice:
    """Tell a guardian that a message to or from their child was not passed on, and no more than that.

    number: of the guardian among those told, for a Message-ID of its own.
    """
    body = (
        "A message between your child and their tutor was checked and was not passed on.\n\n"
        "You need not do anything. If you would like to know more, ask the office and give the"
        f" reference.\n\nReference {case.reference}\n\n{organisation.name}\n"
    )
    subject = f"A message was not passed on ({case.reference})"
    return our_mail(organisation, to, subject, body, f"{case.id}.{case.version}.guardian{number}", now)


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
    return our_mail(organisation, to, subject, body, f"{case.id}.round", now)


def reminded(organisation: Organisation, task: Task, to: str, now: datetime) -> Notice:
    """Tell somebody what their organisation's policy wants them to know or do."""
    title = task.kind.replace("_", " ").capitalize()
    head = "For your child: " if task.role == "pupil" else ""
    body = f"{head}{task.because}\n\n{organisation.name}\n"
    return our_mail(organisation, to, f"{organisation.name}: {title}", body, f"{task.id}.reminder", now)


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
    return our_mail(organisation, to, subject, body, f"{page.id}.{page.step}.call", now)


def our_mail(
    organisation: Organisation, to: str, subject: str, body: str, local_id: str, now: datetime
) -> Notice:
    """A mail of our own, which no program will answer. local_id: what stands before its Message-ID's @."""
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
