"""The kinds of reason a decision can have, and which is usual for each."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.domain.case import Action

OTHER = "other"  # needs the moderator's own words

CODES: Mapping[str, str] = {
    "no_concern": "Nothing wrong with it",
    "detector_wrong": "The detector was wrong",
    "allowed_here": "Allowed in this case",
    "details_covered": "Fine once the details are covered",
    "needs_change": "The sender can put it right",
    "against_policy": "Against the policy",
    "unclear": "Cannot be judged without an answer",
    "needs_lead": "Needs the safeguarding lead",
    "may_tell_of_harm": "A child may be telling of harm",
    OTHER: "Something else (say what)",
}

USUAL: Mapping[Action, str] = {
    Action.RELEASE: "no_concern",
    Action.REDACT: "details_covered",
    Action.RETURN: "needs_change",
    Action.REJECT: "against_policy",
    Action.ASK: "unclear",
    Action.ESCALATE: "needs_lead",
    Action.SEAL: "may_tell_of_harm",
}
