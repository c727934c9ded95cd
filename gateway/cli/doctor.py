"""`gateway doctor`: is this installation well, and if not, what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gateway.cli.installation import json_option

if TYPE_CHECKING:
    from gateway.cli.doctor_checks import Check
    from gateway.settings import Settings

MARK = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check this installation; exit code 1 when something fails."""
    from gateway.settings import read

    failed = False
    found = []
    for check in _checks(read()):
        failed = failed or check.state == "fail"
        found.append(asdict(check))
        if not as_json:
            click.echo(f"{MARK[check.state]}  {check.name:<12}  {check.what}")
            if check.todo:
                click.echo(f"      {'':<12}  -> {check.todo}")
    if as_json:
        click.echo(json.dumps(found))
    if failed:
        sys.exit(1)


def _checks(settings: Settings) -> Iterator[Check]:
    """Every check, cheap ones first. Starts nothing but the gateway's own database."""
    from gateway.cli import doctor_checks as here
    from gateway.cli import doctor_mail as mail

    yield here.python(sys.version_info[:3])
    yield here.policies()
    yield here.home(settings)
    yield here.keys(settings)
    yield mail.signing_keys(settings)
    yield here.disk(settings)
    yield here.certificate(settings)
    for name in ("submission_port", "mx_port", "web_port"):
        yield here.port(name, settings.bind, getattr(settings, name))
    yield from here.mail_ports(settings)
    yield here.virus_scanner(settings)
    yield here.signing_in(settings)
    yield mail.smarthost(settings)
    yield mail.smarthost_tls(settings)
    yield here.database(settings)
    yield mail.senders(settings)
    yield from mail.names(settings)
