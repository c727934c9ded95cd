"""Something that somebody has to do or to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """A thing to do, set by a rule or by a clock.

    kind: the rule or reminder; clause: the one behind it. role: of the pack, or "office".
    because: our words. subject: what it is about, so that it is set once only; "" for no such bound.
    note: what was done, once it is done.
    """

    id: str
    organisation_id: str
    kind: str
    clause: str
    role: str
    because: str
    opened_at: datetime
    due_at: datetime | None = None
    pair_id: str = ""
    message_id: str = ""
    person_id: str = ""
    subject: str = ""
    done_at: datetime | None = None
    done_by: str = ""
    note: str = field(default="", repr=False)
