"""`gateway smtp`: one process for containers and service managers."""

from __future__ import annotations

import click


@click.command()
def smtp() -> None:
    """Run the mail ports: submission for tutors, MX for families, until stopped."""
    from gateway.cli.logs import start_logging
    from gateway.settings import read
    from gateway.wiring.running import run_smtp

    settings = read()
    start_logging(settings.log_level)
    run_smtp(settings)
