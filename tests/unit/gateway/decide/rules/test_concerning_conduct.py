"""Which lane a sign of concern goes to, and what a pack may leave out."""

from __future__ import annotations

from dataclasses import replace

from classifiers.finding import Kind
from gateway.decide.rules.concerning_conduct import concerning_conduct
from gateway.domain.policy import RuleTerms
from gateway.domain.verdict import Hold, Lane, Pass, Ruling, Severity
from tests.fakes.circle import finding, message


def ruled(category: str, score: float = 0.9, **parameters: object) -> Ruling:
    terms = RuleTerms("MTW-71", Lane.REVIEW, Severity.HIGH, "", parameters)
    return concerning_conduct(message(replace(finding(Kind.CONDUCT, category), score=score)), terms)


def test_a_crush_is_for_the_safeguarding_lead_alone() -> None:
    ruling = ruled("infatuation", to_safeguarding_lead=["infatuation"])
    assert isinstance(ruling, Hold) and ruling.lane is Lane.SEALED


def test_other_signs_stay_in_the_rules_lane() -> None:
    ruling = ruled("secrecy", to_safeguarding_lead=["infatuation"])
    assert isinstance(ruling, Hold) and ruling.lane is Lane.REVIEW


def test_a_pack_may_leave_out_what_it_does_not_ask_after() -> None:
    assert isinstance(ruled("profanity"), Hold)
    assert isinstance(ruled("profanity", leave_out=["profanity"]), Pass)


def test_a_faint_sign_is_for_the_course_and_not_for_this_rule() -> None:
    assert isinstance(ruled("secrecy", score=0.3), Pass)
