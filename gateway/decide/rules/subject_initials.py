"""Names in a subject line become initials, and contact details "[contact]"; in file names too if asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from classifiers.finding import Finding, Kind, Layer, Stance
from gateway.decide.choices import names, word
from gateway.domain.message import Message
from gateway.domain.people import Person, Role
from gateway.domain.policy import RuleTerms, route
from gateway.domain.verdict import Amend, Note, Pass, Replace, Ruling

CONTACT = "[contact]"
SURE_ENOUGH = 0.5  # what a person would have to look at is nothing for a subject line
PEOPLE = {Role.PUPIL: "pupil", Role.TUTOR: "teacher", Role.STAFF: "teacher", Role.GUARDIAN: "guardian"}


def subject_initials(message: Message, terms: RuleTerms) -> Ruling:
    """Replace the names found in the subject by their initials (clause HST-02).

    Settings: subject_initials (enforce; warn, the office is told and contact details alone go; off,
    likewise and nobody is told); subject_initials_people, whose names: those that nobody can place
    always. Parameters: in_file_names, whether file names get initials too.
    """
    wanted = {(Layer.SUBJECT, 0)}
    if terms.parameters.get("in_file_names", False):
        wanted |= {(Layer.FILENAME, part.index) for part in message.reading.parts if part.filename}
    found = [f for f in message.findings if (f.layer, f.part) in wanted and f.start < f.end]
    people = names(terms.settings.get("subject_initials_people", tuple(PEOPLE.values())))
    if left_out := frozenset(PEOPLE.values()) - people:
        found = [f for f in found if not _may_stand(f, message, left_out)]
    stance = word(terms, "subject_initials")
    if stance in ("warn", "off"):
        named = tuple(f for f in found if f.kind is Kind.NAME)
        found = [f for f in found if f.kind is not Kind.NAME]
        if stance == "warn" and named and not found:
            return Note(route(terms.settings, "first"), "a name stands in the subject", named)
    changes = tuple(apart(_changes(found)))
    return Amend(changes) if changes else Pass()


def _may_stand(f: Finding, message: Message, left_out: frozenset[str]) -> bool:
    """Whether a name is only of people whom the pack leaves out, and gives nobody else's away.

    The mother's surname is the pupil's too, as a rule.
    """
    if f.kind is not Kind.NAME or f.category != "name" or not f.value:
        return False
    known = (*message.circle.people.values(), *message.circle.neighbours)
    called = set(f.value.split(" / "))
    meant = [one for one in known if one.full_name in called]
    if not meant or any(PEOPLE.get(one.role) not in left_out for one in meant):
        return False
    others = (one for one in known if PEOPLE.get(one.role) not in left_out)
    return _pieces(_written(f, message)).isdisjoint(piece for one in others for piece in _surname(one))


def _written(f: Finding, message: Message) -> str:
    """The words that a finding covers."""
    passages = (one for one in message.reading.passages if (one.layer, one.part) == (f.layer, f.part))
    return " ".join(one.text[slice(*one.text_span(f.start, f.end))] for one in passages)


def _surname(person: Person) -> frozenset[str]:
    return _pieces(person.family)


def _pieces(name: str) -> frozenset[str]:
    apart = "".join(letter if letter.isalnum() or letter in "'\u2019" else " " for letter in name.casefold())
    return frozenset(piece.removesuffix("'s").removesuffix("\u2019s") for piece in apart.split())


def _changes(found: Iterable[Finding]) -> Iterator[Replace]:
    for f in found:
        if f.kind is Kind.NAME and f.replacement is not None:
            yield Replace(f.layer, f.part, f.start, f.end, f.replacement)
        elif f.kind is Kind.CONTACT and _is_value(f):
            yield Replace(f.layer, f.part, f.start, f.end, CONTACT)


def _is_value(f: Finding) -> bool:
    """Whether a finding is something to reach somebody by, and neither a wish nor a refusal."""
    return f.category != "intent" and f.score >= SURE_ENOUGH and f.stance is not Stance.REFUSAL


def apart(changes: Iterable[Replace]) -> list[Replace]:
    """The changes with those that overlap made one, which hides contact details if one of them does."""
    kept: list[Replace] = []
    for change in sorted(changes, key=lambda one: (one.layer, one.part, one.start, -one.end)):
        last = kept[-1] if kept else None
        if last is None or (last.layer, last.part) != (change.layer, change.part) or change.start >= last.end:
            kept.append(change)
            continue
        text = CONTACT if CONTACT in (last.text, change.text) else last.text
        kept[-1] = Replace(last.layer, last.part, last.start, max(last.end, change.end), text)
    return kept
