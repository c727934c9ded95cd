"""A platform message as bytes: what is kept when it comes in, and each copy that goes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from gateway.domain.message import Envelope, Reading
from gateway.domain.pair import Circle
from gateway.domain.people import Person


def encode(fields: Mapping[str, str | list[str] | None]) -> bytes:
    """The one way to write `fields` as UTF-8 JSON, so that equal messages have equal hashes.

    Fields that are None are left out.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(given, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def compose(
    reading: Reading, envelope: Envelope, circle: Circle, visible: Sequence[Person], to: Person
) -> bytes:
    """What a platform is to show: {"subject", "text"} of the amended reading.

    The same for every recipient, since it holds no address (fulfils `ports.Compose`).
    """
    del envelope, circle, visible, to
    text = next((part.text for part in reading.parts if part.text is not None), "")
    return encode({"subject": reading.subject or None, "text": text})
