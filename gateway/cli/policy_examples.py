"""`gateway policy examples`: play every clause's example and near miss under its own pack."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option

if TYPE_CHECKING:
    from gateway.domain.policy import Policy
    from gateway.domain.verdict import Verdict
    from gateway.journey import Tools
    from gateway.packs.examples import Example, Row

GOOD_ENOUGH = 0.98
STANDING = frozenset({"setting", "rule", "built_in", "ladder", "routes"})
"""Parts of a pack that answer by being there."""


@dataclass(frozen=True, slots=True)
class Played:
    """One side of an example. held_up: a near miss that something else held or refused."""

    pack: str
    clause: str
    side: str
    right: bool
    told: str
    held_up: bool = False


@click.command("examples")
@click.argument("pack", required=False)
@json_option
def examples(pack: str | None, as_json: bool) -> None:
    """Play the examples of PACK's own documents, or of every shipped pack: what must fire, and the near miss.

    Exit code 1 when fewer than 98 in 100 are right.
    """
    from gateway.settings import config_folder
    from gateway.wiring import judging

    tools = judging.tools(judging.unhurried())
    played = [
        one for path in _files(config_folder(), pack) for one in play_file(path, config_folder(), tools)
    ]
    right = sum(one.right for one in played)
    if as_json:
        click.echo(json.dumps([{name: getattr(one, name) for name in one.__slots__} for one in played]))
    else:
        _show(played, right)
    if not played or right / len(played) < GOOD_ENOUGH:
        sys.exit(1)


def play_file(path: Path, config: Path, tools: Tools) -> Iterator[Played]:
    """Every example of a file, played under the file's pack. Raises PolicyError."""
    from gateway import packs
    from gateway.packs.examples import ExampleFile, load
    from gateway.packs.marked import read
    from gateway.packs.shaping import shaped

    pack = shaped(read(path), ExampleFile).pack
    policy = packs.load(config, pack)
    for example in load(path, policy).examples:
        for side in ("fires", "passes"):
            row: Row | None = getattr(example, side)
            if row is not None:
                yield _played(example, side, row, policy, tools)


def _files(config: Path, pack: str | None) -> list[Path]:
    from gateway.packs.examples import ExampleFile
    from gateway.packs.marked import read
    from gateway.packs.shaping import shaped

    found = sorted((config / "examples").glob("*.yaml"))
    if pack is None:
        return found
    chosen = [path for path in found if shaped(read(path), ExampleFile).pack == pack]
    if not chosen:
        raise click.UsageError(f"There are no examples for the pack '{pack}'.")
    return chosen


def _played(example: Example, side: str, row: Row, policy: Policy, tools: Tools) -> Played:
    from gateway.cli.example_scene import judge_example
    from gateway.domain.verdict import Outcome

    if row.about in STANDING:  # the loader has seen that the part is there and cites the clause
        return Played(policy.pack, example.clause, side, True, f"{row.part}")
    if row.about is not None:
        answered = _part_answers(row, policy)
        return Played(policy.pack, example.clause, side, answered == (side == "fires"), f"{row.part}")
    verdict = judge_example(row, policy, tools)
    noted, acted = _rulings_of(example.clause, verdict, policy)
    if side == "fires":
        return Played(policy.pack, example.clause, side, bool(noted or acted), _told(verdict))
    right = not acted and (row.noted or not noted)
    held_up = verdict.outcome in (Outcome.HOLD, Outcome.REFUSE)
    return Played(policy.pack, example.clause, side, right, _told(verdict), held_up)


def _rulings_of(clause: str, verdict: Verdict, policy: Policy) -> tuple[list[str], list[str]]:
    """The parts that cite the clause and only noted something, and those that acted."""
    from gateway.domain.verdict import Note

    noted: list[str] = []
    acted: list[str] = []
    for one in verdict.ruled:
        cited = (*policy.cited.get(f"rules.{one.rule}", ()), *policy.cited.get(f"watch.{one.rule}", ()))
        if clause in (one.clause, *cited):
            (noted if isinstance(one.ruling, Note) else acted).append(one.rule)
    return noted, acted


def _part_answers(row: Row, policy: Policy) -> bool:
    """Whether a part of the pack asks for something in that situation."""
    from datetime import timedelta

    section, _, name = str(row.part).partition(".")
    if section == "reminders":
        reminder = next(one for one in policy.reminders if one.name == name)
        return not row.done and timedelta(hours=row.hours) >= reminder.after
    if section == "records":
        return not policy.records[name].required <= set(row.filled)
    return not row.done


def _told(verdict: Verdict) -> str:
    return ", ".join(f"{one.rule} ({one.clause})" for one in verdict.ruled) or "passed"


def _show(played: list[Played], right: int) -> None:
    for one in played:
        if not one.right:
            wanted = "should fire" if one.side == "fires" else "should be let be"
            click.echo(f"{one.pack:<16} {one.clause:<8} {wanted:<17} {one.told}")
    held_up = [one for one in played if one.held_up and one.right]
    click.echo(f"{right} of {len(played)} right ({right / max(1, len(played)):.1%}).")
    if held_up:
        click.echo(f"{len(held_up)} near misses were held or refused under another clause:")
        for one in held_up:
            click.echo(f"  {one.pack:<16} {one.clause:<8} {one.told}")
