"""What the mail server in front says about a sender: Authentication-Results (RFC 8601).

Believed only from one authserv-id and one neighbour; anything that does not parse counts
for nothing. Works on raw header bytes and in linear time, because a stranger wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.channels.email.intake import has_odd_bytes
from gateway.channels.email.path import domain_of

MOST_HEADER_BYTES = 64 * 1024
LONGEST_FIELD = 8 * 1024

_VALUE = r'"(?:[^"\\]|\\.)*"[^\s;"]*|[^\s;"]+'
_METHOD = re.compile(
    r"\s*([a-z0-9][a-z0-9_-]*)\s*(?:/\s*\d+\s*)?=\s*([a-z0-9][a-z0-9_-]*)(?=\s|$)", re.IGNORECASE
)
_PROPERTY = re.compile(
    rf"\s+(?:(reason)|([a-z0-9][a-z0-9-]*)\s*\.\s*([a-z0-9][a-z0-9_-]*))\s*=\s*({_VALUE})(?=\s|$)",
    re.IGNORECASE,
)
_SERVER = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^\s;"=]+)(?:\s+\d+)?\s*')
_ENCLOSING = re.compile(r'[("\\]')
# Not at what a local part may hold itself: x'ruth@example.org is not ruth@example.org.
_BETWEEN_ADDRESSES = re.compile(r"[\s<>\",;:()\[\]]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result, all lower-case, such as dmarc=pass header.from=example.org.

    properties: values by "type.name".
    """

    method: str
    result: str
    properties: dict[str, str] = field(repr=False)


def vouched_for(raw: bytes, mailbox: str, authserv_id: str) -> bool:
    """Tell whether the server in front vouches that the owner of `mailbox` wrote this.

    The From header must hold that one address and no other: DMARC speaks for a domain, and
    at a public provider another customer's signed mail would carry it too.
    """
    fields = header_fields(raw)
    if not written_by(fields, mailbox):
        return False
    for name, value in fields:
        if name == b"authentication-results":
            server, results = read_results(value.decode("utf-8", "replace"))
            if server == authserv_id.casefold():
                return _aligned(results, domain_of(mailbox))
    return False


def written_by(fields: list[tuple[bytes, bytes]], mailbox: str) -> bool:
    """Tell whether there is one From header and it holds that one address and no other."""
    authors = [value for name, value in fields if name == b"from"]
    return len(authors) == 1 and _addresses(authors[0]) == {mailbox.encode().lower().decode()}


def _aligned(results: list[Result], domain: str) -> bool:
    dmarc = [one for one in results if one.method == "dmarc" and one.result != "none"]
    if dmarc:
        return all(one.result == "pass" and one.properties.get("header.from") == domain for one in dmarc)
    return any(one.result == "pass" and _speaks_for(one, domain) for one in results)


def _speaks_for(result: Result, domain: str) -> bool:
    if result.method == "spf":
        return domain_of(result.properties.get("smtp.mailfrom", "")) == domain
    if result.method == "dkim":
        signer = result.properties.get("header.d") or result.properties.get("header.i", "")
        return domain_of(signer) == domain
    return False


def read_results(value: str) -> tuple[str, list[Result]]:
    """Read a header value; an authserv-id of "" when it is not well-formed.

    A well-formed id with malformed results gives the id and no results, so that a broken
    header of ours still hides one that a stranger put below it.
    """
    pieces = list(_pieces(value))
    server = _SERVER.fullmatch(pieces[0]) if pieces else None
    if server is None:
        return "", []
    name = _unquoted(server[1]).casefold()
    if [piece.strip().lower() for piece in pieces[1:]] == ["none"]:
        return name, []
    try:
        return name, [_result(piece) for piece in pieces[1:] if piece.strip()]
    except ValueError:
        return name, []


def _result(piece: str) -> Result:
    method = _METHOD.match(piece)
    if method is None:
        raise ValueError("method")
    properties: dict[str, str] = {}
    at, end = method.end(), len(piece.rstrip())
    while at < end:
        found = _PROPERTY.match(piece, at)
        if found is None:
            raise ValueError("property")
        at = found.end()
        if not found[1]:
            properties[f"{found[2]}.{found[3]}".lower()] = _unquoted(found[4]).lower()
    return Result(method[1].lower(), method[2].lower(), properties)


def _pieces(value: str) -> Iterator[str]:
    """Yield what stands between semicolons, comments left out, quoted strings kept whole."""
    if not _ENCLOSING.search(value):
        yield from value.split(";")
        return
    piece: list[str] = []
    depth, quoted, characters = 0, False, iter(value)
    for character in characters:
        if character == "\\" and (quoted or depth):
            pair = character + next(characters, "")
            piece.append("" if depth else pair)
        elif character == '"' and not depth:
            quoted = not quoted
            piece.append(character)
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            piece.append(" ")
        elif character == ";" and not quoted and not depth:
            yield "".join(piece)
            piece.clear()
        elif not depth:
            piece.append(character)
    # An open quote or comment leaves its last piece unreadable on purpose.
    yield "".join(piece) + ('"' if quoted or depth else "")


def header_fields(raw: bytes) -> list[tuple[bytes, bytes]]:
    """The header fields in order: lower-case name, unfolded value.

    Stops at the first empty line; a block that is over-long, or holds a line without a colon,
    a bare CR, LF or NUL, gives no fields at all: another reader might see others in it.
    """
    block, end, _ = raw[:MOST_HEADER_BYTES].partition(b"\r\n\r\n")
    if not end and len(raw) >= MOST_HEADER_BYTES:
        return []
    fields: list[tuple[bytes, bytes]] = []
    unfolded = block.removesuffix(b"\r\n").replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    if has_odd_bytes(unfolded):
        return []
    for line in unfolded.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if not colon or name != name.strip() or len(value) > LONGEST_FIELD:
            return []
        fields.append((name.lower(), value))
    return fields


def _addresses(value: bytes) -> set[str]:
    """Whatever looks like an address. Only ASCII is folded: with "ß" as "ss" two mailboxes were one."""
    try:
        text = value.lower().decode("utf-8")
    except UnicodeDecodeError:
        return set()
    words = (word for word in _BETWEEN_ADDRESSES.split(text) if "@" in word)
    return {word[1:-1] if word[0] == word[-1] == "'" else word for word in words}


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        inner, _, rest = value[1:].rpartition('"')
        return re.sub(r"\\(.)", r"\1", inner) + rest
    return value
