"""A case's exhibit arranged for its page: texts with marks, numbered evidence, people."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from classifiers.finding import Finding, Layer, Passage
from gateway.desk import letters, links, marks, words
from gateway.domain.case import SEES_SEALED, Case, State, first_view
from gateway.domain.pair import Circle
from gateway.domain.people import Guardianship, Person, Role
from gateway.domain.policy import Clause, Policy
from gateway.domain.verdict import Amend, Pass, Refuse, Replace, Ruled
from gateway.ports import Exhibit

GENERIC_SAY = "Please look at your message again, change it and send it once more."

READING_ORDER = {
    layer: place
    for place, layer in enumerate(
        (
            Layer.SUBJECT, Layer.TEXT, Layer.HTML, Layer.HIDDEN, Layer.LINK, Layer.DISPLAY,
            Layer.FILENAME, Layer.ATTACHMENT, Layer.QUOTED, Layer.PRIOR,
        )
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One finding in the list of evidence.

    marked: it is to be seen in a text on this page.
    clauses: ids of the clauses whose rulings lean on it; rules: their rules, in words.
    """

    number: int
    finding: Finding
    marked: bool
    clauses: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One passage to show.

    anchors: findings whose mark here is the one to jump to: a page has each only once.
    folded: closed at first, because nothing in it is marked and it only repeats.
    spelling: the other spelling of a link's host, "" when there is none.
    """

    title: str
    layer: Layer
    segments: tuple[marks.Segment, ...] = field(repr=False)
    anchors: frozenset[int] = frozenset()
    folded: bool = False
    note: str = ""
    spelling: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reason:
    """One ruling with the clause it rests on; clause None when the policy has lost it."""

    rule: str
    outcome: str
    because: str
    clause_id: str
    clause: Clause | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the circle, by initials; the full name is for those who may see it."""

    initials: str
    role: str
    standing: str
    part: str
    copy: str = ""
    failing: bool = False
    full_name: str = field(default="", repr=False)


def sections(exhibit: Exhibit) -> tuple[Section, ...]:
    """Every passage of the message in reading order, marks and all."""
    numbered = list(enumerate(exhibit.findings, 1))
    passages = sorted(exhibit.reading.passages, key=lambda p: (READING_ORDER.get(p.layer, 99), p.part))
    several = len({p.part for p in passages if p.layer in (Layer.TEXT, Layer.HTML)}) > 1
    anchored: set[int] = set()
    made = []
    for passage in passages:
        if passage.text.strip():
            section = _section(passage, numbered, several, _seen(passage, passages), frozenset(anchored))
            anchored |= section.anchors
            made.append(section)
    return tuple(made)


def _seen(passage: Passage, passages: Sequence[Passage]) -> frozenset[int]:
    """Source offsets of a hidden passage that a reader sees all the same.

    Hidden text is judged within the whole of its HTML, so that no style can cut a word in two.
    """
    if passage.layer is not Layer.HIDDEN or passage.origin is None:
        return frozenset()
    shown = (p.origin for p in passages if p.layer is Layer.HTML and p.part == passage.part and p.origin)
    return frozenset(at for origin in shown for at in origin).intersection(passage.origin)


def _section(
    passage: Passage,
    numbered: Sequence[marks.Numbered],
    several: bool,
    seen: frozenset[int],
    anchored: frozenset[int],
) -> Section:
    cut = marks.segments(passage, numbered, seen)
    title = words.LAYERS.get(passage.layer, words.plain(passage.layer))
    if several and passage.part:
        title = f"{title} (part {passage.part})"
    begun = frozenset(number for segment in cut for number in segment.begins)
    return Section(
        title=title,
        layer=passage.layer,
        segments=marks.abridged(cut),
        anchors=begun - anchored,
        folded=not begun and passage.layer in (Layer.QUOTED, Layer.PRIOR),
        note=_note(passage.layer, bool(seen)),
        spelling=links.other_spelling(passage.text) if passage.layer is Layer.LINK else "",
    )


def _note(layer: Layer, among_seen: bool) -> str:
    if layer is not Layer.HIDDEN:
        return ""
    return "among what a reader sees, which is grey here" if among_seen else "a reader would not see this"


def rows(exhibit: Exhibit, shown: Sequence[Section]) -> tuple[Row, ...]:
    """The findings, numbered as the marks are."""
    marked = {number for section in shown for segment in section.segments for number in segment.numbers}
    return tuple(
        _row(number, finding, number in marked, exhibit.verdict.ruled)
        for number, finding in enumerate(exhibit.findings, 1)
    )


def _row(number: int, finding: Finding, marked: bool, ruled: Sequence[Ruled]) -> Row:
    leaning = [one for one in ruled if _leans_on(one, finding)]
    return Row(
        number=number,
        finding=finding,
        marked=marked,
        clauses=tuple(dict.fromkeys(one.clause for one in leaning if one.clause)),
        rules=tuple(dict.fromkeys(words.plain(one.rule) for one in leaning)),
    )


def _leans_on(ruled: Ruled, finding: Finding) -> bool:
    if isinstance(ruled.ruling, Amend):
        place = (finding.layer, finding.part, finding.start, finding.end)
        return any(
            (change.layer, change.part, change.start, change.end) == place
            for change in ruled.ruling.changes
            if isinstance(change, Replace)
        )
    if isinstance(ruled.ruling, Pass):
        return False
    return finding in ruled.ruling.findings


def reasons(exhibit: Exhibit, clauses: Mapping[str, Clause]) -> tuple[Reason, ...]:
    """Why the message did not simply pass, strongest first."""
    return tuple(
        Reason(
            rule=words.plain(ruled.rule).capitalize(),
            outcome={"Hold": "held", "Refuse": "would be refused", "Amend": "would be changed"}[
                type(ruled.ruling).__name__
            ],
            because=getattr(ruled.ruling, "because", ""),
            clause_id=ruled.clause,
            clause=clauses.get(ruled.clause),
        )
        for ruled in exhibit.verdict.ruled
        if not isinstance(ruled.ruling, Pass)
    )


def clause_choices(exhibit: Exhibit) -> tuple[str, ...]:
    """Clauses a decision may cite, the case's own first."""
    cited = [exhibit.case.clause, *(ruled.clause for ruled in exhibit.verdict.ruled)]
    return tuple(dict.fromkeys(clause for clause in cited if clause))


def wording(exhibit: Exhibit, policy: Policy) -> str:
    """What the sender would be told if the message came back: the policy's words, or general ones."""
    leading = exhibit.verdict.leading
    if leading is None:
        return GENERIC_SAY
    if isinstance(leading.ruling, Refuse) and leading.ruling.say:
        return leading.ruling.say
    terms = policy.rules.get(leading.rule)
    return (terms.say if terms else "") or GENERIC_SAY


def members(exhibit: Exhibit, copies: Mapping[str, str]) -> tuple[Member, ...]:
    """The people around the pair and the part each has in this message.

    copies: the state of each person's copy, by their id.
    """
    envelope = exhibit.envelope
    return tuple(
        replace(
            member,
            part=_part(person.id, envelope.sender_id, envelope.recipient_ids),
            copy=words.COPIES.get(copies.get(person.id, ""), ""),
        )
        for member, person in zip(around(exhibit.circle), exhibit.circle.people.values(), strict=True)
    )


def around(circle: Circle) -> tuple[Member, ...]:
    """The people around a pair."""
    ties = {tie.guardian_id: tie for tie in circle.guardianships}
    return tuple(
        Member(
            initials=person.initials,
            role=words.plain(person.role),
            standing=_standing(ties.get(person.id))
            if person.role is Role.GUARDIAN
            else words.plain(person.standing),
            part="",
            failing=person.id in circle.failing,
            full_name=person.full_name,
        )
        for person in circle.people.values()
    )


def normalised(exhibit: Exhibit) -> tuple[tuple[str, str], ...]:
    """Title and text of each passage with look-alike forms folded and unseen characters taken out."""
    passages = sorted(exhibit.reading.passages, key=lambda p: (READING_ORDER.get(p.layer, 99), p.part))
    return tuple(
        (words.LAYERS.get(one.layer, words.plain(one.layer)), _folded(one.text)[: marks.LONGEST_SHOWN])
        for one in passages
        if one.text.strip()
    )


def _folded(text: str) -> str:
    seen = "".join(run for run, label in letters.pieces(text) if not label)
    return unicodedata.normalize("NFKC", seen).casefold()


def may_give_view(exhibit: Exhibit, person: Person) -> bool:
    """False for whoever gave the first view of a case that waits for a second, or must leave it to the lead."""
    case = exhibit.case
    if case.state is State.SPLIT:
        return person.role in SEES_SEALED
    first = first_view(case, exhibit.decisions)
    return first is None or first.moderator_id != person.id


def standing_of(case: Case) -> str:
    """How a case stands, as a form carries it to tell what changed meanwhile."""
    return f"{case.state}/{case.severity}/{case.lane}"


def differences(seen: str, case: Case) -> list[tuple[str, str, str]]:
    """What is different from how a case stood: name, before, now."""
    before, now = seen.split("/"), standing_of(case).split("/")
    if len(before) != len(now):
        return []
    names = ("State", "Severity", "Lane")
    triples = zip(names, before, now, strict=True)
    return [(name, words.plain(was), words.plain(is_)) for name, was, is_ in triples if was != is_]


def _standing(tie: Guardianship | None) -> str:
    if tie is None:
        return "not a guardian of this pupil"
    if tie.barred:
        return "barred by order: must not be told"
    if not tie.copied:
        return "not copied"
    if tie.registered is None:
        return "to be copied, not yet registered"
    return f"copied, registered {tie.registered.day} {tie.registered:%b %Y}"


def _part(person_id: str, sender_id: str, recipient_ids: Sequence[str]) -> str:
    if person_id == sender_id:
        return "sent it"
    return "is written to" if person_id in recipient_ids else "—"
