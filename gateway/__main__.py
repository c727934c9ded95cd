"""The `gateway` command."""

from __future__ import annotations

import os
import sys

import click

from gateway.cli.app import app
from gateway.errors import GatewayError, RosterError


def main() -> None:
    """Run the command line; every error is a sentence and an exit code, never a traceback."""
    try:
        app(prog_name="gateway")
    except RosterError as error:
        _complain("Nothing was imported:\n  " + "\n  ".join(error.problems), 1)
    except GatewayError as error:
        _complain(str(error), 2)
    except Exception as fault:
        if os.environ.get("GATEWAY_LOG_LEVEL", "").lower() == "debug":
            raise
        kind = type(fault).__name__
        _complain(f"something went wrong ({kind}); set GATEWAY_LOG_LEVEL=debug to see where.", 2)


def _complain(what: str, code: int) -> None:
    click.echo(f"gateway: {what}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
