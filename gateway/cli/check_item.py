"""What `gateway check` is given: one item, or a conversation, out of a JSON object (DESIGN 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.domain.message import Channel
from gateway.domain.people import Role
from gateway.settings import nearest

ROLES = {
    "tutor": Role.TUTOR,
    "pupil": Role.PUPIL,
    "guardian": Role.GUARDIAN,
    "parent": Role.GUARDIAN,
    "staff": Role.STAFF,
    "outsider": Role.OUTSIDER,
    "organisation": Role.ORGANISATION,
}
CHANNELS = {channel.value: channel for channel in Channel}
CONTENT = ("text", "html", "eml")
FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)  # any day will do: only distances count
MORNING = 9


class WrongItem(Exception):
    """Why a line could not be judged, in words that repeat nothing of it."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whose name may turn up."""

    name: str = field(repr=False)
    nicknames: tuple[str, ...] = field(repr=False)
    role: Role


@dataclass(frozen=True, slots=True)
class Item:
    """One message to judge. content: the text, the HTML source, or the path of an .eml file.

    sent_at: made from a conversation's day and hour, so that memory fades as it would.
    """

    form: str
    content: str = field(repr=False)
    sender_role: Role
    recipient_role: Role | None = None
    subject: str | None = field(default=None, repr=False)
    channel: Channel = Channel.EMAIL
    prior: tuple[str, ...] = field(default=(), repr=False)
    roster: tuple[Named, ...] = ()
    allow: tuple[str, ...] = field(default=(), repr=False)
    sent_at: datetime = FIRST_DAY


def read_line(given: object, folder: Path) -> Item | list[Item]:
    """The item of a JSON value, or the items of a conversation in order.

    folder: what a relative .eml path starts from. Raises: WrongItem.
    """
    if not isinstance(given, dict):
        raise WrongItem("a line must be a JSON object")
    if "messages" not in given:
        return _item(given, folder)
    messages = given["messages"]
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise WrongItem("messages must be a list of objects")
    shared = {name: value for name, value in given.items() if name not in ("id", "messages", *CONTENT)}
    return [_item({**shared, **one}, folder) for one in messages]


def _item(given: Mapping[str, object], folder: Path) -> Item:
    forms = [form for form in CONTENT if given.get(form) is not None]
    if len(forms) != 1:
        raise WrongItem("give exactly one of text, html and eml")
    content = _text(given, forms[0])
    if forms[0] == "eml":
        content = str(folder / content)
    subject = given.get("subject")
    recipient = given.get("recipient_role")
    return Item(
        form=forms[0],
        content=content,
        sender_role=_role(given.get("sender_role", "tutor"), "sender_role"),
        recipient_role=None if recipient is None else _role(recipient, "recipient_role"),
        subject=None if subject is None else _text(given, "subject"),
        channel=_channel(given.get("channel")),
        prior=_texts(given, "prior"),
        roster=_roster(given.get("roster")),
        allow=_texts(given, "allow"),
        sent_at=FIRST_DAY + timedelta(days=_number(given, "day", 0), hours=_number(given, "hour", MORNING)),
    )


def _text(given: Mapping[str, object], name: str) -> str:
    value = given[name]
    if not isinstance(value, str):
        raise WrongItem(f"{name} must be a string")
    return value


def _texts(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = given.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongItem(f"{name} must be a list of strings")
    return tuple(value)


def _number(given: Mapping[str, object], name: str, default: float) -> float:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100_000:
        raise WrongItem(f"{name} must be a number from 0")
    return value


def _role(value: object, name: str) -> Role:
    role = ROLES.get(value.strip().lower()) if isinstance(value, str) else None
    if role is None:
        hint = nearest(value, list(ROLES)) if isinstance(value, str) else "known are: " + ", ".join(ROLES)
        raise WrongItem(f"{name} is not a role ({hint})")
    return role


def _channel(value: object) -> Channel:
    """Anything that is no mail is a platform's message: chat, text message, comment."""
    if value is None:
        return Channel.EMAIL
    if not isinstance(value, str):
        raise WrongItem("channel must be a string")
    return CHANNELS.get(value.strip().lower(), Channel.PLATFORM)


def _roster(value: object) -> tuple[Named, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise WrongItem("roster must be a list of people")
    return tuple(_named(one) for one in value)


def _named(value: object) -> Named:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"].strip():
        raise WrongItem("each person of roster needs a name")
    return Named(value["name"].strip(), _texts(value, "nicknames"), _role(value.get("role"), "a roster role"))


def split_name(name: str) -> tuple[str, str]:
    """Given names and surname of a full name; particles belong to the surname (DETECTION 3)."""
    words: Sequence[str] = [one for one in name.split() if one.rstrip(".").lower() not in TITLES]
    if len(words) < 2:
        return " ".join(words) or name, ""
    first = next((n for n, one in enumerate(words[1:], 1) if one.lower() in PARTICLES), len(words) - 1)
    return " ".join(words[:first]), " ".join(words[first:])


TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "madam", "rev"})
PARTICLES = frozenset(
    [
        "van",
        "von",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "ter",
        "ten",
        "el",
        "al",
        "bin",
        "ibn",
        "bint",
        "ben",
        "st",
        "st.",
        "o'",
    ]
)
