"""The six packs that ship: what they cite, what they say, and what proves it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gateway import packs
from gateway.decide.ruling import RULE_NAMES
from gateway.domain.policy import Policy, Then
from gateway.domain.verdict import Lane, Severity
from gateway.packs.built_in import BUILT_IN
from gateway.packs.categories import CONDUCT, KNOWN, MATTERS
from gateway.settings import config_folder

HOUSE = Path(__file__).parents[4]
PACKS = tuple(packs.names(config_folder()))
POLICIES = {name: packs.load(config_folder(), name) for name in PACKS}
OWN = {"home-school": "HST", "key-stage": "KST", "mytutor": "MTW", "vto": "VTO", "westcountry-sen": "WSEN"}
NEUTRAL = "This message was not sent. The office will get in touch with you."

DEFAULT = {
    "VTO": "02 10 12 14 16 18 19 26 27 29",
    "KST": "01 02 03 09 10 11 12 13 16 17 19",
    "WSEN": "08 11",
    "HST": "01 02 03 05 06 07 08 10 11 13 15 16 17 19 20 22 25 27 29 31",
    "MTW": "01 02 03 04 05 09 11 16 23 25 26 27 28 29 30 32 33 37 38 39 40 43 48 49 52 53 55 56 59 60 61 "
    "63 64 68 69 70 71 80 81 82 83 84 86",
    "DFT": " ".join(f"{number:02}" for number in range(1, 25)),
}
"""What the default pack takes over from the documents."""

# Clauses of different documents that ask for the same: each organisation is shown its own.
ALIKE = (
    {"VTO-02", "MTW-09"},
    {"KST-09", "HST-06", "MTW-63"},
    {"KST-10", "MTW-30", "WSEN-03", "HST-05"},
    {"MTW-69", "HST-17"},
    {"KST-12", "WSEN-08"},
    {"VTO-12", "MTW-71", "KST-14"},
    {"VTO-10", "MTW-37"},
    {"VTO-14", "MTW-40"},
    {"KST-11", "MTW-60", "HST-10"},
    {"VTO-16", "MTW-01", "KST-13"},
    {"MTW-56", "HST-29"},
    {"KST-03", "HST-01", "MTW-13"},
    {"KST-17", "MTW-86", "HST-31", "VTO-09"},
    {"VTO-11", "HST-14", "MTW-41"},
    {"HST-03", "KST-10", "WSEN-03", "MTW-36"},
    {"MTW-52", "VTO-20"},
)


def in_reach(policy: Policy) -> set[str]:
    if policy.pack == "default":
        return {f"{document}-{number}" for document, row in DEFAULT.items() for number in row.split()}
    return {
        one.id
        for one in policy.clauses.values()
        if one.source in policy.adopts and one.enforce != "out-of-scope"
    }


def cited(policy: Policy) -> set[str]:
    return {clause for clauses in policy.cited.values() for clause in clauses}


@pytest.mark.parametrize("name", PACKS)
def test_every_clause_in_reach_is_cited_by_a_part_that_does_it(name: str) -> None:
    policy = POLICIES[name]
    assert sorted(in_reach(policy) - cited(policy)) == []


@pytest.mark.parametrize("name", PACKS)
def test_nothing_claims_to_enforce_a_clause_out_of_scope(name: str) -> None:
    policy = POLICIES[name]
    assert [one for one in cited(policy) if policy.clauses[one].enforce == "out-of-scope"] == []


@pytest.mark.parametrize("name", OWN)
def test_a_reason_cites_the_organisations_own_clause_where_it_has_one(name: str) -> None:
    policy, own = POLICIES[name], OWN[name] + "-"
    leading = {f"rules.{rule}": terms.clause for rule, terms in policy.rules.items()}
    leading |= {f"watch.{watch.name}": watch.clause for watch in policy.watches}
    leading |= {f"reports.{route.name}": route.clause for route in policy.reports.values()}
    foreign = {
        part: clause
        for part, clause in leading.items()
        for group in ALIKE
        if clause in group and not clause.startswith(own) and any(one.startswith(own) for one in group)
    }
    assert foreign == {}


@pytest.mark.parametrize("name", PACKS)
def test_whoever_is_held_for_what_they_wrote_learns_nothing_of_why(name: str) -> None:
    for watch in POLICIES[name].watches:
        if watch.then is Then.HOLD and not watch.name.startswith("profanity_to_pupil"):
            assert watch.say == NEUTRAL, watch.name


@pytest.mark.parametrize("name", PACKS)
def test_a_watch_that_refuses_says_what_to_do(name: str) -> None:
    refusing = [watch for watch in POLICIES[name].watches if watch.then is Then.REFUSE]
    assert refusing
    for watch in refusing:
        assert watch.say != NEUTRAL and ", because " in watch.say, watch.name


@pytest.mark.parametrize("name", PACKS)
def test_signs_of_conduct_act_no_sooner_in_a_watch_than_in_their_own_rule(name: str) -> None:
    policy = POLICIES[name]
    act_at = float(str(policy.rules["concerning_conduct"].parameters["act_at"]))
    for watch in policy.watches:
        if watch.given:
            continue  # with a concern on file already, a weak sign weighs more
        if watch.categories & (set(CONDUCT) - set(MATTERS)) and watch.then is not Then.NOTE:
            assert watch.act_at >= act_at, watch.name


@pytest.mark.parametrize("name", PACKS)
def test_a_watch_never_turns_a_sign_of_concern_into_a_mere_note_or_an_answer(name: str) -> None:
    # What a watch has dealt with, concerning_conduct no longer holds.
    asked_after = {"profanity", "discrimination", "bullying", "contract_cheating", "extremism"}
    for watch in POLICIES[name].watches:
        if watch.then is not Then.HOLD:
            assert not watch.categories & (set(CONDUCT) - asked_after), watch.name


@pytest.mark.parametrize("name", PACKS)
def test_no_watch_has_the_name_of_a_rule(name: str) -> None:
    assert {watch.name for watch in POLICIES[name].watches}.isdisjoint(RULE_NAMES)


@pytest.mark.parametrize("name", PACKS)
def test_a_childs_own_report_is_sealed_and_no_guardian_is_told_at_once(name: str) -> None:
    policy = POLICIES[name]
    private = policy.reports["private_word"]
    assert (private.lane, private.severity, private.guardian) == (Lane.SEALED, Severity.CRITICAL, "never")
    assert all(one.guardian != "at_once" for one in policy.reports.values() if "pupil" in one.senders)


@pytest.mark.parametrize("name", PACKS)
def test_telling_on_oneself_is_never_held_against_anybody(name: str) -> None:
    policy = POLICIES[name]
    assert all(not policy.reports[one].counts for one in ("self_report", "approach", "private_word"))


def test_every_built_in_promise_is_proved_by_a_test_that_is_there() -> None:
    for name, one in BUILT_IN.items():
        path, test = one.proof.split("::")
        assert re.search(rf"^(async )?def {test}\(", (HOUSE / path).read_text("utf-8"), re.M), name


def test_every_built_in_promise_is_cited_by_some_pack() -> None:
    assert set(BUILT_IN) == {name for policy in POLICIES.values() for name in policy.built_in}


@pytest.mark.parametrize(("file", "known"), [("conduct_cues", CONDUCT), ("matters", MATTERS)])
def test_the_words_a_watch_may_name_are_those_the_detectors_use(file: str, known: tuple[str, ...]) -> None:
    path = config_folder() / "words" / f"{file}.toml"
    found = set(tomllib.loads(path.read_text("utf-8"))["category"])
    # Whoever else is named is found among the people, not by cues.
    assert sorted(found | ({"other_person"} if file == "matters" else set())) == sorted(known)


def test_every_word_a_shipped_watch_names_is_known() -> None:
    assert all(watch.categories <= KNOWN for policy in POLICIES.values() for watch in policy.watches)
