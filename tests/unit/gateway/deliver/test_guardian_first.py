"""Guardians come first, a guardian who may be the risk never, and the world is looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.deliver.guardian_first import Place, may_still_leave, order
from gateway.domain.dispatch import Dispatch
from gateway.domain.message import Channel, Envelope
from gateway.domain.pair import Circle
from gateway.domain.people import Guardianship, Person, Standing
from gateway.domain.verdict import AddRecipient, Outcome, Verdict
from tests.fakes.circle import DAN, JAMIE, NOW, RUTH, TARA, circle, envelope

REGISTERED = date(2026, 1, 5)
BOTH = (
    Guardianship("ruth", "jamie", registered=REGISTERED),
    Guardianship("dan", "jamie", registered=REGISTERED),
)


def places(around: Circle, sent: Envelope, *added: str) -> list[tuple[str, bool, bool]]:
    verdict = Verdict(Outcome.AMEND, "v", changes=tuple(AddRecipient(one) for one in added))
    return [(place.person.id, place.required, place.waits) for place in order(around, sent, verdict)]


def test_a_pupil_waits_for_the_guardian() -> None:
    assert places(circle(), envelope()) == [("ruth", True, False), ("jamie", False, True)]


def test_an_added_guardian_is_required_too() -> None:
    sent = envelope(recipients=("jamie",))
    assert places(circle(), sent, "ruth") == [("ruth", True, False), ("jamie", False, True)]


def test_all_required_guardians_come_before_the_pupil() -> None:
    sent = envelope(recipients=("jamie", "dan"))
    assert places(circle(DAN, guardianships=BOTH), sent, "ruth") == [
        ("dan", True, False),
        ("ruth", True, False),
        ("jamie", False, True),
    ]


def test_a_barred_guardian_gets_nothing_even_when_addressed_or_added() -> None:
    barred = circle(DAN, guardianships=(BOTH[0], replace(BOTH[1], barred=True)))
    sent = envelope(recipients=("jamie", "dan"))
    assert places(barred, sent, "ruth", "dan") == [("ruth", True, False), ("jamie", False, True)]


def test_a_guardian_who_has_not_registered_gets_a_copy_that_nobody_waits_for() -> None:
    unregistered = circle(guardianships=(Guardianship("ruth", "jamie"),))
    assert places(unregistered, envelope()) == [("jamie", False, False), ("ruth", False, False)]


def test_without_the_pupil_nobody_waits() -> None:
    assert places(circle(), envelope(recipients=("ruth",))) == [("ruth", False, False)]
    assert places(circle(), envelope("jamie", ("tara", "ruth"))) == [
        ("tara", False, False),
        ("ruth", False, False),
    ]


def test_the_sender_gets_no_copy_and_nobody_two() -> None:
    sent = envelope("ruth", ("tara", "ruth", "tara"))
    assert places(circle(), sent, "ruth", "tara") == [("tara", False, False)]


def test_without_a_mailbox_there_is_no_mail_but_the_platform_shows_it() -> None:
    bare = circle(replace(JAMIE, mailboxes=()), replace(RUTH, mailboxes=()))
    assert places(bare, envelope()) == []
    assert places(bare, envelope(channel=Channel.PLATFORM)) == [("jamie", False, False)]


def test_a_stranger_to_the_circle_gets_nothing() -> None:
    assert places(circle(), envelope(recipients=("jamie", "nobody")), "ruth")[-1][0] == "jamie"


def test_a_place_says_what_it_is() -> None:
    assert order(circle(), envelope(recipients=("ruth",)), Verdict(Outcome.PASS, "v")) == (Place(RUTH),)


def copy_to(person: Person, *, required: bool = False, waits: bool = False) -> Dispatch:
    return Dispatch(
        *(1, "demo", "m", "tara-jamie", person.id, person.mailboxes[0], "", b"", "", "v1"),
        required=required,
        waits_for_required=waits,
        fence=1,
        tries=1,
        first_try_at=NOW,
        directory_version=0,
    )


GUARDIANS = copy_to(RUTH, required=True)
PUPILS = copy_to(JAMIE, waits=True)
PLAIN = circle()


def test_when_nothing_has_changed_it_leaves() -> None:
    for copy in (GUARDIANS, PUPILS, copy_to(TARA)):
        assert may_still_leave(copy, PLAIN, "v1") is None


@pytest.mark.parametrize(
    ("copy", "now"),
    [
        (GUARDIANS, circle(pair_open=False)),
        (PUPILS, circle(replace(TARA, standing=Standing.SUSPENDED))),
        (GUARDIANS, circle(replace(TARA, standing=Standing.LEFT))),
        (PUPILS, circle(replace(JAMIE, standing=Standing.LEFT))),
        (copy_to(DAN), PLAIN),
        (GUARDIANS, circle(guardianships=(replace(BOTH[0], barred=True),))),
        (GUARDIANS, circle(guardianships=())),
        (GUARDIANS, circle(guardianships=(replace(BOTH[0], registered=None),))),
        (GUARDIANS, circle(guardianships=(replace(BOTH[0], copied=False),))),
        (PUPILS, circle(guardianships=())),
        (PUPILS, replace(circle(), failing=frozenset({"ruth"}))),
        (PUPILS, circle(guardianships=(replace(BOTH[0], barred=True),))),
        (PUPILS, circle(replace(JAMIE, mailboxes=("new@family.test",)))),
        (GUARDIANS, circle(replace(RUTH, mailboxes=()))),
    ],
)
def test_when_the_world_has_changed_it_stops(copy: Dispatch, now: Circle) -> None:
    because = may_still_leave(copy, now, "v1")
    assert because is not None
    assert "@" not in because


def test_a_failing_address_does_not_keep_the_guardian_from_being_written_to() -> None:
    now = replace(circle(), failing=frozenset({"ruth"}))
    assert may_still_leave(GUARDIANS, now, "v1") is None
    assert may_still_leave(replace(PUPILS, released=True), now, "v1") is None


def test_when_the_policy_has_changed_it_stops() -> None:
    assert may_still_leave(PUPILS, PLAIN, "v2") == "the policy has changed since the verdict"
    assert may_still_leave(PUPILS, PLAIN, "") == "the policy has changed since the verdict"
    assert may_still_leave(replace(PUPILS, released=True), PLAIN, "v2") is None


def test_a_mailbox_is_the_same_in_capitals() -> None:
    assert may_still_leave(PUPILS, circle(replace(JAMIE, mailboxes=("Jamie@Family.test",))), "v1") is None


def test_the_pupils_copy_stops_when_a_required_guardian_has_had_none() -> None:
    had = replace(PUPILS, covered=frozenset({"ruth"}))
    assert may_still_leave(had, PLAIN, "v1") is None
    newcomer = circle(DAN, guardianships=BOTH)
    assert may_still_leave(had, newcomer, "v1") == "a guardian was registered meanwhile who has had no copy"
    assert may_still_leave(replace(PUPILS, covered=frozenset({"ruth", "dan"})), newcomer, "v1") is None
