"""A file written into a text by uuencode (POSIX `uuencode`), which some programs show as an attachment."""

from __future__ import annotations

import re

_BEGIN = re.compile(r"(?m)^begin [0-7]{3,4} \S")
_BEGIN_BASE64 = re.compile(r"(?m)^begin-base64 [0-7]{3,4} \S")
_LINE = re.compile(r"[!-`][ -`]{0,70}")  # no small letters
SLACK = 3  # characters that a program may have added to or cut from the end of a line


def is_within(text: str) -> bool:
    """Tell whether a decoder would find a file; a sentence that goes on "begin 2026 with" holds none."""
    if not (text.startswith("begin") or "\nbegin" in text):
        return False
    if _BEGIN_BASE64.search(text):
        return True
    begin = _BEGIN.search(text)
    return begin is not None and any(_is_data(line) for line in text[begin.end() :].split("\n")[1:])


def _is_data(line: str) -> bool:
    """Tell whether a line tells its own length right: its first letter counts the bytes, three by four."""
    line = line.rstrip("\r")
    if not _LINE.fullmatch(line):
        return False
    count = (ord(line[0]) - 32) & 63
    return count > 0 and abs(1 + (count + 2) // 3 * 4 - len(line)) <= SLACK
