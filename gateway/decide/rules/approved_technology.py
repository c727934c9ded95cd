"""Lessons and talk take place where the organisation allows."""

from __future__ import annotations

from classifiers.finding import Finding, Stance
from gateway.decide.choices import names, score, table
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling

CATEGORY = "technology"
BLAMELESS = frozenset({Stance.REFUSAL, Stance.REPORT})


def approved_technology(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse a tutor's other tool under an exclusive list, else hold one that was never assessed.

    Setting approved_technology: mode, allow. The register's assessments count unless the list is
    exclusive, until the day they lapse. Parameter: act_at.
    """
    rules = table(terms, "approved_technology")
    mode = rules.get("mode")
    if mode == "open":
        return Pass()
    allowed = names(rules.get("allow"))
    if mode != "exclusive_allowlist":
        assessed = message.circle.on_file(FactKind.TECHNOLOGY, message.day)
        allowed |= {one.detail for one in assessed}
    found = _found(message, score(terms, "act_at", 0.5), allowed)
    if not found:
        return Pass()
    because = "a tool that is not approved: " + ", ".join(sorted({f.value or "unnamed" for f in found}))
    if mode == "exclusive_allowlist" and message.sender_role is Role.TUTOR:
        return Refuse(terms.say, because, found)
    return Hold(terms.lane, terms.severity, because, found)


def _found(message: Message, least: float, allowed: frozenset[str]) -> tuple[Finding, ...]:
    return tuple(
        f
        for f in message.findings
        if f.category == CATEGORY
        and f.score >= least
        and f.stance not in BLAMELESS
        and f.value not in allowed
    )
