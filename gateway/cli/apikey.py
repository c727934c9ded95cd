"""`gateway apikey`: keys for platforms that call the API."""

from __future__ import annotations

import sys

import click

from gateway.cli.installation import opened, organisation_option, the_organisation
from gateway.errors import SettingsError


@click.group()
def apikey() -> None:
    """Add or end keys for platforms."""


@apikey.command()
@click.argument("label")
@organisation_option
def add(label: str, organisation_id: str | None) -> None:
    """Make a key and print it, this once. LABEL: whose key it is."""
    store = opened()
    click.echo(store.api_keys.mint_api_key(the_organisation(store, organisation_id).id, label))


@apikey.command()
def revoke() -> None:
    """End the key given on standard input (not as an argument, which others could see)."""
    key = sys.stdin.readline().strip() if not sys.stdin.isatty() else ""
    if not key:
        raise SettingsError("Pipe the key in: gateway apikey revoke < keyfile.")
    opened().api_keys.revoke(key)
    click.echo("That key has ended.")
