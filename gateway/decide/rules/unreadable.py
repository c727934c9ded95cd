"""What two programs could read in two ways is not passed on by guesswork."""

from __future__ import annotations

from gateway.domain.message import Message
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Ruling


def unreadable(message: Message, terms: RuleTerms) -> Ruling:
    """Hold a message whose form is ambiguous or holds a part that cannot be judged (MAIL 9)."""
    faults = message.reading.form_faults
    if not faults:
        return Pass()
    return Hold(terms.lane, terms.severity, "could not be read safely: " + "; ".join(faults[:5]))
