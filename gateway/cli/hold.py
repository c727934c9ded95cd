"""`gateway hold`: what may not be deleted, whatever its time."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from gateway.cli.installation import json_option, opened, organisation_option, the_organisation
from gateway.errors import SettingsError

SHORTEST = 3
reason_option = click.option("--reason", required=True, help="Why; kept sealed, and its hash in the record.")
by_option = click.option("--by", "by", required=True, help="Id of the person who decided it.")


@click.group()
def hold() -> None:
    """Place, release and list legal holds. A hold beats every deletion."""


@hold.command()
@click.argument("kind", type=click.Choice(["pair", "matter", "message"]))
@click.argument("subject_id", metavar="ID")
@reason_option
@by_option
@organisation_option
def add(kind: str, subject_id: str, reason: str, by: str, organisation_id: str | None) -> None:
    """Place a hold on a tutor with a pupil, a case file (matter) or a message."""
    from gateway.domain.hold import HoldKind

    store, reason = opened(), _stated(reason)
    ours = the_organisation(store, organisation_id).id
    person = store.directory.person(ours, by)
    made = store.casework.holds.place(ours, HoldKind(kind), subject_id, reason, person.id, datetime.now(UTC))
    click.echo(f"{made.id}: a hold is in force.")


@hold.command()
@click.argument("hold_id", metavar="HOLD")
@reason_option
@by_option
@organisation_option
def release(hold_id: str, reason: str, by: str, organisation_id: str | None) -> None:
    """Release a hold; from the next run on, what it kept follows the ordinary times."""
    store, reason = opened(), _stated(reason)
    ours = the_organisation(store, organisation_id).id
    person = store.directory.person(ours, by)
    store.casework.holds.release(ours, hold_id, reason, person.id, datetime.now(UTC))
    click.echo(f"{hold_id}: released.")


@hold.command("list")
@click.option("--all", "released_too", is_flag=True, help="Also those that were released.")
@organisation_option
@json_option
def list_(released_too: bool, organisation_id: str | None, as_json: bool) -> None:
    """The holds in force; reasons are read at the desk."""
    store = opened()
    ours = the_organisation(store, organisation_id).id
    rows = [
        {
            "id": one.id,
            "kind": str(one.kind),
            "subject": one.subject_id,
            "placed_by": one.placed_by,
            "placed_at": one.placed_at.isoformat(timespec="seconds"),
            "released_at": one.released_at.isoformat(timespec="seconds") if one.released_at else None,
        }
        for one in store.casework.holds.holds(ours, released_too)
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = f"released {row['released_at']}" if row["released_at"] else "in force"
        click.echo(f"{row['id']}  {row['kind']:<8} {row['subject']}  since {row['placed_at']}  {state}")
    if not rows:
        click.echo("No holds.")


def _stated(reason: str) -> str:
    if len(reason.strip()) < SHORTEST:
        raise SettingsError("Say in a few words why, with --reason.")
    return reason.strip()
