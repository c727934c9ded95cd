"""`gateway user`: people who sign in, and their passwords."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import opened, organisation_option, the_organisation
from gateway.domain.people import DESK_ROLES, Person, Role
from gateway.domain.roster import Roster
from gateway.domain.signing import SHORTEST_PASSWORD
from gateway.errors import SettingsError

if TYPE_CHECKING:
    from gateway.wiring.storing import Store

ROLES = [role.value for role in (*sorted(DESK_ROLES), Role.STAFF, Role.TUTOR)]
password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of making one."
)


@click.group()
def user() -> None:
    """Add people who sign in; set passwords.

    A password is made and printed once, unless one is given on standard input.
    """


@user.command()
@click.argument("user_id", metavar="ID")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--given", required=True, help="Given name.")
@click.option("--family", default="", help="Family name.")
@click.option("--mailbox", help="Where notices go; moderators sign in with it.")
@click.option("--address", help="The address at the organisation's domain; tutors sign in with it.")
@password_option
@organisation_option
def add(
    user_id: str,
    role: str,
    given: str,
    family: str,
    mailbox: str | None,
    address: str | None,
    password_stdin: bool,
    organisation_id: str | None,
) -> None:
    """Add somebody who uses the desk (--role says as what), a tutor or other staff."""
    from gateway.cli.roster_check import check
    from gateway.cli.roster_file import Row, Sheets

    store = opened()
    ours = the_organisation(store, organisation_id)
    if any(one.id == user_id for one in store.roster.export(ours.id).people):
        raise SettingsError(
            f"There is a person '{user_id}' already; `gateway user password` changes a password."
        )
    if not (mailbox or address):
        raise SettingsError("Give --mailbox or --address: it is what they sign in with.")
    values = {"id": user_id, "role": role, "given": given, "family": family, "address": address or ""}
    row = Row(user_id, values | {"mailboxes": [mailbox] if mailbox else []})
    checked = check(Sheets(None, (row,), (), (), ()), datetime.now(UTC).date(), ours)
    if checked.problems:
        raise SettingsError("; ".join(checked.problems))
    _apply(store, Roster(ours, tuple(checked.people.values())), user_id, password_stdin)


@user.command()
@click.argument("user_id", metavar="ID")
@password_option
@organisation_option
def password(user_id: str, password_stdin: bool, organisation_id: str | None) -> None:
    """Give somebody a new password; the old one ends at once."""
    store = opened()
    ours = the_organisation(store, organisation_id)
    person: Person = store.directory.person(ours.id, user_id)
    _apply(store, Roster(ours, (person,)), person.id, password_stdin)
    store.sessions.revoke_all(person, datetime.now(UTC))


@user.command("reset-factor")
@click.argument("user_id", metavar="ID")
@organisation_option
def reset_factor(user_id: str, organisation_id: str | None) -> None:
    """Take away somebody's second factor, when it is lost and no recovery code is left.

    They are signed out, and set up a new one after their next password. It goes into the record.
    """
    store = opened()
    ours = the_organisation(store, organisation_id)
    person = store.directory.person(ours.id, user_id)
    if person.role not in DESK_ROLES:
        raise SettingsError(f"'{user_id}' does not use the desk, so there is no second factor.")
    store.sessions.factors.reset(person, datetime.now(UTC))
    click.echo(f"{user_id}: app, passkeys and recovery codes are gone; signed out everywhere.")


def _apply(store: Store, roster: Roster, user_id: str, password_stdin: bool) -> None:
    from gateway.store.passwords import APP_PASSWORD, make_secret

    word = chosen_password() if password_stdin else make_secret(APP_PASSWORD)
    store.roster.apply(replace(roster, passwords={user_id: word}))
    click.echo(f"{user_id}: " + ("password set." if password_stdin else f"password {word} (shown this once)"))


def chosen_password() -> str:
    """The password on standard input. Raises SettingsError when it is short."""
    word = sys.stdin.readline().rstrip("\r\n")
    if len(word) < SHORTEST_PASSWORD:
        raise SettingsError(
            f"The password on standard input must have at least {SHORTEST_PASSWORD} characters."
        )
    return word
