"""What may stand: public helplines, and what the directory allows for this pair.

Values are compared whole and in canonical form; nothing is ever compared by substring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers

from classifiers.contact.words import table

_MOST_ADDRESSES = 200
"""In one text; more are read as if nobody had allowed them."""


@dataclass(frozen=True, slots=True)
class Protected:
    """Canonical values that are never stopped.

    phones: E.164. dialled: the same as strings of digits, in every way to dial them.
    addresses, hosts: lower-case; a host stands for itself and its "www.". short: digits too
    few to be anybody's own number.
    """

    phones: frozenset[str]
    dialled: frozenset[str]
    addresses: frozenset[str]
    hosts: frozenset[str]
    short: frozenset[str]

    def host(self, name: str) -> bool:
        """Whether links to this host may stand."""
        return name.removeprefix("www.") in self.hosts or name in self.hosts

    def values(self) -> frozenset[str]:
        """Everything in one set."""
        return self.phones | self.addresses | self.hosts


def standing(text: str, addresses: frozenset[str]) -> list[tuple[int, int]]:
    """Where protected addresses stand in a lower-case text, each by itself and whole."""
    found: list[tuple[int, int]] = []
    at = text.find("@")
    for _ in range(_MOST_ADDRESSES):
        if at < 0:
            break
        for address in addresses:
            start = at - address.index("@")
            if start >= 0 and text.startswith(address, start) and not _goes_on(text, start, len(address)):
                found.append((start, start + len(address)))
        at = text.find("@", at + 1)
    return found


def _goes_on(text: str, start: int, length: int) -> bool:
    """Whether an address is a piece of a longer one."""
    after = text[start + length : start + length + 2]
    before = text[start - 1 : start]
    return (
        before.isalnum()
        or before in tuple("._+-@")
        or after[:1].isalnum()
        or after[:1] in tuple("-_@")
        or (after[:1] == "." and after[1:].isalnum())
    )


@cache
def helplines() -> Protected:
    """The shipped helplines (config/words/helplines.toml)."""
    file = table("helplines")
    return _protected(
        file["phones"], file["addresses"], file["hosts"], frozenset(str(number) for number in file["short"])
    )


@lru_cache(maxsize=256)
def allowed_with_helplines(allowed: frozenset[str]) -> Protected:
    """The helplines and a scene's own allowed values."""
    known = helplines()
    phones = [value for value in allowed if _is_phone(value)]
    others = {value.strip().lower() for value in allowed if not _is_phone(value)}
    addresses = {value for value in others if "@" in value}
    own = _protected(phones, addresses, {_bare_host(value) for value in others - addresses}, frozenset())
    return Protected(
        known.phones | own.phones,
        known.dialled | own.dialled,
        known.addresses | own.addresses,
        known.hosts | own.hosts,
        known.short,
    )


def e164(digits: str, *, plus: bool = False) -> str | None:
    """The canonical form of a dialled number, read as from Great Britain; None if impossible."""
    if not 5 <= len(digits) <= 17:
        return None
    try:
        number = phonenumbers.parse(f"+{digits}" if plus else digits, None if plus else "GB")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _protected(
    phones: Iterable[str], addresses: Iterable[str], hosts: Iterable[str], short: frozenset[str]
) -> Protected:
    canonical, dialled = set[str](), set[str]()
    for phone in phones:
        digits = "".join(char for char in phone if char.isdigit())
        value = e164(digits, plus=phone.startswith("+"))
        dialled.add(digits)
        if value is not None:
            canonical.add(value)
            dialled |= _ways_to_dial(value)
    return Protected(
        frozenset(canonical),
        frozenset(ways for ways in dialled if len(ways) >= 7),
        frozenset(address.lower() for address in addresses),
        frozenset(host.lower() for host in hosts),
        short,
    )


def _ways_to_dial(value: str) -> set[str]:
    ways = {value[1:], "00" + value[1:]}
    if value.startswith("+44"):
        ways |= {"0" + value[3:], "440" + value[3:]}
    return ways


def _is_phone(value: str) -> bool:
    return bool(value) and any(char.isdigit() for char in value) and not set(value) - set("+0123456789 ()-.")


def _bare_host(value: str) -> str:
    return value.split("://")[-1].split("/")[0].removeprefix("www.")
