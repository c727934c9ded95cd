"""Whether, where and when a pupil may be written to at all."""

from __future__ import annotations

from gateway.decide.choices import adult_learner, word
from gateway.domain.message import Channel, Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Refuse, Ruling


def pupil_contact_mode(message: Message, terms: RuleTerms) -> Ruling:
    """Give back what may not go to the pupil; keep what a pupil wrote all the same.

    Settings: pupil_contact_mode (guardian_only; lesson_only, while a booked lesson is running;
    platform_only; joint), email_relay_to_pupil. A pupil's words are never thrown away.
    """
    if not message.concerns_pupil or not _with_tutor(message) or adult_learner(message, terms):
        return Pass()
    because = _forbidden(message, terms)
    if not because:
        return Pass()
    if message.sender_role in (Role.PUPIL, Role.GUARDIAN):
        return Hold(terms.lane, terms.severity, because)
    return Refuse(terms.say, because)


def _with_tutor(message: Message) -> bool:
    """Whether a tutor takes part: a pupil may always write to the office."""
    return Role.TUTOR in (message.sender_role, *message.recipient_roles)


def _forbidden(message: Message, terms: RuleTerms) -> str:
    """Why this may not pass between tutor and pupil, "" when it may."""
    mode = word(terms, "pupil_contact_mode")
    by_mail = message.envelope.channel is Channel.EMAIL
    if mode == "guardian_only":
        return "pupils are reached through their guardians only"
    if mode == "platform_only" and by_mail:
        return "pupils are reached on the platform only"
    if mode == "lesson_only" and not message.circle.in_lesson(message.envelope.received_at):
        return "pupils are reached inside their lessons only"
    if by_mail and message.reaches_pupil and not terms.settings.get("email_relay_to_pupil", True):
        return "pupils are not reached by mail"
    return ""
