"""What the record says of each act: ids, kinds and keyed hashes; never text, names or addresses."""

from __future__ import annotations

from datetime import datetime

from gateway.domain.case import Action, Case, Decision, Standing
from gateway.domain.dispatch import Bounce, Settlement
from gateway.domain.entry import Detail, Entry
from gateway.domain.message import Envelope
from gateway.domain.verdict import Outcome, Verdict

GATEWAY = "gateway"
MESSAGE_KINDS = {
    Outcome.PASS: "message.passed",
    Outcome.AMEND: "message.amended",
    Outcome.HOLD: "message.held",
    Outcome.REFUSE: "message.refused",
}
CASE_KINDS = {
    Action.RELEASE: "case.released",
    Action.REDACT: "case.redacted",
    Action.RETURN: "case.returned",
    Action.REJECT: "case.rejected",
    Action.ASK: "case.asked",
    Action.ESCALATE: "case.escalated",
    Action.SEAL: "case.sealed",
}


def message_judged(envelope: Envelope, verdict: Verdict, content_mark: str, case_id: str = "") -> Entry:
    """A message was taken and this was decided.

    content_mark: keyed hash of the bytes received, hex.
    """
    leading = verdict.leading
    detail: Detail = {
        "pair": envelope.pair_id,
        "channel": str(envelope.channel),
        "assurance": str(envelope.assurance),
        "reference": envelope.reference,
        "content": content_mark,
        "policy": verdict.policy_version,
        "rule": leading.rule if leading else "",
        "clause": leading.clause if leading else "",
        "case": case_id,
    }
    kind = MESSAGE_KINDS[verdict.outcome]
    return Entry(
        envelope.organisation_id, envelope.received_at, kind, envelope.id, envelope.sender_id, detail
    )


def copy_handed_over(
    organisation_id: str, message_id: str, recipient_id: str, sha_mark: str, at: datetime
) -> Entry:
    """A platform was given the text in the answer to its request."""
    detail: Detail = {"recipient": recipient_id, "content": sha_mark, "wire": "platform"}
    return Entry(organisation_id, at, "copy.sent", message_id, GATEWAY, detail)


def copy_settled(settlement: Settlement, sha_mark: str, case_id: str = "") -> Entry:
    """A copy was sent, given up or stopped."""
    one = settlement.dispatch
    outcome = "sent" if settlement.sent else "stopped" if settlement.stopped else "failed"
    detail: Detail = {
        "copy": one.id,
        "recipient": one.recipient_id,
        "content": sha_mark,
        "policy": one.policy_version,
        "required": one.required,
        "tries": one.tries,
        "code": settlement.code,
        "case": case_id,
    }
    return Entry(one.organisation_id, settlement.at, f"copy.{outcome}", one.message_id, GATEWAY, detail)


def copy_bounced(
    organisation_id: str, message_id: str, recipient_id: str, bounce: Bounce, case_id: str
) -> Entry:
    """A copy that a next hop had taken came back."""
    detail: Detail = {
        "copy": bounce.dispatch_id,
        "recipient": recipient_id,
        "status": bounce.status,
        "case": case_id,
    }
    return Entry(organisation_id, bounce.at, "copy.bounced", message_id, GATEWAY, detail)


def copy_delayed(organisation_id: str, message_id: str, recipient_id: str, bounce: Bounce) -> Entry:
    """A server further on says that a copy is late; it goes on trying."""
    detail: Detail = {"copy": bounce.dispatch_id, "recipient": recipient_id, "status": bounce.status}
    return Entry(organisation_id, bounce.at, "copy.delayed", message_id, GATEWAY, detail)


def copy_stopped_behind(
    organisation_id: str, message_id: str, copy_id: int, recipient_id: str, case_id: str, at: datetime
) -> Entry:
    """A pupil's copy will not leave, because a required guardian's did not arrive."""
    detail: Detail = {"copy": copy_id, "recipient": recipient_id, "case": case_id}
    return Entry(organisation_id, at, "copy.stopped", message_id, GATEWAY, detail)


def case_opened(case: Case) -> Entry:
    """A delivery failed in a way that a person must look at."""
    detail: Detail = {"lane": str(case.lane), "severity": str(case.severity), "message": case.message_id}
    return Entry(case.organisation_id, case.opened_at, "case.opened", case.id, GATEWAY, detail)


def case_decided(case: Case, decision: Decision, words_mark: str, at: datetime) -> Entry:
    """A person decided.

    words_mark: keyed hash of the reason and the text to the sender, hex.
    """
    detail: Detail = {
        "message": case.message_id,
        "version": decision.version,
        "clause": decision.clause,
        "redactions": ",".join(str(number) for number in decision.redactions),
        "code": decision.code,
        "words": words_mark,
    }
    kind = CASE_KINDS[decision.action]
    if decision.standing is Standing.FIRST:
        # Whoever reads the record must not learn a view that the second person is to come to alone.
        kind, detail = "case.first_view", {name: detail[name] for name in ("message", "version", "words")}
    elif decision.standing is Standing.DIFFERING:
        kind = "case.views_differ"
    return Entry(case.organisation_id, at, kind, case.id, decision.moderator_id, detail)


def decision_undone(case: Case, version: int, person_id: str, at: datetime) -> Entry:
    """Somebody took back what they had decided on `version`; `case` is as it stands afterwards."""
    detail: Detail = {"message": case.message_id, "version": version}
    return Entry(case.organisation_id, at, "decision.undone", case.id, person_id, detail)


def hit_judged(
    organisation_id: str, message_id: str, number: int, person_id: str, verdict: str, at: datetime
) -> Entry:
    """Somebody said whether a detector was right."""
    detail: Detail = {"number": number, "verdict": verdict}
    return Entry(organisation_id, at, "hit.judged", message_id, person_id, detail)


def note_added(
    organisation_id: str, pair_id: str, case_id: str, person_id: str, words_mark: str, at: datetime
) -> Entry:
    """Somebody wrote a note about a pair. words_mark: keyed hash of its text, hex."""
    return Entry(
        organisation_id, at, "note.added", pair_id, person_id, {"case": case_id, "words": words_mark}
    )


def relation_declared(organisation_id: str, person_id: str, other_id: str, at: datetime) -> Entry:
    """Somebody of the desk stays away from a person's cases from now on."""
    return Entry(organisation_id, at, "relation.declared", person_id, person_id, {"other": other_id})


def pair_viewed(organisation_id: str, pair_id: str, person_id: str, at: datetime) -> Entry:
    """Somebody looked at a pair's chronology."""
    return Entry(organisation_id, at, "pair.viewed", pair_id, person_id, {})


def case_ran_late(case: Case, at: datetime) -> Entry:
    """The clock escalated a case; `case` is as it stands afterwards."""
    detail: Detail = {"message": case.message_id, "version": case.version, "severity": str(case.severity)}
    return Entry(case.organisation_id, at, "case.escalated", case.id, GATEWAY, detail)


def body_viewed(case: Case, person_id: str, at: datetime) -> Entry:
    """Somebody looked at a message's body."""
    return Entry(case.organisation_id, at, "body.viewed", case.message_id, person_id, {"case": case.id})


def directory_changed(organisation_id: str, version: int, at: datetime, actor: str = GATEWAY) -> Entry:
    """A roster was imported."""
    return Entry(organisation_id, at, "directory.changed", organisation_id, actor, {"version": version})


def task_done(
    organisation_id: str, task_id: str, kind: str, clause: str, person_id: str, at: datetime
) -> Entry:
    """Somebody did what a rule or a clock had asked for."""
    return Entry(organisation_id, at, "task.done", task_id, person_id, {"task": kind, "clause": clause})


def policy_changed(organisation_id: str, version: str, state: str, actor: str, at: datetime) -> Entry:
    """A policy came into force, waits for a second person, or runs as a shadow."""
    return Entry(organisation_id, at, f"policy.{state}", version, actor, {})
