"""Which earlier mails a mail says that it belongs to: the ids of its thread (RFC 5322 section 3.6.4)."""

from __future__ import annotations

import re

HEADER_BYTES = 64 * 1024
IDS_KEPT = 50  # the last ones: what a reply answers stands at the end

_ID = re.compile(rb"<[^<>\s]{1,250}>")
_NAMES = (b"in-reply-to:", b"references:")
_FOLD = re.compile(rb"\r\n(?![ \t])")


def message_ids(value: bytes) -> tuple[str, ...]:
    """Return the ids in a Message-ID, In-Reply-To or References field, the last 50."""
    found = (one.decode("utf-8", "replace") for one in _ID.findall(value)[-IDS_KEPT:])
    return tuple(one for one in found if one.isprintable())  # PostgreSQL takes no NUL


def named_in(raw: bytes) -> tuple[str, ...]:
    """Return the ids that a mail names as before it, without reading any more of it."""
    end = raw.find(b"\r\n\r\n", 0, HEADER_BYTES)
    section = b"\r\n" + raw[: end if end >= 0 else HEADER_BYTES]
    lower = section.lower()
    found: dict[str, None] = {}
    for name in _NAMES:
        at = lower.find(b"\r\n" + name)
        if at >= 0:
            value = _FOLD.split(section[at + 2 :], maxsplit=1)[0]
            found.update(dict.fromkeys(message_ids(value)))
    return tuple(found)
