"""Names in a subject line become initials."""

from __future__ import annotations

from classifiers.finding import Kind, Layer
from gateway.domain.message import Message
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Amend, Pass, Replace, Ruling


def subject_initials(message: Message, terms: RuleTerms) -> Ruling:
    """Replace every name found in the subject by its initials (clause HST-02)."""
    del terms
    changes = tuple(
        Replace(f.layer, f.part, f.start, f.end, f.replacement)
        for f in message.findings
        if f.kind is Kind.NAME and f.layer is Layer.SUBJECT and f.replacement is not None
    )
    return Amend(changes) if changes else Pass()
