"""Makes the changes of a verdict or a moderator in what was read, before copies are composed."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape

from classifiers.finding import Finding, Layer, Passage
from gateway.domain.message import Part, Reading
from gateway.domain.verdict import Change, Replace, Seal

Source = tuple[str, int]
"""What offsets count in: "subject", or the text ("part") or name ("name") of a part."""

UNTOUCHED = frozenset({Layer.DISPLAY, Layer.PRIOR})  # nothing of them is delivered
AS_TEXT = frozenset({"text/plain", "text/csv"})
"""Files whose offsets count in their own characters; an invitation's words are taken out of it."""
LABELS = {
    "phone": "phone number removed",
    "email": "e-mail address removed",
    "handle": "account name removed",
    "link": "link removed",
    "url": "link removed",
    "platform": "name of a service removed",
    "postal": "address removed",
    "address": "address removed",
}

_ENTITY = re.compile(r"&(?:#[0-9]{1,12}|#[xX][0-9a-fA-F]{1,12}|[A-Za-z][A-Za-z0-9]{1,31});?")
_JOINERS = "\u200d"


def label(finding: Finding) -> str:
    """Return the visible words that stand where something was removed."""
    return f"[{LABELS.get(finding.category, 'removed')}]"


def amend(reading: Reading, changes: Sequence[Change]) -> Reading:
    """Return the reading with every `Replace` carried out in subject, parts and passages.

    Raises ValueError when a change is out of range, overlaps another, or is for something
    that cannot be changed, such as the inside of a document: nothing is changed by halves.
    """
    by_source: dict[Source, list[Replace]] = defaultdict(list)
    for change in changes:
        if isinstance(change, Replace) and change.layer not in UNTOUCHED:
            by_source[source_of(change.layer, change.part)].append(change)
    if any(isinstance(change, Seal) for change in changes):
        reading = replace(reading, sealed=True)
    if not by_source:
        return reading
    texts = sources(reading)
    made: dict[Source, str] = {}
    for source, some in by_source.items():
        if source not in texts:
            raise ValueError(f"a change to a {source[0]} that cannot be changed")
        made[source] = _replaced(texts[source], _in_order(some, len(texts[source])), _writer(reading, source))
    return replace(
        reading,
        subject=made.get(("subject", 0), reading.subject),
        parts=tuple(_changed_part(part, made) for part in reading.parts),
        passages=tuple(
            _changed_passage(passage, by_source[source], made[source]) if source in made else passage
            for passage in reading.passages
            for source in (source_of(passage.layer, passage.part),)
        ),
    )


def source_of(layer: Layer, part: int) -> Source:
    """What a layer's offsets count in."""
    if layer is Layer.SUBJECT:
        return "subject", 0
    return ("name" if layer is Layer.FILENAME else "part"), part


def sources(reading: Reading) -> dict[Source, str]:
    """Every text of a reading that can be changed, as offsets count in it."""
    texts: dict[Source, str] = {("subject", 0): reading.subject}
    for part in reading.parts:
        if part.filename:
            texts["name", part.index] = part.filename
        if part.text is not None:
            texts["part", part.index] = part.text
        elif part.content_type in AS_TEXT:
            texts["part", part.index] = part.content.decode("utf-8")
    return texts


def _writer(reading: Reading, source: Source) -> Callable[[str], str]:
    """Return how replacement text is written into a source."""
    is_html = any(
        part.index == source[1] and part.content_type == "text/html" and source[0] == "part"
        for part in reading.parts
    )
    return escape if is_html else str


def _in_order(changes: list[Replace], length: int) -> list[Replace]:
    ordered = sorted(set(changes), key=lambda change: (change.start, change.end))
    end = 0
    for change in ordered:
        if not end <= change.start < change.end <= length:
            raise ValueError("changes out of range or overlapping")
        end = change.end
    return ordered


def _replaced(text: str, ordered: list[Replace], write: Callable[[str], str]) -> str:
    for change in reversed(ordered):
        text = text[: change.start] + write(change.text) + text[change.end :]
    return text


def _changed_part(part: Part, made: Mapping[Source, str]) -> Part:
    text, name = made.get(("part", part.index)), made.get(("name", part.index), part.filename)
    if text is None:
        return replace(part, filename=name)
    if part.text is None:
        return replace(part, content=text.encode("utf-8"), filename=name)
    return replace(part, text=text)


def _changed_passage(passage: Passage, changes: list[Replace], whole: str) -> Passage:
    if passage.origin is None:
        return replace(passage, text=whole)
    text, origin, shift = passage.text, passage.origin, 0
    for change in sorted(changes, key=lambda one: one.start, reverse=True):
        start, end = passage.text_span(change.start, change.end)
        if start < end:
            text = text[:start] + change.text + text[end:]
            origin = origin[:start] + array("l", [change.start] * len(change.text)) + origin[end:]
    ordered = sorted(changes, key=lambda one: one.start)
    moved, at = array("l"), 0
    for place in origin:
        while at < len(ordered) and ordered[at].end <= place:
            shift += len(escape(ordered[at].text)) - (ordered[at].end - ordered[at].start)
            at += 1
        moved.append(place + shift)
    return replace(passage, text=text, origin=moved)


def redactions(
    findings: Sequence[Finding], reading: Reading, say: Callable[[Finding], str] = label
) -> tuple[Replace, ...]:
    """Return changes that cover exactly what was found, merged where it overlaps.

    Spans are widened to whole characters as a reader sees them, and in HTML to whole
    entities. say: the visible words for a finding. Raises ValueError for a finding in
    something that cannot be changed, so that nothing found is delivered uncovered.
    """
    texts = sources(reading)
    by_source: dict[Source, list[tuple[int, int, Finding]]] = defaultdict(list)
    for finding in findings:
        if finding.layer in UNTOUCHED or finding.start >= finding.end:
            continue
        source = source_of(finding.layer, finding.part)
        if source not in texts:
            raise ValueError("something found where it cannot be covered")
        start, end = _widened(texts[source], finding.start, finding.end)
        by_source[source].append((start, end, finding))
    return tuple(change for spans in by_source.values() for change in _merged(spans, say))


def together(kept: Sequence[Change], covering: Sequence[Replace]) -> tuple[Change, ...]:
    """Return both, where a covering change swallows any kept one that it touches.

    A moderator may cover what a rule has already changed, such as a name in the subject.
    """
    left: list[Change] = list(kept)
    grown: list[Replace] = []
    for cover in covering:
        touched = [one for one in left if isinstance(one, Replace) and _touch(one, cover)]
        left = [one for one in left if one not in touched]
        start = min([cover.start, *(one.start for one in touched)])
        end = max([cover.end, *(one.end for one in touched)])
        grown.append(replace(cover, start=start, end=end))
    return (*left, *grown)


def _touch(one: Replace, other: Replace) -> bool:
    same = source_of(one.layer, one.part) == source_of(other.layer, other.part)
    return same and one.start < other.end and other.start < one.end


def _merged(spans: list[tuple[int, int, Finding]], say: Callable[[Finding], str]) -> list[Replace]:
    changes: list[Replace] = []
    for start, end, finding in sorted(spans, key=lambda span: span[:2]):
        if changes and start < changes[-1].end:
            changes[-1] = replace(changes[-1], end=max(end, changes[-1].end))
        else:
            changes.append(Replace(finding.layer, finding.part, start, end, say(finding)))
    return changes


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span that cuts no character in two: marks, joiners and entities go with their base."""
    if (entity := _ENTITY.match(text, max(end - 1, 0))) is not None:
        end = entity.end()
    while start > 0 and (_continues(text[start]) or text[start - 1] in _JOINERS):
        start -= 1
    while end < len(text) and (_continues(text[end]) or text[end - 1] in _JOINERS):
        end += 1
    return start, min(end, len(text))


def _continues(letter: str) -> bool:
    return (
        letter in _JOINERS
        or unicodedata.category(letter) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= letter <= "\U0001f3ff"
    )
