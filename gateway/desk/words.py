"""What things are called on the pages: enums, scores and times in a moderator's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from classifiers.finding import Finding, Kind, Layer, Stance
from gateway.desk import reasons
from gateway.domain.case import SEES_SEALED, Action, Case, Decision, Standing, State
from gateway.domain.verdict import Lane
from gateway.domain.zones import LONDON

LANES: Mapping[str, str] = {
    Lane.SEALED: "Sealed",
    Lane.URGENT: "Urgent",
    Lane.REVIEW: "Review",
    Lane.CONTACT: "Contact details",
    Lane.UNREADABLE: "Unreadable",
    Lane.DELIVERY: "Delivery",
}
ACTIONS_DONE: Mapping[str, str] = {
    Action.RELEASE: "released",
    Action.REDACT: "redacted and released",
    Action.RETURN: "returned to the sender",
    Action.REJECT: "rejected",
    Action.ASK: "put back to the sender with a question",
    Action.ESCALATE: "escalated",
    Action.SEAL: "sealed",
}
COPIES: Mapping[str, str] = {
    "waiting": "on its way",
    "sent": "delivered",
    "failed": "not delivered",
    "stopped": "stopped",
}
OUTCOMES: Mapping[str, str] = {
    "pass": "passed on",
    "amend": "passed on with changes",
    "hold": "held",
    "refuse": "refused",
}
REASONS = reasons.CODES
LEADS = SEES_SEALED
STATES: Mapping[str, str] = {
    State.OPEN: "Open",
    State.ASKED: "Waits for the sender's answer",
    State.SECOND: "Waits for a second person",
    State.SPLIT: "Two people differ",
    State.ESCALATED: "Escalated",
    State.CLOSED: "Closed",
}
KINDS: Mapping[str, str] = {
    Kind.CONTACT: "Contact detail",
    Kind.NAME: "Name",
    Kind.CONDUCT: "Conduct",
    Kind.FORM: "Form of the message",
    Kind.MATTER: "Matter with a rule",
}
STANCES: Mapping[str, str] = {
    Stance.OFFER: "offers it",
    Stance.REQUEST: "asks for it",
    Stance.REFUSAL: "refuses it",
    Stance.REPORT: "reports it",
    Stance.MENTION: "mentions it",
}
LAYERS: Mapping[str, str] = {
    Layer.SUBJECT: "Subject",
    Layer.TEXT: "Message text",
    Layer.HTML: "HTML part, as text",
    Layer.HIDDEN: "Hidden text",
    Layer.LINK: "Link target",
    Layer.FILENAME: "Attachment name",
    Layer.ATTACHMENT: "Text of an attachment",
    Layer.DISPLAY: "Display name",
    Layer.QUOTED: "Quoted earlier text",
    Layer.PRIOR: "Earlier message",
}
CATEGORIES: Mapping[str, str] = {
    "phone": "Phone number",
    "email": "E-mail address",
    "handle": "Social handle",
    "platform": "Another platform",
    "link": "Link",
    "video_link": "Video call link",
    "invite": "Invite to a group or game",
    "invite_link": "Invite link",
    "address": "Postal address",
    "postcode": "Postcode",
    "shortener": "Shortened link",
    "postal_address": "Postal address",
    "payment": "Payment detail",
    "intent": "Wants to meet elsewhere",
    "person": "Name of a person",
    "secrecy": "Asks for secrecy",
    "isolation": "Sets apart from others",
    "off_platform": "Moves the talk elsewhere",
    "probing": "Probes who is around",
    "risk_assessment": "Asks who reads this",
    "gifts": "Gifts or favours",
    "flattery": "Flattery",
    "image_request": "Asks for an image",
    "meeting": "Arranges to meet",
    "disclosure_abuse": "May be telling of abuse",
    "disclosure_self_harm": "May be telling of self-harm",
    "third_party_report": "Reports what somebody does",
    "infatuation": "Signs of infatuation",
    "dependency": "Makes dependent",
    "boundary_testing": "Tests boundaries",
    "desensitisation": "Makes used to it",
    "control": "Controls",
    "personal": "Very personal",
    "threat": "Threatens",
    "self_harm": "May be at risk of self-harm",
}


def plain(word: object) -> str:
    """A name from the code as words: "off_platform" becomes "off platform"."""
    return str(word).replace("_", " ").replace("-", " ").strip()


def category(finding: Finding) -> str:
    """What a finding is, in a few words."""
    return CATEGORIES.get(finding.category) or plain(finding.category).capitalize() or KINDS[finding.kind]


def behaviour(category: str) -> str:
    """What a category of finding is, in a few words."""
    return CATEGORIES.get(category) or plain(category).capitalize()


def score(value: float) -> str:
    """How sure a detector is."""
    for least, said in ((0.9, "very likely"), (0.75, "likely"), (0.5, "possible")):
        if value >= least:
            return said
    return "weak sign"


def state(case: Case) -> str:
    """Where a case stands."""
    return STATES[case.state]


def why_here(case: Case, now: datetime) -> str:
    """Why a case stands where it does in the queue."""
    if case.state is State.CLOSED:
        return "closed, newest first"
    if case.overdue(now):
        return "overdue comes first"
    return f"{case.severity} severity, by deadline"


def decided(decision: Decision) -> str:
    """What a person did: "released", "gave a first view", "differed: rejected"."""
    if decision.standing is Standing.FIRST:
        return f"gave a first view: {ACTIONS_DONE[decision.action]}"
    if decision.standing is Standing.DIFFERING:
        return f"saw it differently: {ACTIONS_DONE[decision.action]}"
    if decision.standing is Standing.UNDONE:
        return f"{ACTIONS_DONE[decision.action]}, and took it back"
    return ACTIONS_DONE[decision.action]


def span(length: timedelta) -> str:
    """A length of time as one would say it: "12 min", "3 h 20 min", "2 days 4 h"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours else f"{days} days"


def time_left(case: Case, now: datetime) -> str:
    """How long until a case is due, or since when it has been."""
    if case.state is State.CLOSED:
        return "closed"
    if case.overdue(now):
        return f"overdue by {span(now - case.due_at)}"
    return f"{span(case.due_at - now)} left"


def moment(at: datetime, zone: ZoneInfo = LONDON) -> str:
    """Date and time, zone stated: "Tue 3 Mar 2026, 14:05 GMT"; in London, but for families elsewhere."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


def clock_time(at: datetime, seconds: bool = False) -> str:
    """The time of day in London: "14:05", or "14:05:30"."""
    return f"{at.astimezone(LONDON):{'%H:%M:%S' if seconds else '%H:%M'}}"


def short_moment(at: datetime) -> str:
    """The same for lists: "3 Mar, 14:05 GMT"."""
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%b, %H:%M %Z}"


def size(size_bytes: int) -> str:
    """A size in bytes, kB or MB."""
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    return f"{size_bytes / 1000:.0f} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.1f} MB"
