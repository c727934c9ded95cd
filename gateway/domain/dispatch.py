"""A copy of a judged message on its way to one recipient."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.domain.message import Channel


class DispatchState(StrEnum):
    """Where a copy stands.

    WAITING: its time has not come, or a guardian's server has not accepted yet.
    SENT: the next hop answered 250, or the platform was handed the text.
    FAILED: given up; a case exists.
    STOPPED: the world changed before it left (guardian removed, tutor suspended); a case exists.
    """

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Copy:
    """The exact bytes one recipient is to get, composed from what was judged.

    mailbox: where it is delivered (a real address, never shown to others); empty for platform.
    return_path: envelope sender.
    required: a guardian's copy that the pupil's copies wait for.
    not_before: when it may leave (timezone-aware), None for at once.
    sha256: of `content`; the sender re-hashes before sending.
    """

    recipient_id: str
    wire: Channel
    mailbox: str = field(repr=False)
    return_path: str = field(repr=False)
    content: bytes = field(repr=False)
    required: bool = False
    waits_for_required: bool = False
    not_before: datetime | None = None

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the exact bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A claimed copy: what the courier works on.

    fence: rises with every claim; settling with an old fence changes nothing.
    tries: claims so far, this one included.
    policy_version, sha256: from the verdict; without them nothing is sent.
    released: a person let it through.
    covered: of a copy that waits for guardians, who has had theirs or wrote the message; else None.
    """

    id: int
    organisation_id: str
    message_id: str
    pair_id: str
    recipient_id: str
    mailbox: str = field(repr=False)
    return_path: str = field(repr=False)
    content: bytes = field(repr=False)
    sha256: str
    policy_version: str
    required: bool
    waits_for_required: bool
    fence: int
    tries: int
    first_try_at: datetime
    directory_version: int
    released: bool = False
    covered: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one claimed copy.

    sent: the next hop answered 250.
    retry_at: when to try again; None with `sent` False means given up: a case is opened.
    stopped: not tried, because the world changed or the bytes did (see `because`); a case is opened.
    code: the next hop's SMTP code, 0 when there was none.
    because: our words for the record.
    """

    dispatch: Dispatch
    sent: bool
    at: datetime
    retry_at: datetime | None = None
    stopped: bool = False
    code: int = 0
    because: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a later report says of a copy that a next hop had taken.

    status: an enhanced code such as "5.1.1", "" when none was given.
    final: it will not arrive; otherwise it is late and still being tried.
    """

    dispatch_id: int
    status: str
    final: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """The next hop's answer. code: 250 accepted, 4xx later, 5xx never, 0 no answer.

    asked: False when the copy was not fit to be offered, so that nobody refused anything.
    """

    code: int
    because: str = ""
    asked: bool = True
