"""`gateway policy` for the policy in force: what it is, what waits, what would change, who lets it through."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, opened, organisation_option, the_organisation, the_shelf
from gateway.errors import SettingsError

if TYPE_CHECKING:
    from gateway.domain.policy import Policy
    from gateway.wiring.storing import Store

by_option = click.option("--by", "person", required=True, help="Your id in the directory.")
note_option = click.option("--note", default="", help="Why.")


@click.command()
@click.argument("before")
@click.argument("after")
@json_option
def diff(before: str, after: str, as_json: bool) -> None:
    """What changes from one pack to another, each a name or a file, and what of it loosens something."""
    from gateway.packs.comparing import differences

    found = differences(_policy(before), _policy(after))
    if as_json:
        rows = [
            {"what": one.what, "before": str(one.before), "after": str(one.after), "loosens": one.loosens}
            for one in found
        ]
        click.echo(json.dumps(rows))
        return
    for one in found:
        mark = "looser " if one.loosens else "       "
        click.echo(f"{mark} {one.what}: {one.before} -> {one.after}")
    click.echo(f"{len(found)} differences, {sum(one.loosens for one in found)} of them looser.")


@click.command()
@organisation_option
@json_option
def status(organisation_id: str | None, as_json: bool) -> None:
    """The versions of the policy: live, waiting for a second person, running as a shadow, retired."""
    store = opened()
    ours = the_organisation(store, organisation_id)
    store.directory.policy_of(ours.id)
    found = store.releases.history(ours.id)
    if as_json:
        click.echo(
            json.dumps(
                [
                    {"version": one.version, "state": one.state, "loosens": list(one.loosens)}
                    | {"author": one.author, "approver": one.approver}
                    for one in found
                ]
            )
        )
        return
    for one in found:
        who = f"by {one.author}" + (f", approved by {one.approver}" if one.approver else "")
        click.echo(f"{one.state:<8} {one.version:<32} {who}")
        if one.state == "waiting" and one.loosens:
            click.echo(f"         loosens {', '.join(one.loosens)}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by_option
@note_option
@organisation_option
def publish(file: Path, person: str, note: str, organisation_id: str | None) -> None:
    """Bring a pack file into force under your name; a looser one waits for a second person."""
    from gateway.domain.release import WAITING
    from gateway.settings import read
    from gateway.wiring.releasing import published

    store = opened()
    ours = the_organisation(store, organisation_id)
    candidate = _policy(str(file))
    if candidate.pack != ours.pack:
        raise SettingsError(f"'{ours.id}' has the pack '{ours.pack}', and the file is '{candidate.pack}'.")
    author = store.directory.person(ours.id, person)
    in_force = store.directory.policy_of(ours.id)
    _put_in_place(file, read().home)
    entered = published(store.releases, ours.id, in_force, candidate, author.id, note, datetime.now(UTC))
    click.echo(f"{candidate.version}: {entered.state}.")
    if entered.state == WAITING:
        whom = in_force.approver.title if in_force.approver else "A second person"
        click.echo(f"It loosens {', '.join(entered.loosens)}." if entered.loosens else "It loosens nothing.")
        click.echo(f"To be approved ({whom}, not its author) with:")
        click.echo(f"  gateway policy approve {candidate.version} --by THEIR_ID")


@click.command()
@click.argument("version")
@by_option
@note_option
@organisation_option
def approve(version: str, person: str, note: str, organisation_id: str | None) -> None:
    """Let a version that waits come into force; its author cannot, and a pack may name a role that must."""
    from gateway.wiring.releasing import approved

    store = opened()
    ours = the_organisation(store, organisation_id)
    approver = store.directory.person(ours.id, person)
    in_force = store.directory.policy_of(ours.id)
    approved(store.releases, in_force, version, approver, note, datetime.now(UTC))
    click.echo(f"{version}: live.")


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--end", is_flag=True, help="Run no shadow any more.")
@click.option("--by", "person", default="file", help="Your id in the directory.")
@organisation_option
def shadow(file: Path | None, end: bool, person: str, organisation_id: str | None) -> None:
    """Run a draft beside the policy in force; without FILE, what it would have judged otherwise so far."""
    from gateway.domain.release import SHADOW
    from gateway.wiring.policies import release_of

    store = opened()
    ours = the_organisation(store, organisation_id)
    if end:
        store.releases.end_shadow(ours.id)
        click.echo("No shadow runs.")
    elif file is not None:
        draft = _policy(str(file))
        store.releases.enter(ours.id, release_of(draft, SHADOW, author=person), datetime.now(UTC))
        click.echo(f"{draft.version}: runs as a shadow.")
    else:
        _show_flips(store, ours.id)


def _show_flips(store: Store, organisation_id: str) -> None:
    from gateway.domain.release import SHADOW

    running = store.releases.in_state(organisation_id, SHADOW)
    if running is None:
        click.echo("No shadow runs.")
        return
    flips = store.releases.flips(organisation_id, running.version)
    for one in flips:
        click.echo(
            f"{one.at:%Y-%m-%d %H:%M}  {one.message_id}  {one.was} -> {one.would_be}  {one.rule} ({one.clause})"
        )
    click.echo(f"{running.version}: {len(flips)} messages would have been judged otherwise.")


@click.command()
@click.argument("pack")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on (a month ago).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; one for each core.")
@organisation_option
@json_option
def backtest(
    pack: str, since: datetime | None, workers: int | None, organisation_id: str | None, as_json: bool
) -> None:
    """Judge past messages by PACK (a name or a file) too, and list those whose outcome would flip.

    Exit code 1 when any would.
    """
    from gateway.cli.policy_backtest import replay

    store = opened()
    ours = the_organisation(store, organisation_id)
    start = since.replace(tzinfo=UTC) if since else datetime.now(UTC) - timedelta(days=30)
    found = replay(store, ours.id, _policy(pack), start, workers)
    if as_json:
        click.echo(json.dumps(found.as_object()))
    else:
        for flip in found.flips:
            click.echo(f"{flip.message_id}  {flip.was} -> {flip.would_be}  {flip.rule} ({flip.clause})")
        click.echo(found.summary())
    if found.flips:
        sys.exit(1)


def _policy(named: str) -> Policy:
    """The policy of a pack's name or file. Raises PolicyError."""
    from gateway import packs
    from gateway.domain.policy import Policy
    from gateway.settings import config_folder

    path = Path(named)
    if path.suffix != ".yaml":
        return packs.load(the_shelf(), named)
    examined = packs.examine(path, packs.shelf(path.absolute().parent.parent, config_folder()))
    if isinstance(examined, Policy):
        return examined
    raise examined[0]


def _put_in_place(file: Path, home: Path) -> None:
    """Copy a pack to where this installation looks for its own."""
    place = home / "policies" / file.name
    if file.absolute() != place.absolute():
        place.parent.mkdir(parents=True, exist_ok=True)
        whole = place.with_suffix(".new")  # never half a file where somebody may read it
        whole.write_bytes(file.read_bytes())
        whole.replace(place)
