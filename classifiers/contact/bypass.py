"""Proposals to pay or carry on past the organisation, without any value: "cash in hand", "pay me direct"."""

from __future__ import annotations

from functools import cache

from classifiers.contact.hits import Hit, hit
from classifiers.contact.phrases import Phrases
from classifiers.contact.stream import Stream
from classifiers.contact.words import lexicon
from classifiers.finding import Stance

_MOST_HITS = 20
_LONGEST = 60
_LOYAL = (
    "pay the agency",
    "pay the platform",
    "to the agency",
    "through the platform",
    "through the site",
    "through the agency",
    "via the platform",
    "to the office",
    "as usual",
    "on the platform",
)
_TURNS = (
    "not pay",
    "rather than",
    "instead of",
    "not through",
    "not via",
    "not by",
    "than",
    "outside",
    "without",
    "instead",
)
_BEYOND = 24
_PERSONS = frozenset(
    (
        "i",
        "im",
        "ill",
        "id",
        "we",
        "us",
        "me",
        "my",
        "you",
        "u",
        "your",
        "yow",
        "lets",
        "ye",
        "wed",
        "youd",
        "our",
    )
)
_DENIED = frozenset(
    ("not", "never", "cant", "cannot", "dont", "wont", "mustnt", "nor", "against", "decline", "refuse", "refused",
     "rule", "rules", "policy", "allowed", "scam", "ignore", "didnt", "couldnt", "wouldnt", "asked", "said", "told",
     "wanted", "wants", "offered", "keeps", "suggested", "proposed", "declined", "prefer", "no", "avoid", "phishing", "fraud", "safety", "unfortunately", "afraid")
)  # fmt: skip
_POLITE = (
    "dont suppose",
    "dont mind",
    "why dont we",
    "why dont you",
    "dont worry",
    "no worries",
    "dont tell",
    "id prefer",
    "youd prefer",
    "you prefer",
    "u prefer",
    "rather you",
    "wont tell",
    "not sure if",
    "dont fancy",
)
_CONTRASTS = (
    "no agency",
    "no platform",
    "no middle",
    "nobody",
    "no one",
    "not through",
    "not by the",
    "not via",
    "no fee",
    "no fees",
    "no commission",
    "no need",
)


def bypasses(stream: Stream) -> list[Hit]:
    """Every sentence that proposes to settle things without the organisation."""
    tokens, context = stream.tokens, lexicon().context
    if not (
        tokens.holds(context["bypass_keys"]) and tokens.holds(_PERSONS) and tokens.holds(context["dealings"])
    ):
        return []
    if not _proposed().stand_in(f" {tokens.said()} "):
        return []
    found: list[Hit] = []
    for first, last in _sentences(stream):
        words = tokens.words[first : last + 1]
        if context["bypass_keys"].isdisjoint(words) or _PERSONS.isdisjoint(words):
            continue
        said = f" {' '.join(words)} "
        if not _proposed().stand_in(said):
            continue
        reached = max(map(said.find, _proposals()))
        loyal = any(f" {phrase} " in said for phrase in _LOYAL) and not any(
            f" {turn} " in said for turn in _TURNS
        )
        if loyal or context["dealings"].isdisjoint(words) or _taken_back(said[: reached + _BEYOND]):
            continue
        found.append(
            hit(stream, "intent", first, last, 0.64, stance=Stance.OFFER, evidence=("past the organisation",))
        )
        if len(found) >= _MOST_HITS:
            break
    return found


@cache
def _proposals() -> tuple[str, ...]:
    """The phrases that propose it, between blanks."""
    return tuple(f" {phrase} " for phrase in lexicon().context["bypass"])


@cache
def _proposed() -> Phrases:
    return Phrases(_proposals())


def _taken_back(said: str) -> bool:
    """Whether the sentence refuses or reports what it speaks of."""
    for polite in _POLITE:
        said = said.replace(f" {polite} ", " ")
    denials = sum(word in _DENIED for word in said.split())
    return denials > sum(contrast in said for contrast in _CONTRASTS)


def _sentences(stream: Stream) -> list[tuple[int, int]]:
    """First and last token of each sentence, signs at its ends left out."""
    tokens = stream.tokens
    found: list[tuple[int, int]] = []
    first = 0
    for end in [at for at, word in enumerate(tokens.words) if word[0] in ".!?;" or word[:2] == "\n\n"]:
        first = _cut_short(found, first, end)
        if end > first:
            found.append((first, end - 1))
        first = end + 1
    first = _cut_short(found, first, len(tokens.words))
    if first < len(tokens.words):
        found.append((first, len(tokens.words) - 1))
    return found


def _cut_short(found: list[tuple[int, int]], first: int, end: int) -> int:
    """Add the full lengths of an endless sentence, and return where what is left of it begins."""
    while end - first > _LONGEST:
        found.append((first, first + _LONGEST - 1))
        first += _LONGEST + 1
    return first
