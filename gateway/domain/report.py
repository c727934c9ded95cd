"""What somebody tells the organisation: by which way, about what, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.domain.people import Role
from gateway.domain.policy import Policy, ReportRoute, route
from gateway.domain.verdict import Lane, Severity

REPORT_RULE = "report"  # of every case that a report opens; no rule of a policy did
APPEAL_RULE = "appeal"
WORDS = "words"  # the field that every form has

# As packs call them too: what the link under a copy opens, and the pupil's way to the lead.
MESSAGE, PRIVATE = "message", "private_word"
APPEAL = "appeal"
EVERYBODY = frozenset({Role.GUARDIAN, Role.PUPIL, Role.TUTOR})

# What is offered also where a pack names no way of its own; a pack's of the same name goes before.
# Whom each goes to stands in the pack's setting roles_routes (see `recipient`).
ALWAYS = (
    ReportRoute(
        MESSAGE, "DFT-10", "Report this message", EVERYBODY, "safeguarding", Lane.REVIEW, Severity.HIGH,
        timedelta(days=1), "Thank you. A person reads every report.",
    ),
    ReportRoute(
        "worry", "DFT-10", "Report a concern", frozenset({Role.GUARDIAN}), "safeguarding", Lane.REVIEW, Severity.HIGH,
        timedelta(days=1), "Thank you. A person reads every report.",
    ),
    ReportRoute(
        "concern", "DFT-10", "Report a concern", frozenset({Role.TUTOR}), "safeguarding", Lane.REVIEW, Severity.HIGH,
        timedelta(days=1), "Thank you. A person reads every report.",
    ),
    ReportRoute(
        "complaint", "DFT-06", "Make a complaint", frozenset({Role.GUARDIAN}), "first", Lane.REVIEW,
        Severity.MEDIUM, timedelta(days=3), "Thank you. You will have an answer from a person.",
    ),
    ReportRoute(
        PRIVATE, "DFT-14", "Talk to our safeguarding lead", frozenset({Role.PUPIL}), "safeguarding", Lane.SEALED,
        Severity.CRITICAL, timedelta(hours=2), "Thank you.",
    ),
    ReportRoute(
        "approach", "DFT-10", "A pupil tried to reach me another way", frozenset({Role.TUTOR}), "operations",
        Lane.REVIEW, Severity.MEDIUM, timedelta(days=1),
        "Thank you. We will answer the pupil. Please do not answer yourself.", counts=False,
    ),
    ReportRoute(
        "self_report", "DFT-05", "Something I did or sent by mistake", frozenset({Role.TUTOR}), "compliance", Lane.REVIEW,
        Severity.MEDIUM, timedelta(days=1),
        "Thank you for telling us. Telling us yourself never counts against you.", counts=False,
    ),
)  # fmt: skip

# A tutor's request that a second person looks at a message which came back.
REVIEW = ReportRoute(
    APPEAL, "DFT-05", "A review of a message", frozenset({Role.TUTOR}), "first", Lane.REVIEW,
    Severity.MEDIUM, timedelta(days=1), "A second person looks at it.", counts=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """One report, as the desk reads it.

    case_id: of the case it opened. words: what was written, by field. message_id, pupil_id: "" without.
    answer: what the organisation said to it, "" while it has not.
    """

    case_id: str
    organisation_id: str
    name: str
    reporter_id: str
    reporter_role: Role
    at: datetime
    words: Mapping[str, str] = field(repr=False)
    message_id: str = ""
    pupil_id: str = ""
    reference: str = ""
    counts: bool = True
    answered_at: datetime | None = None
    answered_by: str = ""
    answer: str = field(default="", repr=False)


def routes_for(policy: Policy, role: Role) -> dict[str, ReportRoute]:
    """The ways that somebody of this role is offered, by name."""
    named = {one.name: one for one in ALWAYS} | dict(policy.reports)
    return {name: one for name, one in named.items() if role in one.senders}


def open_routes(policy: Policy, role: Role) -> dict[str, ReportRoute]:
    """Those that a grown-up sees listed on their page; what a link opens is about its message alone."""
    return {name: one for name, one in routes_for(policy, role).items() if name != MESSAGE}


def private_route(policy: Policy) -> ReportRoute:
    """The pupil's way to the safeguarding lead; ours where a pack has none that is sealed."""
    ways = [one for one in routes_for(policy, Role.PUPIL).values() if one.lane is Lane.SEALED]
    ours = [one for one in ALWAYS if one.name == PRIVATE]
    return min((*ways, *ours), key=lambda one: one.name != PRIVATE)


def message_route(policy: Policy, role: Role) -> ReportRoute:
    """What the link under a copy opens for this role; ours where a pack has none for them."""
    ours = next(one for one in ALWAYS if one.name == MESSAGE)
    return routes_for(policy, role).get(MESSAGE, ours)


def recipient(policy: Policy, way: ReportRoute) -> str:
    """The pack's role that gets what is told in a way; of ours, by the setting roles_routes."""
    return way.to if way.to in policy.roles else route(policy.settings, way.to)


def seen_by_others(policy: Policy, way: ReportRoute) -> bool:
    """Whether a sealed report would show on the list of a role that sees nothing sealed."""
    role = policy.roles.get(recipient(policy, way))
    return way.lane is Lane.SEALED and (role is None or role.desk is not Role.SAFEGUARDING_LEAD)
