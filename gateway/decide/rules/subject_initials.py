"""Names in a subject line become initials, and contact details "[contact]"; in file names too if asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from classifiers.finding import Finding, Kind, Layer, Stance
from gateway.decide.choices import word
from gateway.domain.message import Message
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Amend, Note, Pass, Replace, Ruling

CONTACT = "[contact]"
SURE_ENOUGH = 0.5  # what a person would have to look at is nothing for a subject line


def subject_initials(message: Message, terms: RuleTerms) -> Ruling:
    """Replace every name found in the subject by its initials (clause HST-02).

    Setting subject_initials: enforce; warn, the office is told and contact details alone go; off,
    likewise and nobody is told. Parameters: in_file_names, whether file names get initials too.
    """
    wanted = {(Layer.SUBJECT, 0)}
    if terms.parameters.get("in_file_names", False):
        wanted |= {(Layer.FILENAME, part.index) for part in message.reading.parts if part.filename}
    found = [f for f in message.findings if (f.layer, f.part) in wanted and f.start < f.end]
    stance = word(terms, "subject_initials")
    if stance in ("warn", "off"):
        names = tuple(f for f in found if f.kind is Kind.NAME)
        found = [f for f in found if f.kind is not Kind.NAME]
        if stance == "warn" and names and not found:
            return Note("office", "a name stands in the subject", names)
    changes = tuple(apart(_changes(found)))
    return Amend(changes) if changes else Pass()


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
