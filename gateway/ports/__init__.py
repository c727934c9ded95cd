"""What the journey needs from the wires, and nothing about how they do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gateway.ports.docket import CaseFilter, Docket, Happening, PastMessage, Place, Traffic, Week
from gateway.ports.judging import Brief, Compose, Judgement, Leaks, Read, Readers, Screen
from gateway.ports.keeping import Alarms, Directory, Ledger, Outbox, Progress, Receipt, Send
from gateway.ports.office import Exhibit, Leaving, Office, Preview
from gateway.ports.signing import ApiKeys, Factors, Sessions

__all__ = [
    "Alarms",
    "ApiKeys",
    "Brief",
    "CaseFilter",
    "Clock",
    "Compose",
    "Directory",
    "Docket",
    "Exhibit",
    "Factors",
    "Happening",
    "Judgement",
    "Leaks",
    "Leaving",
    "Ledger",
    "Office",
    "Outbox",
    "PastMessage",
    "Place",
    "Preview",
    "Progress",
    "Read",
    "Readers",
    "Receipt",
    "Screen",
    "Send",
    "Sessions",
    "Traffic",
    "Week",
]

Clock = Callable[[], datetime]
