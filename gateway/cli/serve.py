"""`gateway serve`: everything on one machine."""

from __future__ import annotations

import click


@click.command()
def serve() -> None:
    """Run mail ports, web and courier on this machine, and restart what falls over."""
    from gateway.cli.logs import start_logging
    from gateway.settings import read
    from gateway.wiring.running import supervise

    settings = read()
    start_logging(settings.log_level)
    supervise(settings)
