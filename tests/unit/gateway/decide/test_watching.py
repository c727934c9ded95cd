"""Rules that are data alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.finding import Kind, Layer, Passage, Stance
from gateway.decide import watching
from gateway.decide.ruling import decide
from gateway.domain.message import Assurance, Reading
from gateway.domain.people import Role
from gateway.domain.policy import Policy, Then, Watch
from gateway.domain.register import Fact, FactKind
from gateway.domain.verdict import Hold, Lane, Note, Outcome, Refuse, Severity
from tests.fakes.circle import circle, finding, message, policy

SWEARING = finding(Kind.CONDUCT, "profanity")


def watch(name: str = "profanity", then: Then = Then.REFUSE, **more: object) -> Watch:
    known: dict[str, object] = {"categories": frozenset({"profanity"}), **more}
    return Watch(name, f"W-{name}", then, Lane.REVIEW, Severity.LOW, "Please mind your words.", **known)  # type: ignore[arg-type]


def watching_for(*watches: Watch, version: str = "") -> Policy:
    made = policy(watches=watches)
    named = version or "test@" + "-".join(map(repr, watches))
    return Policy(**{**{f: getattr(made, f) for f in made.__dataclass_fields__}, "version": named})


@pytest.mark.parametrize(("then", "kind"), [(Then.REFUSE, Refuse), (Then.HOLD, Hold), (Then.NOTE, Note)])
def test_a_watch_rules_with_its_own_clause(then: Then, kind: type) -> None:
    verdict = decide(message(SWEARING), watching_for(watch(then=then, role="dsl", within=timedelta(hours=4))))
    assert [(one.rule, one.clause, type(one.ruling)) for one in verdict.ruled] == [
        ("profanity", "W-profanity", kind)
    ], "and concerning_conduct does not hold it a second time"
    assert verdict.outcome is {Refuse: Outcome.REFUSE, Hold: Outcome.HOLD, Note: Outcome.PASS}[kind]


@pytest.mark.parametrize(
    ("limits", "applies"),
    [
        ({}, True),
        ({"senders": frozenset({Role.TUTOR})}, True),
        ({"senders": frozenset({Role.PUPIL})}, False),
        ({"recipients": frozenset({Role.PUPIL})}, True),
        ({"recipients": frozenset({Role.STAFF})}, False),
        ({"contract": "school"}, False),
        ({"contract": "private"}, True),
        ({"act_at": 0.95}, False),
    ],
)
def test_a_watch_looks_where_it_is_told(limits: dict[str, object], applies: bool) -> None:
    verdict = decide(message(SWEARING), watching_for(watch(**limits)))
    assert ("profanity" in {one.rule for one in verdict.ruled}) is applies
    assert ("concerning_conduct" in {one.rule for one in verdict.ruled}) is not applies


@pytest.mark.parametrize(
    ("limits", "on_file", "applies"),
    [
        ({"given": "attached"}, False, False),
        ({"given": "attached"}, True, True),
        ({"unless": "recording"}, False, True),
        ({"unless": "recording"}, True, False),
    ],
)
def test_a_watch_asks_what_is_on_file_of_the_pair(
    limits: dict[str, str], on_file: bool, applies: bool
) -> None:
    facts = tuple(Fact(FactKind(kind), pair_id="tara-jamie") for kind in limits.values() if on_file)
    verdict = decide(message(SWEARING, around=replace(circle(), facts=facts)), watching_for(watch(**limits)))
    assert ("profanity" in {one.rule for one in verdict.ruled}) is applies


def test_refusing_and_reporting_are_not_blamed_unless_the_watch_says_so() -> None:
    told = finding(Kind.CONDUCT, "profanity", stance=Stance.REPORT)
    assert decide(message(told), watching_for(watch())).outcome is Outcome.PASS
    assert decide(message(told), watching_for(watch(blameless=True))).outcome is Outcome.REFUSE


def said(text: str, layer: Layer = Layer.TEXT) -> Reading:
    return Reading(passages=(Passage(layer, text),))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Let us use the Den tonight.", True),
        ("let us use THE\u00a0DEN tonight", True),
        ("the\nden", True),
        ("the dentist", False),
        ("breathe den", False),
        ("", False),
    ],
)
def test_an_organisation_can_watch_for_its_own_phrases(text: str, seen: bool) -> None:
    own = watch("own_words", Then.HOLD, categories=frozenset(), phrases=("The  Den",))
    verdict = decide(message(reading=said(text)), watching_for(own))
    assert (verdict.outcome is Outcome.HOLD) is seen
    if seen:
        found = verdict.ruled[0].ruling.findings[0]  # type: ignore[union-attr]
        assert " ".join(text[found.start : found.end].casefold().split()) == "the den"


def test_phrases_are_not_looked_for_in_what_is_quoted() -> None:
    own = watch("own_words", Then.HOLD, categories=frozenset(), phrases=("the den",))
    assert decide(message(reading=said("the den", Layer.QUOTED)), watching_for(own)).outcome is Outcome.PASS


def test_every_watch_that_saw_something_is_kept_and_the_strongest_leads() -> None:
    both = watching_for(watch("first", Then.NOTE, role="dsl"), watch("second", Then.HOLD))
    verdict = decide(message(SWEARING), both)
    assert [one.rule for one in verdict.ruled] == ["second", "first"]


def test_a_fault_in_the_watches_is_a_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[object]:
        raise RuntimeError

    monkeypatch.setattr(watching, "_index_of", broken)
    verdict = decide(message(), watching_for(watch(), version="fresh"))
    assert verdict.outcome is Outcome.HOLD and verdict.leading is not None
    assert verdict.leading.rule == "fail_closed"


def test_a_pupil_is_never_refused_by_a_watch_for_tutors() -> None:
    heard = message(SWEARING, sender="jamie", recipients=("tara",), assurance=Assurance.AUTHENTICATED_MAIL)
    strict = watching_for(watch(senders=frozenset({Role.TUTOR})))
    assert all(one.rule != "profanity" for one in decide(heard, strict).ruled)
