"""One judged message to all the rows that its commit writes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from gateway.domain.dispatch import DispatchState
from gateway.domain.entry import Entry
from gateway.domain.message import Arrival, Channel, new_id
from gateway.domain.pair import Circle
from gateway.domain.policy import Policy
from gateway.domain.verdict import SEVERITY_RANK, Hold, Lane, Outcome, Ruled, Severity, Verdict
from gateway.hold.clocks import due_at
from gateway.ports import Judgement, Receipt
from gateway.record.entries import copy_handed_over, message_judged
from gateway.store.dispatches import Batch, dispatch_rows
from gateway.store.tasks import task_rows
from gateway.store.vault import Key, Vault
from gateway.store.verdicts import finding_row, numbered, verdict_of, verdict_plain

Row = dict[str, Any]
LEAVING = frozenset({Outcome.PASS, Outcome.AMEND})
# A verdict that holds without saying why is our mistake, and a person's to look at all the same.
UNEXPLAINED = Ruled("fail_closed", "", Hold(Lane.REVIEW, Severity.HIGH, "held without a stated reason"))


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that one message's commit writes, sealed and ready."""

    message: Row
    receipt: Receipt
    findings: list[Row] = field(default_factory=list)
    fragments: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)
    tasks: list[Row] = field(default_factory=list)
    shadows: list[Row] = field(default_factory=list)
    dispatches: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def prepare(arrival: Arrival, judgement: Judgement, circle: Circle, policy: Policy, vault: Vault) -> Kept:
    """Seal and lay out a judged message. Copies are kept only when the verdict lets it leave."""
    envelope, verdict = arrival.envelope, judgement.verdict
    key = vault.family(envelope.organisation_id, circle.pair.pupil_id)
    numbers = numbered(verdict, judgement.findings)
    leaves = verdict.outcome in LEAVING
    text = judgement.text if leaves else None
    raw_sha256 = hashlib.sha256(arrival.raw).hexdigest()
    kept = Kept(
        message=_message_row(arrival, judgement, circle, policy, vault, key),
        receipt=Receipt(envelope.id, envelope.reference, verdict, text),
        findings=[
            finding_row(finding, number, envelope.id, envelope.organisation_id, key)
            for finding, number in numbers.items()
        ],
    )
    kept.message["particulars"] = key.seal_json(
        {
            "subject": judgement.subject,
            "message_id": judgement.original_message_id,
            "text": text,
            "verdict": verdict_plain(verdict, numbers),
            "faults": [[fault.detector, fault.why] for fault in judgement.faults],
            "form_faults": list(judgement.form_faults),
            "raw_sha256": raw_sha256,
        },
        about_particulars(envelope.id),
    )
    if judgement.fragment:
        kept.fragments.append(_fragment_row(arrival, judgement.fragment, key))
    if verdict.outcome is Outcome.HOLD:
        kept.cases.append(_case_row(arrival, verdict, circle, policy))
    kept.tasks.extend(task_rows(envelope, verdict))
    kept.shadows.extend(_shadow_rows(arrival, verdict, judgement.shadow))
    case_id = kept.cases[0]["id"] if kept.cases else ""
    kept.entries.append(message_judged(envelope, verdict, key.mark(raw_sha256).hex(), case_id))
    if leaves:
        _add_copies(kept, arrival, judgement, circle, key)
    return kept


def _message_row(
    arrival: Arrival, judgement: Judgement, circle: Circle, policy: Policy, vault: Vault, key: Key
) -> Row:
    envelope = arrival.envelope
    held = judgement.verdict.outcome is Outcome.HOLD
    return {
        "id": envelope.id,
        "organisation_id": envelope.organisation_id,
        "pair_id": envelope.pair_id,
        "reference": envelope.reference,
        "channel": str(envelope.channel),
        "sender_id": envelope.sender_id,
        "recipient_ids": list(envelope.recipient_ids),
        "received_at": envelope.received_at,
        "assurance": str(envelope.assurance),
        "outcome": str(judgement.verdict.outcome),
        "policy_version": judgement.verdict.policy_version,
        "pair_initials": pair_initials(circle),
        # The longest clock whatever the severity: a sender must not learn from it what we think.
        "decide_by": envelope.received_at + max(policy.clocks.values(), default=timedelta())
        if held
        else None,
        "fingerprint": vault.mark(judgement.fingerprint),
        "idempotency": idempotency_mark(vault, envelope.organisation_id, arrival.idempotency_key),
        "origin": origin_mark(vault, envelope.pair_id, judgement.original_message_id),
        "raw": key.seal(arrival.raw, about_raw(envelope.id)),
    }


def _shadow_rows(arrival: Arrival, verdict: Verdict, shadow: Verdict | None) -> list[Row]:
    """What a draft policy would have said, where it is not what was said."""
    if shadow is None or shadow.outcome is verdict.outcome:
        return []
    leading = shadow.leading or verdict.leading
    return [
        {
            "message_id": arrival.envelope.id,
            "version": shadow.policy_version,
            "organisation_id": arrival.envelope.organisation_id,
            "at": arrival.envelope.received_at,
            "was": str(verdict.outcome),
            "would_be": str(shadow.outcome),
            "rule": leading.rule if leading else "",
            "clause": leading.clause if leading else "",
        }
    ]


def _fragment_row(arrival: Arrival, words: str, key: Key) -> Row:
    envelope = arrival.envelope
    return {
        "organisation_id": envelope.organisation_id,
        "pair_id": envelope.pair_id,
        "sender_id": envelope.sender_id,
        "at": envelope.received_at,
        "words": key.seal_json(words, about_fragment(envelope.pair_id, envelope.sender_id)),
    }


def _case_row(arrival: Arrival, verdict: Verdict, circle: Circle, policy: Policy) -> Row:
    envelope, opened = arrival.envelope, arrival.envelope.received_at
    leading = next((one for one in verdict.ruled if isinstance(one.ruling, Hold)), UNEXPLAINED)
    hold = cast("Hold", leading.ruling)
    due = due_at(opened, hold.severity, policy.clocks)
    return {
        "id": new_id(opened),
        "organisation_id": envelope.organisation_id,
        "pair_id": envelope.pair_id,
        "message_id": envelope.id,
        "lane": str(hold.lane),
        "severity": SEVERITY_RANK[hold.severity],
        "state": "open",
        "version": 1,
        "opened_at": opened,
        "due_at": due,
        "escalate_at": due,
        "rule": leading.rule,
        "clause": leading.clause,
        "because": hold.because,
        "reference": envelope.reference,
        "channel": str(envelope.channel),
        "pair_initials": pair_initials(circle),
        "outcome": str(verdict.outcome),
    }


def _add_copies(kept: Kept, arrival: Arrival, judgement: Judgement, circle: Circle, key: Key) -> None:
    envelope = arrival.envelope
    batch = Batch(
        id=envelope.id,
        organisation_id=envelope.organisation_id,
        message_id=envelope.id,
        pair_id=envelope.pair_id,
        policy_version=judgement.verdict.policy_version,
        directory_version=circle.version,
        at=envelope.received_at,
    )
    kept.dispatches.extend(dispatch_rows(batch, judgement.copies, key))
    kept.entries.extend(handed_over(batch, kept.dispatches, key, envelope.received_at))


def handed_over(batch: Batch, rows: list[Row], key: Key, at: datetime) -> list[Entry]:
    """The record entries of the copies that a platform gets with our answer."""
    return [
        copy_handed_over(
            batch.organisation_id, batch.message_id, row["recipient_id"], key.mark(row["sha256"]).hex(), at
        )
        for row in rows
        if row["wire"] == Channel.PLATFORM and row["state"] == DispatchState.SENT
    ]


def receipt_of(row: Any, vault: Vault, duplicate: bool) -> Receipt:
    """The receipt of a message kept before; its verdict comes without findings."""
    kept = vault.open_json(row.particulars, about_particulars(row.id))
    return Receipt(row.id, row.reference, verdict_of(kept["verdict"]), kept["text"], duplicate)


def pair_initials(circle: Circle) -> str:
    """ "T.O. – J.W.": how queues name a pair (clause HST-02)."""
    return f"{circle.tutor.initials} – {circle.pupil.initials}"


def idempotency_mark(vault: Vault, organisation_id: str, idempotency_key: str) -> bytes | None:
    """The look-up mark of a platform's key for a message, None when it gave none."""
    return vault.mark(f"{organisation_id}\0{idempotency_key}") if idempotency_key else None


def origin_mark(vault: Vault, pair_id: str, original: str) -> bytes | None:
    """The look-up mark of a mail's own Message-ID within its pair, None when it has none."""
    return vault.mark(f"origin\0{pair_id}\0{original}") if original else None


def about_raw(message_id: str) -> str:
    """What a message's sealed bytes are bound to."""
    return f"message\0{message_id}"


def about_particulars(message_id: str) -> str:
    """What a message's sealed particulars are bound to."""
    return f"particulars\0{message_id}"


def about_fragment(pair_id: str, sender_id: str) -> str:
    """What a sealed short message is bound to."""
    return f"fragment\0{pair_id}\0{sender_id}"
