"""Turns a judged message into the exact bytes each recipient is to get."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gateway.deliver.guardian_first import Place, order
from gateway.domain.dispatch import Copy
from gateway.domain.message import Channel, Envelope, Reading
from gateway.domain.pair import Circle
from gateway.domain.people import Person, Role
from gateway.domain.verdict import DeliverAfter, Verdict
from gateway.ports import Compose


def copies_of(
    amended: Reading,
    envelope: Envelope,
    circle: Circle,
    verdict: Verdict,
    compose: Mapping[Channel, Compose],
) -> tuple[Copy, ...]:
    """Compose a copy for every mailbox of everybody who gets one, required guardians first.

    amended: the reading with the verdict's changes made. compose: by the wire a copy goes out by.
    Raises: LookupError when somebody written to cannot be reached, for then part of the
    message would be lost; whatever composing raises.
    """
    places = order(circle, envelope, verdict)
    reached = {place.person.id for place in places}
    if not reached.issuperset(envelope.recipient_ids):
        raise LookupError("a recipient cannot be reached")
    not_before = max((one.at for one in verdict.changes if isinstance(one, DeliverAfter)), default=None)
    visible = tuple(place.person for place in places)
    copies = []
    for place in places:
        wire = wire_to(place.person, envelope.channel)
        content = compose[wire](amended, envelope, circle, visible, place.person)
        mailboxes = place.person.mailboxes if wire is Channel.EMAIL else ("",)
        return_path = circle.aliases.get(envelope.sender_id, "")
        copies += [_copy(place, wire, mailbox, return_path, content, not_before) for mailbox in mailboxes]
    return tuple(copies)


def wire_to(person: Person, channel: Channel) -> Channel:
    """Guardians always get mail; a platform shows everybody else its messages itself."""
    return Channel.EMAIL if person.role is Role.GUARDIAN else channel


def _copy(
    place: Place, wire: Channel, mailbox: str, return_path: str, content: bytes, not_before: datetime | None
) -> Copy:
    return Copy(
        recipient_id=place.person.id,
        wire=wire,
        mailbox=mailbox,
        return_path=return_path,
        content=content,
        required=place.required,
        waits_for_required=place.waits,
        not_before=not_before,
    )
