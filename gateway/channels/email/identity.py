"""Who writes to whom, worked out from the envelope and the directory alone (MAIL 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gateway.channels.email.path import same_address
from gateway.domain.pair import Circle
from gateway.domain.people import Person, Role
from gateway.errors import NotFound
from gateway.ports import Directory


@dataclass(frozen=True, slots=True)
class Place:
    """One way to understand a recipient: who writes to whom, in which pair."""

    organisation_id: str
    pair_id: str
    sender_id: str
    recipient_id: str


def places(directory: Directory, person: Person | None, mail_from: str, recipient: str) -> tuple[Place, ...]:
    """Every way to understand a recipient; none when it is unknown, closed or foreign.

    person: who signed in, None for mail from outside, whose writer is then looked up by
        `mail_from` among the registered mailboxes.
    Makes directory calls: not for the event loop.
    """
    writers = (person,) if person else directory.by_mailbox(mail_from)
    if not writers:
        return ()
    alias = directory.alias(recipient)
    if alias is not None and not alias.revoked:
        return tuple(_in_pairs(directory, writers, [alias.pair_id], alias.person_id))
    if person is not None:
        return ()
    tutor = directory.issued(recipient)
    if tutor is None or tutor.role is not Role.TUTOR:
        return ()
    theirs = {pair for writer in writers for pair in directory.pairs_of(writer.id)}
    shared = [pair for pair in directory.pairs_of(tutor.id) if pair in theirs]
    return tuple(_in_pairs(directory, writers, shared, tutor.id))


def _in_pairs(
    directory: Directory, writers: Sequence[Person], pair_ids: Iterable[str], recipient_id: str
) -> Iterable[Place]:
    for pair_id in pair_ids:
        try:
            circle = directory.circle(pair_id)
        except NotFound:
            continue
        writer = _writer_in(circle, writers)
        if circle.pair.open and writer is not None and recipient_id in circle.people:
            yield Place(circle.organisation.id, pair_id, writer.id, recipient_id)


def _writer_in(circle: Circle, writers: Sequence[Person]) -> Person | None:
    """The writer who belongs to the circle; of a mailbox shared in a family, the pupil.

    The pupil, because contact with a pupil is where the stricter rules are.
    """
    inside = [one for one in writers if one.id in circle.people]
    inside = [one for one in inside if one.organisation_id == circle.organisation.id]
    return next((one for one in inside if one.role is Role.PUPIL), inside[0] if inside else None)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A finished envelope: one sender, one pair, at least one recipient."""

    organisation_id: str
    pair_id: str
    sender_id: str
    recipient_ids: tuple[str, ...]


@dataclass(slots=True)
class Transaction:
    """The recipients of one mail so far, all of one pair.

    person: who signed in, None for mail from outside.
    mixed: a recipient of another family was named; the mail must not go to anybody.
    taken: recipients accepted, the sender's own address included.
    bounced: the copy that this is a report about; then it goes to nobody.
    """

    mail_from: str = field(repr=False)
    person: Person | None = field(default=None, repr=False)
    mixed: bool = False
    taken: int = 0
    bounced: int | None = None
    _places: list[tuple[Place, ...]] = field(default_factory=list, repr=False)
    _pairs: frozenset[str] | None = None

    def is_own(self, address: str) -> bool:
        """Tell whether a signed-in sender names their own address, as with "Bcc: me"."""
        return self.person is not None and same_address(address, self.person.address)

    def add(self, found: tuple[Place, ...]) -> bool:
        """Add a recipient; False, and `mixed`, when no pair is left that holds them all."""
        pairs = frozenset(place.pair_id for place in found)
        together = pairs if self._pairs is None else self._pairs & pairs
        if not together:
            self.mixed = True
            return False
        self._pairs = together
        self._places.append(found)
        self.taken += 1
        return True

    @property
    def ambiguous(self) -> bool:
        """True when the recipients fit more than one pair, as with siblings of one tutor."""
        return self._pairs is not None and len(self._pairs) > 1

    def addressed(self) -> Addressed | None:
        """The finished envelope, or None when nobody but the sender would get it.

        A sender who answers to all names their own alias too; they get no copy of their own.
        """
        if self._pairs is None or len(self._pairs) != 1:
            return None
        (pair_id,) = self._pairs
        chosen = [place for found in self._places for place in found if place.pair_id == pair_id]
        sender_id = chosen[0].sender_id
        others = dict.fromkeys(place.recipient_id for place in chosen if place.recipient_id != sender_id)
        if not others:
            return None
        return Addressed(chosen[0].organisation_id, pair_id, sender_id, tuple(others))
