"""What a moderator filled in, checked, and turned into a decision. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from gateway.desk import reasons
from gateway.domain.case import Action, Decision

SHORTEST_REASON = 3
LONGEST_TEXT = 2_000
NO_ACTION = "none"  # what Enter on a tick box sends

_MARK = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was sent, with nonsense refused but mistakes kept for showing again.

    action: None when no button was pressed. code: "" for the usual reason of the action.
    covered: numbers of the findings ticked for covering. preview: of what was looked at, "" if nothing.
    seen: how the case stood on the page that the form was on, for telling what is different now.
    """

    action: Action | None
    version: int
    reason: str = field(repr=False)
    say: str = field(repr=False)
    clause: str = ""
    covered: frozenset[int] = frozenset()
    question: str = field(default="", repr=False)
    code: str = ""
    notify_guardian: bool = False
    preview: str = ""
    seen: str = ""


def read(form: MultiDict[str, str]) -> Filled:
    """Read the form. Raises BadRequest for what no page of ours could have sent."""
    try:
        return Filled(
            action=None if form["action"] == NO_ACTION else Action(form["action"]),
            version=int(form["version"]),
            reason=plain(form.get("reason", "")),
            say=plain(form.get("say", "")),
            clause=form.get("clause", ""),
            covered=frozenset(int(number) for number in form.getlist("cover")),
            question=plain(form.get("question", "")),
            code=_known_code(form.get("code", "")),
            notify_guardian=form.get("notify") == "yes",
            preview=_mark(form.get("preview", "")),
            seen=form.get("seen", "")[:100],
        )
    except (KeyError, ValueError) as wrong:
        raise BadRequest("This form is not one of ours, so nothing was changed.") from wrong


def faults(filled: Filled, findings: int, grave: bool = False) -> dict[str, str]:
    """Say by field what a person must mend; empty when the decision can be made.

    findings: how many the message has. grave: of high severity, where a word from a list is no reason.
    """
    if filled.action is None:
        return {"action": "Press one of the buttons; nothing has been decided."}
    wrong = {}
    if (grave or filled.code == reasons.OTHER) and len(filled.reason) < SHORTEST_REASON:
        wrong["reason"] = f"Say why, in at least {SHORTEST_REASON} characters."
    elif len(filled.reason) > LONGEST_TEXT:
        wrong["reason"] = f"Keep the reason under {LONGEST_TEXT} characters."
    if filled.action is Action.RETURN and not filled.say:
        wrong["say"] = "Say what the sender should change."
    elif len(filled.say) > LONGEST_TEXT:
        wrong["say"] = f"Keep the text under {LONGEST_TEXT} characters."
    if filled.action is Action.ASK and not filled.question:
        wrong["question"] = "Write the question."
    elif len(filled.question) > LONGEST_TEXT:
        wrong["question"] = f"Keep the question under {LONGEST_TEXT} characters."
    if filled.action is Action.REDACT and not _covered(filled, findings):
        wrong["cover"] = "Tick at least one finding to cover, or release the message as it is."
    return wrong


def decision(
    filled: Filled, case_id: str, moderator_id: str, findings: int, clauses: tuple[str, ...]
) -> Decision:
    """The decision to carry out, of a form without faults.

    clauses: those the case cites, its own first, which is taken when in doubt.
    """
    if filled.action is None:
        raise ValueError("a form with faults makes no decision")
    own = clauses[0] if clauses else ""
    redacts = filled.action is Action.REDACT
    said = {Action.RETURN: filled.say, Action.REJECT: filled.say, Action.ASK: filled.question}
    return Decision(
        case_id=case_id,
        version=filled.version,
        action=filled.action,
        moderator_id=moderator_id,
        reason=filled.reason,
        clause=filled.clause if filled.clause in clauses else own,
        say=said.get(filled.action, ""),
        redactions=_covered(filled, findings) if redacts else (),
        code=filled.code or reasons.USUAL[filled.action],
        notify_guardian=filled.notify_guardian and filled.action in (Action.RETURN, Action.REJECT),
        preview=filled.preview,
    )


def _covered(filled: Filled, findings: int) -> tuple[int, ...]:
    return tuple(sorted(number for number in filled.covered if 1 <= number <= findings))


def _known_code(code: str) -> str:
    if code and code not in reasons.CODES:
        raise ValueError("a reason that is not on the list")
    return code


def _mark(mark: str) -> str:
    if mark and not _MARK.fullmatch(mark):
        raise ValueError("not the mark of a preview")
    return mark


def plain(text: str) -> str:
    """Text as typed, without the control characters that no keyboard sends."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
