"""When a held message must have been decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from gateway.domain.verdict import Severity

NEXT = {
    Severity.LOW: Severity.MEDIUM,
    Severity.MEDIUM: Severity.HIGH,
    Severity.HIGH: Severity.CRITICAL,
    Severity.CRITICAL: Severity.CRITICAL,
}


def due_at(opened: datetime, severity: Severity, clocks: Mapping[Severity, timedelta]) -> datetime:
    """Return the deadline of a case opened at `opened` (timezone-aware); at once without a clock."""
    return opened + clocks.get(severity, timedelta())


def escalated(severity: Severity) -> Severity:
    """Return the severity of a case whose deadline passed undecided."""
    return NEXT[severity]
