"""`gateway alias`: the addresses that stand for people."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from gateway.cli.installation import json_option, opened, organisation_option, organisations


@click.group()
def alias() -> None:
    """List the addresses that stand for people."""


@alias.command("list")
@organisation_option
@json_option
def list_(organisation_id: str | None, as_json: bool) -> None:
    """Every live alias: for which tutor and pupil, and for whom it stands."""
    store = opened()
    chosen = organisations(store, organisation_id)
    rows = [row for one in chosen for row in store.roster.aliases(one.id)]
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows]))
        return
    for row in rows:
        click.echo(f"{row.tutor:<16} {row.pupil:<16} {row.person:<16} {row.role:<10} {row.address}")
