"""Turns verdicts into 200, 202 and 422: all that a sender's platform may learn.

Conduct and sealed findings never appear, nor anything that differs because of them: every
held message is "checking", with one and the same time to wait (DESK 4 and 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import get_args

from pydantic import BaseModel

from classifiers.finding import Kind, Layer
from gateway.channels.platform.bodies import (
    Checking,
    CopyState,
    Decided,
    Recipient,
    Spot,
    Standing,
    State,
    Submission,
)
from gateway.channels.platform.problems import Problem
from gateway.channels.platform.receive import Taken
from gateway.domain.policy import Policy
from gateway.domain.verdict import (
    AddRecipient,
    Change,
    DeliverAfter,
    Outcome,
    Refuse,
    Replace,
    Ruled,
    Verdict,
)
from gateway.ports import Progress

COPY_STATES: dict[str, CopyState] = {
    "sent": "delivered",
    "delivered": "delivered",
    "failed": "not_delivered",
    "stopped": "not_delivered",
}
# What a sender may be told to mend although it is conduct: nobody is warned by it of what we watch for.
MANNERS = frozenset({"profanity", "contract_cheating", "discrimination"})
SPOT_FIELDS = {Layer.SUBJECT: "subject", Layer.TEXT: "text"}


def answer(taken: Taken, submission: Submission, policy: Policy) -> tuple[int, BaseModel]:
    """Status and body for a message that was committed.

    Raises: Problem "refused" when the sender gets it back.
    """
    verdict = taken.receipt.verdict
    if verdict.outcome is Outcome.HOLD:
        return 202, _checking(taken, policy)
    if verdict.outcome is Outcome.REFUSE:
        raise _refused(taken)
    return 200, _decided(taken, submission)


def standing(progress: Progress, policy: Policy) -> Standing:
    """Where a message stands now; a word we do not know is "checking"."""
    known: dict[str, State] = {word: word for word in get_args(State)}
    state = known.get(progress.state, "checking")
    return Standing(
        id=progress.message_id,
        reference=progress.reference,
        state=state,
        received_at=_written(progress.received_at),
        expected_decision_by=_decision_by(progress.received_at, policy) if state == "checking" else None,
        text=progress.text if state in ("on_its_way", "delivered") else None,
        recipients=[
            Recipient(person=person_id, state=COPY_STATES.get(word, "on_its_way"))
            for person_id, word in progress.recipients
            if state != "checking"
        ],
        policy_version=progress.policy_version,
    )


def _decided(taken: Taken, submission: Submission) -> Decided:
    receipt = taken.receipt
    changes = receipt.verdict.changes
    added = [change.person_id for change in changes if isinstance(change, AddRecipient)]
    people = dict.fromkeys([*submission.recipients, *added])
    text = receipt.text if receipt.text is not None else _amended(submission.text, Layer.TEXT, changes)
    return Decided(
        id=receipt.message_id,
        reference=receipt.reference,
        state="on_its_way",
        received_at=_written(taken.received_at),
        subject=None if submission.subject is None else _amended(submission.subject, Layer.SUBJECT, changes),
        text=text,
        recipients=[Recipient(person=person_id, state="on_its_way") for person_id in people],
        policy_version=receipt.verdict.policy_version,
        deliver_after=_waits_until(changes),
    )


def _waits_until(changes: Iterable[Change]) -> str | None:
    latest = max((one.at for one in changes if isinstance(one, DeliverAfter)), default=None)
    return None if latest is None else _written(latest)


def _checking(taken: Taken, policy: Policy) -> Checking:
    return Checking(
        id=taken.receipt.message_id,
        reference=taken.receipt.reference,
        state="checking",
        received_at=_written(taken.received_at),
        expected_decision_by=_decision_by(taken.received_at, policy),
    )


def _refused(taken: Taken) -> Problem:
    receipt = taken.receipt
    tellable = _tellable(receipt.verdict)
    leading = tellable[0] if tellable else None
    say = leading.ruling.say if leading and isinstance(leading.ruling, Refuse) else ""
    return Problem(
        "refused",
        detail=say,
        headers={"Idempotency-Replayed": "true"} if taken.replayed else {},
        members={
            "id": receipt.message_id,
            "reference": receipt.reference,
            "state": "refused",
            "received_at": _written(taken.received_at),
            "clause": leading.clause if leading else "",
            "findings": [spot.model_dump() for spot in _spots(tellable)],
            "policy_version": receipt.verdict.policy_version,
        },
    )


def _tellable(verdict: Verdict) -> tuple[Ruled, ...]:
    """The refusals that may be explained to the sender: none that rests on signs of concern."""
    return tuple(
        ruled
        for ruled in verdict.ruled
        if isinstance(ruled.ruling, Refuse)
        and all(
            found.kind is not Kind.CONDUCT or found.category in MANNERS for found in ruled.ruling.findings
        )
    )


def _spots(tellable: Iterable[Ruled]) -> list[Spot]:
    """Where the contact details stand, in reading order; a spot in an earlier message has no place here."""
    spots = [
        Spot.model_validate(
            {
                "field": SPOT_FIELDS[found.layer],
                "start": found.start,
                "end": found.end,
                "unit": "codepoint",
                "category": found.category,
                "clause": ruled.clause,
            }
        )
        for ruled in tellable
        if isinstance(ruled.ruling, Refuse)
        for found in ruled.ruling.findings
        if found.kind is Kind.CONTACT and found.layer in SPOT_FIELDS
    ]
    return sorted(spots, key=lambda spot: (spot.field, spot.start, spot.end))


def _amended(source: str, layer: Layer, changes: Iterable[Change]) -> str:
    """`source` with the replacements of one layer, from its end so that offsets stay true."""
    spots = [change for change in changes if isinstance(change, Replace) and change.layer is layer]
    for spot in sorted(spots, key=lambda one: one.start, reverse=True):
        source = source[: spot.start] + spot.text + source[spot.end :]
    return source


def _decision_by(received_at: datetime, policy: Policy) -> str:
    """The end of the pack's longest clock: a nearer time would tell how grave the reason is."""
    return _written(received_at + max(policy.clocks.values(), default=timedelta(days=1)))


def _written(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
