"""A disclosure goes to nobody, a copied guardian least of all, before the safeguarding lead."""

from __future__ import annotations

from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Lane, Pass, Ruling

DISCLOSURE = "disclosure_abuse"
REPORT = "third_party_report"


def disclosure_before_copy(message: Message, terms: RuleTerms) -> Ruling:
    """Seal what may be a child telling of harm; bring an adult's report to a person at once.

    Source: conflict C-07, clause DFT-01: the guardian may be the one it is about.
    """
    act_at = float(str(terms.parameters.get("act_at", 0.5)))
    found = tuple(f for f in message.findings if f.category in (DISCLOSURE, REPORT) and f.score >= act_at)
    if not found:
        return Pass()
    if message.sender_role is Role.PUPIL or any(f.category == DISCLOSURE for f in found):
        return Hold(terms.lane, terms.severity, "a child may be telling about harm", found)
    return Hold(Lane.URGENT, terms.severity, "somebody reports a concern about a child", found)
