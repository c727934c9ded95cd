"""`gateway roster`: bring people in, or write them out."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, opened, organisation_option, the_organisation
from gateway.domain.people import Organisation
from gateway.errors import RosterError, SettingsError

if TYPE_CHECKING:
    from gateway.cli.roster_file import Sheets
    from gateway.domain.roster import Roster
    from gateway.wiring.storing import Store

file_argument = click.argument("file", type=click.Path(path_type=Path))
UNNAMED = Organisation("unnamed", "Unnamed", "")


@click.group()
def roster() -> None:
    """Import, export or check people.

    FILE is a roster.yaml, or a folder with people.csv, guardianships.csv, pairs.csv and allow.csv.
    """


@roster.command("import")
@file_argument
@click.option("--partial", is_flag=True, help="Take the good rows and list the others.")
@organisation_option
@json_option
def import_(file: Path, partial: bool, organisation_id: str | None, as_json: bool) -> None:
    """Bring in a roster: all of it, or nothing when any row is wrong."""
    from gateway.cli.roster_check import as_roster, check

    sheets = _sheets(file)
    store = opened() if sheets.organisation is None else None
    organisation = the_organisation(store, organisation_id) if store else None
    checked = check(sheets, datetime.now(UTC).date(), organisation)
    if checked.problems and (not partial or checked.organisation_unknown):
        raise RosterError(checked.problems)
    store = store or opened()
    ready = as_roster(checked, store.directory.organisations())
    _refuse_another_domain(store, ready)
    applied = store.roster.apply(ready)
    if ready.organisation.id != checked.organisation.id and not as_json:
        click.echo(f"Organisation '{checked.organisation.id}' is '{ready.organisation.id}' here.")
    told = {"people": applied.people, "pairs": applied.pairs, "aliases_minted": applied.aliases_minted}
    if applied.addresses_waiting:
        told["guardians_addresses_to_be_confirmed"] = applied.addresses_waiting
    if as_json:
        click.echo(json.dumps({**told, "problems": checked.problems}))
    else:
        click.echo(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in told.items()))
        _tell(checked.problems)
    if checked.problems:
        sys.exit(1)


@roster.command("check")
@file_argument
@json_option
def check_(file: Path, as_json: bool) -> None:
    """Say what is wrong with a roster, row by row; needs no database."""
    from gateway.cli.roster_check import check

    try:
        sheets = _sheets(file)
        checked = check(sheets, datetime.now(UTC).date(), UNNAMED if sheets.organisation is None else None)
        problems, people, pairs = checked.problems, len(checked.people), len(checked.pairs)
    except RosterError as error:
        problems, people, pairs = error.problems, 0, 0
    if as_json:
        click.echo(json.dumps({"people": people, "pairs": pairs, "problems": problems}))
    elif problems:
        _tell(problems)
    else:
        click.echo(f"All right: {people} people, {pairs} pairs.")
    if problems:
        sys.exit(1)


@roster.command()
@organisation_option
def export(organisation_id: str | None) -> None:
    """Write everybody to standard output as roster.yaml, without passwords."""
    from gateway.cli.roster_export import as_yaml

    store = opened()
    found = store.roster.export(the_organisation(store, organisation_id).id)
    click.echo(as_yaml(found), nl=False)


def _refuse_another_domain(store: Store, ready: Roster) -> None:
    """Aliases hang on the domain: families write to them for years."""
    ours = ready.organisation
    there = next((one for one in store.directory.organisations() if one.id == ours.id), ours)
    if there.domain != ours.domain and store.roster.aliases(ours.id):
        raise SettingsError(
            f"Organisation '{ours.id}' has aliases at {there.domain}, so its domain cannot become"
            f" {ours.domain}; correct the roster's domain or id."
        )


def _sheets(file: Path) -> Sheets:
    from gateway.cli.roster_file import read_sheets

    if str(file).startswith("tutorcruncher:"):
        raise SettingsError("TutorCruncher cannot be read yet; export it as CSV and import the folder.")
    return read_sheets(file)


def _tell(problems: list[str]) -> None:
    for problem in problems:
        click.echo(problem, err=True)
