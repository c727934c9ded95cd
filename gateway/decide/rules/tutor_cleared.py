"""A tutor is vetted and inducted before the first message."""

from __future__ import annotations

from gateway.decide.choices import word
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling


def tutor_cleared(message: Message, terms: RuleTerms) -> Ruling:
    """Ask the register for the tutor's vetting and induction.

    Setting vetting_scheme. Parameters: vetting; induction_parts, how many different ones.
    """
    because = _lacking(message, terms)
    if not because:
        return Pass()
    if message.sender_role is Role.TUTOR:
        return Refuse(terms.say, because)
    return Hold(terms.lane, terms.severity, because)


def _lacking(message: Message, terms: RuleTerms) -> str:
    circle, tutor = message.circle, message.circle.pair.tutor_id
    vetted = {one.detail for one in circle.on_file(FactKind.VETTED, message.day, person_id=tutor)}
    if terms.parameters.get("vetting") and word(terms, "vetting_scheme") not in vetted:
        return "the tutor's vetting is not on file"
    parts = {one.detail for one in circle.on_file(FactKind.INDUCTED, message.day, person_id=tutor)}
    if len(parts) < int(str(terms.parameters.get("induction_parts", 0))):
        return "the tutor's induction is not complete"
    return ""
