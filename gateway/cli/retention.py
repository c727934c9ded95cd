"""`gateway retention`: erase what is past its time, and what a family asked to be erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, opened, organisation_option, organisations, the_organisation
from gateway.errors import SettingsError
from gateway.hold.expiry import expiry_of

if TYPE_CHECKING:
    from gateway.wiring.storing import Store

WHY = {
    "sealed": "sealed evidence",
    "legal_hold": "a legal hold",
    "case": "an open case or a case file",
    "delivery": "not yet delivered",
}


@click.group()
def retention() -> None:
    """Erase messages past the time that the policy keeps them."""


@retention.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@organisation_option
@json_option
def run(dry_run: bool, organisation_id: str | None, as_json: bool) -> None:
    """Erase ordinary messages past their time; say how many others are kept, and why."""
    store = opened()
    for one in organisations(store, organisation_id):
        days = days_of(store, one.id)
        now = datetime.now(UTC)
        expiry = expiry_of(store.directory.policy_of(one.id), now)
        pictures, recordings = store.casework.expiring.run(one.id, expiry, now, dry_run)
        done = store.casework.retention.run(one.id, days, now, "gateway", dry_run)
        if as_json:
            told = {"organisation": one.id, "days": days, "dry_run": dry_run}
            told |= {"pictures": pictures, "recordings": recordings}
            click.echo(json.dumps({**told, "erased": done.erased, "kept": dict(done.kept)}))
            continue
        verb = "would be erased" if dry_run else "erased"
        click.echo(f"{one.id}: pictures of pupils past their time: in {pictures} messages {verb}.")
        click.echo(f"{one.id}: messages with a recording past its time: {recordings} {verb}.")
        click.echo(f"{one.id}: messages older than {days} days: {done.erased} {verb}.")
        for why, many in done.kept.items():
            click.echo(f"  {many} kept: {WHY.get(why, why)}.")


@retention.command("erase-family")
@click.argument("pupil_id", metavar="PUPIL")
@click.option("--reason", required=True, help="Such as the reference of the request.")
@click.option("--by", "by", required=True, help="Id of the person who decided it.")
@click.option("--yes", is_flag=True, help="It cannot be undone; say that you mean it.")
@organisation_option
def erase_family(pupil_id: str, reason: str, by: str, yes: bool, organisation_id: str | None) -> None:
    """Erase a pupil's messages and destroy the family's key; the pupil's lessons must have ended."""
    if not yes:
        raise SettingsError("What is erased cannot be brought back; give --yes if you mean it.")
    store = opened()
    ours = the_organisation(store, organisation_id).id
    person = store.directory.person(ours, by)
    done = store.casework.retention.erase_family(ours, pupil_id, reason, person.id, datetime.now(UTC))
    click.echo(f"{pupil_id}: {done.erased} messages erased.")
    for why, many in done.kept.items():
        click.echo(f"  {many} kept: {WHY.get(why, why)}.")
    click.echo(
        "The family's key was destroyed." if done.key_destroyed else "The family's key stays for them."
    )
    click.echo("The record keeps ids and hashes. People leave the directory with the next roster.")


def days_of(store: Store, organisation_id: str) -> int:
    """How long an organisation keeps messages. Raises SettingsError when its policy does not say."""
    days = store.directory.policy_of(organisation_id).settings.get("retention_messages_days")
    if not isinstance(days, int) or days < 1:
        raise SettingsError(
            f"The policy of '{organisation_id}' does not say how long messages are kept: set"
            " retention_messages_days in its pack."
        )
    return days
