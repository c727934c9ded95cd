"""All commands, each in a file of its own and imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from gateway.settings import nearest

# name: module under gateway.cli and what it does, so that `gateway --help` imports nothing.
COMMANDS = {
    "demo": "Play a made-up organisation with mail, messages and a desk.",
    "init": "Make keys, database, certificate and the first administrator.",
    "serve": "Run everything on this machine.",
    "smtp": "Run the mail ports only.",
    "web": "Run desk, pages and API only.",
    "courier": "Run delivery and timers only.",
    "roster": "Import, export or check people.",
    "alias": "List the addresses that stand for people.",
    "check": "Judge mails or messages without sending.",
    "policy": "Show, list or check policy packs.",
    "case": "List and show held messages; export evidence.",
    "hold": "Keep something from every deletion.",
    "retention": "Erase what is past its time.",
    "record": "Verify the record.",
    "user": "Add people who sign in; set passwords.",
    "apikey": "Add keys for platforms.",
    "doctor": "Check this installation.",
}


class Commands(click.Group):
    """Finds a command in the file of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            raise click.UsageError(f"There is no command '{cmd_name}' ({nearest(cmd_name, list(COMMANDS))})")
        found = getattr(import_module(f"gateway.cli.{cmd_name}"), cmd_name)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from our own words."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tutor-gateway", prog_name="gateway")
def app() -> None:
    """A gateway between tutors and families for e-mail and platform messages.

    Settings: config/gateway.toml, then gateway.toml in GATEWAY_HOME, then GATEWAY_* variables.
    """
