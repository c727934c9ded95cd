"""Builds each recipient's copy anew, from the parts that were judged and nothing else (MAIL 2)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC
from email.utils import format_datetime

from gateway.channels.email import footer, writing
from gateway.channels.email.attachments import CALENDAR
from gateway.channels.email.body import Frame, body
from gateway.channels.email.egress import leaks, private_mailboxes
from gateway.channels.email.sealing import notice
from gateway.domain.language import ENGLISH
from gateway.domain.links import Links
from gateway.domain.message import Earlier, Envelope, Reading
from gateway.domain.pair import Circle, OfCircle
from gateway.domain.people import FAMILY_ROLES, Person, Role
from gateway.domain.register import FactKind

__all__ = ["compose", "leaks", "message_id"]

REFERENCE_HEADER = "X-Tutor-Gateway-Reference"
WITHOUT_ALIAS = "[address removed]"

_OWN_ID = re.compile(r"<([0-9a-f]{32})\.[0-9a-f]{16}@[A-Za-z0-9.-]+>")
_WRITABLE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def compose(
    reading: Reading,
    envelope: Envelope,
    circle: Circle,
    visible: Sequence[Person],
    to: Person,
    links: Links | None = None,
) -> bytes:
    """Return the exact bytes that `to` is to get. Does the same for the same arguments.

    reading: as judged, changes already made. visible: the recipients that `to` may know of.
    links: for the footer; None where nothing says how families reach us.
    Raises ValueError or KeyError when a copy cannot be made safely; the message is held then.
    """
    domain = circle.organisation.domain
    fields = [
        writing.header("From", _shown(circle.people[envelope.sender_id], circle)),
        *_recipients(visible, envelope, circle),
        writing.header("Subject", writing.words(_one_line(reading.subject))),
        writing.header("Date", format_datetime(envelope.received_at.astimezone(UTC))),
        writing.header("Message-ID", message_id(envelope.id, to, domain)),
        *_thread(reading, to, circle),
        writing.header("MIME-Version", "1.0"),
        writing.header(REFERENCE_HEADER, envelope.reference),
    ]
    if reading.auto_submitted:
        fields.append(writing.header("Auto-Submitted", "auto-generated"))
    frame = Frame(
        envelope.id,
        domain,
        _masks(circle),
        _guests(circle) if any(part.content_type == CALENDAR for part in reading.parts) else (),
    )
    language = _language(envelope, circle, to)
    parts = notice(links, envelope.id, to.id, language) if reading.sealed else reading.parts
    content = b"".join((*fields, body(parts, frame, _footer(envelope, circle, to, links, language))))
    writing.assert_clean(content)
    return content


def _language(envelope: Envelope, circle: Circle, to: Person) -> str:
    """Return the language that `to` asked for."""
    spoken = circle.on_file(FactKind.SPEAKS, envelope.received_at.date(), to.id)
    return spoken[-1].detail if spoken else ENGLISH


def _footer(
    envelope: Envelope, circle: Circle, to: Person, links: Links | None, language: str
) -> tuple[str, ...]:
    """Return the lines under the copy."""
    return footer.footer(
        circle.organisation.name,
        envelope.reference,
        to.role is Role.PUPIL,
        links,
        envelope.id,
        to.id,
        language,
    )


def message_id(envelope_id: str, to: Person, domain: str) -> str:
    """Return the Message-ID of a person's copy; it says nothing about the original's."""
    return f"<{envelope_id}.{hashlib.sha256(f'{envelope_id}/{to.id}'.encode()).hexdigest()[:16]}@{domain}>"


def shown_name(person: Person) -> str:
    """Return the name others see: a tutor's in full, a family's as "Jamie W."."""
    if person.role not in FAMILY_ROLES or not person.family.split():
        return _one_line(person.full_name if person.role not in FAMILY_ROLES else person.given)
    return _one_line(f"{person.given} {person.family.split()[-1][0].upper()}.")


def _shown(person: Person, circle: Circle) -> str:
    address = circle.aliases.get(person.id) or person.address
    return writing.named_address(shown_name(person), address)


def _recipients(visible: Sequence[Person], envelope: Envelope, circle: Circle) -> list[bytes]:
    """Return To and Cc: guardians are in copy, unless there is nobody else."""
    hidden = circle.barred_ids | {envelope.sender_id}
    shown = [person for person in visible if person.id not in hidden]
    addressed = [person for person in shown if person.role is not Role.GUARDIAN] or shown
    copied = [person for person in shown if person not in addressed]
    lists = (("To", addressed), ("Cc", copied))
    return [
        writing.header(name, ", ".join(_shown(person, circle) for person in people))
        for name, people in lists
        if people
    ]


def _thread(reading: Reading, to: Person, circle: Circle) -> list[bytes]:
    """Return In-Reply-To and References with the ids that `to` knows those mails by (MAIL 3).

    Whatever else they name is dropped: an id of another server says whose it is.
    """
    if not reading.thread:
        return []
    domain, private = circle.organisation.domain, private_mailboxes(circle)
    known: dict[str, str] = {}
    for one in reading.thread:
        theirs = _id_for(one, to, domain)
        if theirs and not any(mailbox in theirs.lower() for mailbox in private):
            known.setdefault(one.message_id, theirs)
            known.setdefault(one.original, theirs)
    fields = []
    for name, ids in (("In-Reply-To", (reading.in_reply_to,)), ("References", reading.references)):
        ours = (found[1] if (found := _OWN_ID.fullmatch(one)) else one for one in ids)
        translated = dict.fromkeys(known[one] for one in ours if one and one in known)
        if translated:
            fields.append(writing.header(name, " ".join(translated)))
    return fields


def _id_for(earlier: Earlier, to: Person, domain: str) -> str:
    """Return the id by which `to` knows an earlier mail, "" when they do not know it."""
    if to.id == earlier.sender_id:
        return earlier.original if _WRITABLE_ID.fullmatch(earlier.original) else ""
    return message_id(earlier.message_id, to, domain) if to.id in earlier.holders else ""


@OfCircle
def _masks(circle: Circle) -> tuple[tuple[str, str], ...]:
    """Return what stands in quoted text instead of each private address."""
    return tuple(
        (mailbox, circle.aliases.get(person.id) or person.address or WITHOUT_ALIAS)
        for mailbox, person in private_mailboxes(circle).items()
    )


@OfCircle
def _guests(circle: Circle) -> tuple[tuple[str, str, str], ...]:
    """Return who may stand in an invitation: by each of their addresses, the alias and the name to show."""
    return tuple(
        (address.lower(), alias, shown_name(person))
        for person in circle.people.values()
        if person.id not in circle.barred_ids and (alias := circle.aliases.get(person.id) or person.address)
        for address in {*person.mailboxes, person.address, alias}
        if address
    )


def _one_line(text: str) -> str:
    """Return text with every control character and line separator as a space."""
    if text.isprintable():
        return text.strip()
    return "".join(
        " " if unicodedata.category(one) in {"Cc", "Zl", "Zp", "Cs"} else one for one in text
    ).strip()
