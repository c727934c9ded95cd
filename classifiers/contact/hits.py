"""What an acceptor hands to the detector, and how overlapping hits become one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from classifiers.contact.stream import Stream
from classifiers.finding import Stance

REFUSE, HOLD = 0.8, 0.5
_SENTENCE = 10

# When two hits cover the same characters with the same score, the earlier of these says more.
_TELLING = (
    "payment",
    "phone",
    "email",
    "video_link",
    "invite",
    "link",
    "handle",
    "address",
    "postcode",
    "intent",
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A span of the view, end exclusive, and what it is.

    fields: as in `classifiers.finding.Finding`.
    """

    category: str
    start: int
    end: int
    score: float
    value: str = field(default="", repr=False)
    stance: Stance = Stance.MENTION
    evasive: bool = False
    evidence: tuple[str, ...] = ()


def hit(
    stream: Stream,
    category: str,
    first: int,
    last: int,
    score: float,
    value: str = "",
    *,
    stance: Stance = Stance.OFFER,
    evasive: bool = False,
    evidence: Iterable[str] = (),
) -> Hit:
    """A hit over tokens first..last, its score kept within 0..1."""
    return Hit(
        category,
        stream.tokens.starts[first],
        stream.tokens.ends[last],
        round(min(0.99, max(0.0, score)), 3),
        value,
        stance,
        evasive or stream.evasive(first, last),
        tuple(evidence),
    )


def apart_from(sure: Iterable[Hit], others: Iterable[Hit]) -> list[Hit]:
    """Those of the others that overlap none of the sure ones that would stop a message."""
    taken = [(one.start, one.end) for one in sure if one.score >= HOLD]
    return [one for one in others if not any(one.start < end and start < one.end for start, end in taken)]


def merge(hits: Iterable[Hit]) -> list[Hit]:
    """The hits with those that overlap replaced by the strongest, in reading order.

    A value beats an intent that names it: "add me on snap: jane_99" is one handle. What was
    merged away still shows as evidence and, if it was hidden, as evasion.
    """
    kept: list[Hit] = []
    for candidate in sorted(hits, key=lambda one: (one.start, -one.end)):
        if kept and candidate.start < kept[-1].end:
            lead = _before_value(kept[-1], candidate)
            joined = _joined(kept[-1], candidate)
            kept[-1:] = [joined] if lead is None else [lead, joined]
        else:
            kept.append(candidate)
    return kept


def _before_value(one: Hit, other: Hit) -> Hit | None:
    """What an intent says before the value that it leads to, if that is a sentence of its own."""
    value = other.category != "intent" and other.score >= HOLD
    if one.category != "intent" or not value or one.score < HOLD or other.start - one.start < _SENTENCE:
        return None
    return replace(one, end=other.start)


def _joined(one: Hit, other: Hit) -> Hit:
    strong, weak = (one, other) if _rank(one) >= _rank(other) else (other, one)
    evidence = (
        strong.evidence if weak.category in (strong.category, "") else (*strong.evidence, weak.category)
    )
    start, end = strong.start, strong.end
    if strong.category == weak.category or strong.category in ("payment", "address"):
        start, end = min(one.start, other.start), max(one.end, other.end)
    evasive = strong.evasive or (weak.evasive and weak.score >= HOLD)
    score = max(strong.score, weak.score) if weak.stance is strong.stance else strong.score
    return replace(strong, start=start, end=end, evidence=evidence, evasive=evasive, score=score)


def _rank(one: Hit) -> tuple[bool, bool, float, int, int]:
    return (
        one.score >= HOLD,
        one.category != "intent",
        round(one.score, 1),
        -_TELLING.index(one.category),
        one.end - one.start,
    )
