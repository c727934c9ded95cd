"""`gateway demo`: a made-up organisation, real mail, a real desk, on this machine only."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click


@click.command()
@click.option("--once", is_flag=True, help="Play it, check that all went as it should, and exit.")
@click.option("--pack", default="default", show_default=True, help="The policy pack to play it under.")
def demo(once: bool, pack: str) -> None:
    """Play six families, two tutors and a platform; then leave the desk running.

    Everything is written to a folder of its own and sent to mailboxes of its own.
    """
    from gateway.cli.demo_run import DemoRun
    from gateway.settings import read

    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="gateway-demo-")))
        run = stack.enter_context(DemoRun(home, read(), pack, fixed_ports=not once))
        problems = run.play()
        if once:
            sys.exit(1 if problems else 0)
        run.invite()
        try:
            while run.alive():
                time.sleep(0.5)
        except KeyboardInterrupt:
            click.echo("\nThe demo is over; nothing of it is kept.")
