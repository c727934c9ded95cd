"""A roster written as roster.yaml, so that importing it again changes nothing."""

from __future__ import annotations

from io import StringIO

from ruamel.yaml import YAML

from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Person, Standing
from gateway.domain.register import Fact, Lesson
from gateway.domain.roster import Roster

Entry = dict[str, object]


def as_yaml(roster: Roster) -> str:
    """The text of roster.yaml. Passwords are not known to anybody and therefore not in it."""
    ours = roster.organisation
    ends: dict[str, Entry] = {one.id: {"tutor": one.tutor_id, "pupil": one.pupil_id} for one in roster.pairs}
    content = {
        "organisation": {"id": ours.id, "name": ours.name, "domain": ours.domain, "pack": ours.pack},
        "people": [_person(one) for one in roster.people],
        "guardianships": [_guardianship(one) for one in roster.guardianships],
        "pairs": [_pair(one) for one in roster.pairs],
        "allow": _allow(roster.allow or frozenset()),
        "register": [_fact(one, ends) for one in roster.facts or ()],
        "lessons": [_lesson(pair, one, ends) for pair, one in roster.lessons or ()],
    }
    yaml = YAML()
    yaml.width = 4096
    text = StringIO()
    yaml.dump(content, text)
    return text.getvalue()


def _person(person: Person) -> Entry:
    given: Entry = {
        "id": person.id,
        "role": person.role.value,
        "given": person.given,
        "family": person.family,
        "nicknames": list(person.nicknames),
        "born": person.born,
        "address": person.address,
        "mailboxes": list(person.mailboxes),
        "standing": person.standing.value if person.standing is not Standing.ACTIVE else None,
    }
    return {name: value for name, value in given.items() if value}


def _guardianship(one: Guardianship) -> Entry:
    given: Entry = {"guardian": one.guardian_id, "pupil": one.pupil_id, "copied": one.copied}
    return (
        given
        | ({"barred": True} if one.barred else {})
        | ({"registered": one.registered} if one.registered else {})
    )


def _pair(one: Pair) -> Entry:
    given: Entry = {"tutor": one.tutor_id, "pupil": one.pupil_id, "subject": one.subject}
    given |= {"contract": one.contract} | ({} if one.open else {"open": False})
    return given | ({"overlay": one.overlay} if one.overlay else {})


def _fact(fact: Fact, ends: dict[str, Entry]) -> Entry:
    given: Entry = {
        "kind": fact.kind.value,
        "person": fact.person_id,
        **ends.get(fact.pair_id, {}),
        "detail": fact.detail,
        "since": fact.since,
        "until": fact.until,
    }
    return {name: value for name, value in given.items() if value}


def _lesson(pair_id: str, lesson: Lesson, ends: dict[str, Entry]) -> Entry:
    times: Entry = {"starts": lesson.starts.isoformat(), "ends": lesson.ends.isoformat()}
    return {**ends[pair_id], **times} | ({"tool": lesson.tool} if lesson.tool else {})


def _allow(values: frozenset[str]) -> dict[str, list[str]]:
    """By kind, told by shape: only canonical values are kept."""
    kinds: dict[str, list[str]] = {"phones": [], "hosts": [], "addresses": []}
    for value in sorted(values):
        kind = "addresses" if "@" in value else "hosts" if any(c.isalpha() for c in value) else "phones"
        kinds[kind].append(value)
    return {kind: found for kind, found in kinds.items() if found}
