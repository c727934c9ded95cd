"""What the heads are trained and tuned on: items of the corpora, by split and writer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

BENIGN = ("ordinary", "hard_negative")
CATEGORIES = tuple(
    word
    for line in (
        "secrecy isolation off_platform probing risk_assessment gifts flattery personal image_request meeting",
        " control boundary_testing desensitisation dependency infatuation disclosure_abuse disclosure_self_harm",
        " threat third_party_report profanity discrimination bullying contract_cheating extremism",
    )
    for word in line.split()
)
ROLES = ("tutor", "pupil", "guardian")
CORPORA = Path(__file__).resolve().parents[1] / "corpora"


@dataclass(frozen=True, slots=True)
class Example:
    """A message with what is right for it. label: a category, or "" when nothing is of concern."""

    id: str
    text: str
    role: str
    label: str
    writer: str
    near: str = ""
    theme: str = ""
    register: str = ""
    channel: str = ""
    pair: str = ""
    ordinary: bool = False

    @property
    def labels(self) -> tuple[int, ...]:
        """Its category's number, if it has one."""
        return (CATEGORIES.index(self.label),) if self.label else ()


def conduct(folder: Path) -> list[Example]:
    """The conduct items of every writer (a file each) in a folder."""
    return [_example(item, path.stem) for path in sorted(folder.glob("*.jsonl")) for item in _lines(path)]


def contact_talk(folder: Path) -> list[Example]:
    """The messages of the contact corpus that must pass: ordinary talk of lessons."""
    return [
        Example(
            item["id"], item["text"], _role(item), "", path.stem, register=item["register"], ordinary=True
        )
        for path in sorted(folder.glob("*.jsonl"))
        for item in _lines(path)
        if item["stop"] is None
    ]


def _example(item: dict[str, str], writer: str) -> Example:
    return Example(
        id=item["id"],
        text=item["text"],
        role=_role(item),
        label="" if item["label"] in BENIGN else item["label"],
        writer=writer,
        near=item["near"],
        theme=item["theme"],
        register=item["register"],
        channel=item["channel"],
        pair=item["pair"],
        ordinary=item["label"] == "ordinary",
    )


def _role(item: dict[str, str]) -> str:
    """Whoever is no pupil or guardian is judged as a tutor is."""
    return item["sender_role"] if item["sender_role"] in ROLES else "tutor"


def _lines(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def texts(examples: Sequence[Example]) -> list[str]:
    """Only what they say."""
    return [one.text for one in examples]
