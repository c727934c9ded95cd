from datetime import UTC, datetime

import pytest

from gateway.domain.case import Action, Case, Decision, State
from gateway.domain.dispatch import Dispatch, Settlement
from gateway.domain.message import Assurance, Channel, Envelope
from gateway.domain.verdict import Hold, Lane, Outcome, Ruled, Severity, Verdict
from gateway.record import entries

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ENVELOPE = Envelope(
    "m1", "M-2345-6789", "demo", "p1", Channel.EMAIL, "tara", ("jamie",), AT, Assurance.PASSWORD
)
CASE = Case(
    id="c1",
    organisation_id="demo",
    pair_id="p1",
    message_id="m1",
    lane=Lane.REVIEW,
    severity=Severity.HIGH,
    state=State.OPEN,
    version=1,
    opened_at=AT,
    due_at=AT,
    rule="conduct",
    clause="DFT-01",
    because="words of ours",
)
DISPATCH = Dispatch(
    id=7,
    organisation_id="demo",
    message_id="m1",
    pair_id="p1",
    recipient_id="ruth",
    mailbox="ruth@family.test",
    return_path="b@relay.test",
    content=b"The heron nests",
    sha256="ab",
    policy_version="default@1",
    required=True,
    waits_for_required=False,
    fence=1,
    tries=2,
    first_try_at=AT,
    directory_version=3,
)


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.PASS, "message.passed"),
        (Outcome.AMEND, "message.amended"),
        (Outcome.HOLD, "message.held"),
        (Outcome.REFUSE, "message.refused"),
    ],
)
def test_each_outcome_has_its_own_kind(outcome, kind):
    hold = Hold(Lane.REVIEW, Severity.HIGH, "because")
    ruled = () if outcome is Outcome.PASS else (Ruled("conduct", "DFT-01", hold),)
    entry = entries.message_judged(ENVELOPE, Verdict(outcome, "default@1", ruled), "ff")
    assert (entry.kind, entry.subject, entry.actor) == (kind, "m1", "tara")
    assert entry.detail["policy"] == "default@1"
    assert entry.detail["clause"] == ("" if outcome is Outcome.PASS else "DFT-01")


def test_a_settled_copy_names_what_became_of_it_and_nobody_s_mailbox():
    sent = entries.copy_settled(Settlement(DISPATCH, True, AT, code=250), "ff")
    failed = entries.copy_settled(Settlement(DISPATCH, False, AT, code=550), "ff", "c1")
    stopped = entries.copy_settled(Settlement(DISPATCH, False, AT, stopped=True, because="left"), "ff", "c1")
    assert [one.kind for one in (sent, failed, stopped)] == ["copy.sent", "copy.failed", "copy.stopped"]
    for one in (sent, failed, stopped):
        assert "family.test" not in repr(one)
        assert "heron" not in repr(one)


@pytest.mark.parametrize("action", list(Action))
def test_a_decision_is_recorded_without_its_words(action):
    decision = Decision("c1", 1, action, "mo", "Jamie said so", "DFT-01", "Please reword", (2, 3))
    entry = entries.case_decided(CASE, decision, "ff", AT)
    assert (entry.kind.startswith("case."), entry.actor, entry.subject) == (True, "mo", "c1")
    assert entry.detail["redactions"] == "2,3"
    assert "Jamie" not in repr(entry)
    assert "reword" not in repr(entry)
