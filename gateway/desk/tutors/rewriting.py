"""A message that came back, written anew on the page: the mail its tutor's program would have sent."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from gateway.domain.message import Arrival, Assurance, Channel, Envelope, new_id, new_reference
from gateway.domain.pair import Circle


def rewritten(old: Envelope, circle: Circle, subject: str, text: str, now: datetime) -> Arrival:
    """The new message, to the same people. Raises ValueError when nobody of them can be reached any more."""
    recipients = tuple(one for one in old.recipient_ids if circle.aliases.get(one))
    if not recipients:
        raise ValueError("nobody to write to")
    tutor = circle.people[old.sender_id]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = tutor.address
    mail["To"] = ", ".join(circle.aliases[one] for one in recipients)
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=circle.organisation.domain)
    mail.set_content(text + "\n")
    envelope = Envelope(
        id=new_id(now),
        reference=new_reference(),
        organisation_id=old.organisation_id,
        pair_id=old.pair_id,
        channel=Channel.EMAIL,
        sender_id=old.sender_id,
        recipient_ids=recipients,
        received_at=now,
        assurance=Assurance.PASSWORD,
    )
    return Arrival(envelope, mail.as_bytes())
