"""Which domain belongs to one organisation: the public suffix list that comes with authheaders.

The file is read from the installed package; nothing is fetched.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

LIST = "public_suffix_list.txt"


def organisational(domain: str) -> str:
    """The domain one label below the public suffix, as DMARC wants it (RFC 7489 section 3.2).

    A domain that is itself a public suffix is returned as it is.
    """
    labels = domain.lower().removesuffix(".").split(".")
    return ".".join(labels[-(_suffix_length(labels) + 1) :])


def _suffix_length(labels: list[str]) -> int:
    """How many labels are the public suffix: the longest rule, but an exception beats all."""
    rules = _rules()
    longest = 1  # "*" is the rule when no other matches
    for count in range(1, len(labels) + 1):
        name = ".".join(labels[-count:])
        if "!" + name in rules:
            return count - 1
        parent = ".".join(labels[-count + 1 :]) if count > 1 else ""
        if name in rules or f"*.{parent}" in rules:
            longest = count
    return longest


@lru_cache(maxsize=1)
def _rules() -> frozenset[str]:
    found = find_spec("authheaders")  # finds it without running it
    if found is None or not found.submodule_search_locations:
        raise LookupError("authheaders is not installed; install the gateway's dependencies.")
    text = (Path(found.submodule_search_locations[0]) / LIST).read_text("utf-8")
    lines = (line.split(maxsplit=1)[0] for line in text.splitlines() if line.strip())
    return frozenset(_ascii(one) for one in lines if not one.startswith("//"))


def _ascii(rule: str) -> str:
    if rule.isascii():
        return rule.lower()
    mark = rule[: len(rule) - len(rule.lstrip("!*."))]
    return mark + rule[len(mark) :].encode("idna").decode("ascii")
