"""`gateway policy`: look at policy packs, or check one that is being written."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, the_shelf
from gateway.cli.policy_coverage import coverage
from gateway.cli.policy_examples import examples
from gateway.cli.policy_history import approve, backtest, diff, publish, shadow, status

if TYPE_CHECKING:
    from gateway.domain.policy import Policy


@click.group()
def policy() -> None:
    """Show, list or check policy packs."""


@policy.command("list")
@json_option
def list_(as_json: bool) -> None:
    """The packs that ship with the gateway, and this installation's own."""
    from gateway import packs

    found = [packs.load(the_shelf(), name) for name in the_shelf().names()]
    if as_json:
        click.echo(json.dumps([{"pack": p.pack, "name": p.name, "version": p.version} for p in found]))
        return
    for one in found:
        click.echo(f"{one.version:<28}  {len(one.rules):>3} rules  {one.name}")


@policy.command()
@click.argument("pack")
@json_option
def show(pack: str, as_json: bool) -> None:
    """What a pack asks for: its settings, clocks, and each rule with its clause."""
    from gateway import packs

    found = packs.load(the_shelf(), pack)
    click.echo(json.dumps(_as_object(found)) if as_json else _as_text(found))


@policy.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Say what is wrong with a pack file, by line and column.

    Its documents are looked for in ../clauses beside it, else among those that ship.
    """
    from gateway import packs
    from gateway.domain.policy import Policy
    from gateway.settings import config_folder

    examined = packs.examine(file, packs.shelf(file.absolute().parent.parent, config_folder()))
    if isinstance(examined, Policy):
        click.echo(f"All right: {examined.version}, {len(examined.rules)} rules.")
        return
    for problem in examined:
        click.echo(str(problem), err=True)
    sys.exit(1)


for _command in (examples, coverage, diff, status, publish, approve, shadow, backtest):
    policy.add_command(_command)


def _as_object(policy: Policy) -> dict[str, object]:
    return {
        "pack": policy.pack,
        "name": policy.name,
        "version": policy.version,
        "settings": dict(policy.settings),
        "clocks_minutes": {one.value: _minutes(time) for one, time in policy.clocks.items()},
        "rules": {
            name: {
                "clause": terms.clause,
                "summary": policy.clauses[terms.clause].summary,
                "lane": terms.lane.value,
                "severity": terms.severity.value,
                "say": terms.say,
                "parameters": dict(terms.parameters),
            }
            for name, terms in policy.rules.items()
        },
    }


def _minutes(time: timedelta) -> int:
    return int(time.total_seconds()) // 60


def _as_text(policy: Policy) -> str:
    lines = [f"{policy.name} ({policy.version})", "", "Settings"]
    lines += [f"  {name}: {_shown(name, value)}" for name, value in policy.settings.items()]
    lines += ["", "Decided within"]
    lines += [f"  {one.value:<9} {_minutes(time)} min" for one, time in policy.clocks.items()]
    lines += ["", "Rules"]
    for name, terms in policy.rules.items():
        lines.append(f"  {name} ({terms.clause}), held as {terms.lane.value}/{terms.severity.value}")
        lines.append(f"      {policy.clauses[terms.clause].summary}")
        lines += [f"      {knob}: {value}" for knob, value in terms.parameters.items()]
    return "\n".join(lines)


def _shown(name: str, value: object) -> str:
    """A setting's value, and what of it no pack can say otherwise."""
    from gateway.packs.choices import PROMISED

    if name in PROMISED:
        return f"{value}  (under every pack: {PROMISED[name]})"
    kept = {one.partition(".")[2]: how for one, how in PROMISED.items() if one.startswith(name + ".")}
    marks = "".join(f"\n      {field}, under every pack: {how}" for field, how in kept.items())
    return f"{value}{marks}"
