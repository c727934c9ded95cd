"""What a bounce says: delivery status notifications (RFC 3464), and plain ones by their looks.

Only kind and status are taken from a bounce. Its text is somebody else's, may quote private
addresses, and is never shown, kept in the record or sent on.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

READ_BYTES = 256 * 1024
PLAIN_LENGTH = 16 * 1024  # characters; what follows is the returned mail


class Outcome(StrEnum):
    """What became of the copy. DELAYED: the server still tries; a further report may come."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Report:
    """One bounce, understood.

    status: an enhanced code such as "5.1.1", "" when none was given.
    standard: an RFC 3464 report rather than a guess. Which copy it is about says the address it
        came to, and nothing in it.
    """

    outcome: Outcome
    status: str = ""
    standard: bool = True


_ACTIONS = {
    "failed": Outcome.FAILED,
    "delayed": Outcome.DELAYED,
    "delivered": Outcome.DELIVERED,
    "relayed": Outcome.DELIVERED,
    "expanded": Outcome.DELIVERED,
}
_GRAVITY = list(Outcome)

_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*([^\n]*)", re.MULTILINE)
# A read receipt (RFC 8098) or a complaint (RFC 5965): the mail did arrive, whatever its text says.
_ARRIVED = re.compile(r"report-type=[ \t]*\"?(?:disposition-notification|feedback-report)\b", re.I)
_STATUS_PART = re.compile(r"^content-type:[ \t]*message/(?:global-)?delivery-status\b", re.I | re.M)
_BASE64 = re.compile(r"^content-transfer-encoding:[ \t]*base64", re.I | re.M)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.-])([45])[0-5]\d(?=[ -])")

_POSTMASTERS = re.compile(
    r"mailer-daemon|mailerdaemon|postmaster|mail delivery (?:sub)?system|mail administrator", re.I
)
_SUBJECTS = re.compile(
    r"undeliver|not delivered|deliver\w* (?:status|fail|problem|incomplete|delay)|fail\w* deliver"
    r"|(?:returned|rejected|bounced) (?:e?mail|message)|mail deliver|message (?:status|delayed)"
    r"|(?:failure|delay|bounce) notice|could ?n(?:o|')t be delivered|warning: .{0,80}(?:delayed|not sent)"
    r"|unzustellbar|non remis|no entregado|mancata consegna",
    re.I,
)
_FAILED = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|address|recipient)|does ?n(?:o|')t (?:exist|have)"
    r"|mailbox (?:unavailable|not found|disabled|full)|over ?quota|quota exceeded|address rejected"
    r"|recipient (?:unknown|rejected|not found)|permanent|giv\w+ up|could ?n(?:o|')t be delivered"
    r"|was ?n(?:o|')t delivered|undeliverable|delivery (?:has )?failed|host (?:unknown|not found)"
    r"|account .{0,40}(?:disabled|closed)|unrouteable|failed to deliver",
    re.I,
)
_DELAYED = re.compile(
    r"delayed|has not yet been delivered|still (?:be )?try|will (?:be re)?try|will keep trying"
    r"|no action is required|do not need to resend|warning message only|temporar",
    re.I,
)


def read(raw: bytes) -> Report | None:
    """What a bounce says, None for a mail that is none. Never raises; reads the first 256 KiB."""
    text = raw[:READ_BYTES].decode("latin-1").replace("\r\n", "\n")
    head, _, body = text.partition("\n\n")
    fields = _fields(head)
    if _ARRIVED.search(fields.get("content-type", "")):
        return None
    report = _standard(text) if "multipart/report" in fields.get("content-type", "").lower() else None
    return report or _plain(fields, body[:PLAIN_LENGTH])


def _fields(block: str) -> dict[str, str]:
    """The first field of each name, unfolded, by lower-case name."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(block.replace("\n ", " ").replace("\n\t", " ")):
        found.setdefault(name.lower(), value.strip())
    return found


def _standard(text: str) -> Report | None:
    """The gravest of the recipients' states in the delivery-status part."""
    reports = [_of_recipient(group) for group in _groups(text)]
    known = [one for one in reports if one]
    return min(known, key=lambda one: _GRAVITY.index(one.outcome)) if known else None


def _groups(text: str) -> Iterator[dict[str, str]]:
    start = _STATUS_PART.search(text)
    if start is None:
        return
    begin = text.rfind("\n--", 0, start.start()) + 1
    head, _, rest = text[begin:].partition("\n\n")
    content = rest.partition("\n--")[0]
    if _BASE64.search(head):
        content = _decoded(content)
    yield from (_fields(group) for group in content.split("\n\n")[:100])


def _decoded(content: str) -> str:
    try:
        data = base64.b64decode("".join(content.split()))
    except (binascii.Error, ValueError):
        return ""
    return data.decode("latin-1").replace("\r\n", "\n")


def _of_recipient(group: dict[str, str]) -> Report | None:
    outcome = _ACTIONS.get(group.get("action", "").partition(" ")[0].strip().lower())
    if outcome is None:
        return None
    status = _STATUS.search(group.get("status", "")) or _STATUS.search(group.get("diagnostic-code", ""))
    return Report(outcome, status[1] if status else "")


def _plain(fields: dict[str, str], body: str) -> Report | None:
    """A guess at a bounce in nobody's format; a vacation notice is none."""
    if not _looks_like_bounce(fields):
        return None
    status, reply = _STATUS.search(body), _REPLY.search(body)
    code = status[1] if status else ""
    grade = (code or (reply[1] if reply else ""))[:1]
    failed, delayed = _FAILED.search(body), _DELAYED.search(f"{fields.get('subject', '')}\n{body}")
    if delayed and not failed and grade != "5":
        return Report(Outcome.DELAYED, code, standard=False)
    if failed or grade in ("4", "5") or "x-failed-recipients" in fields:
        return Report(Outcome.FAILED, code or {"4": "4.0.0", "5": "5.0.0"}.get(grade, ""), standard=False)
    return None


def _looks_like_bounce(fields: dict[str, str]) -> bool:
    if "x-failed-recipients" in fields or "multipart/report" in fields.get("content-type", "").lower():
        return True
    nobody = fields.get("return-path", "").replace(" ", "") == "<>"
    by_postmaster = bool(_POSTMASTERS.search(fields.get("from", "")))
    return (nobody or by_postmaster) and (by_postmaster or bool(_SUBJECTS.search(fields.get("subject", ""))))
