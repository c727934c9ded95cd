"""Where a tutor and a pupil are heading: signs too faint to act on alone, added up over weeks.

A decayed sum per category (CUSUM: it falls a little with every message that shows nothing, and
by half in `HALF_LIFE`), the three strongest signs, how many stages of grooming have been seen,
and what no wording can hide: a guardian left out who used to be copied, late hours, a volume
that the tutor's other pupils do not get. Pure: state and message in, state and score out, the
same cost for the ten-thousandth message.

It is never blind on few messages (one strong sign is enough for the top of the scale) and
monotone: a stronger or an additional sign never lowers the score. Sums are linear in time's
decay alone, so whoever writes much cannot talk a sign away within days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from classifiers.finding import Finding, Kind, Stance
from gateway.domain.course import Course, Signals, Trajectory
from gateway.domain.message import Envelope
from gateway.domain.pair import Circle
from gateway.domain.people import Role
from gateway.domain.zones import LONDON

STAGES: Mapping[str, tuple[str, ...]] = {
    "closeness": ("flattery", "gifts", "dependency", "infatuation"),
    "access": ("off_platform", "probing", "meeting", "risk_assessment"),
    "secrecy": ("secrecy", "isolation"),
    "testing": ("boundary_testing", "desensitisation", "control"),
    "sexualised": ("personal", "image_request"),
}
STAGE_OF = {category: stage for stage, categories in STAGES.items() for category in categories}
HALF_LIFE = timedelta(days=21)
SLOW_HALF_LIFE = timedelta(days=60)
FAINT = 0.12  # what nearly every message shows of something
EASE = 0.02  # what a message without a sign takes off each sum
FULL = 0.6  # a sum at which a category has said most of what it can say
STRONGEST = 3
LATE_FROM, LATE_TO = 21.5, 6.5  # hours of the day
NIGHT = timedelta(hours=9)  # from LATE_FROM to LATE_TO
ENOUGH = 20  # messages, before their number says anything


def signals_of(envelope: Envelope, circle: Circle, findings: Sequence[Finding]) -> Signals:
    """What a message adds to the course of its pair."""
    roles = {circle.role_of(one) for one in envelope.recipient_ids}
    # Late is late where the pupil is.
    zone = circle.zone(envelope.received_at.date()) or LONDON
    local = envelope.received_at.astimezone(zone)
    return Signals(
        at=envelope.received_at,
        sender=circle.role_of(envelope.sender_id),
        to_pupil=Role.PUPIL in roles,
        guardian_copied=Role.GUARDIAN in roles,
        hour=local.hour + local.minute / 60,
        scores=scores_of(findings),
    )


def course(state: Trajectory, signals: Signals) -> Course | None:
    """How far the pair has come with this message; None when it is not between tutor and pupil."""
    if not bears(signals):
        return None
    after = moved(state, signals)
    return Course(score(after), state.told, because(after), after.pressed if late(signals) else 0)


def further(state: Trajectory, signals: Signals | None, opened: bool) -> Trajectory:
    """The state to keep after a message. opened: a case was opened for the course itself."""
    if signals is None or not bears(signals):
        return state
    after = moved(state, signals)
    return told(after, max(after.told, score(after))) if opened else after


def bears(signals: Signals) -> bool:
    """Whether a message says anything of the two: what a tutor writes, and what the pupil does."""
    return signals.sender in (Role.TUTOR, Role.PUPIL)


def scores_of(findings: Sequence[Finding]) -> dict[str, float]:
    """The strongest score of each grooming category that is neither refused nor reported."""
    scores: dict[str, float] = {}
    for one in findings:
        counts = one.kind is Kind.CONDUCT and one.stance not in (Stance.REFUSAL, Stance.REPORT)
        if counts and one.category in STAGE_OF:
            scores[one.category] = max(scores.get(one.category, 0.0), one.score)
    return scores


def faded(state: Trajectory, now: datetime) -> Trajectory:
    """What is left of a state when nothing has been written since."""
    fade, slow = _fading(state, now)
    return replace(
        state,
        sums={category: held * fade for category, held in state.sums.items()},
        strongest=tuple(one * slow for one in state.strongest),
        copied=state.copied * slow,
        uncopied=state.uncopied * slow,
        late=state.late * slow,
        early=state.early * slow,
        volume=state.volume * slow,
    )


def _fading(state: Trajectory, now: datetime) -> tuple[float, float]:
    gone = max(timedelta(), now - state.at) if state.at else timedelta()
    return 0.5 ** (gone / HALF_LIFE), 0.5 ** (gone / SLOW_HALF_LIFE)


def moved(state: Trajectory, signals: Signals) -> Trajectory:
    """The state after one more message. Messages that arrive out of order count as of now."""
    fade, slow = _fading(state, signals.at)
    signs = {category: score for category, score in signals.scores.items() if score > FAINT}
    ease = 0.0 if signs else EASE
    sums = {category: max(0.0, held * fade - ease) for category, held in state.sums.items()}
    for category, score in signs.items():
        sums[category] = sums.get(category, 0.0) + score - FAINT
    strongest = sorted([*(one * slow for one in state.strongest), *signs.values()], reverse=True)
    counted = _counted(state, signals, slow)
    return replace(
        counted,
        at=max(state.at, signals.at) if state.at else signals.at,
        sums={category: held for category, held in sums.items() if held > 0},
        strongest=tuple(strongest[:STRONGEST]),
    )


def _counted(state: Trajectory, signals: Signals, slow: float) -> Trajectory:
    """Count the facts. Only what a tutor sends to the pupil bears on hours and copies."""
    to_pupil = signals.sender is Role.TUTOR and signals.to_pupil
    at_night = late(signals)
    between = to_pupil or signals.sender is Role.PUPIL
    return replace(
        state,
        copied=state.copied * slow + (to_pupil and signals.guardian_copied),
        uncopied=state.uncopied * slow + (to_pupil and not signals.guardian_copied),
        late=state.late * slow + at_night,
        early=state.early * slow + (to_pupil and not at_night),
        volume=state.volume * slow + between,
        pressed=_pressed(state, signals),
    )


def late(signals: Signals) -> bool:
    """Whether a tutor writes to the pupil late at night or early."""
    to_pupil = signals.sender is Role.TUTOR and signals.to_pupil
    return to_pupil and not LATE_TO <= signals.hour < LATE_FROM


def _pressed(state: Trajectory, signals: Signals) -> int:
    """Messages of this night that the pupil has not answered; the tutor's to others change nothing."""
    if signals.sender is Role.TUTOR and not signals.to_pupil:
        return state.pressed
    if not late(signals):
        return 0
    same_night = state.at is not None and signals.at - state.at <= NIGHT
    return (state.pressed if same_night else 0) + 1


def score(state: Trajectory) -> float:
    """How far it has gone; packs say at what score a case is opened, 1.0 by default.

    Facts weigh in beside words, never enough alone to open a case.
    """
    said = [1 - math.exp(-held / FULL) for held in state.sums.values()]
    by_stage = {
        stage: max((state.sums.get(one, 0.0) for one in some), default=0.0) for stage, some in STAGES.items()
    }
    stages = sum(1 - math.exp(-held / (FULL / 2)) for held in by_stage.values())
    words = OF_SUMS * sum(said) + OF_STRONGEST * sum(state.strongest) + OF_STAGES * max(0.0, stages - 1)
    return words + min(MOST_FROM_FACTS, facts(state)) * (1 if state.sums else 0.5)


OF_SUMS, OF_STRONGEST, OF_STAGES = 0.45, 0.25, 0.2
MOST_FROM_FACTS = 0.4


def facts(state: Trajectory) -> float:
    """What wording cannot hide, 0 and more: guardian dropped, late hours, more than others get.

    Counts, not shares: a further message must never take something away.
    """
    of_guardian = 0.3 * _much(state.uncopied, 4) if state.copied >= 1 else 0.0
    return of_guardian + 0.25 * _much(state.late, 5) + 0.1 * min(2.0, _above_usual(state))


def _much(count: float, some: float) -> float:
    """0 for none, two thirds for `some`, nearly 1 for many."""
    return 1 - math.exp(-count / some)


def _above_usual(state: Trajectory) -> float:
    """How many doublings beyond twice what the tutor's other pupils get."""
    if not state.usual or state.volume < ENOUGH:
        return 0.0
    return max(0.0, math.log2(state.volume / state.usual) - 1)


def told(state: Trajectory, reached: float) -> Trajectory:
    """The state once a case was opened at this score."""
    return replace(state, told=reached)


def because(state: Trajectory) -> str:
    """Why, in words a moderator can check; no message text."""
    heaviest = sorted(state.sums.items(), key=lambda one: (-one[1], one[0]))[:3]
    words = ", ".join(category.replace("_", " ") for category, _ in heaviest) or "no single sign"
    more = [
        (state.copied >= 1 and state.uncopied >= 2, "a guardian who was copied before is left out"),
        (state.late >= 2, "messages late at night or early"),
        (_above_usual(state) > 0, "far more messages than with other pupils"),
    ]
    return "; ".join([f"signs added up over time: {words}", *(why for true, why in more if true)])
