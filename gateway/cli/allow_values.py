"""Values that may stand in a message, in the form the detectors compare with."""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.cli.roster_cells import MAILBOX

HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+")
PHONE = re.compile(r"\+?[\d\s().-]{3,24}")


@lru_cache(4096)
def canonical(value: str) -> frozenset[str]:
    """The canonical form of a phone number (E.164), host, address or user name; empty for nonsense."""
    text = value.strip().casefold()
    if MAILBOX.fullmatch(text):
        return frozenset({text})
    if PHONE.fullmatch(text):
        return _phone(text)
    host = text.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    if HOST.fullmatch(host.partition("/")[0]):
        return frozenset({host})
    name = text.removeprefix("@")
    return frozenset({name}) if name.isprintable() and name and " " not in name else frozenset()


def _phone(text: str) -> frozenset[str]:
    import phonenumbers  # 60 ms: only for those who allow a number

    try:
        number = phonenumbers.parse(text, "GB")
        if phonenumbers.is_possible_number(number):
            return frozenset({phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)})
    except phonenumbers.NumberParseException:
        pass
    # Extensions and numbers of three digits have no other form than their digits.
    return frozenset({re.sub(r"[^\d]", "", text)} - {""})
