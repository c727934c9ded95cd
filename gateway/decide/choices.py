"""What a pack's settings say, in the types that rules work with, and who counts as a pupil."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gateway.domain.message import Message
from gateway.domain.policy import RuleTerms
from gateway.domain.register import FactKind


def word(terms: RuleTerms, setting: str) -> str:
    """A setting that is one word."""
    return str(terms.settings.get(setting, ""))


def table(terms: RuleTerms, setting: str) -> Mapping[str, object]:
    """A setting that has fields; empty when the pack has none."""
    value = terms.settings.get(setting)
    return value if isinstance(value, Mapping) else {}


def names(value: object) -> frozenset[str]:
    """A list of words as a set."""
    return frozenset(map(str, value)) if isinstance(value, list | tuple | frozenset) else frozenset()


def score(terms: RuleTerms, parameter: str, default: float) -> float:
    """A parameter that is a score."""
    return float(str(terms.parameters.get(parameter, default)))


def adult_learner(message: Message, terms: RuleTerms) -> bool:
    """True when the pupil has come of age under this pack and agreed to go on as an adult.

    Until there is an agreement the rules for pupils stay: growing up ends no protection by itself
    (clauses HST-19, DFT-04).
    """
    circle, day = message.circle, message.day
    if not circle.on_file(FactKind.ADULT_AGREEMENT, day, person_id=circle.pair.pupil_id):
        return False
    return not is_pupil(message, table(terms, "pupil_definition"), day)


def is_pupil(message: Message, definition: Mapping[str, object], day: date) -> bool:
    """Whether the pack still counts them as a pupil; somebody whose age nobody knows is one."""
    pupil = message.circle.pupil
    age = pupil.age(day)
    if age is None:
        return True
    studies = bool(message.circle.on_file(FactKind.IN_EDUCATION, day, person_id=pupil.id))
    until = definition.get("in_education_until" if studies else "under", 18)
    return age < int(str(until))
