"""Past messages judged by a draft, pair by pair and in their order, on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.finding import Finding, Kind, Layer
from gateway.cli import policy_backtest
from gateway.cli.policy_backtest import CHUNK, Flip, World, _chunk, _chunks
from gateway.domain.policy import Policy, RuleTerms
from gateway.domain.verdict import Lane, Severity
from gateway.errors import NotFound
from gateway.moderate.trajectory import signals_of
from gateway.store.past import PastMessages
from tests.fakes.sql import NOW, arrival, home_circle, passed, plain_policy

DAY = timedelta(days=1)
SIGNS = ("flattery", "secrecy", "gifts", "off_platform", "dependency", "isolation")


def policy(name: str, act_at: float | None, **knobs: object) -> Policy:
    """A policy whose only rule is the pair's course."""
    terms = RuleTerms("DFT-01", Lane.REVIEW, Severity.HIGH, "", {"act_at": act_at, **knobs})
    return replace(plain_policy(), version=name, rules={"pair_trajectory": terms} if act_at else {})


LIVE, DEAF = policy("live", 0.8), policy("deaf", 5.0)


def write(store, days: float, *found: str, sender: str = "tara", to: tuple[str, ...] = ("jamie",)) -> str:
    """Keep a message with faint signs, as many days after NOW."""
    one = arrival(at=NOW + days * DAY, sender=sender, recipients=to)
    findings = tuple(Finding(Kind.CONDUCT, each, Layer.TEXT, 0, 4, 0.45) for each in found)
    circle = home_circle(store)
    signals = signals_of(one.envelope, circle, findings)
    judged = replace(passed(one, ()), findings=findings, signals=signals)
    store.ledger.keep(one, judged, circle).result(timeout=20)
    return one.envelope.id


def flips(store, draft: Policy, live: Policy = LIVE, since_days: float = 0) -> list[Flip]:
    """The flips of all messages since then, in one worker that shares this process."""
    store.__dict__["past"] = PastMessages(store.engine, store.vault)
    since = NOW + since_days * DAY
    policy_backtest._world[:] = [World(store, "demo", live, draft, since)]
    (chunk,) = _chunks(store.past.by_pair("demo", since))
    judged, found, _ = _chunk(chunk)
    assert judged == sum(map(len, chunk.values()))
    return found


def test_a_policy_beside_itself_flips_nothing(family_store) -> None:
    for number, sign in enumerate(SIGNS):
        write(family_store, number, sign)
    assert flips(family_store, LIVE) == []


def test_the_message_with_which_a_course_went_too_far_would_flip(family_store) -> None:
    ids = [write(family_store, number, sign) for number, sign in enumerate(SIGNS)]
    found = flips(family_store, DEAF)
    assert found and {(one.was, one.would_be) for one in found} == {("hold", "pass")}
    assert ids[0] not in {one.message_id for one in found}  # one faint sign goes nowhere
    assert found[0].rule == "pair_trajectory"


def test_an_old_case_counts_for_the_policy_that_opened_it_alone(family_store) -> None:
    """Told once, a live course is quiet until it is a quarter further; the deaf one was told nothing."""
    ids = [write(family_store, number / 10, *SIGNS[:4]) for number in range(4)]
    held = [one.message_id for one in flips(family_store, DEAF)]
    assert held[0] == ids[0] and len(held) < len(ids)
    again = flips(family_store, LIVE, live=DEAF)
    assert [one.message_id for one in again] == held


def test_what_was_before_the_first_day_counts_towards_the_course(family_store) -> None:
    for number, sign in enumerate(SIGNS[:3]):
        write(family_store, number, sign)
    last = write(family_store, 5, "secrecy")
    live = policy("late", 1.0)
    assert [one.message_id for one in flips(family_store, DEAF, live=live, since_days=4)] == [last]
    # Sixty days on only the last one is left of it.
    alone = write(family_store, 70, "secrecy")
    found = flips(family_store, DEAF, live=live, since_days=69)
    assert alone not in {one.message_id for one in found}


def test_the_third_message_of_a_night_is_replayed_too(family_store) -> None:
    night = [write(family_store, 0.55 + number / 100) for number in range(3)]  # from 23:12 on
    at_night = policy("night", 5.0, night_messages=3)
    assert [one.message_id for one in flips(family_store, at_night, live=DEAF)] == [night[2]]


@pytest.mark.parametrize("sizes", [(1, 1, 1), (CHUNK, 1), (3 * CHUNK, 5, CHUNK - 5, 7), ()])
def test_no_pair_is_torn_apart_and_none_is_left_out(sizes: tuple[int, ...]) -> None:
    pairs = {f"p{number}": [f"{number}-{n}" for n in range(size)] for number, size in enumerate(sizes)}
    chunks = list(_chunks(pairs))
    assert {pair: ids for chunk in chunks for pair, ids in chunk.items()} == pairs
    assert sum(map(len, chunks)) == len(pairs)
    assert all(sum(map(len, chunk.values())) >= CHUNK for chunk in chunks[:-1])


class Gone:
    """A directory that has lost everybody."""

    def circle(self, pair_id: str) -> object:
        raise NotFound("There is no such pair.")


def test_a_pair_that_is_gone_is_passed_over(family_store) -> None:
    write(family_store, 0, *SIGNS)
    family_store.__dict__["directory"] = Gone()
    assert flips(family_store, DEAF) == []
