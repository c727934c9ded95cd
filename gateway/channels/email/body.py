"""The body of a copy: text, HTML, images and attachments under new names and boundaries."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape

from gateway.channels.email import calendars, writing
from gateway.channels.email.attachments import CALENDAR, safe_name
from gateway.channels.email.html_text import tell
from gateway.channels.email.sanitise import clean
from gateway.domain.message import Part


@dataclass(frozen=True, slots=True)
class Frame:
    """What a body needs to know besides its parts.

    seed: what boundaries and Content-IDs are made of. masks: private addresses, lower-case,
    and what stands in their place. people: (address, alias, name to show) for invitations.
    """

    seed: str
    domain: str
    masks: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    people: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """What all copies of a message share: its texts, None where there is none, and finished entities."""

    plain: tuple[str, ...] | None = field(repr=False)
    html: tuple[str, ...] | None = field(repr=False)
    images: tuple[bytes, ...] = field(repr=False)
    attached: tuple[bytes, ...] = field(repr=False)


def body(parts: tuple[Part, ...], frame: Frame, footer: tuple[str, ...]) -> bytes:
    """Return the Content-* fields, a blank line and the body built from judged parts.

    footer: the lines under this copy; they differ from one recipient to the next.
    """
    contents = _contents(parts, frame)
    core = _texts(contents, frame, footer)
    if contents.images:
        core = writing.multipart("related", [core, *contents.images], frame.seed)
    return writing.multipart("mixed", [core, *contents.attached], frame.seed) if contents.attached else core


@lru_cache(maxsize=2)
def _contents(parts: tuple[Part, ...], frame: Frame) -> Contents:
    files = [part for part in parts if part.text is None]
    texts = [part for part in parts if part.text is not None]
    shown = _shown_images(texts, files, frame)
    blocks, kinds = _blocks(texts), {part.content_type for part in texts} or {"text/plain"}
    images = tuple(shown.items())
    return Contents(
        plain=tuple(_mask(_plain(block), frame) for block in blocks) if "text/plain" in kinds else None,
        html=tuple(_mask(_html(block, images), frame) for block in blocks) if "text/html" in kinds else None,
        images=tuple(_file(part, shown[part.content_id]) for part in files if part.content_id in shown),
        attached=tuple(
            _invitation(part, frame) if part.content_type == CALENDAR else _file(part)
            for part in files
            if part.content_id not in shown
        ),
    )


def _file(part: Part, content_id: str = "") -> bytes:
    kind = part.content_type
    kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return writing.file_entity(kind, part.content, safe_name(part.filename), content_id)


def _invitation(part: Part, frame: Frame) -> bytes:
    shown = {address: (alias, name) for address, alias, name in frame.people}
    source = _mask(calendars.unfolded(part.content.decode("utf-8")), frame)
    content = calendars.rewritten(source, shown, frame.domain)
    return writing.file_entity(f"{CALENDAR}; charset=utf-8", content, safe_name(part.filename))


def _shown_images(texts: list[Part], files: list[Part], frame: Frame) -> dict[str, str]:
    """Return new Content-IDs of images that the text shows; the old ones tell host names."""
    if not files:
        return {}
    sources = " ".join(unescape(part.text or "") for part in texts if part.content_type == "text/html")
    return {
        part.content_id: f"part{part.index}.{_short(frame.seed)}@{frame.domain}"
        for part in files
        if part.content_id and part.content_type.startswith("image/") and f"cid:{part.content_id}" in sources
    }


def _texts(contents: Contents, frame: Frame, footer: tuple[str, ...]) -> bytes:
    """Return one text, one HTML text, or the two as alternatives."""
    made = []
    if contents.plain is not None:
        made.append(writing.text_entity("plain", "\n".join((*contents.plain, "", "---", *footer))))
    if contents.html is not None:
        end = "<p>---<br>" + "<br>\n".join(_linked(escape(line)) for line in footer) + "</p>"
        made.append(
            writing.text_entity(
                "html", "\n".join(("<!DOCTYPE html><html><body>", *contents.html, end, "</body></html>"))
            )
        )
    return made[0] if len(made) == 1 else writing.multipart("alternative", made, frame.seed)


def _linked(line: str) -> str:
    """A line of a footer with its link one can press."""
    return re.sub(r"https?://\S+", lambda link: f'<a href="{link[0]}">{link[0]}</a>', line)


def _blocks(texts: list[Part]) -> list[list[Part]]:
    """Return texts in groups that say the same."""
    blocks: list[list[Part]] = []
    for part in texts:
        if part.alternative and blocks:
            blocks[-1].append(part)
        else:
            blocks.append([part])
    return blocks


def _plain(block: list[Part]) -> str:
    plain = [part.text or "" for part in block if part.content_type == "text/plain"]
    return "\n".join(plain or [tell(part.text or "").whole.text for part in block]).rstrip()


def _html(block: list[Part], images: tuple[tuple[str, str], ...]) -> str:
    html = [clean(part.text or "", images) for part in block if part.content_type == "text/html"]
    return "\n".join(
        html or ["<p>" + escape(part.text or "").replace("\n", "<br>\n") + "</p>" for part in block]
    )


def _mask(text: str, frame: Frame) -> str:
    """Put aliases where private addresses stand, as they do in quoted mail (MAIL 2)."""
    if "@" not in text or not frame.masks:
        return text
    masks = dict(frame.masks)
    some = "|".join(re.escape(mailbox) for mailbox in sorted(masks, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.%+-])(?:{some})(?![\w-]|\.\w)", re.IGNORECASE)
    return pattern.sub(lambda found: masks.get(found[0].lower(), "[address removed]"), text)


def _short(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:12]
