"""Everything on file that a pack can ask for, so that only the message itself is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from gateway.domain.policy import Policy
from gateway.domain.register import Fact, FactKind, Lesson

HALF_A_LESSON = timedelta(minutes=30)


_known: dict[tuple[str, str], tuple[Fact, ...]] = {}


def on_file(policy: Policy, pair_id: str) -> tuple[Fact, ...]:
    """What a proper tutor and family have on file under this policy; no consent to pictures."""
    key = (policy.version, pair_id)
    if key not in _known:
        _known[key] = tuple(papers(policy, pair_id, "tutor", "pupil", ["guardian"]))
    return _known[key]


def lesson_at(moment: datetime) -> tuple[Lesson, ...]:
    """A lesson that is running."""
    return (Lesson(moment - HALF_A_LESSON, moment + HALF_A_LESSON),)


def papers(policy: Policy, pair_id: str, tutor: str, pupil: str, guardians: Sequence[str]) -> Iterator[Fact]:
    """Every fact that this pair and its people need under a policy. The people by their ids."""
    settings = policy.settings
    yield Fact(FactKind.SOLICITED, pair_id=pair_id)
    yield Fact(FactKind.SCHOOL_LEAVE, pair_id=pair_id)
    yield Fact(FactKind.VETTED, tutor, detail=str(settings.get("vetting_scheme")))
    gate = settings.get("guardian_gate")
    if isinstance(gate, Mapping) and gate.get("agreement"):
        yield Fact(FactKind.AGREED, pupil, detail=str(gate["agreement"]))
    if cleared := policy.rules.get("tutor_cleared"):
        for part in range(int(str(cleared.parameters.get("induction_parts", 0)))):
            yield Fact(FactKind.INDUCTED, tutor, detail=f"part {part + 1}")
    if acknowledged := policy.rules.get("acknowledged"):
        for role, people in (("tutor", [tutor]), ("pupil", [pupil]), ("guardian", guardians)):
            wanted = acknowledged.parameters.get(role)
            for document in wanted if isinstance(wanted, list) else ():
                yield from (Fact(FactKind.ACKNOWLEDGED, one, detail=str(document)) for one in people)
