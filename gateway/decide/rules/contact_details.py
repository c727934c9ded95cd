"""No private contact details and no handles pass, however they are written."""

from __future__ import annotations

from classifiers.finding import Finding, Kind, Stance
from gateway.decide.choices import score, word
from gateway.domain.message import Message
from gateway.domain.people import FAMILY_ROLES, Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling

# Refusing to swap numbers and reporting an approach are what we want people to do.
BLAMELESS = frozenset({Stance.REFUSAL, Stance.REPORT})
WORK_ONLY = "allow_work_contact_hold_social"
WORK = frozenset({"phone", "email"})
WISHES = frozenset({"intent"})
SOCIAL = frozenset({"handle", "platform", "link", "url", "invite"})


def contact_details(message: Message, terms: RuleTerms) -> Ruling:
    """Refuse plain contact details, hold disguised or doubtful ones, as the pack says for whom.

    Settings: contact_details_to_pupil, contact_details_to_guardian (block: refuse; hold; allow;
    allow_work_contact_hold_social: numbers and mail addresses may pass, the rest is held),
    professional_page_allowlist, relationship_exemption. Parameters: refuse_at, hold_at (scores);
    from_family.
    """
    stance = _stance(message, terms)
    found = tuple(
        f for f in _found(message, score(terms, "hold_at", 0.5)) if not _may_stand(f, message, terms, stance)
    )
    if stance == "allow" or not found:
        return Pass()
    refuse_at = score(terms, "refuse_at", 0.8)
    plain = all(not f.evasive for f in found) and any(f.score >= refuse_at for f in found)
    if stance == "block" and plain:
        return Refuse(terms.say, f"contact details in plain words: {_kinds(found)}", found)
    manner = "disguised" if any(f.evasive for f in found) else "possible"
    return Hold(terms.lane, terms.severity, f"{manner} contact details: {_kinds(found)}", found)


def _stance(message: Message, terms: RuleTerms) -> str:
    if message.sender_role in FAMILY_ROLES:
        return str(terms.parameters.get("from_family", "hold"))
    if message.reaches_pupil:
        return word(terms, "contact_details_to_pupil") or "block"
    if message.circle.pair.contract == "school" and word(terms, "contact_details_to_guardian") == WORK_ONLY:
        return "block"  # clause HST-20: none at all with the families of a school's pupils
    return word(terms, "contact_details_to_guardian") or "hold"


def _may_stand(finding: Finding, message: Message, terms: RuleTerms, stance: str) -> bool:
    """Whether the organisation lets just this pass, to these people."""
    circle, day = message.circle, message.day
    if stance == WORK_ONLY and finding.category in WORK and not finding.evasive:
        return True
    if finding.category not in SOCIAL | WISHES or message.sender_role is not Role.TUTOR:
        return False
    if terms.settings.get("relationship_exemption") and circle.on_file(
        FactKind.EXEMPT, day, pair_id=circle.pair.id
    ):
        return True  # clause HST-18: of the personal social-media rule, and of nothing else
    if not terms.settings.get("professional_page_allowlist") or message.reaches_pupil:
        return False
    if finding.category in WISHES:
        return False
    pages = circle.on_file(FactKind.OFFICIAL_PAGE, day) + circle.on_file(
        FactKind.OFFICIAL_PAGE, day, person_id=circle.pair.tutor_id
    )
    return finding.value.casefold() in {one.detail for one in pages}


def _found(message: Message, hold_at: float) -> tuple[Finding, ...]:
    return tuple(
        f
        for f in message.findings
        if f.kind is Kind.CONTACT and f.score >= hold_at and f.stance not in BLAMELESS
    )


def _kinds(found: tuple[Finding, ...]) -> str:
    return ", ".join(sorted({f.category for f in found}))
