"""Sensitive matter about somebody travels closed, not in plain mail."""

from __future__ import annotations

from gateway.decide.choices import score, word
from gateway.domain.message import Channel, Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Amend, Hold, Pass, Ruling, Seal

SENSITIVE = "sensitive_"
PASSWORD = "password_in_thread"
TAGS = ("[secure]", "[encrypt]", "[confidential]")
OURS = frozenset({Role.TUTOR, Role.STAFF})


def sensitive_channel(message: Message, terms: RuleTerms) -> Ruling:
    """Seal what the sender marks for it, and hold (or seal, by parameter) what is sensitive and unmarked.

    A subject with [secure], [encrypt] or [confidential] asks for sealing. A password in the same
    thread as what it opens is held. Setting sensitive_channel. Parameters: plain (seal, hold), act_at.
    """
    if word(terms, "sensitive_channel") == "off" or message.sender_role not in OURS:
        return Pass()
    if message.envelope.channel is not Channel.EMAIL:
        return Pass()
    least = score(terms, "act_at", 0.5)
    password = tuple(f for f in message.findings if f.category == PASSWORD and f.score >= least)
    if password:
        return Hold(terms.lane, terms.severity, "a password travels with what it opens", password)
    if any(tag in message.reading.subject.casefold() for tag in TAGS):
        return Amend((Seal("the sender asked for it"),))
    found = tuple(f for f in message.findings if f.category.startswith(SENSITIVE) and f.score >= least)
    if not found:
        return Pass()
    about = ", ".join(sorted({f.category.removeprefix(SENSITIVE).replace("_", " ") for f in found}))
    if terms.parameters.get("plain") == "seal":
        return Amend((Seal(f"sensitive matter: {about}"),))
    return Hold(terms.lane, terms.severity, f"sensitive matter in plain mail: {about}", found)
