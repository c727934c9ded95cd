"""Asks every detector about a reading, within the scene the directory sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from classifiers.finding import Examination, KnownName, Layer, Passage, Scene
from gateway.domain.message import Envelope
from gateway.domain.pair import Circle, OfCircle
from gateway.domain.people import Person
from gateway.ports import Screen

BODIES = frozenset({Layer.TEXT, Layer.HTML})
# What mail programs break a plain text at (RFC 5322 section 2.1.1 asks for 78, Gmail keeps to 72 and more).
WIDTH, LONG_LINE = 70, 50
# Whoever says so means the lines as they are: their first letters, or what stands below each other.
_SPEAKS_OF_LINES = re.compile("line|letter|acrostic|column|down the", re.IGNORECASE)


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
    across lines and at the very beginning. Only the breaks that a mail program puts into long lines
    do not count, and then the body without them is read, as it is shown.
    """
    once: list[Passage] = []
    said_again: set[tuple[Layer, int]] = set()
    first: dict[str, int] = {}
    latest = -1
    for passage in passages:
        if passage.layer in BODIES:
            same = first.get(passage.text, -1)
            if same < 0 and latest >= 0 and _are_wrapped_apart(once[latest].text, passage.text):
                same = latest
                once[same] = min(once[same], passage, key=lambda one: one.text.count("\n"))
            if same >= 0:
                said_again.add((once[same].layer, once[same].part))
                continue
            first[passage.text] = latest = len(once)
        once.append(passage)
    return once, said_again


def _are_wrapped_apart(one: str, other: str) -> bool:
    """Whether two texts are the same but for the breaks in long lines of one of them."""
    if len(one) != len(other) or _SPEAKS_OF_LINES.search(one):
        return False
    return unwrapped(one) == other or one == unwrapped(other)


def unwrapped(text: str) -> str:
    """The text with those lines joined that were broken because the next word had no room."""
    lines = text.split("\n")
    pieces = lines[:1]
    for before, line in pairwise(lines):
        word = line.partition(" ")[0]
        broken = word and len(before) >= LONG_LINE and len(before) + 1 + len(word) > WIDTH
        pieces += (" " if broken else "\n", line)
    return "".join(pieces)


def scene_of(
    envelope: Envelope, circle: Circle, prior: tuple[str, ...] = (), *, with_former: bool = False
) -> Scene:
    """Say who writes to whom, whose names may turn up, and which values may stand.

    with_former: the names of pupils whom the tutor taught before may turn up too.
    """
    return Scene(
        sender_role=circle.role_of(envelope.sender_id).value,
        recipient_roles=tuple(sorted({circle.role_of(one).value for one in envelope.recipient_ids})),
        channel=envelope.channel.value,
        names=_all_names(circle) if with_former else _known_names(circle),
        allowed=_may_stand(circle),
        prior=prior,
        present=frozenset(circle.people),
    )


@OfCircle
def _known_names(circle: Circle) -> tuple[KnownName, ...]:
    return tuple(map(_known, (*circle.people.values(), *circle.neighbours)))


@OfCircle
def _all_names(circle: Circle) -> tuple[KnownName, ...]:
    return tuple(map(_known, (*circle.people.values(), *circle.neighbours, *circle.former)))


def _known(person: Person) -> KnownName:
    return KnownName(person.id, person.role.value, person.given, person.family, person.nicknames)


@OfCircle
def _may_stand(circle: Circle) -> frozenset[str]:
    """What the organisation allows, and the aliases and issued addresses, which are ours to show."""
    issued = (person.address for person in circle.people.values() if person.address)
    return circle.allowed.union(one.casefold() for one in (*circle.aliases.values(), *issued))
