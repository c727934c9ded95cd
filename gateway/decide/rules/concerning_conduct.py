"""What reads like grooming is looked at by a person before it goes on."""

from __future__ import annotations

from classifiers.finding import Finding, Kind, Stance
from gateway.decide.choices import word
from gateway.decide.rules.disclosure_before_copy import DISCLOSURE, REPORT
from gateway.decide.rules.imminent_harm import CATEGORIES as HARM
from gateway.domain.message import Message
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Lane, Pass, Ruling

OWN_RULES = HARM | {DISCLOSURE, REPORT}
OFF_PLATFORM = "off_platform"
CONTACT_FOUND = 0.5
BY_SETTING = {
    "profanity": "profanity_to_pupil",
    "contract_cheating": "contract_cheating",
    "extremism": "extremism",
}


def concerning_conduct(message: Message, terms: RuleTerms) -> Ruling:
    """Hold a message with one clear sign, or with two weak ones of different kinds.

    Parameters: act_at, together_at (scores); leave_out, categories that this organisation does
    not ask after; to_safeguarding_lead, those that only the lead sees. It flags to people and
    never punishes.
    """
    act_at = float(str(terms.parameters.get("act_at", 0.7)))
    together_at = float(str(terms.parameters.get("together_at", 0.4)))
    left_out = _named(terms, "leave_out") | _switched_off(terms)
    signs = tuple(
        f for f in message.findings if _is_sign(f) and f.score >= together_at and f.category not in left_out
    )
    if _names_a_contact(message):
        # The way out of the platform is then the matter of contact_details, which tells the sender.
        signs = tuple(f for f in signs if f.category != OFF_PLATFORM)
    clear = any(f.score >= act_at for f in signs)
    if not clear and len({f.category for f in signs}) < 2:
        return Pass()
    words = ", ".join(sorted({f.category.replace("_", " ") for f in signs}))
    for_lead = not _named(terms, "to_safeguarding_lead").isdisjoint(
        f.category for f in signs if f.score >= act_at
    )
    lane = Lane.SEALED if for_lead else terms.lane
    return Hold(lane, terms.severity, f"signs of concern: {words}", signs)


def _switched_off(terms: RuleTerms) -> frozenset[str]:
    """Categories that a setting of the pack says nobody asks after."""
    return frozenset(category for category, setting in BY_SETTING.items() if word(terms, setting) == "off")


def _named(terms: RuleTerms, parameter: str) -> frozenset[str]:
    held = terms.parameters.get(parameter, ())
    return frozenset(map(str, held)) if isinstance(held, list | tuple) else frozenset()


def _is_sign(finding: Finding) -> bool:
    return (
        finding.kind is Kind.CONDUCT
        and finding.category not in OWN_RULES
        and finding.stance not in (Stance.REFUSAL, Stance.REPORT)
    )


def _names_a_contact(message: Message) -> bool:
    return any(f.kind is Kind.CONTACT and f.score >= CONTACT_FOUND for f in message.findings)
