"""SPF records: their grammar and their macros (RFC 7208 sections 4.5, 5 to 7, 12)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import quote

LONGEST_RECORD = 4096
LONGEST_TERM = 512

_EXPANSION = r"%(?:\{[slodiphvSLODIPHV]\d{0,3}[rR]?[.\-+,/_=]*\}|[%_-])"
_LITERAL = r"[!-$&-~]"
_SPEC = re.compile(rf"(?:{_EXPANSION}|{_LITERAL})*")
_TOP_LABEL = re.compile(r"(?!\d+\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_MACRO_STRING = re.compile(rf"(?:%\{{[a-zA-Z]\d{{0,3}}[rR]?[.\-+,/_=]*\}}|%[%_-]|{_LITERAL})*")
_MACRO = re.compile(r"%(?:\{([a-zA-Z])(\d*)([rR]?)([.\-+,/_=]*)\}|([%_-]))")
_TERM = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9_.-]*)(?:([:/])(.*))?")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)")
_REACH = re.compile(r"(.*?)(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?")
_IP4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/(?:0|[1-9]\d?))?")
_IP6 = re.compile(r"[0-9A-Fa-f:.]{2,45}(?:/(?:0|[1-9]\d{0,2}))?")
_SPACES = re.compile(" +")


class Wrong(ValueError):
    """A record that cannot be used (permerror)."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One mechanism: all, include, a, mx, ptr, exists, ip4 or ip6.

    domain: its domain-spec, "" for the domain in question. network: for ip4 and ip6.
    reach4, reach6: how many bits of an address count.
    """

    sign: str
    name: str
    domain: str = ""
    network: IPv4Network | IPv6Network | None = None
    reach4: int = 32
    reach6: int = 128


@dataclass(frozen=True, slots=True)
class Record:
    """A record, read. redirect: a domain-spec, "" when there is none or an `all` hides it."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""


def record_among(texts: Sequence[str]) -> str | None:
    """The SPF record among TXT records, None without one. Raises Wrong when there are two."""
    found = [text for text in texts if text[:7].lower() == "v=spf1 " or text.lower() == "v=spf1"]
    if len(found) > 1:
        raise Wrong("more than one record")
    return found[0] if found else None


def read_record(text: str) -> Record:
    """Read a whole record before any of it is used. Raises Wrong."""
    if not text.isascii() or len(text) > LONGEST_RECORD:
        raise Wrong("a record that is too long or not ASCII")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in _SPACES.split(text[6:].strip(" ")):
        if len(term) > LONGEST_TERM:
            raise Wrong("a term that is too long")
        if modifier := _MODIFIER.fullmatch(term):
            _modify(modifiers, modifier[1].lower(), modifier[2])
        elif term:
            mechanisms.append(_mechanism(term))
    final = any(one.name == "all" for one in mechanisms)
    return Record(tuple(mechanisms), "" if final else modifiers.get("redirect", ""))


def _modify(found: dict[str, str], name: str, value: str) -> None:
    if name in ("redirect", "exp"):
        if name in found:
            raise Wrong("a modifier that stands twice")
        found[name] = _domain(value)
    elif not _MACRO_STRING.fullmatch(value):
        raise Wrong("a modifier that cannot be read")


def _mechanism(term: str) -> Mechanism:
    matched = _TERM.fullmatch(term)
    if matched is None:
        raise Wrong("a term that cannot be read")
    sign, name, mark, rest = matched[1] or "+", matched[2].lower(), matched[3], matched[4] or ""
    if name == "all" and mark is None:
        return Mechanism(sign, name)
    if name in ("include", "exists") and mark == ":":
        return Mechanism(sign, name, _domain(rest))
    if name == "ptr" and mark in (None, ":"):
        return Mechanism(sign, name, _domain(rest) if mark else "")
    if name in ("ip4", "ip6") and mark == ":":
        return Mechanism(sign, name, network=_network(name, rest))
    if name in ("a", "mx"):
        return _with_reach(sign, name, mark, rest)
    raise Wrong("a mechanism that is not known")


def _with_reach(sign: str, name: str, mark: str | None, rest: str) -> Mechanism:
    matched = _REACH.fullmatch(mark + rest if mark == "/" else rest)
    if matched is None or (mark == "/" and matched[1]):
        raise Wrong("a prefix length that cannot be read")
    reach4, reach6 = int(matched[2] or 32), int(matched[3] or 128)
    if reach4 > 32 or reach6 > 128:
        raise Wrong("a prefix length that cannot be")
    return Mechanism(sign, name, _domain(matched[1]) if mark == ":" else "", None, reach4, reach6)


def _network(name: str, text: str) -> IPv4Network | IPv6Network:
    try:
        if not (_IP4 if name == "ip4" else _IP6).fullmatch(text):
            raise ValueError
        network = ip_network(text, strict=False)
    except ValueError:
        raise Wrong("an address that cannot be read") from None
    if network.version != int(name[2]):
        raise Wrong("an address of the other version")
    return network


def _domain(spec: str) -> str:
    if not _SPEC.fullmatch(spec):
        raise Wrong("a domain that cannot be read")
    macros = list(_MACRO.finditer(spec))
    if any(one[2] and not int(one[2]) for one in macros):
        raise Wrong("a macro that keeps nothing")
    _, dot, label = spec.removesuffix(".").rpartition(".")
    ends_in_macro = bool(macros) and macros[-1].end() == len(spec)
    if not ends_in_macro and not (dot and _TOP_LABEL.fullmatch(label)):
        raise Wrong("a domain without a top label")
    return spec


def expanded(spec: str, letters: Mapping[str, str]) -> str:
    """A domain-spec with its macros replaced by the values of `letters` (section 7)."""
    return _MACRO.sub(lambda found: _value(found, letters), spec)


def _value(found: re.Match[str], letters: Mapping[str, str]) -> str:
    if found[5]:
        return {"%": "%", "_": " ", "-": "%20"}[found[5]]
    letter, keep, reverse, marks = found[1], found[2], found[3], found[4] or "."
    pieces = re.split(f"[{re.escape(marks)}]", letters[letter.lower()])
    if reverse:
        pieces.reverse()
    value = ".".join(pieces[-int(keep) :] if keep else pieces)
    return quote(value, safe="-._~") if letter.isupper() else value
