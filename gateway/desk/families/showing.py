"""A delivered message laid out for its reader: text only, nothing in it loaded, run or followed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

from classifiers.finding import Layer
from gateway.desk import links
from gateway.desk.families.callers import ours
from gateway.domain.correspondence import Letter
from gateway.domain.message import Arrival, Assurance, Channel, Envelope, Reading

REMOVED = re.compile(
    r"\[((?:phone number|e-mail address|account name|link|name of a service|address) removed)\]"
)
UNREAD = "This message cannot be shown here."
HEAD_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A message for a page.

    texts: (what it is: text, quoted or link; the text). files: names of attached files.
    removed: labels of what was taken out, once each.
    """

    subject: str = field(repr=False)
    texts: tuple[tuple[str, str], ...] = field(repr=False)
    files: tuple[str, ...] = field(default=(), repr=False)
    removed: tuple[str, ...] = ()


def subject_of(letter: Letter) -> str:
    """The subject as it was delivered; read from the head of the copy alone."""
    head = letter.content[:HEAD_BYTES].partition(b"\r\n\r\n")[0]
    return str(message_from_bytes(head + b"\r\n\r\n", policy=default)["Subject"] or "")


def of_letter(letter: Letter) -> Shown:
    """A copy as its reader got it, read anew in a killable process."""
    envelope = Envelope(
        id=letter.message_id,
        reference=letter.reference,
        organisation_id=letter.organisation_id,
        pair_id=letter.pair_id,
        channel=Channel.EMAIL,
        sender_id=letter.sender_id,
        recipient_ids=(),
        received_at=letter.received_at,
        assurance=Assurance.NONE,
    )
    return of_reading(ours().read(Arrival(envelope, letter.content)), subject_of(letter))


def of_reading(reading: Reading, subject: str) -> Shown:
    """What a reader of a mail sees of it: its text, or its HTML as text, what it quotes, where links lead."""
    said = {one.layer for one in reading.passages if one.text.strip()}
    wanted = {Layer.TEXT if Layer.TEXT in said else Layer.HTML: "text", Layer.QUOTED: "quoted"}
    texts = [
        (wanted[p.layer], p.text.strip("\n"))
        for p in reading.passages
        if p.layer in wanted and p.text.strip()
    ]
    texts += [("link", _spelt(p.text)) for p in reading.passages if p.layer is Layer.LINK and p.text.strip()]
    files = tuple(part.filename for part in reading.parts if part.text is None and part.filename)
    return Shown(subject, tuple(dict.fromkeys(texts)), files, removed_from([t for _, t in texts] + [subject]))


def removed_from(texts: Sequence[str]) -> tuple[str, ...]:
    """Labels of what was taken out, as they stand in what was delivered."""
    return tuple(dict.fromkeys(found[1] for text in texts for found in REMOVED.finditer(text)))


def _spelt(link: str) -> str:
    """A link as text, with the other spelling of its host where it has one."""
    other = links.other_spelling(link)
    return f"{link} ({other})" if other else link
