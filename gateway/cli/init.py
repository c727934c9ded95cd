"""`gateway init`: everything a run needs, made once; what is there already is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from gateway.cli.roster_cells import MAILBOX
from gateway.cli.user import chosen_password, password_option
from gateway.domain.people import Organisation, Person, Role
from gateway.domain.roster import Roster
from gateway.errors import SettingsError

if TYPE_CHECKING:
    from gateway.settings import Settings
    from gateway.wiring.storing import Store

ADMIN = "admin"


@click.command()
@click.option(
    "--pack", help="The policy pack the organisation adopts.  [default: default, or the one it has]"
)
@click.option("--domain", required=True, help="The domain of issued addresses and aliases.")
@click.option("--name", help="The organisation's name.  [default: its domain]")
@click.option("--id", "organisation_id", help="The organisation's id.  [default: from its domain]")
@click.option("--mailbox", help="The administrator's mailbox, to sign in with.  [default: admin@DOMAIN]")
@password_option
def init(
    pack: str | None,
    domain: str,
    name: str | None,
    organisation_id: str | None,
    mailbox: str | None,
    password_stdin: bool,
) -> None:
    """Make keys, database, certificate and the first administrator.

    May be run again: nothing that exists is made anew.
    """
    from gateway.settings import read
    from gateway.wiring.storing import initialise

    domain = domain.strip().lower()
    if not MAILBOX.fullmatch(f"{ADMIN}@{domain}"):
        raise SettingsError("--domain is no domain name; write one such as relay.example.org.")
    if mailbox and not MAILBOX.fullmatch(mailbox.lower()):
        raise SettingsError("--mailbox is no mail address.")
    # Read before anything is made, so that a bad one leaves nothing half done.
    password = chosen_password() if password_stdin else None
    settings = read()
    _certificate(settings)
    there = _there(settings, domain)
    organisation = Organisation(
        there.id if there else organisation_id or _id_of(domain),
        name or (there.name if there else domain),
        domain,
        pack or (there.pack if there else "default"),
    )
    store = initialise(settings, organisation, click.echo)
    _administrator(store, organisation, mailbox, password)
    _signing_keys(settings, domain)
    click.echo(f"Ready: {organisation.id}, {domain}. Next: gateway roster import FILE, then gateway serve.")
    store.close()


def _id_of(domain: str) -> str:
    return re.sub(r"[^a-z0-9-]", "-", domain.partition(".")[0])


def _there(settings: Settings, domain: str) -> Organisation | None:
    """The organisation of that domain, when this is not the first time."""
    from gateway.store.engine import migrate
    from gateway.wiring.storing import database_url, open_store

    if not (settings.home / "keys" / "master.key").exists():
        return None
    migrate(database_url(settings), click.echo)  # an earlier run may have been cut short
    store = open_store(settings)
    found = next((one for one in store.directory.organisations() if one.domain == domain), None)
    store.close()
    return found


def _signing_keys(settings: Settings, domain: str) -> None:
    from gateway.channels.email.dkim_keys import ensure_dkim_keys, zone_line
    from gateway.wiring.storing import dkim_folder

    click.echo("Publish these, so that receivers can check our signatures (DKIM):")
    for key in ensure_dkim_keys(dkim_folder(settings), domain):
        click.echo("  " + zone_line(key, domain))


def _certificate(settings: Settings) -> None:
    from gateway.channels.email.certificate import ensure_certificate

    if settings.tls_cert is None:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        ensure_certificate(settings.home / "tls", settings.hostname)


def _administrator(
    store: Store, organisation: Organisation, mailbox: str | None, password: str | None
) -> None:
    """Add the first administrator, unless the organisation has one."""
    from gateway.store.passwords import APP_PASSWORD, make_secret

    people = store.roster.export(organisation.id).people
    if any(one.role is Role.ADMINISTRATOR for one in people):
        return
    person = Person(
        id=ADMIN,
        organisation_id=organisation.id,
        role=Role.ADMINISTRATOR,
        given="Administrator",
        address="" if mailbox else f"{ADMIN}@{organisation.domain}",
        mailboxes=(mailbox.lower(),) if mailbox else (),
    )
    word = password or make_secret(APP_PASSWORD)
    store.roster.apply(Roster(organisation, (person,), {ADMIN: word}))
    shown = "the password given" if password else f"password {word} (shown this once)"
    click.echo(f"Administrator: sign in as {mailbox or person.address}, {shown}")
