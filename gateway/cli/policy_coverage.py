"""`gateway policy coverage`: every clause of the adopted documents, and what enforces it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, the_shelf

if TYPE_CHECKING:
    from gateway.domain.release import Covered


@click.command()
@click.argument("pack", required=False)
@json_option
@click.option("--organisation", "organisation_id", help="Say when each last fired at this organisation.")
def coverage(pack: str | None, as_json: bool, organisation_id: str | None) -> None:
    """Every clause that PACK (or each shipped pack) adopts: what enforces it, its test, and its review.

    Exit code 1 when a clause in reach has nothing that enforces it.
    """
    from gateway import packs
    from gateway.packs.coverage import coverage as rows
    from gateway.packs.coverage import examples_played
    from gateway.settings import config_folder

    examples = config_folder() / "examples"
    chosen = [pack] if pack else the_shelf().names()
    fired = _last_fired(organisation_id) if organisation_id else {}
    policies = [packs.load(the_shelf(), name) for name in chosen]
    tables = {
        name: rows(policy, fired, examples_played(policy.adopts, examples))
        for name, policy in zip(chosen, policies, strict=True)
    }
    if as_json:
        click.echo(json.dumps({name: [_as_object(one) for one in found] for name, found in tables.items()}))
    else:
        for name, found in tables.items():
            _show(name, found)
    if any(one.missing for found in tables.values() for one in found):
        sys.exit(1)


def _last_fired(organisation_id: str) -> dict[str, datetime]:
    from gateway.cli.installation import opened, the_organisation

    store = opened()
    return store.past.last_fired(the_organisation(store, organisation_id).id)


def _show(name: str, found: list[Covered]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=name, show_lines=False)
    for heading in ("Clause", "Asks to", "Enforced by", "Examples", "Last fired", "Review"):
        table.add_column(heading)
    for one in found:
        parts = ", ".join(one.parts) or ("—" if one.out_of_reach else "NOTHING")
        last = one.last_fired.date().isoformat() if one.last_fired else ""
        table.add_row(one.clause, one.enforce, parts, str(one.examples or ""), last, _review(one.review))
    Console().print(table)
    reach = [one for one in found if not one.out_of_reach]
    kept = sum(not one.missing for one in reach)
    click.echo(
        f"{name}: {kept} of {len(reach)} clauses in reach are enforced; {len(found) - len(reach)} out of reach."
    )
    for one in found:
        if one.out_of_reach:
            click.echo(f"  {one.clause} out of reach: {one.why}")


def _review(due: date | None) -> str:
    if due is None:
        return ""
    return f"{due} (overdue)" if due < datetime.now(UTC).date() else str(due)


def _as_object(one: Covered) -> dict[str, object]:
    return {
        "clause": one.clause,
        "enforce": one.enforce,
        "parts": list(one.parts),
        "examples": one.examples,
        "last_fired": one.last_fired.isoformat() if one.last_fired else None,
        "owner": one.owner,
        "review": one.review.isoformat() if one.review else None,
        "why": one.why,
    }
