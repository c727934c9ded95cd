"""A tutor whose work has ended writes to nobody here."""

from __future__ import annotations

from gateway.decide.choices import table
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling


def tutor_leaver(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse a tutor who has left; hold what a family still writes to them.

    Setting tutor_leaver: alias_off says from when, from the day after the last on file (end_date) or
    as soon as a last day is on file (at_once). That both are blocked is no choice of a pack.
    """
    tutor = message.circle.pair.tutor_id
    engaged = [f for f in message.circle.facts if f.kind is FactKind.ENGAGED and f.person_id == tutor]
    at_once = table(terms, "tutor_leaver").get("alias_off") == "at_once"
    ahead = any(one.holds(message.day) and not (at_once and one.until) for one in engaged)
    if not engaged or ahead:
        return Pass()
    because = "the tutor is leaving" if at_once else "the tutor's last day is over"
    if message.sender_role is Role.TUTOR:
        return Refuse(terms.say, because)
    return Hold(terms.lane, terms.severity, because)
