"""Whole conversations, replayed message by message: who is noticed, when, and who should not be.

python -m tests.corpora.concern.talks [--split dev] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gateway import packs
from gateway.cli.check import FLAGGED_BY_COURSE, in_turn
from gateway.cli.check_answer import FLAGGED
from gateway.cli.check_item import read_line
from gateway.cli.check_scene import AT_REST, judge_item
from gateway.domain.course import Trajectory
from gateway.moderate.trajectory import further, score
from gateway.settings import config_folder
from gateway.wiring import judging
from tests.corpora.concern.anchors import skewness
from tests.corpora.concern.sections import Table, share
from tests.training.corpus import CORPORA


@dataclass(frozen=True, slots=True)
class Talk:
    """What became of a conversation.

    first: the message first held or refused, None if none. by_course: whether the pair's course
    was ever the reason. reached: its course's score after each message. strongest: of each message.
    """

    id: str
    kind: str
    onset: int | None
    first: int | None
    by_course: bool
    reached: tuple[float, ...]
    strongest: tuple[float, ...]


def replayed(given: Mapping[str, Any]) -> Talk:
    """Replay one conversation through the functions of `gateway check`."""
    items = read_line({"id": given["id"], "messages": given["messages"]}, Path())
    assert isinstance(items, list)
    policy, tools = _bench()
    judged = list(
        in_turn(items, lambda item, prior, heading=AT_REST: judge_item(item, policy, tools, prior, heading))
    )
    verdicts = [one.judgement.verdict for one in judged]
    flags = [number for number, one in enumerate(verdicts) if one.outcome in FLAGGED]
    state, reached = Trajectory(), []
    for one in judged:
        state = further(state, one.judgement.signals, opened=False)
        reached.append(score(state))
    return Talk(
        given["id"],
        given["kind"],
        given.get("onset"),
        flags[0] if flags else None,
        any(ruled.rule == FLAGGED_BY_COURSE for verdict in verdicts for ruled in verdict.ruled),
        tuple(reached),
        tuple(
            max(one.judgement.signals.scores.values(), default=0.0) if one.judgement.signals else 0.0
            for one in judged
        ),
    )


@cache
def _bench() -> tuple[Any, Any]:
    return packs.load(config_folder(), "default"), judging.tools()


def talks(folder: Path) -> list[Talk]:
    """Every conversation of a folder, replayed."""
    return [
        replayed(json.loads(line))
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]


def table(found: Sequence[Talk]) -> Table:
    """How many slow burns were noticed and when, how many benign talks were stopped."""
    slow = [one for one in found if one.kind == "slow_burn"]
    benign = [one for one in found if one.kind == "benign"]
    noticed = np.array([one.first is not None for one in slow])
    stopped = np.array([one.first is not None for one in benign])
    delays = [one.first - one.onset for one in slow if one.first is not None and one.onset is not None]
    far = np.array([max(one.reached) for one in benign])
    mark = float(np.quantile(far, 0.95)) if len(far) else 0.0
    alone = np.array([max(one.reached) > mark for one in slow])
    leaning = np.array([skewness(one.strongest) for one in benign])
    by_skew = (
        np.array([skewness(one.strongest) > np.quantile(leaning, 0.95) for one in slow])
        if len(benign)
        else alone
    )
    rows = [
        ("slow burn noticed", share(noticed), "≥ .90"),
        ("benign stopped", share(stopped), "≤ .05"),
        (
            "median delay, messages after the annotated one",
            f"{statistics.median(delays) if delays else '–'}",
            "≤ 0",
        ),
        ("slow burn by course alone, where 1 in 20 benign ones goes as far", share(alone), ""),
        (f"… which is at a score of {mark:.2f}", "", ""),
        ("slow burn by skewness (Sentinel) at the same load", share(by_skew), ""),
    ]
    return Table("Conversations", ("", "share", "target"), rows)


def main() -> None:
    """Show the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora.concern.talks")
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    found = talks(asked.folder or CORPORA / "conversations" / asked.split)
    for row in table(found).rows:
        print(" | ".join(row))


if __name__ == "__main__":
    main()
