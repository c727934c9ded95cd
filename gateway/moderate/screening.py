"""Asks every detector about a reading, within the scene the directory sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classifiers.finding import Examination, KnownName, Layer, Passage, Scene
from gateway.domain.message import Envelope
from gateway.domain.pair import Circle
from gateway.domain.people import Person
from gateway.ports import Screen

BODIES = frozenset({Layer.TEXT, Layer.HTML})


def examine(passages: Sequence[Passage], scene: Scene, screen: Screen) -> Examination:
    """What all detectors say of a message; a body that says the very same as another is read once.

    The HTML that a mail program sends beside a plain text mostly does. As soon as anything is
    found in what such bodies say, all of them are read, so that it is covered in each.
    """
    passages = [_without_end(one) if one.layer in BODIES else one for one in passages]
    once, said_again = _said_once(passages)
    examination = screen(once, scene)
    if said_again and any((one.layer, one.part) in said_again for one in examination.findings):
        return screen(passages, scene)
    return examination


def _without_end(passage: Passage) -> Passage:
    """A body without the white space after its last word, of which every mail program adds its own."""
    text = passage.text.rstrip()
    return passage if text == passage.text else replace(passage, text=text)


def _said_once(passages: Sequence[Passage]) -> tuple[list[Passage], set[tuple[Layer, int]]]:
    """The passages less the bodies that repeat another, and which bodies are repeated.

    The same means every letter, sign, space and line end: detectors read values down a page,
    across lines and at the very beginning.
    """
    once: list[Passage] = []
    first: dict[str, Passage] = {}
    said_again: set[tuple[Layer, int]] = set()
    for passage in passages:
        if passage.layer in BODIES:
            same = first.setdefault(passage.text, passage)
            if same is not passage:
                said_again.add((same.layer, same.part))
                continue
        once.append(passage)
    return once, said_again


def scene_of(envelope: Envelope, circle: Circle, prior: tuple[str, ...] = ()) -> Scene:
    """Say who writes to whom, whose names may turn up, and which values may stand."""
    people = (*circle.people.values(), *circle.neighbours)
    return Scene(
        sender_role=circle.role_of(envelope.sender_id).value,
        recipient_roles=tuple(sorted({circle.role_of(one).value for one in envelope.recipient_ids})),
        channel=envelope.channel.value,
        names=tuple(_known_name(person) for person in people),
        allowed=circle.allowed | _issued(circle),
        prior=prior,
        present=frozenset(circle.people),
    )


def _known_name(person: Person) -> KnownName:
    return KnownName(person.id, person.role.value, person.given, person.family, person.nicknames)


def _issued(circle: Circle) -> frozenset[str]:
    """Aliases and issued addresses are ours to show."""
    issued = (person.address for person in circle.people.values() if person.address)
    return frozenset(one.casefold() for one in (*circle.aliases.values(), *issued))
