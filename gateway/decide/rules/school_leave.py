"""A school's pupils are not written to unless the school has given leave."""

from __future__ import annotations

from gateway.decide.choices import word
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling


def school_leave(message: Message, terms: RuleTerms) -> Ruling:
    """Under a school contract, ask the register for the school's leave for this tutor and pupil.

    Setting school_contract_direct_contact: forbidden, or with_school_permission.
    """
    if message.circle.pair.contract != "school" or not message.concerns_pupil:
        return Pass()
    pair = message.circle.pair.id
    leave = message.circle.on_file(FactKind.SCHOOL_LEAVE, message.day, pair_id=pair)
    if leave and word(terms, "school_contract_direct_contact") != "forbidden":
        return Pass()
    because = "the school's leave to write to this pupil is not on file"
    if message.sender_role is Role.PUPIL:
        return Hold(terms.lane, terms.severity, because)
    return Refuse(terms.say, because)
