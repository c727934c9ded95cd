"""Finds matters that some organisation has a rule for, in every text that somebody could read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifiers.finding import Finding, Kind, Layer, Passage, Scene, Stance
from classifiers.matters.cues import Cue, cues
from classifiers.matters.glance import glance
from classifiers.matters.people import absent
from classifiers.matters.rooms import rooms
from classifiers.matters.stance import OURS, take
from classifiers.matters.values import RATING, value
from classifiers.matters.words import Reader, Sentence, Stretch, stretches
from classifiers.normalise.view import View, normalise

READ = frozenset(
    {Layer.SUBJECT, Layer.TEXT, Layer.HTML, Layer.HIDDEN, Layer.ATTACHMENT, Layer.QUOTED, Layer.FILENAME}
)
QUOTED_WEIGHT = 0.5
MOST_READ = 400  # different sentences of one passage that are looked at closely
ROLES = {"parent": "guardian", "moderator": "staff", "safeguarding_lead": "staff", "administrator": "staff"}
OTHER_PERSON, TECHNOLOGY = "other_person", "technology"


class TooMuchToRead(Exception):
    """A passage holds more suspicious sentences than may be read: a person must look."""


class Matters:
    """Reads sentences that hold a cue's words. Scores of 0.7 and more act alone, less only beside another."""

    name = "matters"
    version = "1"

    def __init__(self) -> None:
        self._cues = cues()
        self._glance = glance()
        self._reader = Reader(self._cues.known)

    def find(self, passages: Sequence[Passage], scene: Scene) -> list[Finding]:
        """Return Kind.MATTER findings, the strongest of each category in each sentence.

        stance: REPORT for what somebody else did or wanted. What is refused is not returned.
        Raises: TooMuchToRead.
        """
        found: list[Finding] = []
        for passage in passages:
            if passage.layer is Layer.LINK:
                found += _rooms(passage, passage.text)
            elif passage.layer in READ:
                found += self._of_passage(passage, scene)
        return found

    def _of_passage(self, passage: Passage, scene: Scene) -> Iterator[Finding]:
        view = normalise(passage.text)
        yield from _rooms(passage, view.text if view.starts is None else passage.text)
        for one in absent(passage, scene):
            evidence = "somebody of the directory who has no part in this"
            yield _finding(
                passage,
                OTHER_PERSON,
                (one.start, one.end),
                one.score,
                one.person_id,
                Stance.MENTION,
                evidence,
            )
        roles = _Roles(scene)
        seen: set[str] = set()
        read = 0
        before: Sentence | None = None
        for stretch in stretches(view.text):
            text = view.text[stretch.start : stretch.end]
            if text.strip() in seen:
                continue
            seen.add(text.strip())
            sentence = self._reader.sentence(text)
            rows = [row for row in self._glance.rows(sentence) if roles.fit(self._row(row))]
            if rows:
                read += 1
                if read > MOST_READ:
                    raise TooMuchToRead
                place = _Place(passage, view, stretch, sentence, before)
                yield from self._of_sentence(place, rows, roles)
            before = sentence

    def _row(self, index: int) -> Cue:
        return self._cues.rows[index].cue

    def _of_sentence(self, place: _Place, rows: Sequence[int], roles: _Roles) -> Iterator[Finding]:
        """The strongest cue of each category in one sentence."""
        held = self._cues
        earlier = place.before.joined if place.before is not None else b""
        best: dict[str, tuple[Cue, tuple[int, int], Stance]] = {}
        for row in (held.rows[index] for index in rows):
            span = held.search(row, place.sentence.joined)
            stance = take(row, span, place.sentence, earlier, held) if span is not None else None
            if span is None or stance is None:
                continue
            known = best.get(row.cue.category)
            if known is None or known[0].score < row.cue.score:
                best[row.cue.category] = row.cue, span, roles.take(row.cue, stance)
        for cue, span, stance in best.values():
            yield from self._said(place, cue, span, stance)

    def _said(self, place: _Place, cue: Cue, span: tuple[int, int], stance: Stance) -> Iterator[Finding]:
        """The finding of a cue; none where only its value would make it one, and it has none."""
        what = ""
        if cue.value:
            written = place.view.text[place.stretch.start : place.stretch.end]
            what = value(cue.value, self._cues, place.sentence, span, written)
            if cue.value == RATING and not what:
                return
        first, last = place.sentence.at(span[0]), place.sentence.at(span[1] - 1)
        where = self._reader.span(place.view, place.stretch, first, last)
        yield _finding(place.passage, cue.category, where, cue.score, what, stance, cue.says)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence in its passage, and the one before it."""

    passage: Passage
    view: View
    stretch: Stretch
    sentence: Sentence
    before: Sentence | None


class _Roles:
    """Who writes to whom, as cues ask for it."""

    def __init__(self, scene: Scene) -> None:
        self._by = ROLES.get(scene.sender_role, scene.sender_role)
        self._to = frozenset(ROLES.get(role, role) for role in scene.recipient_roles)

    def fit(self, cue: Cue) -> bool:
        """Whether a cue counts for these; recipients nobody named could be anybody."""
        return self._by in cue.by and (not self._to or not self._to.isdisjoint(cue.to))

    def take(self, cue: Cue, stance: Stance) -> Stance:
        """What a family or tutor writes to us alone is told, unless it is their own matter."""
        ours = bool(self._to) and self._to <= OURS and not cue.stance
        return Stance.REPORT if ours else stance


def _rooms(passage: Passage, text: str) -> Iterator[Finding]:
    """Links to video rooms and boards, by the tool they lead to."""
    for start, end, tool in rooms(text):
        yield _finding(passage, TECHNOLOGY, (start, end), 0.9, tool, Stance.OFFER, "links to a tool")


def _finding(
    passage: Passage,
    category: str,
    span: tuple[int, int],
    score: float,
    what: str,
    stance: Stance,
    evidence: str,
) -> Finding:
    weight = QUOTED_WEIGHT if passage.layer is Layer.QUOTED else 1.0
    start, end = passage.source_span(*span)
    return Finding(
        kind=Kind.MATTER,
        category=category,
        layer=passage.layer,
        start=start,
        end=end,
        score=round(score * weight, 3),
        part=passage.part,
        value=what,
        stance=stance,
        evidence=(evidence,),
        detector=Matters.name,
        version=Matters.version,
    )
