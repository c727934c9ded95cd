"""Words that tell of harm about to happen reach a person at once, whoever wrote them."""

from __future__ import annotations

from classifiers.finding import Kind
from gateway.domain.message import Message
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Ruling

CATEGORIES = frozenset({"disclosure_self_harm", "threat"})


def imminent_harm(message: Message, terms: RuleTerms) -> Ruling:
    """Hold a message that may tell of self-harm or threatens somebody."""
    act_at = float(str(terms.parameters.get("act_at", 0.5)))
    found = tuple(
        f
        for f in message.findings
        if f.kind is Kind.CONDUCT and f.category in CATEGORIES and f.score >= act_at
    )
    if not found:
        return Pass()
    return Hold(terms.lane, terms.severity, "somebody may be about to come to harm", found)
