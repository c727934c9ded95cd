"""A sample of the crash sweep and of the bugs it must find; `make crash` does them all.

Left out where `strace` is missing or may not trace; TUTOR_GATEWAY_REQUIRE_BROWSER demands it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.crash import drill, sweep
from tests.crash.points import Point
from tests.crash.rig import Rig, rigged
from tests.crash.strace import Fault, skip_without_strace

SEED = 20_261_120
BUGS = ("answer_before_commit", "hash_not_checked", "pupil_beside_guardian")
# A kill costs a restart, so few of them, each at another stage; errors are quick.
KILLED_AT = ("smtp, committing", "courier, settling", "database, for smtp")
FAILED_AT = ("smtp, committing", "courier, sending", "courier, settling", "database, for courier", "reader")

pytestmark = [pytest.mark.xdist_group("crash"), pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def traced() -> None:
    skip_without_strace()


@pytest.fixture(scope="module")
def rig(traced: None) -> Iterator[Rig]:
    with rigged() as one:
        yield one


def test_a_sample_of_faults_loses_nothing_and_lets_nothing_through(rig: Rig) -> None:
    chance = random.Random(SEED)
    points = sweep.points_of(rig)
    struck = 0
    for point, fault in _sample(points, chance):
        trial = sweep.attempt(rig, point, fault)
        assert not trial.wrong, (point.place.name, point.call.name, point.nth, fault)
        struck += trial.fired
    assert struck >= len(KILLED_AT)


def _sample(points: list[Point], chance: random.Random) -> Iterator[tuple[Point, Fault]]:
    def one_of(name: str) -> Point:
        return chance.choice([one for one in points if one.place.name == name and one.call.bears(Fault.EIO)])

    for name in KILLED_AT:
        yield one_of(name), Fault.KILL
    for name in FAILED_AT:
        yield one_of(name), chance.choice([Fault.ENOSPC, Fault.EIO])


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_that_was_built_in_is_found(bug: str) -> None:
    with rigged(bug) as one:
        assert drill.found_wrong(one, drill.CAUGHT_BY[bug])


@pytest.mark.parametrize("bug", BUGS)
def test_where_there_is_no_bug_none_is_found(bug: str, rig: Rig) -> None:
    sweep.ready(rig)
    assert not drill.found_wrong(rig, drill.CAUGHT_BY[bug])


def test_every_bug_has_a_probe_that_must_find_it() -> None:
    from tests.crash.bugs import BUGS as ALL

    assert ALL.keys() == drill.CAUGHT_BY.keys()
    assert set(drill.CAUGHT_BY.values()) <= set(drill.PROBES)
    assert len(ALL) >= 12
