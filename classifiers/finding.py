"""What goes into a detector and what comes out: the only types `gateway` shares with us.

A message is read into passages. A detector looks at passages within a scene and
returns findings, whose offsets are code points into the passage's *source* (the
plain text, the subject, the HTML as received), end exclusive.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What a finding is about."""

    CONTACT = "contact"
    NAME = "name"
    CONDUCT = "conduct"
    FORM = "form"
    MATTER = "matter"


class Layer(StrEnum):
    """Where in a message a passage was read."""

    SUBJECT = "subject"
    TEXT = "text"
    HTML = "html"
    HIDDEN = "hidden"
    LINK = "link"
    FILENAME = "filename"
    ATTACHMENT = "attachment"
    DISPLAY = "display"
    QUOTED = "quoted"
    PRIOR = "prior"


class Stance(StrEnum):
    """What the writer does with the thing named (DETECTION: polarity)."""

    OFFER = "offer"
    REQUEST = "request"
    REFUSAL = "refusal"
    REPORT = "report"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Passage:
    """One run of text that somebody could read.

    text: what a reader sees (HTML already turned into text).
    origin: for every code point of `text`, its offset in the source; None when the
        source is the text itself.
    part: number of the MIME part it came from, counted in reading order; 0 for headers
        and for a message that is only text.
    """

    layer: Layer
    text: str
    part: int = 0
    origin: array[int] | None = None

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Turn a span of `text` into the span of the source that covers exactly it."""
        if self.origin is None or start >= end:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1

    def text_span(self, start: int, end: int) -> tuple[int, int]:
        """Turn a span of the source back into a span of `text` (possibly empty)."""
        if self.origin is None:
            return start, end
        return bisect_left(self.origin, start), bisect_left(self.origin, end)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a detector saw.

    category: the detector's own word (phone, handle, intent, secrecy, ...).
    start, end: code points into the passage's source, end exclusive.
    score: 0..1, comparable within a kind.
    value: canonical form. Never logged: `repr` leaves it out.
    replacement: what may stand instead (a name's initials), None when nothing may.
    evidence: cues in words a moderator can check; never message text.
    evasive: the writer took trouble to hide it.
    """

    kind: Kind
    category: str
    layer: Layer
    start: int
    end: int
    score: float
    part: int = 0
    value: str = field(default="", repr=False)
    replacement: str | None = field(default=None, repr=False)
    stance: Stance = Stance.MENTION
    evasive: bool = False
    evidence: tuple[str, ...] = ()
    detector: str = ""
    version: str = "1"


@dataclass(frozen=True, slots=True)
class KnownName:
    """A person as the directory knows them, for finding their name in text."""

    person_id: str
    role: str
    given: str = field(repr=False)
    family: str = field(repr=False)
    nicknames: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Scene:
    """Who writes to whom, and what the directory knows that bears on reading it.

    sender_role, recipient_roles: tutor, pupil, guardian, staff, outsider, organisation.
    allowed: canonical values that may stand (directory numbers, lesson hosts, aliases).
    present: ids of the people whom the message is among; other known names belong to others.
    prior: the same sender's recent short messages to the same people, oldest first.
    present: ids of the people who have a part in this talk; empty when that is not known.
    """

    sender_role: str
    recipient_roles: tuple[str, ...] = ()
    channel: str = "email"
    names: tuple[KnownName, ...] = field(default=(), repr=False)
    allowed: frozenset[str] = field(default=frozenset(), repr=False)
    prior: tuple[str, ...] = field(default=(), repr=False)
    present: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fault:
    """A detector that did not do its work: the message is not fully read.

    why: raised, late or nonsense.
    """

    detector: str
    why: str


@dataclass(frozen=True, slots=True)
class Examination:
    """All that the detectors said of one message."""

    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...] = ()


class Detector(Protocol):
    """Finds one family of things. Pure: no clock, no network, no disk after construction."""

    name: str
    version: str

    def find(self, passages: Sequence[Passage], scene: Scene) -> list[Finding]:
        """Return what was found, spans in source offsets."""
        ...
