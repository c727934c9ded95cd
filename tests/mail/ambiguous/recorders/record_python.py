"""Records all text that Python's own parser shows in each mail, under two of its policies."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
PEOPLE = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc")
LONGEST = 100_000


def attempt(read: Callable[[], object]) -> str:
    """Return what a reader says, "" when the parser breaks on it."""
    try:
        said = read()
    except Exception:  # the parser's own faults are not our subject
        return ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said or "")
    return text.encode("utf-8", "replace").decode()[:LONGEST]


def header(message: Message, name: str) -> list[str]:
    values = message.get_all(name, [])
    return [attempt(lambda v=v: v) for v in values] + [
        attempt(lambda v=v: make_header(decode_header(v))) for v in values
    ]


def leaf_text(part: Message) -> list[str]:
    """Return a leaf's text as its charset has it, and as bytes that somebody saved would look."""
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    charset = attempt(lambda: part.get_content_charset("utf-8"))
    found = [
        attempt(lambda: data.decode(charset, "replace")),
        attempt(lambda: data.decode("utf-8", "replace")),
    ]
    if hasattr(part, "get_content"):
        found.append(attempt(part.get_content))
    return found


def shown(message: Message) -> dict[str, list[str]]:
    """Return the texts one reading shows, by where they are shown."""
    told: dict[str, list[str]] = {
        "subject": [],
        "people": [],
        "text": [],
        "html": [],
        "names": [],
        "outside": [],
    }
    for part in message.walk():
        told["subject"] += header(part, "Subject")
        for name in PEOPLE:
            told["people"] += header(part, name)
        told["names"].append(attempt(part.get_filename))
        told["names"].append(attempt(lambda part=part: make_header(decode_header(part.get_filename()))))
        told["outside"] += [part.preamble or "", part.epilogue or ""]
        if not part.is_multipart():
            told["html" if part.get_content_type() == "text/html" else "text"] += leaf_text(part)
    return {place: list(dict.fromkeys(filter(None, texts))) for place, texts in told.items() if any(texts)}


def main() -> None:
    for name, chosen in (("default", policy.default), ("compat32", policy.compat32)):
        mails = {}
        for path in sorted(FOLDER.glob("*.eml")):
            try:
                mails[path.stem] = shown(message_from_bytes(path.read_bytes(), policy=chosen))
            except Exception as fault:
                mails[path.stem] = {"error": [type(fault).__name__]}
        record = {
            "parser": f"Python email, policy {name}",
            "version": platform.python_version(),
            "mails": mails,
        }
        text = json.dumps(record, ensure_ascii=True, indent=1, sort_keys=True)
        (FOLDER / "recorded" / f"python-{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
