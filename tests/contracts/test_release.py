"""What a moderator releases goes to whoever must have it, over a real database."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.finding import Examination
from gateway.channels.email import compose, parse
from gateway.domain.case import Action, Decision
from gateway.domain.dispatch import Bounce, Settlement
from gateway.domain.message import Channel
from gateway.domain.verdict import AddRecipient, Hold, Lane, Outcome, Ruled, Severity, Verdict
from gateway.journey import Journey, Tools, judge
from gateway.ports import CaseFilter
from tests.fakes.sql import NOW, arrival, held, home_circle

MAIL = (
    b"From: tara.okafor@relay.test\r\nSubject: Homework %d\r\nMessage-ID: <%d@laptop.test>\r\n\r\nPage 4.\r\n"
)
TOOLS = Tools(
    {Channel.EMAIL: parse.read},
    lambda passages, scene: Examination((), ()),
    {Channel.EMAIL: compose.compose},
    compose.leaks,
)


class Readers:
    """Judges at once, in this process."""

    def judge(self, brief):
        done: Future = Future()
        done.set_result(judge(brief, TOOLS))
        return done

    def read(self, one):
        done: Future = Future()
        done.set_result(parse.read(one.raw))
        return done


@pytest.fixture
def journey(family_store):
    made = Journey(family_store.directory, family_store.ledger, family_store.docket, Readers(), lambda: NOW)
    yield made
    made.close()


def taken(journey, number: int, recipients=("jamie",)):
    one = arrival(raw=MAIL % (number, number), recipients=recipients)
    return journey.submit(one).result(20)


def released(store, journey, who="mo"):
    (case,) = store.docket.cases("demo", CaseFilter(), NOW)
    journey.decide("demo", Decision(case.id, case.version, Action.RELEASE, who, "I rang her"))


def goes_to(store):
    """Who gets copies, in order, once each was accepted."""
    reached = []
    while batch := store.outbox.claim(10, NOW + timedelta(minutes=1)):
        reached += [one.recipient_id for one in batch]
        store.outbox.settle([Settlement(one, sent=True, at=NOW, code=250) for one in batch])
    return reached


def test_a_mail_held_because_a_guardians_address_fails_is_released_to_the_guardian_too(family_store, journey):
    taken(journey, 1)
    (ruth,) = family_store.outbox.claim(1, NOW)
    family_store.outbox.settle([Settlement(ruth, sent=True, at=NOW, code=250)])
    family_store.outbox.bounced(Bounce(ruth.id, "5.1.1", True, NOW))
    assert family_store.directory.circle_now(ruth.pair_id).failing == {"ruth"}
    (case,) = family_store.docket.cases("demo", CaseFilter(), NOW)
    assert taken(journey, 2).verdict.outcome is Outcome.HOLD
    journey.decide("demo", Decision(case.id, case.version, Action.REJECT, "mo", "a wrong address"))
    released(family_store, journey)
    assert goes_to(family_store) == ["ruth", "jamie"]


def keep_held(store, lane, *changes):
    one = arrival(raw=MAIL % (1, 1), recipients=("jamie",))
    hold = Ruled("concerning_conduct", "DFT-01", Hold(lane, Severity.HIGH, "because"))
    verdict = Verdict(Outcome.HOLD, "default@1+00000000", (hold,), changes)
    judged = replace(held(one, lane=lane), verdict=verdict)
    store.ledger.keep(one, judged, home_circle(store)).result(timeout=20)


def test_whatever_held_it_a_release_copies_the_guardian(family_store, journey):
    keep_held(family_store, Lane.REVIEW)
    released(family_store, journey)
    assert goes_to(family_store) == ["ruth", "jamie"]


def test_what_was_sealed_is_copied_to_nobody_not_even_when_it_is_sent_again(family_store, journey):
    lead = replace(family_store.directory.person("demo", "mo"), id="dee", role="safeguarding_lead")
    journey._deciding._directory = Led(family_store.directory, lead)
    keep_held(family_store, Lane.SEALED, AddRecipient("ruth"))
    released(family_store, journey, "dee")
    (jamie,) = family_store.outbox.claim(10, NOW + timedelta(minutes=1))
    assert jamie.recipient_id == "jamie"
    family_store.outbox.settle([Settlement(jamie, sent=False, at=NOW, code=550)])
    released(family_store, journey, "dee")
    assert goes_to(family_store) == ["jamie"]


class Led:
    """A directory with a safeguarding lead in it besides."""

    def __init__(self, directory, lead):
        self._directory, self._lead = directory, lead

    def person(self, organisation_id, person_id):
        return self._lead if person_id == "dee" else self._directory.person(organisation_id, person_id)

    def __getattr__(self, name):
        return getattr(self._directory, name)


def test_a_clean_mail_needs_no_release(family_store, journey):
    taken(journey, 1)
    assert goes_to(family_store) == ["ruth", "jamie"]
