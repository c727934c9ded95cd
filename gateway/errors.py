"""Every error the gateway raises on purpose.

    GatewayError
    ├── SettingsError          a setting, policy or roster is wrong: fix it and start again
    │   ├── PolicyError
    │   └── RosterError
    ├── NotFound               an id, alias or file that is not there
    ├── NotAtHand              not remembered: it takes a look that may block
    ├── Stale                  somebody else changed it first: look again
    ├── Forbidden              signed in, but not for this
    └── Unavailable            not now; trying again may help
        ├── StoreUnavailable
        ├── StoreFull
        └── ReaderFailed       a message could not be read within its limits

Each says in one sentence what happened and what to do, and never holds message text,
names or addresses. `transient` tells whether trying again may help.
"""

from __future__ import annotations


class GatewayError(Exception):
    """What happened and what to do, in one sentence."""

    transient = False


class SettingsError(GatewayError):
    """A setting is wrong; nothing was started."""


class PolicyError(SettingsError):
    """A policy file is wrong.

    where: "file:line:column".
    """

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        self.where, self.what, self.hint = where, what, hint
        super().__init__(f"{where}: {what}" + (f" ({hint})" if hint else ""))


class RosterError(SettingsError):
    """A roster file has wrong rows; nothing was imported.

    problems: one sentence per row, each naming the row.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class NotFound(GatewayError):
    """There is no such thing."""


class NotAtHand(GatewayError):
    """Nothing in memory says so; whoever may wait can look for it."""


class Stale(GatewayError):
    """It changed since it was read; read it again and decide again."""


class Forbidden(GatewayError):
    """This person may not do this."""


class Unavailable(GatewayError):
    """Not now."""

    transient = True


class StoreUnavailable(Unavailable):
    """The database does not answer."""


class StoreFull(Unavailable):
    """The database or its disk is full."""


class ReaderFailed(Unavailable):
    """Reading was killed: too slow, too large, or it crashed the reader."""

    transient = False
