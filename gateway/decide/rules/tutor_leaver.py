"""A tutor whose work has ended writes to nobody here."""

from __future__ import annotations

from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling


def tutor_leaver(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse a tutor past the last day on file; hold what a family still writes to them.

    Setting tutor_leaver: past_clients_confidential and notices are the office's; blocking is not
    a choice.
    """
    tutor = message.circle.pair.tutor_id
    engaged = [f for f in message.circle.facts if f.kind is FactKind.ENGAGED and f.person_id == tutor]
    if not engaged or any(one.holds(message.day) for one in engaged):
        return Pass()
    because = "the tutor's last day is over"
    if message.sender_role is Role.TUTOR:
        return Refuse(terms.say, because)
    return Hold(terms.lane, terms.severity, because)
