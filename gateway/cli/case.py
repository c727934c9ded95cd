"""`gateway case`: what is held. Bodies are read at the desk, where each view is recorded."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option, opened, organisation_option, organisations, the_organisation
from gateway.domain.people import DESK_ROLES
from gateway.errors import NotFound, SettingsError

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


@case.command()
@click.argument("evidence_id", metavar="ID")
@click.option("--reason", required=True, help="Why, and for whom; its hash goes into the record.")
@click.option("--by", "by", required=True, help="Id of the person of the desk who exports it.")
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True)
@click.option("--passphrase-stdin", is_flag=True, help="Lock it with the passphrase on standard input.")
@organisation_option
def export(
    evidence_id: str, reason: str, by: str, out: Path, passphrase_stdin: bool, organisation_id: str | None
) -> None:
    """Write the evidence of a case, or of a case file, into one zip.

    Sealed messages are in it only when --by names a safeguarding lead.
    """
    store = opened()
    person = store.directory.person(the_organisation(store, organisation_id).id, by)
    if person.role not in DESK_ROLES:
        raise SettingsError(f"'{by}' is nobody of the desk; evidence is exported by a person of the desk.")
    ids = (evidence_id, "") if _is_matter(store, person.organisation_id, evidence_id) else ("", evidence_id)
    passphrase = sys.stdin.readline().rstrip("\r\n") if passphrase_stdin else ""
    if passphrase_stdin and not passphrase:
        raise SettingsError("There is no passphrase on standard input.")
    made = store.casework.export(person, *ids, reason, passphrase, datetime.now(UTC))
    write_private(out, made)
    click.echo(f"{out.name}: {len(made)} bytes. It holds personal data of children; keep it accordingly.")


@case.command()
@click.argument("locked_file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True)
def unlock(locked_file: Path, out: Path) -> None:
    """Open a bundle that was locked with a passphrase, given on standard input. Needs no database."""
    from gateway.record import locked

    write_private(out, locked.unlock(locked_file.read_bytes(), sys.stdin.readline().rstrip("\r\n")))
    click.echo(f"{out.name} is open.")


def write_private(out: Path, content: bytes) -> None:
    """Write a file that only its owner can read. Raises SettingsError when it is there already."""
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError(f"{out.name} is there already; choose another name.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _is_matter(store: Store, organisation_id: str, evidence_id: str) -> bool:
    try:
        store.casework.matters.matter(organisation_id, evidence_id)
    except NotFound:
        return False
    return True


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
