"""What our own detector and rules say of messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.conduct.cues import ConductCues, strongest
from classifiers.conduct.detector import Conduct, cue_scores, learnt
from classifiers.conduct.features import stretches
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.weighing import any_weights
from classifiers.conduct.weights import models_folder
from classifiers.conduct.words import skim
from classifiers.finding import Finding, Layer, Passage, Scene, Stance
from tests.training.corpus import Example

OWN_MARK = {"disclosure_abuse": 0.5, "third_party_report": 0.5, "disclosure_self_harm": 0.5, "threat": 0.5}
ACTS, TOGETHER = 0.7, 0.4
LANES = frozenset(OWN_MARK)


@dataclass(frozen=True, slots=True)
class Said:
    """The findings of a message, and how the heads rank it even where nothing is found.

    score: comparable over messages. held: by the default marks.
    """

    findings: tuple[Finding, ...]
    rank: float = 0.0

    @property
    def counted(self) -> list[Finding]:
        """What is neither refused nor merely reported, or is a report in a lane of its own."""
        return [
            one
            for one in self.findings
            if one.category in LANES or one.stance not in (Stance.REFUSAL, Stance.REPORT)
        ]

    @property
    def score(self) -> float:
        """The strongest finding, urgent ones on their cheaper mark; or, below every mark, the heads'."""
        return max([self.rank, *(_evened(one) for one in self.counted)])

    @property
    def held(self) -> bool:
        """Whether the rules of the default pack hold it for its conduct."""
        if any(_evened(one) >= ACTS for one in self.counted):
            return True
        return (
            len({one.category for one in self.counted if one.category not in LANES and one.score >= TOGETHER})
            > 1
        )

    @property
    def categories(self) -> set[str]:
        """Categories it is held for."""
        return {one.category for one in self.counted if _evened(one) >= TOGETHER}


def _evened(one: Finding) -> float:
    """A score on the scale where 0.7 acts, whatever the mark of its rule."""
    mark = OWN_MARK.get(one.category, ACTS)
    return one.score * ACTS / mark if one.score <= mark else ACTS + (one.score - mark) * 0.3 / (1 - mark)


@cache
def _detector(deep: bool) -> Conduct:
    return Conduct(deep=deep)


def said(one: Example, *, deep: bool = True) -> Said:
    """What is said of one message, with the sentence encoder or without."""
    scene = Scene(one.role, channel=one.channel)
    return Said(tuple(_detector(deep).find((Passage(Layer.TEXT, one.text),), scene)), _rank(one, deep))


def _rank(one: Example, deep: bool) -> float:
    held = learnt(models_folder(), deep)
    skimmed = skim(one.text, lexicon())
    sentences = stretches(skimmed, held.heads.speller)
    if not sentences:
        return 0.0
    hits = strongest(ConductCues().hits(skimmed, one.role, {}))
    heard = held.heads.read(sentences, one.role)
    cues = cue_scores(hits, heard.pairs, sentences, skimmed, held.scales.categories)
    read = held.deep.read(sentences, heard, cues, one.role) if held.deep else None
    weights = any_weights(held.scales, one.role, heard.heads, cues, read)
    return held.scales.marks[one.role].score(float(weights.max()))


def scores(asked: Sequence[Example]) -> NDArray[Any]:
    """A score for each message."""
    return np.array([said(one).score for one in asked])


def disguised(one: Example, text: str) -> Example:
    """The same message, written otherwise."""
    return replace(one, text=text)
