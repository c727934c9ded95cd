"""Finds the people of a scene in subjects and says what stands for them: "J.S.".

Subjects and file names only: the display name of a sender is written anew for every copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from classifiers.finding import Finding, Kind, KnownName, Layer, Passage, Scene
from classifiers.names.candidates import candidates
from classifiers.names.contact_values import contact_values
from classifiers.names.identifiers import Identifier, identifiers
from classifiers.names.initials import letters_of
from classifiers.names.line import Line, Match
from classifiers.names.lore import lore
from classifiers.names.meant import meant, titled_before
from classifiers.names.roster import Form, Roster
from classifiers.names.tokens import widen

SEARCHED = frozenset({Layer.SUBJECT, Layer.FILENAME})
PUPIL = "pupil"


@lru_cache(maxsize=64)
def _roster(names: tuple[KnownName, ...]) -> Roster:
    return Roster.of(names)


class NameMatcher:
    """Finds names and what else identifies a pupil, where only initials may stand.

    Cost depends on the line and on `scene.names`, never on the size of the directory.
    """

    name = "names"
    version = "1"

    def find(self, passages: Sequence[Passage], scene: Scene) -> list[Finding]:
        """Return Kind.NAME findings with the replacement each would get.

        category: name, school, birth_date, upn, reference or contact. value: the directory's full name.
        """
        roster = _roster(scene.names)
        found: list[Finding] = []
        for passage in passages:
            if passage.layer in SEARCHED:
                found += [self._finding(passage, *one) for one in _found(passage.text, roster, scene.allowed)]
        return found

    def _finding(self, passage: Passage, identifier: Identifier, typo: bool) -> Finding:
        start, end = passage.source_span(identifier.start, identifier.end)
        return Finding(
            kind=Kind.NAME,
            category=identifier.category,
            layer=passage.layer,
            start=start,
            end=end,
            score=0.8 if typo else 1.0,
            part=passage.part,
            value=identifier.value,
            replacement=identifier.replacement,
            evidence=("misspelt name",) if typo else (identifier.evidence,),
            detector=self.name,
            version=self.version,
        )


def _found(text: str, roster: Roster, allowed: frozenset[str]) -> list[tuple[Identifier, bool]]:
    """Names and identifiers of one line from left to right, never overlapping."""
    line = Line.of(text)
    every = candidates(line, roster) if roster.names else []
    ends = {one.last for one in every}
    names = [
        (_named(line, one, roster, alone=one.first not in ends), one.typo)
        for one in meant(line, every, roster)
    ]
    others = [(one, False) for one in identifiers(line, [name for name, _ in names])]
    others += [(one, False) for one in contact_values(line, allowed)]
    taken: list[tuple[Identifier, bool]] = []
    for one in sorted(others + names, key=lambda pair: (pair[0].start, -pair[0].end)):
        if not taken or one[0].start >= taken[-1][0].end:
            taken.append(one)
    return taken


def _named(line: Line, match: Match, roster: Roster, *, alone: bool) -> Identifier:
    first = match.first
    persons = _narrowed(line, match, roster)
    start, end = line.tokens[first].start, line.tokens[match.last - 1].end
    written = line.text[start:end]
    label = roster.label(persons, match.form, written) if persons else letters_of(written)
    relative = _unknown_relative(line, match, roster) if alone else None
    if relative is not None:
        start, label = relative.start, relative.replacement
    if match.typo and line.tokens[first].key == match.key + "s" and not line.possessive(match.last):
        label += "'s"  # "Jamies homework"
    end = widen(line.text, end)
    if label.endswith(".") and line.text[end : end + 1] == ".":
        end += 1
    people = sorted(persons or match.persons)
    value = " / ".join(
        dict.fromkeys(f"{roster.names[p].given} {roster.names[p].family}".strip() for p in people)
    )
    return Identifier(start, end, "name", label or "[pupil]", value, "name from the directory")


def _narrowed(line: Line, match: Match, roster: Roster) -> frozenset[int]:
    """Who a title leaves: "Mrs Fox" is no pupil; empty when it is none of those we know."""
    title = titled_before(line, match.first)
    if title is None or title.key not in lore().adult_titles or match.form >= Form.REVERSED:
        return match.persons
    return frozenset(p for p in match.persons if roster.names[p].role != PUPIL)


def _unknown_relative(line: Line, match: Match, roster: Roster) -> Identifier | None:
    """ "Peter Whitfield" when the directory knows other Whitfields: "P.W."."""
    previous = line.before(match.first)
    if match.form is not Form.SURNAME or previous is None or line.tokens[match.first].before != " ":
        return None
    if previous.key not in lore().given or not previous.titled or previous.key in roster.keys:
        return None
    surname = line.text[line.tokens[match.first].start : line.tokens[match.last - 1].end]
    letters = letters_of(previous.raw) + letters_of(surname)
    return Identifier(previous.start, previous.end, "name", letters, "", "relative's name")
