"""`gateway doctor`: is this installation well, and if not, what to do."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from gateway.cli.installation import json_option

MARK = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check this installation; exit code 1 when something fails."""
    from gateway.cli.doctor_checks import all_checks
    from gateway.settings import read

    failed = False
    found = []
    for check in all_checks(read()):
        failed = failed or check.state == "fail"
        found.append(asdict(check))
        if not as_json:
            click.echo(f"{MARK[check.state]}  {check.name:<12}  {check.what}")
            if check.todo:
                click.echo(f"      {'':<12}  -> {check.todo}")
    if as_json:
        click.echo(json.dumps(found))
    if failed:
        sys.exit(1)
