"""What hangs on a circle is worked out once for it, and anew for another."""

from __future__ import annotations

from dataclasses import replace

from gateway.domain.pair import Circle, OfCircle
from tests.fakes.circle import circle


def test_the_same_circle_is_asked_once_and_a_changed_one_again() -> None:
    asked: list[Circle] = []

    def people(of: Circle) -> int:
        asked.append(of)
        return len(of.people)

    known = OfCircle(people)
    one = circle()
    changed = replace(one, version=2)
    assert [known(one), known(one), known(changed), known(one)] == [3, 3, 3, 3]
    assert asked == [one, changed]


def test_only_so_many_circles_are_kept() -> None:
    known = OfCircle(lambda of: of.version)
    circles = [replace(circle(), version=number) for number in range(OfCircle.KEPT + 5)]
    assert [known(one) for one in circles] == list(range(OfCircle.KEPT + 5))
    assert len(known._known) <= OfCircle.KEPT
