"""The lines under every copy, and their removal where a reply quotes them."""

from __future__ import annotations

import re
from functools import partial

from gateway.domain.language import ENGLISH, LANGUAGES, speaker
from gateway.domain.links import OWN_PAGE, TOKEN, Links, Way

CHECKED = "Checked by {organisation}. Reference {reference}."
REPORT = "To report a concern about it, tell us this reference."
REPORT_AT = "To report a concern about it: {link}"
KEPT_AT = "To see what we keep and to change your choices: {link}"
WORRY = "If something in this message worries you, tell an adult you trust."
HELPLINE = "Childline: 0800 1111."
ASK_AT = "To tell our safeguarding lead something in private: {link}"
IN_ORDER = (REPORT, REPORT_AT, KEPT_AT, WORRY, HELPLINE, ASK_AT)


def footer(
    organisation: str,
    reference: str,
    to_pupil: bool,
    links: Links | None = None,
    message_id: str = "",
    person_id: str = "",
    language: str = ENGLISH,
) -> tuple[str, ...]:
    """Return the lines that stand under a copy, with words for their age on a pupil's.

    links: None where nothing says how families reach us. The same arguments give the same lines.
    """
    say = speaker(language)
    lines = [say(CHECKED).format(organisation=organisation, reference=reference)]
    if links is None:
        lines.append(say(REPORT))
    else:
        lines.append(say(REPORT_AT).format(link=links.to(Way.REPORT, message_id, person_id)))
        lines.append(say(KEPT_AT).format(link=links.own_page))
    if to_pupil:
        lines += [say(WORRY), say(HELPLINE)]
        if links is not None:
            lines.append(say(ASK_AT).format(link=links.to(Way.ASK, message_id, person_id)))
    return tuple(lines)


def without_footers(text: str) -> str:
    """Return a plain text without our footers, which a reply quotes again and again."""
    return _without_links(_PLAIN.sub("", text) if _may_hold_one(text) else text)


def without_html_footers(source: str) -> str:
    """Return an HTML source without our footers."""
    return _without_links(_HTML.sub("", source) if _may_hold_one(source) else source)


def _without_links(text: str) -> str:
    """Take out what opens a page for one person, however it is quoted: nobody else may have it."""
    return _LINK.sub("", text) if any(mark in text for mark in _MARKS) else text


def _may_hold_one(text: str) -> bool:
    return any(mark in text for mark in _FIRST_WORDS)


# Our words exactly, quoted or not, wherever a mail program wraps them.
_SPACE = r"(?:[ \t]|\n[ \t]*(?:>[> \t]*)?)"
_HTML_SPACE = r"(?:\s|&nbsp;|<br ?/?>){0,8}"
_URL = r"https?://[^\s<>\x22\x27]{1,300}"
_BLANKS = {
    "{organisation}.": r"[^\n<>@]{1,60}?\.",
    "{reference}.": r"M-[2-9A-Z]{4}-[2-9A-Z]{4}\.",
    "{link}": f"<?{_URL}>?",
}
_HTML_BLANKS = {**_BLANKS, "{link}": rf"(?:<a\b[^<>]{{0,600}}>)?{_URL}(?:</a>)?"}
_LINK = re.compile(rf"https?://[^\s<>\"']{{1,200}}?(?:/(?:{'|'.join(Way)})/{TOKEN.pattern}|{OWN_PAGE}\b)")
_MARKS = (OWN_PAGE, *(f"/{way}/" for way in Way))
_FIRST_WORDS = tuple(speaker(tag)(CHECKED).split()[0] for tag in LANGUAGES)


def _pattern(line: str, space: str, blanks: dict[str, str]) -> str:
    """A line as it may stand in any of our languages, whatever was made of its apostrophes."""
    spoken = dict.fromkeys(speaker(tag)(line) for tag in LANGUAGES)
    written = (space.join(blanks.get(word) or re.escape(word) for word in one.split()) for one in spoken)
    return "(?:" + "|".join(written).replace("'", "(?:'|’|&#x27;|&#39;|&apos;)") + ")"


_plain = partial(_pattern, space=_SPACE, blanks=_BLANKS)
_html = partial(_pattern, space=r"\s+", blanks=_HTML_BLANKS)
_PLAIN = re.compile(
    r"(?m)^(?:[> \t]*---[ \t]*\n)[> \t]*"
    + _plain(CHECKED)
    + "".join(rf"(?:{_SPACE}{{1,3}}{_plain(one)})?" for one in IN_ORDER)
    + r"[ \t]*$\n?"
)
_HTML = re.compile(
    rf"<(p|div)\b[^<>]{{0,200}}>{_HTML_SPACE}---{_HTML_SPACE}"
    + _html(CHECKED)
    + "".join(rf"(?:{_HTML_SPACE}{_html(one)})?" for one in IN_ORDER)
    + rf"{_HTML_SPACE}</\1>"
)
