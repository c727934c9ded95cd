"""A message on its way: who sent what to whom, and what was read in it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from classifiers.finding import Fault, Finding, Passage
from gateway.domain.course import Course
from gateway.domain.pair import Circle
from gateway.domain.people import Role

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class Channel(StrEnum):
    """The wire a message came in on or goes out by."""

    EMAIL = "email"
    PLATFORM = "platform"


class Assurance(StrEnum):
    """Why we believe that the sender is who they say (MAIL 4)."""

    PASSWORD = "password"
    AUTHENTICATED_MAIL = "authenticated_mail"
    API_KEY = "api_key"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, resolved by the directory and never read from headers.

    received_at: timezone-aware.
    """

    id: str
    reference: str
    organisation_id: str
    pair_id: str
    channel: Channel
    sender_id: str
    recipient_ids: tuple[str, ...]
    received_at: datetime
    assurance: Assurance


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it was received.

    raw: the exact bytes (an e-mail; for the platform UTF-8 JSON {"subject", "text"}).
    idempotency_key: the platform's own key for this message, empty for e-mail.
    """

    envelope: Envelope
    raw: bytes = field(repr=False)
    idempotency_key: str = field(default="", repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 that an identical resubmission shares (MAIL 6): envelope and bytes."""
        digest = hashlib.sha256()
        for piece in (
            self.envelope.organisation_id,
            self.envelope.pair_id,
            self.envelope.channel,
            self.envelope.sender_id,
            self.idempotency_key,
            *sorted(self.envelope.recipient_ids),
        ):
            digest.update(piece.encode() + b"\0")
        digest.update(self.raw)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a message that may be delivered.

    index: its number in reading order, the `part` of its passages.
    text: decoded text of a text/plain or text/html part, None for anything else.
    content: decoded bytes of an attachment, empty for text parts.
    inline: shown in the body rather than attached.
    alternative: says again what the text before it says (multipart/alternative).
    unread: it shows pictures whose words nothing could read (no OCR).
    """

    index: int
    content_type: str
    text: str | None = field(default=None, repr=False)
    content: bytes = field(default=b"", repr=False)
    filename: str = field(default="", repr=False)
    content_id: str = field(default="", repr=False)
    inline: bool = True
    alternative: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier mail of the same pair, which each of its people knows under another Message-ID.

    original: the one its sender gave it, "" when it had none. holders: who was sent a copy.
    """

    message_id: str
    sender_id: str
    original: str = field(repr=False)
    holders: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says, read one way.

    passages: every text anybody could read in it.
    parts: the leaves that a delivered copy is built from.
    form_faults: why it could not be read safely; empty when it could.
    authors, addressees: addresses of the From header, and of To, Cc and Bcc, lower-case.
    thread: the earlier mails that it names, as far as they are known; filled in after reading.
    sealed: copies lead to it and do not hold it; filled in when changes are made.
    """

    passages: tuple[Passage, ...] = field(default=(), repr=False)
    parts: tuple[Part, ...] = field(default=(), repr=False)
    subject: str = field(default="", repr=False)
    message_id: str = field(default="", repr=False)
    in_reply_to: str = field(default="", repr=False)
    references: tuple[str, ...] = field(default=(), repr=False)
    sent_at: datetime | None = None
    authors: tuple[str, ...] = field(default=(), repr=False)
    addressees: tuple[str, ...] = field(default=(), repr=False)
    auto_submitted: bool = False
    form_faults: tuple[str, ...] = ()
    thread: tuple[Earlier, ...] = field(default=(), repr=False)
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """All that a rule may look at."""

    envelope: Envelope
    circle: Circle
    reading: Reading
    findings: tuple[Finding, ...] = ()
    faults: tuple[Fault, ...] = ()
    course: Course | None = None

    @property
    def day(self) -> date:
        """The day it came, as the register counts days."""
        return self.envelope.received_at.date()

    @property
    def sender_role(self) -> Role:
        """The sender's role in the circle."""
        return self.circle.role_of(self.envelope.sender_id)

    @property
    def recipient_roles(self) -> frozenset[Role]:
        """The roles written to."""
        return frozenset(self.circle.role_of(one) for one in self.envelope.recipient_ids)

    @property
    def reaches_pupil(self) -> bool:
        """True when the pupil is among the recipients."""
        return Role.PUPIL in self.recipient_roles

    @property
    def concerns_pupil(self) -> bool:
        """True when the pupil writes or is written to: contact that a guardian is copied into."""
        return self.reaches_pupil or self.sender_role is Role.PUPIL


def new_id(now: datetime) -> str:
    """Return an id that sorts by time: 48 bits of milliseconds, then 80 random bits, in hex."""
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"


def new_reference() -> str:
    """Return the short reference given to a sender, such as "M-7KQ2-9XDT" (39 random bits)."""
    number, letters = secrets.randbelow(len(REFERENCE_ALPHABET) ** 8), ""
    for _ in range(8):
        number, letter = divmod(number, len(REFERENCE_ALPHABET))
        letters += REFERENCE_ALPHABET[letter]
    return f"M-{letters[:4]}-{letters[4:]}"
