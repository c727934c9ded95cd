"""The links under copies: each opens one page for one person about one message, without a sign-in.

A token is `message id-seal`; the seal is a keyed hash of what the link is for, the message and the
person, who is not named in it. Nothing is kept: a link works as long as the message and the key do.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

SEAL_BYTES = 16
OWN_PAGE = "/me/kept"
TOKEN = re.compile(r"([0-9a-f]{32})-([a-z2-7]{26})")


class Way(StrEnum):
    """What a link is for; also the first piece of its path.

    REPORT: say what is wrong with a message. ASK: a pupil's private way to the safeguarding lead.
    SEALED: read a message that was sent as a notice only. ADDRESS: say yes or no to a guardian's new
    address; here the id is that of the change, and the "person" one of the addresses that are asked.
    """

    REPORT = "r"
    ASK = "ask"
    SEALED = "sealed"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links. base: where families reach us, without a slash at its end. key: seals tokens."""

    base: str
    key: bytes = field(repr=False)

    def to(self, way: Way, message_id: str, person_id: str) -> str:
        """The link that lets this person do that about this message; always the same."""
        return f"{self.base}/{way}/{token(self.key, way, message_id, person_id)}"

    @property
    def own_page(self) -> str:
        """Where everybody signs in to see what is kept of them; the same for all."""
        return self.base + OWN_PAGE


def sealed_link(links: Links, message_id: str, recipient_id: str) -> str:
    """The link to put in the notice that stands for a message which is sealed."""
    return links.to(Way.SEALED, message_id, recipient_id)


def token(key: bytes, way: Way, message_id: str, person_id: str) -> str:
    """The token of a link."""
    said = f"link\0{way}\0{message_id}\0{person_id}".encode()
    seal = hmac.digest(key, said, "sha256")[:SEAL_BYTES]
    return f"{message_id}-{base64.b32encode(seal).decode().rstrip('=').lower()}"


def message_of(text: str) -> str:
    """The message that a token says it is about, "" for what is no token."""
    found = TOKEN.fullmatch(text)
    return found[1] if found else ""


def holder(key: bytes, way: Way, text: str, people: Iterable[str]) -> str:
    """Which of these people a token was made for, "" for none of them: then it is forged or out of date."""
    message_id = message_of(text)
    seals = [(one, token(key, way, message_id, one)) for one in people] if message_id else []
    return next((one for one, seal in seals if hmac.compare_digest(seal, text)), "")
