"""Finds cues of conduct in every text of a message that somebody could read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifiers.conduct.lexicon import Cue, lexicon
from classifiers.conduct.patterns import patterns
from classifiers.conduct.stance import Place, take
from classifiers.conduct.words import Sentence, Skimmed, skim
from classifiers.finding import Finding, Kind, Layer, Passage, Scene, Stance

READ = frozenset(
    {Layer.SUBJECT, Layer.TEXT, Layer.HTML, Layer.HIDDEN, Layer.ATTACHMENT, Layer.QUOTED, Layer.FILENAME}
)
QUOTED_WEIGHT = 0.5
LEAST = 0.35
MOST_READ = 400  # sentences of one passage that the Matcher looks at; beyond it a person must
ROLES = {"parent": "guardian", "moderator": "staff", "safeguarding_lead": "staff", "administrator": "staff"}
TOLD = Cue("reports what an adult said", "third_party_report", 0.85, frozenset(), ())


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue taken in its context, in code points of the passage's text."""

    cue: Cue
    start: int
    end: int
    score: float
    stance: Stance
    evasive: bool


class ConductCues:
    """Reads sentences that hold a cue's words, and says who does what to whom."""

    name = "conduct_cues"
    version = "1"

    def __init__(self) -> None:
        self._lexicon = lexicon()
        self._patterns = patterns()

    def find(self, passages: Sequence[Passage], scene: Scene) -> list[Finding]:
        """Return Kind.CONDUCT findings; a score of 0.7 acts alone, of 0.4 only beside another."""
        role = ROLES.get(scene.sender_role, scene.sender_role)
        chosen: dict[tuple[str, ...], list[int]] = {}
        return [
            finding_of(passage, hit, weight)
            for passage in passages
            if passage.layer in READ
            for weight in (QUOTED_WEIGHT if passage.layer is Layer.QUOTED else 1.0,)
            for hit in strongest(self.hits(skim(passage.text, self._lexicon), role, chosen))
            if hit.score * weight >= LEAST
        ]

    def hits(self, skimmed: Skimmed, role: str, chosen: dict[tuple[str, ...], list[int]]) -> Iterator[Hit]:
        """Yield the cues of a text. chosen: rows for sentences that this message said already."""
        choice = self._patterns.choice(skimmed.present(), role)
        if choice is None:
            return
        read = 0
        for index, run in enumerate(skimmed.runs):
            if choice.clues.isdisjoint(run.texts):
                continue
            rows = chosen.get(run.texts)
            if rows is None:
                present = run.present(self._lexicon)
                rows = chosen[run.texts] = self._patterns.worth_trying(present, choice)
            if not rows:
                continue
            read += 1
            if read > MOST_READ:
                yield _too_much(skimmed.sentence(index))
                return
            yield from self._in_sentence(skimmed, index, rows)

    def _in_sentence(self, skimmed: Skimmed, index: int, rows: Sequence[int]) -> Iterator[Hit]:
        sentence = skimmed.sentence(index)
        for row, words, first, last in self._patterns.matches(sentence, rows):
            place = Place(words, first, last, sentence, skimmed.beside(index))
            reading = take(row.cue, place, self._lexicon)
            if reading.factor:
                cue = TOLD if reading.told else row.cue
                evasive = any(word.evasive for word in words[first:last])
                score = min(1.0, cue.score * reading.factor)
                yield Hit(cue, place.start, place.end, score, reading.stance, evasive)


def finding_of(passage: Passage, hit: Hit, weight: float) -> Finding:
    """A cue as a finding. weight: what the layer it stands in counts."""
    start, end = passage.source_span(hit.start, hit.end)
    return Finding(
        kind=Kind.CONDUCT,
        category=hit.cue.category,
        layer=passage.layer,
        start=start,
        end=end,
        score=round(hit.score * weight, 3),
        part=passage.part,
        stance=hit.stance,
        evasive=hit.evasive,
        evidence=(hit.cue.says,),
        detector=ConductCues.name,
        version=ConductCues.version,
    )


def _too_much(sentence: Sentence) -> Hit:
    """Fail closed: more suspicious sentences than may be read go to a person."""
    cue = Cue("holds more suspicious sentences than could be read", "boundary_testing", 0.7, frozenset(), ())
    return Hit(cue, sentence.words[0].start, sentence.words[-1].end, cue.score, Stance.MENTION, evasive=False)


def strongest(hits: Iterator[Hit]) -> list[Hit]:
    """Keep the strongest of overlapping hits of one category, in reading order."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda one: (-one.score, one.start - one.end)):
        twins = (other for other in kept if other.cue.category == hit.cue.category)
        if not any(hit.start < other.end and other.start < hit.end for other in twins):
            kept.append(hit)
    return sorted(kept, key=lambda one: (one.start, one.end))
