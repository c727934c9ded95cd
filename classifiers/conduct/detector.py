"""Finds conduct that a person should look at: cues and learnt heads, weighed together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from classifiers.conduct.cues import LEAST as LEAST_CUE
from classifiers.conduct.cues import QUOTED_WEIGHT, READ, ROLES, ConductCues, Hit, finding_of, strongest
from classifiers.conduct.deep import UNREAD, Deep, encoder
from classifiers.conduct.features import Stretch, stretches
from classifiers.conduct.heads import Heads, model
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.likeness import Likeness
from classifiers.conduct.vectors import vectors
from classifiers.conduct.weighing import (
    FAINT,
    WEAK,
    Floats,
    Scales,
    Weighed,
    any_weights,
    scales_of,
    weigh,
)
from classifiers.conduct.weights import WrongWeights, arrays, manifest, models_folder
from classifiers.conduct.words import Skimmed, skim
from classifiers.finding import Finding, Kind, Layer, Passage, Scene, Stance

NAME, VERSION = "conduct", "3"
HEADS_FILE, VECTORS_FILE = "conduct_heads.npz", "conduct_vectors.npz"
DOUBTED = 0.39
CALM = -3.0  # what the encoder says where it is one in twenty sure, a logarithm of odds
URGENT = frozenset({"disclosure_abuse", "disclosure_self_harm", "threat", "third_party_report"})
REPORTS = frozenset({"third_party_report", "disclosure_abuse", "disclosure_self_harm"})


class Conduct:
    """Cues find what they know by its words; heads find what was never said this way before.

    deep: whether the sentence encoder reads too (`classifiers.conduct.deep`). A finding's score of
    0.7 acts alone, of 0.4 only beside another; below that it counts only for the pair's trajectory. `find` raises WrongWeights when the weights are not those pinned: the
    message is then held as not fully read.
    """

    name = NAME
    version = VERSION

    def __init__(self, folder: Path | None = None, *, deep: bool = True) -> None:
        self._cues = ConductCues()
        self._folder, self._deep = folder or models_folder(), deep
        # Read now, lest the first message pay for it; what is wrong with them, `find` says each time.
        with suppress(WrongWeights):
            learnt(self._folder, self._deep)

    def find(self, passages: Sequence[Passage], scene: Scene) -> list[Finding]:
        """Return Kind.CONDUCT findings, ordered as the passages are."""
        role = ROLES.get(scene.sender_role, scene.sender_role)
        chosen: dict[tuple[str, ...], list[int]] = {}
        return [
            found
            for passage in passages
            if passage.layer in READ
            for found in self._of_passage(passage, role, chosen)
        ]

    def _of_passage(
        self, passage: Passage, role: str, chosen: dict[tuple[str, ...], list[int]]
    ) -> Iterator[Finding]:
        weight = QUOTED_WEIGHT if passage.layer is Layer.QUOTED else 1.0
        skimmed = skim(passage.text, lexicon())
        hits = strongest(self._cues.hits(skimmed, role, chosen))
        held = learnt(self._folder, self._deep)
        sentences = [] if passage.layer is Layer.FILENAME else stretches(skimmed, held.heads.speller)
        if not sentences:
            yield from (finding_of(passage, hit, weight) for hit in hits if hit.score * weight >= LEAST_CUE)
            return
        yield from self._by_heads(held, passage, skimmed, sentences, hits, role, weight)

    def _by_heads(
        self,
        held: Learnt,
        passage: Passage,
        skimmed: Skimmed,
        sentences: Sequence[Stretch],
        hits: Sequence[Hit],
        role: str,
        weight: float,
    ) -> Iterator[Finding]:
        counted = role if role in held.scales.marks else "tutor"
        said = held.heads.read(sentences, counted)
        cues = cue_scores(hits, said.pairs, sentences, skimmed, held.scales.categories)
        deep = held.deep.read(sentences, said, cues, counted) if held.deep else None
        alone = any_weights(held.alone, counted, said.heads, cues, None)
        for hit in hits:
            at = windows_of(hit, said.pairs, sentences, skimmed)
            read = None if deep is None else deep[at]
            calm = doubted(hit, held.alone, counted, alone[at], read)
            sure = replace(hit, score=DOUBTED) if calm else hit
            if sure.score * weight >= LEAST_CUE:
                yield finding_of(passage, sure, weight)
        for one in _distinct(weigh(held.scales, counted, said.heads, cues, deep)):
            if one.score * weight >= FAINT:
                first, last = said.pairs[one.window]
                if deep is not None and held.deep and one.score >= WEAK and deep[one.window, -1] > UNREAD:
                    head = held.scales.categories.index(one.category)
                    first = held.deep.closest(sentences, first, head, counted)
                    last = first + 1
                words = [word for sentence in sentences[first:last] for word in sentence.words]
                start, end = span(skimmed, sentences, first, last)
                start, end = passage.source_span(start, end)
                yield Finding(
                    kind=Kind.CONDUCT,
                    category=one.category,
                    layer=passage.layer,
                    start=start,
                    end=end,
                    score=round(one.score * weight, 3),
                    part=passage.part,
                    stance=Stance.OFFER if one.category not in REPORTS else Stance.MENTION,
                    evidence=_evidence(held.likeness, words, one, weight),
                    detector=self.name,
                    version=self.version,
                )


def doubted(hit: Hit, alone: Scales, role: str, any_: Floats, deep: Floats | None) -> bool:
    """Whether a cue is too weak to act where everything else says that nothing is the matter.

    any_: of the cue's windows, as weighed without the encoder. deep: what that makes of them. What was
    too much to read is never doubted, and what may tell of harm by the encoder alone.
    """
    if hit.score <= DOUBTED or not hit.cue.patterns:
        return False
    if alone.marks[role].score(float(any_.max())) >= FAINT:
        return False
    return hit.cue.category not in URGENT if deep is None else float(deep[:, -1].max()) < CALM


def windows_of(
    hit: Hit, pairs: Sequence[tuple[int, int]], sentences: Sequence[Stretch], skimmed: Skimmed
) -> list[int]:
    """The windows in which a cue begins."""
    at = _sentence_of(hit, sentences, skimmed)
    return [row for row, (first, last) in enumerate(pairs) if first <= at < last]


def _evidence(likeness: Likeness, words: Sequence[str], one: Weighed, weight: float) -> tuple[str, ...]:
    """What a moderator can check; of faint signs, which nobody is shown alone, no more than that."""
    if one.score * weight < WEAK:
        return ("a faint sign, counted over time",)
    return likeness.evidence(words, one.category)


def span(skimmed: Skimmed, sentences: Sequence[Stretch], first: int, last: int) -> tuple[int, int]:
    """Where sentences [first, last) stand, in code points of the text."""
    start = skimmed.pieces[sentences[first].first].start()
    end = skimmed.pieces[sentences[last - 1].last - 1].end()
    return skimmed.view.span(start, end)


def cue_scores(
    hits: Iterable[Hit],
    pairs: Sequence[tuple[int, int]],
    sentences: Sequence[Stretch],
    skimmed: Skimmed,
    categories: Sequence[str],
) -> Floats:
    """(windows, categories): the strongest cue of each category that begins in each window."""
    scores = np.zeros((len(pairs), len(categories)), np.float32)
    places = {category: number for number, category in enumerate(categories)}
    for hit in hits:
        column = places.get(hit.cue.category)
        if column is None:
            continue
        rows = windows_of(hit, pairs, sentences, skimmed)
        scores[rows, column] = np.maximum(scores[rows, column], hit.score)
    return scores


def _sentence_of(hit: Hit, sentences: Sequence[Stretch], skimmed: Skimmed) -> int:
    for number in range(len(sentences)):
        if hit.start < span(skimmed, sentences, number, number + 1)[1]:
            return number
    return len(sentences) - 1


def _distinct(found: Sequence[Weighed]) -> list[Weighed]:
    """The strongest of each category."""
    best: dict[str, Weighed] = {}
    for one in found:
        if one.category not in best or one.score > best[one.category].score:
            best[one.category] = one
    return list(best.values())


@dataclass(frozen=True, slots=True)
class Learnt:
    """Everything that training made. scales: set for what reads; alone: for reading without the encoder."""

    heads: Heads
    scales: Scales
    alone: Scales
    likeness: Likeness
    deep: Deep | None


@lru_cache(maxsize=3)
def learnt(folder: Path, with_deep: bool) -> Learnt:
    """Everything learnt, read once. Raises: WrongWeights."""
    held = manifest(folder)
    table = vectors(arrays(VECTORS_FILE, folder))
    from_file = arrays(HEADS_FILE, folder)
    themes = {name: from_file.pop(name) for name in ("theme_rows", "theme_kinds", "theme_words")}
    categories = tuple(held["categories"])
    heads = Heads(model(from_file), table, lexicon())
    alone = scales_of(held["scales"], categories)
    likeness = Likeness(table, themes, categories)
    if not with_deep:
        return Learnt(heads, alone, alone, likeness, None)
    return Learnt(heads, scales_of(held["scales_deep"], categories), alone, likeness, encoder(folder))
