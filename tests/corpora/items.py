"""The items as they lie in their files, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NotRequired, TypedDict, cast

HERE = Path(__file__).parent
SPLITS = ("dev", "test")
CONDUCT_SPLITS = ("train", *SPLITS)  # of conduct there is enough to learn from


class Span(TypedDict):
    """What must be found. text: an exact piece of the item's text."""

    kind: str
    text: str
    stance: str


class ContactItem(TypedDict):
    """A message that must be stopped ("refuse", "hold") or must pass (None)."""

    id: str
    text: str
    sender_role: str
    recipient_role: str
    channel: str
    stop: str | None
    spans: list[Span]
    evasion: str
    register: str
    theme: str
    prior: NotRequired[list[str]]


class Known(TypedDict):
    """Somebody the directory knows."""

    name: str
    nicknames: list[str]
    role: str


class NamesItem(TypedDict):
    """A subject line and what it must become."""

    id: str
    subject: str
    expected: str
    roster: list[Known]
    names: list[str]
    trap: str
    register: str


class ConductItem(TypedDict):
    """A message that reads like grooming or tells of harm (label), or does not."""

    id: str
    text: str
    sender_role: str
    recipient_role: str
    channel: str
    label: str
    stance: str
    near: str
    pair: str
    theme: str
    register: str
    length: str


class Turn(TypedDict):
    """A message of a conversation. day: from its first."""

    sender_role: str
    text: str
    day: int
    hour: int


class Conversation(TypedDict):
    """Weeks of messages ("slow_burn", "benign"). onset: the message at which one should look, if any."""

    id: str
    kind: str
    theme: str
    onset: int | None
    messages: list[Turn]


def contact(split: str) -> list[ContactItem]:
    """The contact items of a split."""
    return cast("list[ContactItem]", _lines(HERE / "contact" / split))


def names(split: str) -> list[NamesItem]:
    """The subject lines of a split."""
    return cast("list[NamesItem]", _lines(HERE / "names" / split))


def conduct(split: str) -> list[ConductItem]:
    """The conduct items of a split (also "train"); all of them as long as they are not split."""
    folder = HERE / "conduct"
    return cast("list[ConductItem]", _lines(folder / split if conduct_is_split() else folder))


def conversations(split: str) -> list[Conversation]:
    """The conversations of a split; none where there are none yet."""
    return cast("list[Conversation]", _lines(HERE / "conversations" / split))


def conduct_is_split() -> bool:
    """Whether some conduct items are kept from those who tune."""
    return all((HERE / "conduct" / split).is_dir() for split in SPLITS)


def _lines(folder: Path) -> list[object]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
