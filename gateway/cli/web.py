"""`gateway web`: one process for containers and service managers."""

from __future__ import annotations

import click


@click.command()
def web() -> None:
    """Run the desk, the families' pages and the API, until stopped."""
    from gateway.cli.logs import start_logging
    from gateway.settings import read
    from gateway.wiring.running import run_web

    settings = read()
    start_logging(settings.log_level)
    run_web(settings)
