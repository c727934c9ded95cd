"""A detector that failed or ran late has not cleared anything."""

from __future__ import annotations

from gateway.domain.message import Message
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Ruling


def fail_closed(message: Message, terms: RuleTerms) -> Ruling:
    """Hold a message that was not fully read."""
    if not message.faults:
        return Pass()
    which = ", ".join(f"{fault.detector} {fault.why}" for fault in message.faults)
    return Hold(terms.lane, terms.severity, f"not fully read: {which}")
