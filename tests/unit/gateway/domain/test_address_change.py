"""Who is asked about a guardian's new address, and when a change is complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.address_change import AddressChange, Side, legs_of, needs_asking
from gateway.domain.people import Person, Role

AT = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
A, B, C = "a@family.test", "b@family.test", "c@family.test"
RUTH = Person("ruth", "demo", Role.GUARDIAN, "Ruth", "Whitfield", mailboxes=(A, B))


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ((A,), (B,), {"old1": A, "new1": B}),
        ((A, B), (A, C), {"old1": B, "new1": C}),
        ((A, B), (A, B, C), {"old1": A, "new1": C}),
        ((A, B), (A,), {"old1": B}),
        ((A, B), (), {"old1": A, "old2": B}),
        ((A,), (B, C), {"old1": A, "new1": B, "new2": C}),
    ],
)
def test_everybody_who_goes_or_comes_is_asked_and_always_an_old_one(
    old: tuple[str, ...], new: tuple[str, ...], asked: dict[str, str]
) -> None:
    assert legs_of(old, new) == asked


def test_only_another_set_of_a_registered_guardians_mailboxes_is_asked_about() -> None:
    other = replace(RUTH, mailboxes=(C,))
    assert needs_asking(RUTH, other, registered=True)
    assert not needs_asking(RUTH, replace(RUTH, mailboxes=(B, A)), registered=True)
    assert not needs_asking(RUTH, other, registered=False)
    assert not needs_asking(replace(RUTH, mailboxes=()), other, registered=True)
    assert not needs_asking(replace(RUTH, role=Role.TUTOR), other, registered=True)


def test_the_office_answers_for_the_old_side_alone() -> None:
    change = AddressChange("c", "demo", "ruth", AT, {"old1": A, "new1": B}, (B,))
    assert change.missing == {Side.OLD, Side.NEW}
    vouched = replace(change, vouched_by="lea")
    assert vouched.missing == {Side.NEW}
    assert replace(vouched, confirmed=frozenset({"new1"})).missing == frozenset()


def test_a_link_counts_two_weeks_and_longer_once_everybody_agreed() -> None:
    change = AddressChange("c", "demo", "ruth", AT, {"old1": A, "new1": B}, (B,))
    late = AT + timedelta(days=14)
    assert change.answerable(late - timedelta(seconds=1)) and not change.answerable(late)
    assert replace(change, due_at=late + timedelta(hours=1)).answerable(late)
    assert not replace(change, settled_at=AT).answerable(AT)
