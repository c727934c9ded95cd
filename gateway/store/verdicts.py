"""Verdicts and findings as plain JSON values and rows, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from classifiers.finding import Finding, Kind, Layer, Stance
from gateway.domain.verdict import (
    AddRecipient,
    Amend,
    Change,
    DeliverAfter,
    Hold,
    Lane,
    Note,
    Outcome,
    Pass,
    Refuse,
    Replace,
    Ruled,
    Ruling,
    Seal,
    Severity,
    Verdict,
)
from gateway.store.vault import Key

Plain = dict[str, Any]


def numbered(verdict: Verdict, findings: Sequence[Finding]) -> dict[Finding, int]:
    """Every finding of a message with its number from 1: those found first, then the rules' own."""
    numbers: dict[Finding, int] = {}
    ruled = (
        f
        for one in verdict.ruled
        if isinstance(one.ruling, Hold | Refuse | Note)
        for f in one.ruling.findings
    )
    for finding in (*findings, *ruled):
        numbers.setdefault(finding, len(numbers) + 1)
    return numbers


def verdict_plain(verdict: Verdict, numbers: dict[Finding, int]) -> Plain:
    """A verdict as JSON; its findings by number."""
    ruled = [
        {"rule": one.rule, "clause": one.clause, **_ruling_plain(one.ruling, numbers)}
        for one in verdict.ruled
    ]
    changes = [_change_plain(one) for one in verdict.changes]
    return {
        "outcome": str(verdict.outcome),
        "policy": verdict.policy_version,
        "ruled": ruled,
        "changes": changes,
    }


def verdict_of(plain: Plain, findings: Sequence[Finding] = ()) -> Verdict:
    """The verdict of `verdict_plain`. findings: in the order of their numbers; may be left out."""
    ruled = tuple(Ruled(one["rule"], one["clause"], _ruling_of(one, findings)) for one in plain["ruled"])
    changes = tuple(_change_of(one) for one in plain["changes"])
    return Verdict(Outcome(plain["outcome"]), plain["policy"], ruled, changes)


def _ruling_plain(ruling: Ruling, numbers: dict[Finding, int]) -> Plain:
    match ruling:
        case Pass():
            return {"kind": "pass"}
        case Note(role, because, findings, within):
            kept = {"role": role, "because": because, "within_s": within and within.total_seconds()}
            return {"kind": "note", **kept, "findings": [numbers[f] for f in findings]}
        case Amend(changes):
            return {"kind": "amend", "changes": [_change_plain(one) for one in changes]}
        case Hold(lane, severity, because, findings):
            kept = {"lane": str(lane), "severity": str(severity), "because": because}
            return {"kind": "hold", **kept, "findings": [numbers[f] for f in findings]}
        case Refuse(say, because, findings):
            found = [numbers[f] for f in findings]
            return {"kind": "refuse", "say": say, "because": because, "findings": found}


def _ruling_of(plain: Plain, findings: Sequence[Finding]) -> Ruling:
    seen = tuple(findings[n - 1] for n in plain.get("findings", ()) if n <= len(findings))
    match plain["kind"]:
        case "note":
            within = None if plain["within_s"] is None else timedelta(seconds=plain["within_s"])
            return Note(plain["role"], plain["because"], seen, within)
        case "amend":
            return Amend(tuple(_change_of(one) for one in plain["changes"]))
        case "hold":
            return Hold(Lane(plain["lane"]), Severity(plain["severity"]), plain["because"], seen)
        case "refuse":
            return Refuse(plain["say"], plain["because"], seen)
        case _:
            return Pass()


def _change_plain(change: Change) -> Plain:
    match change:
        case AddRecipient(person_id):
            return {"person": person_id}
        case Replace(layer, part, start, end, words):
            return {"layer": str(layer), "part": part, "start": start, "end": end, "text": words}
        case DeliverAfter(at):
            return {"after": at.isoformat()}
        case Seal(because):
            return {"seal": because}


def _change_of(plain: Plain) -> Change:
    if "person" in plain:
        return AddRecipient(plain["person"])
    if "after" in plain:
        return DeliverAfter(datetime.fromisoformat(plain["after"]))
    if "seal" in plain:
        return Seal(plain["seal"])
    return Replace(Layer(plain["layer"]), plain["part"], plain["start"], plain["end"], plain["text"])


def finding_row(finding: Finding, number: int, message_id: str, organisation_id: str, key: Key) -> Plain:
    """The row of a finding; what it found is sealed."""
    secret = key.seal_json([finding.value, finding.replacement], f"finding\0{message_id}\0{number}")
    return {
        "message_id": message_id,
        "number": number,
        "organisation_id": organisation_id,
        "kind": str(finding.kind),
        "category": finding.category,
        "layer": str(finding.layer),
        "part": finding.part,
        "start": finding.start,
        "stop": finding.end,
        "score": finding.score,
        "stance": str(finding.stance),
        "evasive": finding.evasive,
        "evidence": list(finding.evidence),
        "detector": finding.detector,
        "version": finding.version,
        "secret": secret,
    }


def finding_of(row: Any, key: Key) -> Finding:
    """The finding of a row."""
    value, replacement = key.open_json(row.secret, f"finding\0{row.message_id}\0{row.number}")
    return Finding(
        kind=Kind(row.kind),
        category=row.category,
        layer=Layer(row.layer),
        start=row.start,
        end=row.stop,
        score=row.score,
        part=row.part,
        value=value,
        replacement=replacement,
        stance=Stance(row.stance),
        evasive=row.evasive,
        evidence=tuple(row.evidence),
        detector=row.detector,
        version=row.version,
    )
