"""Signs too faint to act on alone, added up over a pair's messages, reach a person."""

from __future__ import annotations

from gateway.domain.message import Message
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Pass, Ruling

FURTHER = 1.25  # times what was told last: nobody is called again for the same


def pair_trajectory(message: Message, terms: RuleTerms) -> Ruling:
    """Hold the message with which a pair's course goes too far, though each had passed.

    Parameters: act_at, a score that grows with signs, stages and facts (`moderate.trajectory`);
    night_messages, how many a tutor may write to a pupil in one night without an answer, the last of
    them held; 0 for any number (clause MTW-02).
    """
    act_at = float(str(terms.parameters.get("act_at", 1.0)))
    course = message.course
    if course is None:
        return Pass()
    at_night = int(str(terms.parameters.get("night_messages", 0)))
    if at_night and course.pressed >= at_night:
        return Hold(terms.lane, terms.severity, f"{course.pressed} messages in one night without an answer")
    if course.reached < max(act_at, course.told * FURTHER):
        return Pass()
    return Hold(terms.lane, terms.severity, course.because)
