"""`gateway policy coverage`: every clause of the adopted documents, and what enforces it."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, the_shelf

if TYPE_CHECKING:
    from gateway.domain.policy import Policy

OUT_OF_SCOPE = "out-of-scope"


@dataclass(frozen=True, slots=True)
class Covered:
    """A clause and what stands behind it.

    parts: what enforces it, as "section.name". examples: how many sides of an example are played.
    last_fired: when it last gave a ruling or a task here, None where nobody knows.
    """

    clause: str
    enforce: str
    parts: tuple[str, ...]
    examples: int
    last_fired: datetime | None
    owner: str
    review: date | None
    why: str

    @property
    def missing(self) -> bool:
        """In reach, and nothing enforces it."""
        return self.enforce != OUT_OF_SCOPE and not self.parts


@click.command()
@click.argument("pack", required=False)
@json_option
@click.option("--organisation", "organisation_id", help="Say when each last fired at this organisation.")
def coverage(pack: str | None, as_json: bool, organisation_id: str | None) -> None:
    """Every clause that PACK (or each shipped pack) adopts: what enforces it, its test, and its review.

    Exit code 1 when a clause in reach has nothing that enforces it.
    """
    from gateway import packs

    chosen = [pack] if pack else the_shelf().names()
    fired = _last_fired(organisation_id) if organisation_id else {}
    tables = {name: rows(packs.load(the_shelf(), name), fired) for name in chosen}
    if as_json:
        click.echo(json.dumps({name: [_as_object(one) for one in found] for name, found in tables.items()}))
    else:
        for name, found in tables.items():
            _show(name, found)
    if any(one.missing for found in tables.values() for one in found):
        sys.exit(1)


def rows(policy: Policy, fired: dict[str, datetime]) -> list[Covered]:
    """The clauses of the documents that a policy adopts, in their order."""
    behind: dict[str, list[str]] = defaultdict(list)
    for part, clauses in policy.cited.items():
        for clause in clauses:
            behind[clause].append(part)
    played = _examples(policy)
    documents = {one.id: one for one in policy.documents}
    return [
        Covered(
            clause=clause.id,
            enforce=clause.enforce,
            parts=tuple(behind[clause.id]),
            examples=played.get(clause.id, 0),
            last_fired=fired.get(clause.id),
            owner=documents[clause.source].owner,
            review=documents[clause.source].next_review,
            why=clause.why,
        )
        for clause in policy.clauses.values()
        if clause.source in policy.adopts
    ]


def _examples(policy: Policy) -> dict[str, int]:
    """Sides of examples by clause, from the documents' files."""
    from gateway.packs.examples import ExampleFile
    from gateway.packs.marked import read
    from gateway.packs.shaping import shaped
    from gateway.settings import config_folder

    counted: dict[str, int] = {}
    for document in policy.adopts:
        path = config_folder() / "examples" / f"{document}.yaml"
        if path.is_file():
            for one in shaped(read(path), ExampleFile).examples:
                counted[one.clause] = sum(side is not None for side in (one.fires, one.passes))
    return counted


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
        parts = ", ".join(one.parts) or ("—" if one.enforce == OUT_OF_SCOPE else "NOTHING")
        last = one.last_fired.date().isoformat() if one.last_fired else ""
        table.add_row(one.clause, one.enforce, parts, str(one.examples or ""), last, _review(one.review))
    Console().print(table)
    reach = [one for one in found if one.enforce != OUT_OF_SCOPE]
    kept = sum(not one.missing for one in reach)
    click.echo(
        f"{name}: {kept} of {len(reach)} clauses in reach are enforced; {len(found) - len(reach)} out of reach."
    )
    for one in found:
        if one.enforce == OUT_OF_SCOPE:
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
