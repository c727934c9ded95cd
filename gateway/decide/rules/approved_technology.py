"""Lessons and talk take place where the organisation allows."""

from __future__ import annotations

from classifiers.finding import Finding, Stance
from gateway.decide.choices import names, score, table
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind, lapsed
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling

CATEGORY, FAILURE = "technology", "tool_failure"
BLAMELESS = frozenset({Stance.REFUSAL, Stance.REPORT})


def approved_technology(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse a tutor's other tool under an exclusive list, else hold one that was never assessed.

    Setting approved_technology: mode; allow; assessment_valid_months, for which an assessment in the
    register counts, or until the day it says; under an exclusive list none does, but with
    fallback_allowed one stands in where a listed tool has failed. Parameter: act_at.
    """
    rules = table(terms, "approved_technology")
    mode = rules.get("mode")
    if mode == "open":
        return Pass()
    allowed = names(rules.get("allow"))
    failed = any(f.category == FAILURE for f in message.findings)
    if mode != "exclusive_allowlist" or (rules.get("fallback_allowed") and failed):
        allowed |= _assessed(message, int(str(rules.get("assessment_valid_months", 12))))
    found = _found(message, score(terms, "act_at", 0.5), allowed)
    if not found:
        return Pass()
    because = "a tool that is not approved: " + ", ".join(sorted({f.value or "unnamed" for f in found}))
    if mode == "exclusive_allowlist" and message.sender_role is Role.TUTOR:
        return Refuse(terms.say, because, found)
    return Hold(terms.lane, terms.severity, because, found)


def _assessed(message: Message, months: int) -> frozenset[str]:
    """The tools with an assessment that has not lapsed; one without a date lapses by its `until` alone."""
    on_file = message.circle.on_file(FactKind.TECHNOLOGY, message.day)
    return frozenset(one.detail for one in on_file if not lapsed(one, months, message.day))


def _found(message: Message, least: float, allowed: frozenset[str]) -> tuple[Finding, ...]:
    return tuple(
        f
        for f in message.findings
        if f.category == CATEGORY
        and f.score >= least
        and f.stance not in BLAMELESS
        and f.value not in allowed
    )
