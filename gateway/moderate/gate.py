"""The gate: what makes a mail impossible to read in one way only (MAIL 9, steps 1 and 2)."""

from __future__ import annotations

import re

from gateway.moderate.structure import Dissection, Entity

_ANY_LINE_END = re.compile(rb"\r\n|\r|\n")


def faults(raw: bytes) -> tuple[str, ...]:
    """Return why these bytes cannot be read safely, in short words of ours; () if they can.

    raw: a mail as received over SMTP, line ends CRLF. Linear in its length; never raises.
    """
    return dissect(raw)[1]


def dissect(raw: bytes) -> tuple[Entity, tuple[str, ...]]:
    """Return the mail as a tree of entities, and its faults.

    With faults the tree is a best effort for a moderator's eyes, never for delivery.
    """
    found = _byte_faults(raw)
    dissection = Dissection(_ANY_LINE_END.sub(b"\r\n", raw) if found else raw)
    root = dissection.run()
    return root, tuple(dict.fromkeys((*found, *dissection.faults)))


def _byte_faults(raw: bytes) -> list[str]:
    pairs = raw.count(b"\r\n")
    found = []
    if raw.count(b"\n") != pairs:
        found.append("a line feed without a carriage return")
    if raw.count(b"\r") != pairs:
        found.append("a carriage return without a line feed")
    if b"\0" in raw:
        found.append("a NUL byte")
    return found
