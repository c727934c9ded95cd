"""Where the marks go: a passage and its findings, cut into segments. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from classifiers.finding import Finding, Passage

Numbered = tuple[int, Finding]

LONGEST_SHOWN = 40_000  # characters of one passage before unmarked stretches are cut short
KEPT_EACH_SIDE = 1_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a passage's text that the same findings cover.

    numbers: of those findings, rising; empty for text without a mark.
    begins: those of `numbers` whose first character is this segment's first.
    seen: a reader of the message sees this run too, elsewhere on the page.
    left_out: characters not shown here; `text` is empty then.
    """

    text: str = field(repr=False)
    numbers: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()
    seen: bool = False
    left_out: int = 0


def span_in(passage: Passage, finding: Finding) -> tuple[int, int]:
    """The characters of `passage.text` that a finding covers; (0, 0) when it is not about them.

    A finding's offsets are into the source. Blanks that turning HTML into text put beside a
    character share its origin; they are not part of what was written, so they get no mark.
    """
    if (finding.layer, finding.part) != (passage.layer, passage.part):
        return 0, 0
    start, end = passage.text_span(finding.start, finding.end)
    start, end = max(start, 0), min(end, len(passage.text))
    origin = passage.origin
    if origin is not None:
        while start < end - 1 and passage.text[start].isspace() and origin[start] == origin[start + 1]:
            start += 1
        while start < end - 1 and passage.text[end - 1].isspace() and origin[end - 1] == origin[end - 2]:
            end -= 1
    return (start, end) if start < end else (0, 0)


def segments(
    passage: Passage, numbered: Iterable[Numbered], seen: Collection[int] = frozenset()
) -> tuple[Segment, ...]:
    """Cut a passage at the edges of its findings; the texts joined are the passage's text.

    seen: source offsets of what a reader sees anyway, for telling hidden text from the rest.
    """
    spans = [(*span_in(passage, finding), number) for number, finding in numbered]
    spans = [span for span in spans if span[0] < span[1]]
    borders = _borders(passage, seen)
    edges = {0, len(passage.text), *borders, *(s for s, _, _ in spans), *(e for _, e, _ in spans)}
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for start, end, number in spans:
        opening.setdefault(start, []).append(number)
        closing.setdefault(end, []).append(number)
    live: set[int] = set()
    cut = []
    for start, end in pairwise(sorted(edges)):
        live.difference_update(closing.get(start, ()))
        live.update(opening.get(start, ()))
        begins = tuple(sorted(opening.get(start, ())))
        also = passage.origin is not None and passage.origin[start] in seen
        cut.append(Segment(passage.text[start:end], tuple(sorted(live)), begins, also))
    return tuple(cut)


def _borders(passage: Passage, seen: Collection[int]) -> list[int]:
    """Positions in a passage's text where what is seen and what is hidden meet."""
    if passage.origin is None or not seen:
        return []
    pairs = enumerate(pairwise(at in seen for at in passage.origin), 1)
    return [position for position, (before, after) in pairs if before != after]


def abridged(cut: Sequence[Segment]) -> tuple[Segment, ...]:
    """Shorten the unmarked stretches of a very long passage; every mark stays whole."""
    if sum(len(segment.text) for segment in cut) <= LONGEST_SHOWN:
        return tuple(cut)
    return tuple(short for segment in cut for short in _shortened(segment))


def _shortened(segment: Segment) -> tuple[Segment, ...]:
    left_out = len(segment.text) - 2 * KEPT_EACH_SIDE
    if segment.numbers or left_out <= 0:
        return (segment,)
    return (
        Segment(segment.text[:KEPT_EACH_SIDE], seen=segment.seen),
        Segment("", left_out=left_out),
        Segment(segment.text[-KEPT_EACH_SIDE:], seen=segment.seen),
    )
