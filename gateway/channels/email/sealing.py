"""The notice that a copy holds in the place of a message under seal."""

from __future__ import annotations

from gateway.domain.language import speaker
from gateway.domain.links import Links, sealed_link
from gateway.domain.message import Part

NOTICE = "This message holds something private, so it is kept for you on a closed page."
READ_AT = "To read it: {link}"
CODE = "The page sends a code to this address, and opens with it."


def notice(links: Links | None, message_id: str, person_id: str, language: str) -> tuple[Part, ...]:
    """The parts of a copy that only leads to the message.

    Raises ValueError where nothing says how families reach us: the message is held then.
    """
    if links is None:
        raise ValueError("a message under seal needs public_url")
    say = speaker(language)
    link = sealed_link(links, message_id, person_id)
    lines = (say(NOTICE), "", say(READ_AT).format(link=link), "", say(CODE))
    return (Part(0, "text/plain", "\n".join(lines)),)
