"""Asks the gateway's MX port whether a sender may write to a recipient, for Postfix to answer at RCPT.

A Postfix policy service (SMTPD_POLICY_README) for master.cf's `spawn`: requests on standard input, answers
on standard output. Postfix' own reject_unverified_recipient will not do, because it asks in the name of
one fixed sender, and the gateway's answer depends on who writes. Needs the standard library alone.
"""

from __future__ import annotations

import smtplib
import sys
from collections.abc import Iterator
from typing import TextIO

TIMEOUT_S = 20
LATER = "451 4.3.0 Try again later"


def requests(stream: TextIO) -> Iterator[dict[str, str]]:
    """Yield each request's attributes: name=value lines up to an empty one."""
    found: dict[str, str] = {}
    for line in stream:
        name, equals, value = line.rstrip("\n").partition("=")
        if equals:
            found[name] = value
        else:
            yield found
            found = {}


def ask(host: str, port: int, sender: str, recipient: str) -> str:
    """The action for Postfix: DUNNO, or the gateway's refusal in its own words."""
    try:
        with smtplib.SMTP(host, port, timeout=TIMEOUT_S) as gateway:
            gateway.ehlo()
            gateway.command_encoding = "utf-8"
            utf8 = "" if (sender + recipient).isascii() else " SMTPUTF8"
            code, text = gateway.docmd("MAIL", f"FROM:<{sender}>{utf8}")
            if code == 250:
                code, text = gateway.docmd("RCPT", f"TO:<{recipient}>")
    except (OSError, smtplib.SMTPException, ValueError):
        return LATER
    if 200 <= code < 300:
        return "DUNNO"
    words = text.decode("ascii", "replace").splitlines()
    return f"{code} {words[0]}" if 400 <= code < 600 and words else LATER


def main() -> None:
    """Answer requests until Postfix hangs up."""
    host, port = sys.argv[1], int(sys.argv[2])
    for asked in requests(sys.stdin):
        action = ask(host, port, asked.get("sender", ""), asked.get("recipient", ""))
        sys.stdout.write(f"action={action}\n\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
