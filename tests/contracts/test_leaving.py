"""At the moment of sending the world is looked at again: the courier over a real PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.deliver.courier import Courier
from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import SendAnswer
from gateway.domain.people import Guardianship, Standing
from gateway.ports import CaseFilter
from tests.fakes.sql import NOW, arrival, copies, family_roster, home_circle, passed

LATER = NOW + timedelta(minutes=10)


def keep(store):
    one = arrival()
    store.ledger.keep(one, passed(one), home_circle(store)).result(timeout=20)
    return one


def sent_by(store, rounds=3):
    """Whom a courier sends to in so many rounds."""
    sent = []

    async def send(dispatch):
        sent.append(dispatch.recipient_id)
        return SendAnswer(250)

    courier = Courier(
        store.outbox,
        send,
        store.directory.circles_now,
        lambda circle: store.directory.policy_for(circle).version,
        lambda _: None,
        lambda: LATER,
    )

    async def play():
        for _ in range(rounds):
            await courier.round()

    asyncio.run(play())
    return sent


def cases(store):
    return store.docket.cases("demo", CaseFilter(), LATER)


def suspended(roster):
    people = [replace(p, standing=Standing.SUSPENDED) if p.id == "tara" else p for p in roster.people]
    return replace(roster, people=tuple(people))


def removed(roster):
    other = Guardianship("mo", "jamie", registered=date(2026, 1, 5))
    return replace(roster, guardianships=(other,))


def barred(roster):
    return replace(roster, guardianships=(replace(roster.guardianships[0], barred=True),))


def closed(roster):
    return replace(roster, pairs=(replace(roster.pairs[0], open=False),))


def tightened(roster):
    return replace(roster, organisation=replace(roster.organisation, pack="strict"))


def test_in_an_unchanged_world_the_guardian_comes_first(family_store):
    keep(family_store)
    assert sent_by(family_store) == ["ruth", "jamie"]
    assert cases(family_store) == []


@pytest.mark.parametrize("change", [suspended, removed, barred, closed, tightened])
def test_in_a_changed_world_nothing_leaves_and_a_person_looks(family_store, change):
    one = keep(family_store)
    family_store.bring_in(change(family_roster()))
    assert sent_by(family_store) == []
    (case,) = cases(family_store)
    assert case.message_id == one.envelope.id
    assert family_store.ledger.progress("demo", one.envelope.id).state == "checking"


@pytest.mark.parametrize("change", [suspended, tightened])
def test_between_the_guardians_copy_and_the_pupils_the_world_may_change_too(family_store, change):
    keep(family_store)
    assert sent_by(family_store, rounds=1) == ["ruth"]
    family_store.bring_in(change(family_roster()))
    assert sent_by(family_store) == []
    assert len(cases(family_store)) == 1


def test_what_a_person_released_leaves_under_a_new_policy_but_not_past_a_closed_pair(family_store):
    keep(family_store)
    family_store.bring_in(tightened(family_roster()))
    sent_by(family_store)
    (case,) = cases(family_store)
    assert case.because == "a required guardian's copy was stopped: the policy has changed since the verdict"
    family_store.docket.settle(
        case, Decision(case.id, 1, Action.RELEASE, "mo", "it is well"), copies(), LATER
    )
    assert sent_by(family_store, rounds=1) == ["ruth"]
    family_store.bring_in(closed(tightened(family_roster())))
    assert sent_by(family_store) == []
