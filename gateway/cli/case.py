"""`gateway case`: what is held. Bodies are read at the desk, where each view is recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, opened, organisation_option, organisations, the_organisation

if TYPE_CHECKING:
    from gateway.domain.case import Case
    from gateway.wiring.storing import Store

PAGE = 500
Row = dict[str, object]


@click.group()
def case() -> None:
    """List and show held messages."""


@case.command("list")
@organisation_option
@json_option
@click.option("--open", "only_open", is_flag=True, help="Leave out what has been decided.")
def list_(organisation_id: str | None, as_json: bool, only_open: bool) -> None:
    """Every case, in the order to work them; decided ones last."""
    store = opened()
    chosen = organisations(store, organisation_id)
    rows = [row for one in chosen for row in _rows(store, one.id, only_open)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(
            f"{row['id']}  {row['state']:<9}  {row['lane']:<10}  {row['severity']:<8}  "
            f"{row['due_at']}  {row['pair']:<9}  {row['rule']} ({row['clause']})"
        )
    if not rows:
        click.echo("No cases.")


@case.command()
@click.argument("case_id", metavar="ID")
@organisation_option
@json_option
def show(case_id: str, organisation_id: str | None, as_json: bool) -> None:
    """One case: why it is held, what was found where, and what was decided. Never the text."""
    store = opened()
    ours = the_organisation(store, organisation_id).id
    told = _everything(store, ours, case_id)
    if as_json:
        click.echo(json.dumps(told))
        return
    for name, value in told.items():
        if isinstance(value, list):
            click.echo(f"{name}:")
            for number, one in enumerate(value, 1):
                click.echo(f"  {number}. " + ", ".join(f"{key} {it}" for key, it in one.items()))
        else:
            click.echo(f"{name}: {value}")


def _rows(store: Store, organisation_id: str, only_open: bool) -> Iterator[Row]:
    from gateway.ports import CaseFilter

    which = CaseFilter(include_closed=not only_open)
    now, offset = datetime.now(UTC), 0
    while page := store.docket.cases(organisation_id, which, now, PAGE, offset):
        headings = store.docket.headings(organisation_id, [one.message_id for one in page])
        for one in page:
            heading = headings.get(one.message_id)
            yield _row(one) | {
                "message_id": heading.message_id if heading else "",
                "subject": heading.subject if heading else "",
            }
        offset += len(page)


def _row(one: Case) -> Row:
    return {
        "id": one.id,
        "state": one.state.value,
        "lane": one.lane.value,
        "severity": one.severity.value,
        "reference": one.reference,
        "pair": one.pair_initials,
        "channel": one.channel,
        "rule": one.rule,
        "clause": one.clause,
        "because": one.because,
        "outcome": one.outcome,
        "opened_at": one.opened_at.isoformat(timespec="seconds"),
        "due_at": one.due_at.isoformat(timespec="seconds"),
    }


def _everything(store: Store, organisation_id: str, case_id: str) -> Row:
    one = store.docket.case(organisation_id, case_id)
    decisions = [
        {"at": at.isoformat(timespec="seconds"), "action": made.action.value, "by": made.moderator_id}
        for at, made in store.docket.decisions(organisation_id, case_id)
    ]
    # A case about a delivery may have no message behind it.
    judged = _judged(store, organisation_id, one.message_id) if one.message_id else {}
    return _row(one) | judged | {"decisions": decisions}


def _judged(store: Store, organisation_id: str, message_id: str) -> Row:
    verdict = store.docket.verdict(organisation_id, message_id)
    findings = [
        {
            "kind": found.kind.value,
            "category": found.category,
            "layer": found.layer.value,
            "start": found.start,
            "end": found.end,
            "score": round(found.score, 3),
        }
        for found in store.docket.findings(organisation_id, message_id)
    ]
    rulings = [{"rule": ruled.rule, "clause": ruled.clause} for ruled in verdict.ruled]
    return {"policy_version": verdict.policy_version, "rulings": rulings, "findings": findings}
