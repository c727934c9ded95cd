"""Where a link really leads: its host as the network and as a reader see it."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST_HOST = 253  # octets, RFC 1035 section 2.3.4


def other_spelling(link: str) -> str:
    """The host of `link` in its other spelling (punycode or letters), "" when there is none.

    Never raises: a link in a message may be any nonsense.
    """
    try:
        host = urlsplit(link.strip()).hostname or ""
    except ValueError:
        return ""
    if not host or len(host) > LONGEST_HOST:
        return ""
    labels = [_other(label) for label in host.split(".")]
    return ".".join(labels) if labels != host.split(".") else ""


def _other(label: str) -> str:
    try:
        if label.startswith("xn--"):
            return label[4:].encode("ascii").decode("punycode")
        return label if label.isascii() else label.encode("idna").decode("ascii")
    except UnicodeError:
        return label
