"""Visiting cards (vCard, RFC 6350): read for a moderator and the detectors, never delivered."""

from __future__ import annotations

import binascii
import re

_FOLD = re.compile(r"\r?\n[ \t]")
_SOFT = re.compile(r"=\r?\n")
_LINE = re.compile(r"([^:\n]{1,500}):(.*)")
_UNTOLD = frozenset({"BEGIN", "END", "VERSION", "PRODID", "REV", "UID", "PHOTO", "LOGO", "SOUND", "KEY"})


def told(text: str) -> str:
    """Return the values of a card, a line each."""
    unfolded = _FOLD.sub("", _SOFT.sub("", text) if "QUOTED-PRINTABLE" in text.upper() else text)
    lines = []
    for line in _LINE.finditer(unfolded):
        name, *parameters = line[1].upper().split(";")
        if name.rsplit(".", 1)[-1].strip() in _UNTOLD:
            continue
        value = line[2].strip()
        if any("QUOTED-PRINTABLE" in one for one in parameters):
            value = binascii.a2b_qp(value.encode()).decode("utf-8", "replace")
        lines.append(re.sub(r"\\(.)", r"\1", value).replace(";", " ").strip())
    return "\n".join(line for line in lines if line)
