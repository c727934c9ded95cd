"""Every clause's example and its near miss, played under its own pack by the real detectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.example_scene import judge_example
from gateway.cli.policy_examples import Played, play_file
from gateway.domain.verdict import Outcome
from gateway.packs.examples import Row
from gateway.settings import config_folder
from gateway.wiring import judging
from tests.fakes.callers import real_pack

FILES = sorted((config_folder() / "examples").glob("*.yaml"))
DOCS = Path(__file__).parents[2] / "docs" / "policies.md"


@pytest.fixture(scope="module")
def tools():
    return judging.tools(judging.unhurried())


@pytest.fixture(scope="module")
def played(tools) -> list[Played]:
    return [one for path in FILES for one in play_file(path, config_folder(), tools)]


def test_every_example_is_right(played: list[Played]) -> None:
    assert [(one.clause, one.side, one.told) for one in played if not one.right] == []


def test_nothing_awaits_anything(played: list[Played]) -> None:
    assert not [path for path in FILES if "awaits:" in path.read_text("utf-8")]
    assert len(played) == 312


def row(text: str, situation: dict[str, object], **more: object) -> Row:
    given = {"from": "tutor", "to": ["pupil"], "channel": "platform", "text": text, "situation": situation}
    return Row.model_validate({**given, **more})


@pytest.mark.parametrize(
    ("before", "at", "held"), [(2, "22:30", True), (1, "22:30", False), (2, "17:30", False)]
)
def test_what_was_sent_before_counts(tools, before: int, at: str, held: bool) -> None:
    one = row("Did you find the sheet?", {"at": at, "sent_today": before})
    rules = {each.rule for each in judge_example(one, real_pack("mytutor"), tools).ruled}
    assert ("pair_trajectory" in rules) is held


def test_a_page_counts_only_when_the_register_has_it(tools) -> None:
    words = "My tuition page on Instagram is @sharma.maths.tuition, with worksheets."
    policy = real_pack("home-school")
    for pages, outcome in (
        (["instagram:sharma.maths.tuition"], Outcome.PASS),
        (["instagram:somebody.else"], Outcome.HOLD),
        ([], Outcome.HOLD),
    ):
        one = row(words, {"official_pages": pages}, to=["guardian"])
        assert judge_example(one, policy, tools).outcome is outcome, pages
