"""Asks every detector about a reading, within the scene the directory sets."""

from __future__ import annotations

from classifiers.finding import KnownName, Scene
from gateway.domain.message import Envelope
from gateway.domain.pair import Circle
from gateway.domain.people import Person


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
    )


def _known_name(person: Person) -> KnownName:
    return KnownName(person.id, person.role.value, person.given, person.family, person.nicknames)


def _issued(circle: Circle) -> frozenset[str]:
    """Aliases and issued addresses are ours to show."""
    issued = (person.address for person in circle.people.values() if person.address)
    return frozenset(one.casefold() for one in (*circle.aliases.values(), *issued))
