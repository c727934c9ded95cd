"""An attachment that nobody and nothing could read does not reach a pupil unseen."""

from __future__ import annotations

from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Ruling


def unchecked_attachment(message: Message, terms: RuleTerms) -> Ruling:
    """Hold what shows pictures nobody could read, and whatever types the pack names.

    Parameter: types, a list of content types or their first halves ("video/").
    Source: MAIL 10.
    """
    if message.sender_role is not Role.TUTOR or not message.reaches_pupil:
        return Pass()
    types = terms.parameters.get("types", [])
    prefixes = tuple(str(one) for one in types) if isinstance(types, (list, tuple)) else ()
    attached = [part for part in message.reading.parts if part.text is None]
    count = sum(part.unread or part.content_type.startswith(prefixes) for part in attached)
    if not count:
        return Pass()
    return Hold(terms.lane, terms.severity, f"{count} attachment(s) that could not be read")
