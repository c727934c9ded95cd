"""Who gets a copy and who waits for whom, and whether a copy may still leave (MAIL 5)."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.domain.dispatch import Dispatch
from gateway.domain.message import Channel, Envelope
from gateway.domain.pair import Circle
from gateway.domain.people import Guardianship, Person, Role, Standing
from gateway.domain.verdict import AddRecipient, Verdict


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in the order of copies.

    required: the pupil's copy waits until this one is accepted. waits: this is such a copy.
    """

    person: Person
    required: bool = False
    waits: bool = False


def order(circle: Circle, envelope: Envelope, verdict: Verdict) -> tuple[Place, ...]:
    """Return who gets a copy, required guardians first.

    Recipients are those of the envelope and those the verdict adds. A barred guardian is
    never among them, nor the sender, nor by e-mail somebody without a mailbox.
    """
    added = (change.person_id for change in verdict.changes if isinstance(change, AddRecipient))
    chosen = dict.fromkeys((*envelope.recipient_ids, *added))
    people = [circle.people[one] for one in chosen if one in circle.people]
    people = [person for person in people if _may_have_copy(person, circle, envelope)]
    pupil_written_to = any(person.role is Role.PUPIL for person in people)
    must = {person.id for person in circle.required_guardians} if pupil_written_to else set()
    required = [person for person in people if person.id in must]
    others = [person for person in people if person.id not in must]
    return (
        *(Place(person, required=True) for person in required),
        *(Place(person, waits=bool(required) and person.role is Role.PUPIL) for person in others),
    )


def _may_have_copy(person: Person, circle: Circle, envelope: Envelope) -> bool:
    if person.id == envelope.sender_id or person.id in circle.barred_ids:
        return False
    if envelope.channel is Channel.PLATFORM and person.role is not Role.GUARDIAN:
        return True
    return bool(person.mailboxes)


def may_still_leave(dispatch: Dispatch, circle_now: Circle, policy_version_now: str) -> str | None:
    """Return why a copy must stop, in words for the record, or None when it may leave.

    circle_now, policy_version_now: as the directory has them at the moment of sending. The decision
        of a person who released the message stands whatever the pack says today.
    """
    if policy_version_now != dispatch.policy_version and not dispatch.released:
        return "the policy has changed since the verdict"
    if not circle_now.pair.open:
        return "the pair is closed"
    if circle_now.tutor.standing is not Standing.ACTIVE:
        return "the tutor is suspended or has left"
    person = circle_now.people.get(dispatch.recipient_id)
    if person is None or person.standing is not Standing.ACTIVE:
        return "the recipient is no longer part of it"
    return _guardian_stops(dispatch, person, circle_now) or _mailbox_stops(dispatch, person)


def _guardian_stops(dispatch: Dispatch, person: Person, circle: Circle) -> str | None:
    if person.id in circle.barred_ids:
        return "the guardian has been barred"
    if person.role is Role.GUARDIAN and _guardianship(person, circle) is None:
        return "the guardian has been removed"
    required = {one.id for one in circle.required_guardians}
    if dispatch.required and person.id not in required:
        return "the guardian is no longer registered or copied"
    if dispatch.waits_for_required and not required:
        return "no guardian is registered any more"
    if dispatch.covered is not None and required - dispatch.covered:
        return "a guardian was registered meanwhile who has had no copy"
    if dispatch.waits_for_required and not dispatch.released and required & circle.failing:
        return "a guardian's address fails"
    return None


def _guardianship(person: Person, circle: Circle) -> Guardianship | None:
    return next((one for one in circle.guardianships if one.guardian_id == person.id), None)


def _mailbox_stops(dispatch: Dispatch, person: Person) -> str | None:
    known = {mailbox.lower() for mailbox in person.mailboxes}
    if dispatch.mailbox and dispatch.mailbox.lower() not in known:
        return "the recipient's mailbox has changed"
    return None
