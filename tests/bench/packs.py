"""`python -m tests.bench.packs`: how long a pack takes to load, and what more watches cost a message.

No database and no detectors: a message of 130 words with two findings is decided on by the pack as it
ships, and by the same with watches added up to 2,400, each with a category or a phrase of its own.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from classifiers.finding import Finding, Kind, Layer, Passage
from gateway import packs
from gateway.decide.ruling import decide
from gateway.domain.message import Message, Reading
from gateway.domain.policy import Policy, Then, Watch
from gateway.domain.verdict import Lane, Severity
from gateway.settings import config_folder
from tests.bench.mails import PARAGRAPHS
from tests.fakes.circle import message

PACK = "mytutor"
COUNTS = (150, 600, 2_400)
LOADS, ROUNDS, DECISIONS = 10, 25, 200


def with_watches(policy: Policy, count: int) -> Policy:
    """The policy with as many watches in all: every other one asks for a phrase, every other for a category."""
    more = (_watch(number) for number in range(count - len(policy.watches)))
    return replace(policy, watches=(*policy.watches, *more), version=f"{policy.version}+{count}")


def _watch(number: int) -> Watch:
    looks_for = (
        {"phrases": (f"phrase number {number}",)} if number % 2 else {"categories": frozenset({f"c{number}"})}
    )
    return Watch(f"more{number}", "DFT-01", Then.HOLD, Lane.REVIEW, Severity.LOW, "", **looks_for)  # type: ignore[arg-type]


def an_ordinary_message() -> Message:
    """A tutor's mail of 130 words with two findings that hold nothing."""
    seen = (
        Finding(Kind.MATTER, "homework", Layer.TEXT, 0, 5, 0.4),
        Finding(Kind.CONDUCT, "flattery", Layer.TEXT, 9, 20, 0.2),
    )
    return message(*seen, reading=Reading(passages=(Passage(Layer.TEXT, "\n\n".join(PARAGRAPHS)),)))


def costs_us(one: Message, policies: Sequence[Policy]) -> list[float]:
    """Microseconds of one decision by each policy: the least mean of interleaved rounds, undisturbed."""
    least = [float("inf")] * len(policies)
    for _ in range(ROUNDS):
        for place, policy in enumerate(policies):
            decide(one, policy)
            began = time.perf_counter()
            for _ in range(DECISIONS):
                decide(one, policy)
            least[place] = min(least[place], (time.perf_counter() - began) / DECISIONS * 1e6)
    return least


def load_ms(name: str) -> float:
    """Milliseconds to load a pack from its files, the median of some."""
    took = []
    for _ in range(LOADS):
        began = time.perf_counter()
        packs.load(config_folder(), name)
        took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


def main() -> None:
    """Measure and print."""
    loads = Table("Pack", "Load, ms", title="Loading")
    for name in packs.names(config_folder()):
        loads.add_row(name, f"{load_ms(name):.0f}")
    Console().print(loads)
    policy, one = packs.load(config_folder(), PACK), an_ordinary_message()
    costs = Table("Watches", "A message, µs", "Times the first", title=f"Deciding by {PACK}")
    took = costs_us(one, [with_watches(policy, count) for count in COUNTS])
    for count, cost in zip(COUNTS, took, strict=True):
        costs.add_row(f"{count:,}", f"{cost:.0f}", f"{cost / took[0]:.2f}")
    Console().print(costs)


if __name__ == "__main__":
    main()
