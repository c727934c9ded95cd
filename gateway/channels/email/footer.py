"""The lines under every copy, and their removal where a reply quotes them."""

from __future__ import annotations

import re

REPORT = "To report a concern about it, tell us this reference."
WORRY = "If something in this message worries you, tell an adult you trust."
HELPLINE = "Childline: 0800 1111."
WORDS = (REPORT, WORRY, HELPLINE)

# Our words exactly, quoted or not, wherever a mail program wraps them.
_SPACE = r"(?:[ \t]|\n[ \t]*(?:>[> \t]*)?)"
_CHECKED = (
    rf"Checked{_SPACE}by{_SPACE}[^\n<>@]{{1,60}}?\.{_SPACE}Reference{_SPACE}M-[2-9A-Z]{{4}}-[2-9A-Z]{{4}}\."
)
_PLAIN = re.compile(
    r"(?m)^(?:[> \t]*---[ \t]*\n)[> \t]*"
    + _CHECKED
    + "".join(rf"(?:{_SPACE}{{1,3}}" + _SPACE.join(map(re.escape, one.split())) + ")?" for one in WORDS)
    + r"[ \t]*$\n?"
)
_HTML_SPACE = r"(?:\s|&nbsp;|<br ?/?>){0,8}"
_HTML = re.compile(
    rf"<(p|div)\b[^<>]{{0,200}}>{_HTML_SPACE}---{_HTML_SPACE}"
    + r"Checked\s+by\s+[^<>@]{1,60}?\.\s+Reference\s+M-[2-9A-Z]{4}-[2-9A-Z]{4}\."
    + "".join(rf"(?:{_HTML_SPACE}" + r"\s+".join(map(re.escape, one.split())) + ")?" for one in WORDS)
    + rf"{_HTML_SPACE}</\1>"
)


def footer(organisation: str, reference: str, to_pupil: bool) -> tuple[str, ...]:
    """Return the lines that stand under a copy, with words for their age on a pupil's."""
    lines = (f"Checked by {organisation}. Reference {reference}.", REPORT)
    return (*lines, WORRY, HELPLINE) if to_pupil else lines


def without_footers(text: str) -> str:
    """Return a plain text without our footers, which a reply quotes again and again."""
    return _PLAIN.sub("", text) if "Checked" in text else text


def without_html_footers(source: str) -> str:
    """Return an HTML source without our footers."""
    return _HTML.sub("", source) if "Checked" in source else source
