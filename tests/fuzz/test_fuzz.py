"""A short run of every fuzz target; `make fuzz` runs them for longer, guided by coverage."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import near
from tests.fuzz.targets import TARGETS

EXAMPLES = {"session": 150, "gate": 300, "headers": 300, "compose": 150, "html": 300, "archives": 150}


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_passes(name: str) -> None:
    for seed in TARGETS[name].SEEDS:
        TARGETS[name].check(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_near_the_seeds_passes(name: str) -> None:
    target = TARGETS[name]

    @settings(deadline=None, max_examples=EXAMPLES[name], suppress_health_check=list(HealthCheck))
    @given(near(target) | st.binary(max_size=200))
    def check(data: bytes) -> None:
        target.check(data)

    check()
