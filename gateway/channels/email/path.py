"""The arguments of MAIL and RCPT, read strictly (RFC 5321 section 4.1.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# A local part is quoted or free of spaces and specials; an old source route is read over.
_PATH = re.compile(
    r'\s*<(?:(?:@[^\s<>:]{1,255}:)?((?:"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"|[^\s<>"@\\,;:()\x00-\x1f\x7f]+)'
    r"@[^\s<>\"@\\,;()\x00-\x1f\x7f]+))?>(?: (.*))?",
)
# RFC 3461 section 4: printable ASCII, but "+" and "=" and what is none as "+" and two hex digits.
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+")
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\s=\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*))?")
LONGEST_ADDRESS = 254


def _notify(value: str) -> bool:
    wanted = value.upper().split(",")
    return wanted == ["NEVER"] or set(wanted) <= {"SUCCESS", "FAILURE", "DELAY"}


def _envelope_id(value: str) -> bool:
    return len(value) <= 100 and _XTEXT.fullmatch(value) is not None


def _original_recipient(value: str) -> bool:
    """RFC 3461 section 4.2; in RFC 6533 section 3 a "utf-8" address may be written as it is."""
    kind, _, address = value.partition(";")
    if not re.fullmatch(r"[A-Za-z0-9-]+", kind) or len(value) > 500:
        return False
    return bool(address) if kind.lower() == "utf-8" else _XTEXT.fullmatch(address) is not None


# What a parameter's value must satisfy; RFC 1870, 6152, 6531, 4954, 3461.
MAIL_PARAMETERS: Mapping[str, Callable[[str], bool]] = {
    "SIZE": lambda value: value.isascii() and value.isdigit() and len(value) <= 20,
    "BODY": lambda value: value.upper() in ("7BIT", "8BITMIME"),
    "SMTPUTF8": lambda value: not value,
    "AUTH": lambda value: value == "<>" or _XTEXT.fullmatch(value) is not None,
    "RET": lambda value: value.upper() in ("FULL", "HDRS"),
    "ENVID": _envelope_id,
}
RCPT_PARAMETERS: Mapping[str, Callable[[str], bool]] = {
    "NOTIFY": _notify,
    "ORCPT": _original_recipient,
}


class UnknownParameter(ValueError):
    """A parameter that was never announced."""


class BadParameter(ValueError):
    """A parameter that is known, with a value it cannot have, or twice."""


@dataclass(frozen=True, slots=True)
class Path:
    """An address with its parameters.

    address: "" for the null sender. parameters: values by upper-case name.
    """

    address: str = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)


def read_path(argument: str, keyword: str, known: Mapping[str, Callable[[str], bool]]) -> Path:
    """Read "FROM:<address> KEY=value …".

    Raises: UnknownParameter, BadParameter; ValueError for anything else that is not well-formed.
    """
    if argument[: len(keyword)].upper() != keyword:
        raise ValueError("keyword")
    matched = _PATH.fullmatch(argument, len(keyword))
    address = (matched[1] or "") if matched else ""
    if matched is None or len(address) > LONGEST_ADDRESS:
        raise ValueError("path")
    return Path(address, _parameters(matched[2] or "", known))


def _parameters(text: str, known: Mapping[str, Callable[[str], bool]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in text.split():
        matched = _PARAMETER.fullmatch(word)
        if matched is None:
            raise BadParameter("unnamed")
        name, value = matched[1].upper(), matched[2] or ""
        if name not in known:
            raise UnknownParameter(name)
        if name in found or not known[name](value):
            raise BadParameter(name)
        found[name] = value
    return found


def same_address(one: str, other: str) -> bool:
    """Tell whether two addresses are one mailbox to us: letter case does not count."""
    return bool(one) and one.casefold() == other.casefold()


def domain_of(address: str) -> str:
    """The domain of an address, lower-case; not casefolded, for "ß" and "ss" are two domains."""
    return address.rpartition("@")[2].lower()
