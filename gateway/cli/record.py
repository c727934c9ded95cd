"""`gateway record`: prove that nothing in the record was changed, removed or reordered."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, opened, organisation_option, organisations, the_organisation
from gateway.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.domain.entry import Chained
    from gateway.record.chain import Flaw


@click.group()
def record() -> None:
    """Verify or export the record."""


@record.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@organisation_option
@json_option
def verify(file: Path | None, organisation_id: str | None, as_json: bool) -> None:
    """Check every link of the chain; with FILE, an export, without any database.

    Exit code 1 when an entry was changed, removed or put elsewhere.
    """
    if file is not None:
        checked = [(file.name, *_verify_file(file))]
    else:
        store = opened()
        chosen = organisations(store, organisation_id)
        checked = [(one.id, *store.record.verify(one.id)) for one in chosen]
    for name, count, flaw in checked:
        _tell(name, count, flaw, as_json)
    if any(flaw for _, _, flaw in checked):
        sys.exit(1)


@record.command()
@organisation_option
def export(organisation_id: str | None) -> None:
    """Write the record to standard output as JSON Lines that `verify FILE` reads."""
    store = opened()
    for one in store.record.entries(the_organisation(store, organisation_id).id):
        click.echo(json.dumps(_as_object(one), sort_keys=True))


@record.command()
@organisation_option
def checkpoint(organisation_id: str | None) -> None:
    """Sign the record as it stands and print the checkpoint, to be kept outside this machine."""
    from gateway.record.tree import checkpoint_plain

    store = opened()
    ours = the_organisation(store, organisation_id).id
    made = store.casework.proofs.checkpoint(ours, datetime.now(UTC))
    click.echo(json.dumps(checkpoint_plain(made)))


def _tell(name: str, count: int, flaw: Flaw | None, as_json: bool) -> None:
    if as_json:
        told = {"sequence": flaw.sequence, "what": flaw.what} if flaw else None
        click.echo(json.dumps({"of": name, "entries": count, "flaw": told}))
    elif flaw:
        click.echo(
            f"{name}: entry {flaw.sequence} of {count} was {flaw.what}; restore from a backup.", err=True
        )
    else:
        click.echo(f"{name}: {count} entries, every link holds.")


def _verify_file(file: Path) -> tuple[int, Flaw | None]:
    from gateway.record import chain

    count = 0

    def counted() -> Iterator[Chained]:
        nonlocal count
        for one in _read(file):
            count += 1
            yield one

    flaw = chain.verify(counted())
    return count, flaw


def _as_object(one: Chained) -> dict[str, object]:
    entry = one.entry
    return {
        "sequence": one.sequence,
        "previous": one.previous,
        "hash": one.hash,
        "organisation": entry.organisation_id,
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "subject": entry.subject,
        "actor": entry.actor,
        "detail": dict(entry.detail),
    }


def _read(file: Path) -> Iterator[Chained]:
    """The entries of an export. Raises SettingsError naming the line that is none."""
    from gateway.domain.entry import Chained, Entry

    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                given = json.loads(line)
                entry = Entry(
                    given["organisation"],
                    datetime.fromisoformat(given["at"]),
                    given["kind"],
                    given["subject"],
                    given["actor"],
                    given["detail"],
                )
                yield Chained(entry, int(given["sequence"]), given["previous"], given["hash"])
            except (ValueError, KeyError, TypeError) as error:
                what = f"{file.name}:{number}: this is no entry of a record ({type(error).__name__})."
                raise SettingsError(what) from error
