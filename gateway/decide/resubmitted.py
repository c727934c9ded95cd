"""Whether a message that was written anew hides what the first one said openly."""

from __future__ import annotations

from collections.abc import Iterable

from classifiers.finding import Finding, Kind
from gateway.decide.rules.contact_details import BLAMELESS

SURE_ENOUGH = 0.5


def disguised(before: Iterable[Finding], after: Iterable[Finding]) -> bool:
    """True when contact details came back first, and the new message holds some in disguise.

    A new message that is plainly wrong once more is a mistake; one that takes trouble is not.
    """
    if not any(one.kind is Kind.CONTACT for one in before):
        return False
    return any(
        one.kind is Kind.CONTACT and one.evasive and one.score >= SURE_ENOUGH and one.stance not in BLAMELESS
        for one in after
    )
