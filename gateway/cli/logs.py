"""What a process of ours writes to standard error."""

from __future__ import annotations

import logging

OURS = ("gateway", "classifiers")


def start_logging(level: str) -> None:
    """Log our own lines from `level` on, and of the libraries only what went wrong.

    Libraries write addresses and bodies at INFO and DEBUG; ours write ids and kinds at any level.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
