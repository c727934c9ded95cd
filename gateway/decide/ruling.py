"""One verdict out of many rulings: every rule is asked, the strongest ruling wins."""

from __future__ import annotations

from collections.abc import Callable

from gateway.decide.rules.addressed_directly import addressed_directly
from gateway.decide.rules.concerning_conduct import concerning_conduct
from gateway.decide.rules.contact_details import contact_details
from gateway.decide.rules.disclosure_before_copy import disclosure_before_copy
from gateway.decide.rules.fail_closed import fail_closed
from gateway.decide.rules.guardian_copied import guardian_copied
from gateway.decide.rules.imminent_harm import imminent_harm
from gateway.decide.rules.known_parties import known_parties
from gateway.decide.rules.pair_trajectory import pair_trajectory
from gateway.decide.rules.sender_verified import sender_verified
from gateway.decide.rules.subject_initials import subject_initials
from gateway.decide.rules.unchecked_attachment import unchecked_attachment
from gateway.decide.rules.unreadable import unreadable
from gateway.domain.message import Message
from gateway.domain.policy import Policy, RuleTerms
from gateway.domain.verdict import (
    LANE_RANK,
    SEVERITY_RANK,
    Amend,
    Change,
    Hold,
    Lane,
    Note,
    Outcome,
    Pass,
    Refuse,
    Ruled,
    Ruling,
    Severity,
    Verdict,
)

Rule = Callable[[Message, RuleTerms], Ruling]

# In the order of DESIGN 3: who, harm, disclosure, copies, names, contact, conduct, form.
RULES: tuple[tuple[str, Rule], ...] = (
    ("known_parties", known_parties),
    ("sender_verified", sender_verified),
    ("addressed_directly", addressed_directly),
    ("imminent_harm", imminent_harm),
    ("disclosure_before_copy", disclosure_before_copy),
    ("guardian_copied", guardian_copied),
    ("subject_initials", subject_initials),
    ("contact_details", contact_details),
    ("concerning_conduct", concerning_conduct),
    ("pair_trajectory", pair_trajectory),
    ("unchecked_attachment", unchecked_attachment),
    ("unreadable", unreadable),
    ("fail_closed", fail_closed),
)
RULE_NAMES = tuple(name for name, _ in RULES)

OUTCOME = {Note: Outcome.PASS, Amend: Outcome.AMEND, Hold: Outcome.HOLD, Refuse: Outcome.REFUSE}


def decide(message: Message, policy: Policy) -> Verdict:
    """Ask every rule of the policy and return the verdict, strongest ruling first."""
    ruled = [
        Ruled(name, policy.rules[name].clause, ruling)
        for name, rule in RULES
        if name in policy.rules and not isinstance(ruling := _ask(rule, message, policy.rules[name]), Pass)
    ]
    return verdict_of(ruled, policy.version)


def verdict_of(ruled: list[Ruled], policy_version: str) -> Verdict:
    """Join rulings: the strongest leads, the changes of all amendments are kept."""
    if not ruled:
        return Verdict(Outcome.PASS, policy_version)
    ordered = tuple(sorted(ruled, key=lambda one: strength(one.ruling), reverse=True))
    return Verdict(OUTCOME[type(ordered[0].ruling)], policy_version, ordered, _changes(ruled))


def strength(ruling: Ruling) -> tuple[int, int, int]:
    """Rank a ruling; larger wins.

    A refusal beats a hold for contact details, because its sender can mend it; every other
    hold beats a refusal, because a refusal would tell a person of concern what was seen.
    """
    match ruling:
        case Hold(lane=Lane.CONTACT | Lane.DELIVERY, severity=severity):
            return 2, 0, SEVERITY_RANK[severity]
        case Refuse():
            return 3, 0, 0
        case Hold(lane=lane, severity=severity):
            return 4, LANE_RANK[lane], SEVERITY_RANK[severity]
        case Amend():
            return 1, 0, 0
        case Note():
            return 0, 1, 0
        case Pass():
            return 0, 0, 0


def _ask(rule: Rule, message: Message, terms: RuleTerms) -> Ruling:
    try:
        return rule(message, terms)
    except Exception as fault:
        # A rule that crashes must not let the message pass: a person decides instead.
        kind = type(fault).__name__
        return Hold(Lane.REVIEW, Severity.HIGH, f"this rule could not be applied ({kind})")


def _changes(ruled: list[Ruled]) -> tuple[Change, ...]:
    return tuple(change for one in ruled if isinstance(one.ruling, Amend) for change in one.ruling.changes)
