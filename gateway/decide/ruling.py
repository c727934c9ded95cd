"""One verdict out of many rulings: every rule is asked, the strongest ruling wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gateway.decide.rules.acknowledged import acknowledged
from gateway.decide.rules.addressed_directly import addressed_directly
from gateway.decide.rules.age_rating import age_rating
from gateway.decide.rules.approved_technology import approved_technology
from gateway.decide.rules.concerning_conduct import concerning_conduct
from gateway.decide.rules.contact_details import contact_details
from gateway.decide.rules.disclosure_before_copy import disclosure_before_copy
from gateway.decide.rules.fail_closed import fail_closed
from gateway.decide.rules.guardian_copied import guardian_copied
from gateway.decide.rules.guardian_registered import guardian_registered
from gateway.decide.rules.human_sender import human_sender
from gateway.decide.rules.image_consent import image_consent
from gateway.decide.rules.imminent_harm import imminent_harm
from gateway.decide.rules.known_parties import known_parties
from gateway.decide.rules.lesson_place import lesson_place
from gateway.decide.rules.operating_hours import operating_hours
from gateway.decide.rules.pair_trajectory import pair_trajectory
from gateway.decide.rules.pupil_contact_mode import pupil_contact_mode
from gateway.decide.rules.school_leave import school_leave
from gateway.decide.rules.sender_verified import sender_verified
from gateway.decide.rules.sensitive_channel import sensitive_channel
from gateway.decide.rules.subject_initials import subject_initials
from gateway.decide.rules.tutor_cleared import tutor_cleared
from gateway.decide.rules.tutor_leaver import tutor_leaver
from gateway.decide.rules.unchecked_attachment import unchecked_attachment
from gateway.decide.rules.unreadable import unreadable
from gateway.decide.rules.unsolicited_contact import unsolicited_contact
from gateway.decide.watching import claimed, watched
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

# In the order of DESIGN 3: who, harm, disclosure, contact mode, copies, names, contact, conduct, hours, form.
RULES: tuple[tuple[str, Rule], ...] = (
    ("known_parties", known_parties),
    ("sender_verified", sender_verified),
    ("tutor_leaver", tutor_leaver),
    ("tutor_cleared", tutor_cleared),
    ("acknowledged", acknowledged),
    ("human_sender", human_sender),
    ("addressed_directly", addressed_directly),
    ("imminent_harm", imminent_harm),
    ("disclosure_before_copy", disclosure_before_copy),
    ("school_leave", school_leave),
    ("pupil_contact_mode", pupil_contact_mode),
    ("guardian_registered", guardian_registered),
    ("guardian_copied", guardian_copied),
    ("subject_initials", subject_initials),
    ("contact_details", contact_details),
    ("approved_technology", approved_technology),
    ("sensitive_channel", sensitive_channel),
    ("image_consent", image_consent),
    ("age_rating", age_rating),
    ("lesson_place", lesson_place),
    ("concerning_conduct", concerning_conduct),
    ("pair_trajectory", pair_trajectory),
    ("unsolicited_contact", unsolicited_contact),
    ("operating_hours", operating_hours),
    ("unchecked_attachment", unchecked_attachment),
    ("unreadable", unreadable),
    ("fail_closed", fail_closed),
)
CONDUCT, FAIL_CLOSED = "concerning_conduct", "fail_closed"
RULE_NAMES = tuple(name for name, _ in RULES)

OUTCOME = {Note: Outcome.PASS, Amend: Outcome.AMEND, Hold: Outcome.HOLD, Refuse: Outcome.REFUSE}


def decide(message: Message, policy: Policy) -> Verdict:
    """Ask every rule of the policy and return the verdict, strongest ruling first.

    What a watch has dealt with is not held a second time as concerning conduct.
    """
    watches = _watched(message, policy)
    dealt_with = claimed(watches)
    rest = replace(message, findings=tuple(f for f in message.findings if f not in dealt_with))
    ruled = [
        Ruled(name, policy.rules[name].clause, ruling)
        for name, rule in RULES
        if name in policy.rules
        and not isinstance(
            ruling := _ask(rule, rest if name == CONDUCT else message, policy.rules[name]), Pass
        )
    ]
    return verdict_of([*ruled, *watches], policy.version)


def _watched(message: Message, policy: Policy) -> list[Ruled]:
    try:
        return watched(message, policy)
    except Exception as fault:
        # As with a rule: whatever the watches would have said, a person says it instead.
        because = f"the watches could not be asked ({type(fault).__name__})"
        clause = policy.rules[FAIL_CLOSED].clause if FAIL_CLOSED in policy.rules else ""
        return [Ruled(FAIL_CLOSED, clause, Hold(Lane.REVIEW, Severity.HIGH, because))]


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
