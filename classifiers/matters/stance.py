"""Says whether a matter is meant: refused, told of somebody else, or part of an exercise."""

from __future__ import annotations

from collections.abc import Sequence

from classifiers.conduct.meanings import COMMA, QUOTE
from classifiers.finding import Stance
from classifiers.matters.cues import Cue, Cues, Row
from classifiers.matters.words import Sentence

REACH = 7  # words back that a "not" can govern
TOLD_REACH = 9
OURS = frozenset(("staff", "organisation"))
_CLAUSE = frozenset((COMMA, QUOTE, "?", "but", "and", "so", "because", "if", "then", "although", "unless"))
_ASKING = frozenset(
    ("can", "could", "would", "will", "shall", "may", "are", "is", "do", "does", "did", "what")
)
STUDIES = ("STUDY", "FRAME", "WORKNAME")


def take(row: Row, span: tuple[int, int], sentence: Sentence, before: bytes, held: Cues) -> Stance | None:
    """How a row at `span` of the joined words is meant; None when it is not.

    before: the joined words of the sentence before this one, for what a story is about.
    """
    cue = row.cue
    first, last = sentence.at(span[0]), sentence.at(span[1] - 1)
    inside = () if row.denies else sentence.words[first:last]
    if not cue.firm and (_negated(sentence, first, inside, held) or _forbidden(sentence, held)):
        return None
    if _something_else(cue, sentence, before, held) or not _follows(cue, before, held):
        return None
    if cue.stance:
        return Stance(cue.stance)
    if _told(sentence, first, held):
        return Stance.REPORT
    asks = "?" in sentence.words[last:] or not _ASKING.isdisjoint(sentence.words[first : first + 1])
    return Stance.REQUEST if asks else Stance.OFFER


def _negated(sentence: Sentence, first: int, inside: Sequence[str], held: Cues) -> bool:
    """True when a "not" before the cue in its clause governs it, or one stands inside."""
    classes = held.known.classes
    if not classes["NOT"].isdisjoint(inside):
        return True
    if sentence.words[first] in _CLAUSE:
        return False
    for place in range(first - 1, max(-1, first - 1 - REACH), -1):
        word = sentence.words[place]
        if word in _CLAUSE:
            return False
        if word in classes["NOT"] or "_".join(sentence.words[place : place + 2]) in classes["NOT"]:
            following = " ".join(sentence.words[place : place + 3])
            return not any(following.startswith(one.replace("_", " ")) for one in classes["NOT_A_NO"])
    return False


def _forbidden(sentence: Sentence, held: Cues) -> bool:
    """True for "recording is not allowed", false for "... is not allowed, but ..."."""
    forbids = held.after("FORBIDDEN", sentence.joined)
    return forbids is not None and b" but " not in forbids


def _something_else(cue: Cue, sentence: Sentence, before: bytes, held: Cues) -> bool:
    """True when a class that the cue names stands in its sentence, or a story in the one before."""
    if any(held.holds(name, sentence.joined) for name in cue.drop):
        return True
    return bool(before) and any(name in cue.drop and held.holds(name, before) for name in STUDIES)


def _follows(cue: Cue, before: bytes, held: Cues) -> bool:
    """True when the sentence before speaks of what the cue goes on about, or need not."""
    return not cue.after or any(held.holds(name, before) for name in cue.after)


def _told(sentence: Sentence, first: int, held: Cues) -> bool:
    """True for what somebody else wanted: "mum asked me to ...", "he wants us to ..."."""
    words = sentence.words
    told, others = held.known.classes["WANTED"], held.known.classes["SOMEBODY"]
    return any(
        words[at] in told and not others.isdisjoint(words[max(0, at - 4) : at])
        for at in range(max(0, first - TOLD_REACH), min(first + 1, len(words)))
    )
