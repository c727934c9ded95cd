"""What `gateway check --json` says of an item: the stable words of DESIGN 7."""

from __future__ import annotations

from collections.abc import Sequence

from classifiers.finding import Finding, Layer
from gateway.cli.check_scene import Judged
from gateway.decide.ruling import OUTCOME, strength
from gateway.domain.verdict import Hold, Outcome, Replace, Verdict

Answer = dict[str, object]
FLAGGED = frozenset({Outcome.HOLD, Outcome.REFUSE})


def answer(item_id: object, judged: Judged, with_subject: bool) -> Answer:
    """The output line of one item. with_subject: add the subject as it would go out."""
    verdict = judged.judgement.verdict
    line: Answer = {"id": item_id, **_outcome(verdict)}
    if with_subject:
        line["subject"] = amended_subject(judged.subject, verdict)
    return {**line, "findings": findings(judged), "rulings": rulings(verdict)}


def conversation(item_id: object, judged: Sequence[Judged]) -> Answer:
    """The output line of a conversation; it is judged by its gravest message.

    Each finding names its `message`, counted from 0.
    """
    verdicts = [one.judgement.verdict for one in judged]
    gravest = max(verdicts, key=_gravity)
    flags = [number for number, verdict in enumerate(verdicts) if verdict.outcome in FLAGGED]
    found = [{"message": number, **finding} for number, one in enumerate(judged) for finding in findings(one)]
    return {
        "id": item_id,
        **_outcome(gravest),
        "first_flag_index": flags[0] if flags else None,
        "opened_case": any(verdict.outcome is Outcome.HOLD for verdict in verdicts),
        "findings": found,
        "rulings": rulings(gravest),
    }


def _gravity(verdict: Verdict) -> tuple[int, int, int]:
    return strength(verdict.ruled[0].ruling) if verdict.ruled else (0, 0, 0)


def _outcome(verdict: Verdict) -> Answer:
    leading = verdict.leading.ruling if verdict.leading else None
    held = isinstance(leading, Hold) and verdict.outcome is Outcome.HOLD
    return {
        "outcome": verdict.outcome.value,
        "lane": leading.lane.value if held and isinstance(leading, Hold) else None,
        "severity": leading.severity.value if held and isinstance(leading, Hold) else None,
    }


def findings(judged: Judged) -> list[Answer]:
    """Every finding, and a `form` one for whatever could not be read safely."""
    judgement = judged.judgement
    unread = [
        *(("unreadable", why) for why in judgement.form_faults),
        *(("not_fully_read", f"{fault.detector} {fault.why}") for fault in judgement.faults),
    ]
    form = [
        {"kind": "form", "category": category, "layer": Layer.TEXT.value}
        | {"start": 0, "end": 0, "score": 1.0, "value": why}
        for category, why in unread
    ]
    return [*(_finding(one) for one in judgement.findings), *form]


def _finding(found: Finding) -> Answer:
    return {
        "kind": found.kind.value,
        "category": found.category,
        "layer": found.layer.value,
        "start": found.start,
        "end": found.end,
        "score": round(found.score, 4),
        "value": found.value,
    }


def rulings(verdict: Verdict) -> list[Answer]:
    """Every ruling but a pass, strongest first."""
    return [
        {"rule": one.rule, "clause": one.clause, "outcome": OUTCOME[type(one.ruling)].value}
        for one in verdict.ruled
    ]


def amended_subject(subject: str, verdict: Verdict) -> str:
    """The subject with the verdict's changes made, from its end so that offsets stay true."""
    changes = [c for c in verdict.changes if isinstance(c, Replace) and c.layer is Layer.SUBJECT]
    for change in sorted(changes, key=lambda one: one.start, reverse=True):
        subject = subject[: change.start] + change.text + subject[change.end :]
    return subject
