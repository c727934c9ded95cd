"""winmail.dat (TNEF), Outlook's own wrapping: unpacked into text and files, never delivered."""

from __future__ import annotations

import logging
import struct
import warnings
from dataclasses import dataclass, field
from typing import Any

SIZE_LIMIT_BYTES = 12 * 1024 * 1024
OBJECT_LIMIT = 2_000
UNREADABLE = "an Outlook attachment that cannot be unpacked"
_NOTES = ("", "IPM.NOTE", "IPM.MICROSOFT MAIL.NOTE", "IPM")
_CLASS = 0x8008  # attMessageClass (MS-OXTNEF 2.1.3.3)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What lies in a winmail.dat. text, html: the body in those forms. rich: it has one in RTF."""

    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    rich: bool = False
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    faults: tuple[str, ...] = ()


def unpacked(content: bytes) -> Unpacked:
    """Return what lies in a winmail.dat; a fault when anything of it cannot be read."""
    try:
        _check_size(content)
        from tnefparse import TNEF

        logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it would log what it finds
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = TNEF(content, do_checksum=False)
            files = tuple((str(one.long_filename()), bytes(one.data)) for one in opened.attachments)
        within = any(hasattr(one, "embed") for one in opened.attachments)
        kinds = [str(one.data) for one in opened.msgprops if one.name == _CLASS]
        strange = within or any(one.strip("\0 ").upper() not in _NOTES for one in kinds)
        return Unpacked(
            text=_words(opened.body, opened.codepage),
            html=_words(opened.htmlbody, opened.codepage),
            rich=bool(opened._rtfbody),
            files=files,
            faults=(UNREADABLE,) if strange else (),
        )
    except MemoryError:
        raise
    except Exception:  # whatever it does to the library: nobody has read it
        return Unpacked(faults=(UNREADABLE,))


def _check_size(content: bytes) -> None:
    """Raise ValueError over the limits (the library copies what is left at every object) or when
    the objects do not fill the file: what stands after a broken one nobody would read."""
    if len(content) > SIZE_LIMIT_BYTES:
        raise ValueError(UNREADABLE)
    at, count = 6, 0
    while at + 12 < len(content):
        level = content[at]
        at += struct.unpack_from("<I", content, at + 5)[0] + 11
        count += 1
        if count > OBJECT_LIMIT or level not in (1, 2) or at > len(content):
            raise ValueError(UNREADABLE)


def _words(body: Any, codepage: str | None) -> str:
    if isinstance(body, list):
        body = body[0] if body else ""
    if isinstance(body, bytes):
        body = body.decode(codepage or "cp1252", "replace")
    return str(body or "").replace("\r\n", "\n").strip("\0")
