"""What a pupil is sent to watch or play suits their age."""

from __future__ import annotations

from classifiers.finding import Finding, Stance
from gateway.decide.choices import score
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Ruling

CATEGORY = "age_rating"


def age_rating(message: Message, terms: RuleTerms) -> Ruling:
    """Hold a tutor's mention of a film or game rated above the pupil's age. Parameter: act_at.

    Without a birth date the pupil counts as a child of twelve.
    """
    if message.sender_role is not Role.TUTOR:
        return Pass()
    age = message.circle.pupil.age(message.day)
    least = score(terms, "act_at", 0.5)
    above = tuple(f for f in message.findings if _is_above(f, 12 if age is None else age, least))
    if not above:
        return Pass()
    return Hold(terms.lane, terms.severity, "something rated above the pupil's age", above)


def _is_above(finding: Finding, age: int, least: float) -> bool:
    named = finding.category == CATEGORY and finding.value.isdigit()
    recommended = finding.stance is not Stance.REFUSAL and finding.score >= least
    return named and recommended and int(finding.value) > age
