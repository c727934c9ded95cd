"""What must hold whatever failed (DESIGN 1, MAIL 5 and 6). Each check yields what it finds wrong."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.crash.rig import Arrived, Rig, Sent
from tests.fakes.own_mail import is_notice

MAILBOXES = {
    "jamie": "jamie@family.test",
    "ruth": "ruth@family.test",
    "amara": "amara@nwosu.test",
    "chidi": "chidi@nwosu.test",
    "helen": "helen@bell.test",
}
WHO = {mailbox: who for who, mailbox in MAILBOXES.items()}
REQUIRED = {"jamie": frozenset({"ruth"}), "amara": frozenset({"chidi", "helen"})}
LEAVES = ("pass", "amend")
FINISHED = ("sent", "failed", "stopped")
CLOCKS_S = 0.01  # between strace's clock readings and the sink's


@dataclass(frozen=True, slots=True)
class Row:
    """A dispatch, and what its message and the desk say of it. judged: by a rule or by a person."""

    message_id: str
    batch: str
    who: str
    state: str
    sha256: str
    judged: bool
    cases: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What the checks look at, read once.

    ids: of messages, by reference. held: ids of messages that are cases. entries: how many of a
    kind the record has about a subject. faults: from when to when something was broken, in seconds of the epoch.
    """

    mails: Sequence[Sent]
    arrived: Sequence[tuple[str, str, Arrived]]
    rows: Sequence[Row]
    ids: dict[str, str]
    held: frozenset[str]
    entries: Counter[tuple[str, str]]
    faults: Sequence[tuple[float, float]]


def violations(rig: Rig, mails: Sequence[Sent], faults: Sequence[tuple[float, float]] = ()) -> list[str]:
    """Everything that is wrong once all has come to rest; empty is how it must be."""
    try:
        rig.settle_down()
    except AssertionError as limbo:
        return [str(limbo)]
    scene = _look(rig, mails, faults)
    checks = (_lost, _unmoderated, _guardian_first, _limbo, _record, _duplicates)
    found = [wrong for check in checks for wrong in check(scene)]
    count, flaw = rig.house.store.record.verify("demo")
    return found + ([f"record: a flaw among {count} entries"] if flaw else [])


def _look(rig: Rig, mails: Sequence[Sent], faults: Sequence[tuple[float, float]]) -> Scene:
    arrived = [(WHO.get(one.mailbox, "a stranger"), _sha(one), one) for one in rig.arrived()]
    return Scene(
        mails=mails,
        arrived=[one for one in arrived if not is_notice(one[2].content)],
        rows=[Row(*one) for one in rig.rows(ROWS, list(LEAVES))],
        ids=dict(rig.rows("SELECT reference, id FROM message")),
        held=frozenset(one for (one,) in rig.rows("SELECT message_id FROM case_file")),
        entries=Counter(rig.rows("SELECT kind, subject FROM record_entry")),
        faults=faults,
    )


def _lost(scene: Scene) -> Iterator[str]:
    """What was answered 250 reached everybody it goes to and nobody else, or is a person's case."""
    copies = defaultdict(set)
    for row in scene.rows:
        copies[row.message_id].add(row.sha256)
    for mail in scene.mails:
        message_id = scene.ids.get(mail.reference, "")
        reached = {one.mailbox for _, sha, one in scene.arrived if sha in copies[message_id]}
        if mail.acknowledged and not message_id:
            yield f"lost: {mail.subject} was acknowledged and is not stored"
        elif mail.acknowledged and message_id not in scene.held and not mail.reaches <= reached:
            yield f"lost: {mail.subject} reached {len(reached)} of {len(mail.reaches)} and is no case"
        if mail.released and not mail.reaches <= reached:
            yield f"lost: {mail.subject} was released and reached {len(reached)} of {len(mail.reaches)}"
        if not reached <= mail.reaches:
            yield f"misdirected: {mail.subject} reached somebody it was not for"
        if mail.held and mail.acknowledged and message_id not in scene.held:
            yield f"unmoderated: {mail.subject} was to be held and is no case"
    there = {(who, sha) for who, sha, _ in scene.arrived}
    for row in scene.rows:
        if row.state == "sent" and (row.who, row.sha256) not in there:
            yield f"lost: a copy for {row.who} counts as sent and never arrived"


def _unmoderated(scene: Scene) -> Iterator[str]:
    """Every delivered byte string is that of a dispatch to that person which a verdict let leave."""
    judged = {(row.who, row.sha256) for row in scene.rows if row.judged}
    for who, sha, _ in scene.arrived:
        if (who, sha) not in judged:
            yield f"unmoderated: {who} got bytes that no verdict names"


def _guardian_first(scene: Scene) -> Iterator[str]:
    """Before a pupil's first copy every required guardian's server took one of the same batch."""
    batch_of = {(row.who, row.sha256): row.batch for row in scene.rows}
    took = defaultdict(set)
    for who, sha, _ in scene.arrived:
        batch = batch_of.get((who, sha), sha)
        if missing := REQUIRED.get(who, frozenset()) - took[batch]:
            yield f"pupil first: {who} was reached before {' and '.join(sorted(missing))}"
        took[batch].add(who)


def _limbo(scene: Scene) -> Iterator[str]:
    """Every copy is sent, or it is a person's to look at; what is held has its case."""
    there = {(who, sha) for who, sha, _ in scene.arrived}
    for row in scene.rows:
        if row.state not in FINISHED:
            yield f"limbo: a copy for {row.who} is {row.state}"
        if row.state in ("failed", "stopped") and not row.cases:
            yield f"limbo: a copy for {row.who} is {row.state} and no case says so"
        if row.state != "sent" and (row.who, row.sha256) in there:
            yield f"limbo: a copy for {row.who} was taken by the next hop and counts as {row.state}"
    for kind, message_id in scene.entries:
        if kind == "message.held" and message_id not in scene.held:
            yield "limbo: a held message has no case"


def _record(scene: Scene) -> Iterator[str]:
    """No act without its entry, no entry without its act."""
    judged = {subject for kind, subject in scene.entries if kind.startswith("message.")}
    stored = set(scene.ids.values())
    if judged != stored:
        without, beyond = len(stored - judged), len(judged - stored)
        yield f"record: {without} messages without an entry, {beyond} entries without a message"
    for message_id, count in Counter(row.message_id for row in scene.rows if row.state == "sent").items():
        if scene.entries["copy.sent", message_id] != count:
            yield "record: a copy sent without its entry, or the reverse"


def _duplicates(scene: Scene) -> Iterator[str]:
    """A copy arrives once; twice only when something broke after its 250 and before our commit."""
    for mail in scene.mails:
        heading = f"Subject: {mail.subject}\r\n".encode()
        copies = defaultdict(list)
        for who, sha, one in scene.arrived:
            if heading in one.content:
                copies[who].append((sha, one.at))
        for who, got in copies.items():
            if len({sha for sha, _ in got}) > 1:
                yield f"duplicate: {who} got {mail.subject} as two messages"
            elif len(got) > 2 or not all(_excused(at, scene.faults) for at in _twice(got)):
                yield f"duplicate: {who} got {mail.subject} {len(got)} times"


def _twice(got: Sequence[tuple[str, float]]) -> list[tuple[float, float]]:
    return [(first[1], second[1]) for first, second in pairwise(got)]


def _excused(between: tuple[float, float], faults: Sequence[tuple[float, float]]) -> bool:
    first, second = between
    return any(began <= second and first - CLOCKS_S <= ended for began, ended in faults)


def _sha(one: Arrived) -> str:
    return hashlib.sha256(one.content).hexdigest()


ROWS = """
SELECT d.message_id, d.batch, d.recipient_id, d.state, d.sha256,
       d.policy_version = m.policy_version AND (m.outcome = ANY(%s) OR EXISTS (
           SELECT FROM decision JOIN case_file ON id = case_id
           WHERE message_id = m.id AND action IN ('release', 'redact'))),
       (SELECT count(*) FROM case_file WHERE message_id = d.message_id)
FROM dispatch d LEFT JOIN message m ON m.id = d.message_id ORDER BY d.id
"""
