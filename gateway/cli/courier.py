"""`gateway courier`: one process for containers and service managers."""

from __future__ import annotations

import click


@click.command()
def courier() -> None:
    """Run delivery, clocks and notices, until stopped."""
    from gateway.cli.logs import start_logging
    from gateway.settings import read
    from gateway.wiring.running import run_courier

    settings = read()
    start_logging(settings.log_level)
    run_courier(settings)
