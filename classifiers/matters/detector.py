"""Finds matters that some organisation has a rule for, in every text that somebody could read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from classifiers.finding import Finding, Kind, Layer, Passage, Scene, Stance
from classifiers.matters.cues import Cue, cues
from classifiers.matters.glance import glance
from classifiers.matters.people import absent
from classifiers.matters.rooms import rooms
from classifiers.matters.stance import OURS, take
from classifiers.matters.values import value
from classifiers.matters.words import Sentence, Stretch, read, stretches
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
                passage, OTHER_PERSON, (one.start, one.end), one.score, one.person_id, Stance.MENTION, evidence
            )
        roles = _Roles(scene)
        seen: dict[str, list[int]] = {}
        before: Stretch | None = None
        for stretch in stretches(view.text):
            text = view.text[stretch.start : stretch.end]
            if text not in seen:
                rows = seen[text] = [row for row in self._glance.rows(text) if roles.fit(self._row(row))]
                if rows:
                    yield from self._of_stretch(passage, view, stretch, before, rows, roles)
                if len(seen) > MOST_READ and sum(1 for one in seen.values() if one) > MOST_READ:
                    raise TooMuchToRead
            before = stretch

    def _row(self, index: int) -> Cue:
        return self._cues.rows[index].cue

    def _of_stretch(
        self,
        passage: Passage,
        view: View,
        stretch: Stretch,
        before: Stretch | None,
        rows: Sequence[int],
        roles: _Roles,
    ) -> Iterator[Finding]:
        """The strongest cue of each category in one sentence."""
        held = self._cues
        sentence = read(view, stretch, held.known)
        earlier = read(view, before, held.known).joined if before is not None else ""
        best: dict[str, Finding] = {}
        for row in (held.rows[index] for index in rows):
            span = held.search(row, sentence.joined)
            stance = take(row.cue, span, sentence, earlier, held) if span is not None else None
            if span is None or stance is None:
                continue
            said = self._said(passage, view, stretch, sentence, span, row.cue, roles.take(row.cue, stance))
            if row.cue.category not in best or best[row.cue.category].score < said.score:
                best[row.cue.category] = said
        yield from best.values()

    def _said(
        self,
        passage: Passage,
        view: View,
        stretch: Stretch,
        sentence: Sentence,
        span: tuple[int, int],
        cue: Cue,
        stance: Stance,
    ) -> Finding:
        written = view.text[stretch.start : stretch.end]
        what = value(cue.value, self._cues, sentence, span, written) if cue.value else ""
        where = sentence.span(*span)
        return _finding(passage, cue.category, where, cue.score, what, stance, cue.says)


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
