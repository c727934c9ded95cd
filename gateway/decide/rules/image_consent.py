"""A picture of a pupil or a family is passed on only with leave, and for what the leave was given for."""

from __future__ import annotations

from gateway.decide.choices import score
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Note, Pass, Ruling

PICTURE, REUSE = "image_of_pupil", "image_reuse"
OURS = frozenset({Role.TUTOR, Role.STAFF})
LEAD = "dsl"


def image_consent(message: Message, terms: RuleTerms) -> Ruling:
    """Ask the register for the guardians' consent before a pupil's picture goes on.

    A refusal on file wins; another use than agreed needs new consent; a picture with consent
    is noted. Parameter: act_at.
    """
    if message.sender_role not in OURS:
        return Pass()
    least = score(terms, "act_at", 0.5)
    seen = tuple(f for f in message.findings if f.category in (PICTURE, REUSE) and f.score >= least)
    if not seen:
        return Pass()
    circle, pupil = message.circle, message.circle.pair.pupil_id
    if circle.on_file(FactKind.IMAGE_REFUSED, message.day, person_id=pupil):
        return Hold(terms.lane, terms.severity, "a picture, and consent was refused", seen)
    if any(f.category == REUSE for f in seen):
        return Hold(terms.lane, terms.severity, "a picture for another purpose than agreed", seen)
    if not circle.on_file(FactKind.IMAGE_CONSENT, message.day, person_id=pupil):
        return Hold(terms.lane, terms.severity, "a picture, and no consent is on file", seen)
    return Note(LEAD, "a picture of a pupil was passed on with consent", seen)
