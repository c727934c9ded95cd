"""What the header fields of a mail say: words, addresses, ids and dates, read in linear time."""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from gateway.moderate.decoding import charset_decoded, transfer_decoded

_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_LOOSE_WORD = re.compile(r"=\?[^?]{0,60}\?([bBqQ])\?((?:[^?]|\?(?!=)){0,300})\?=")
LOOSE_ROUNDS = 3
LOOSE_LENGTH = 4_000  # characters of a field that are looked at so
_ORDINARY_ADDRESS = re.compile(r"[^\s\"()<>\[\]@,;:?]+@[^\s\"()<>\[\]@,;:?]+")
_BROKEN_Q = re.compile(r"=(?![0-9A-Fa-f]{2})")
_CONTROLS = dict.fromkeys((*range(32), 127, 0x85, 0x2028, 0x2029), " ")
_ADDRESS_TOKEN = re.compile(
    r"(=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=)"
    r'|"((?:[^"\\]|\\.)*+)"'
    r"|\(((?:[^()\\]|\\.)*+)\)"
    r"|<([^<>]*+)>"
    r"|([,;:])"
    r'|([^",;:<>()\s]++)'
    r"|\s++"
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address from a header. Either may be empty; the address is lower-case."""

    name: str
    address: str


def words(value: bytes) -> tuple[str, list[str]]:
    """Return a field's text with RFC 2047 words decoded, on one line, and faults."""
    faults: list[str] = []
    text = _words(value.decode("utf-8", "replace"), faults)
    return _on_one_line(text), faults


def _on_one_line(text: str) -> str:
    return (text if text.isprintable() else text.translate(_CONTROLS)).strip()


def _words(text: str, faults: list[str]) -> str:
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending, charset, position = b"", "", 0
    for match in _WORD.finditer(text):
        between = text[position : match.start()]
        # Words of one character set may split a character between them; many programs do.
        if between.strip() or match[1].lower() != charset or not pending:
            pieces.append(_decoded(pending, charset, faults))
            pieces.append(between if between.strip() or not pending else "")
            pending = b""
        charset = match[1].lower()
        pending += _word_bytes(match[2], match[3], faults)
        position = match.end()
    pieces.append(_decoded(pending, charset, faults))
    pieces.append(text[position:])
    return "".join(pieces)


def loosely(text: str) -> str:
    """Return what a lenient program might make of words that stand encoded still, "" if none do.

    Programs differ over words with a space or a question mark in them, without a character set,
    or that hold another word; whichever way they go, it has been judged.
    """
    told: list[str] = []
    text = text[:LOOSE_LENGTH]
    for _ in range(LOOSE_ROUNDS):
        if "=?" not in text:
            break
        text = _LOOSE_WORD.sub(_loose, text)
        told.append(text)
    return "\n".join(told)


def _loose(match: re.Match[str]) -> str:
    raw = match[2].encode("utf-8", "replace")
    try:
        data = binascii.a2b_base64(raw + b"===") if match[1] in "bB" else binascii.a2b_qp(raw, header=True)
    except binascii.Error:
        return match[2]
    return data.decode("utf-8", "replace")


def _word_bytes(encoding: str, payload: str, faults: list[str]) -> bytes:
    raw = payload.encode("utf-8")
    if encoding in "bB":
        data, found = transfer_decoded(raw, "base64")
        faults += found
        return data
    if _BROKEN_Q.search(payload):
        faults.append("broken quoted-printable")
    return binascii.a2b_qp(raw, header=True)


def _decoded(data: bytes, charset: str, faults: list[str]) -> str:
    if not data:
        return ""
    text, found = charset_decoded(data, charset)
    faults += found
    return text


def lenient_names(value: bytes) -> str:
    """Return what a lenient program might show of an address field besides its addresses."""
    if b"=?" not in value:
        return ""
    text = _words(value.decode("utf-8", "replace"), [])
    return _ORDINARY_ADDRESS.sub(" ", loosely(text)) if "=?" in text else ""


def mailboxes(value: bytes) -> tuple[list[Mailbox], list[str]]:
    """Return the names and addresses of a From, To or Cc field, and faults.

    Stops at the first thing that is no part of an address list, so that it stays linear.
    """
    found, faults = _mailboxes(value)
    return list(found), list(faults)


@lru_cache(maxsize=64)  # each field is asked for twice, and people write again
def _mailboxes(value: bytes) -> tuple[list[Mailbox], list[str]]:
    text = value.decode("utf-8", "replace").translate(_CONTROLS)
    found: list[Mailbox] = []
    faults: list[str] = []
    name: list[str] = []
    address: str | None = None
    comments: list[str] = []
    position = 0
    while position < len(text):
        match = _ADDRESS_TOKEN.match(text, position)
        if match is None:
            faults.append("addresses that cannot be read")
            break
        position = match.end()
        if match[5]:
            if match[5] != ":":
                found += _mailbox(name, comments, address, faults)
            elif address is None:
                found += [Mailbox(_named(name, faults), "")] if name else []
            name, comments, address = [], [], None
        elif match[4] is not None:
            faults += [] if address is None else ["addresses that cannot be read"]
            address = match[4]
        elif match[3] is not None:
            comments.append(match[3])
        else:
            name += _name_piece(match)
    found += _mailbox(name, comments, address, faults)
    return found, faults


def _name_piece(match: re.Match[str]) -> list[str]:
    if match[2] is not None:
        return [re.sub(r"\\(.)", r"\1", match[2])]
    piece = match[1] or match[6]
    return [piece] if piece else []


def _named(name: list[str], faults: list[str]) -> str:
    return _on_one_line(_words(" ".join(name), faults))


def _mailbox(name: list[str], comments: list[str], address: str | None, faults: list[str]) -> list[Mailbox]:
    """Return the mailbox, then what else stands beside it that a program may show."""
    aside = [] if not comments else [_named(comments, faults)]
    if address is None and "@" in "".join(name):
        faults += ["addresses that cannot be read"] if len(name) > 1 else []
        address, name = "".join(name) if len(name) == 1 else " ".join(name), []
    shown = _named(name, faults) or "".join(aside)
    address = (address or "").strip()
    if address and not _ORDINARY_ADDRESS.fullmatch(address):
        aside.append(_on_one_line(_words(address, [])))
    found = [Mailbox(shown, address.lower())] if shown or address else []
    return found + [Mailbox(one, "") for one in aside if one and one != shown]


def parameter(parameters: Mapping[str, str], name: str) -> tuple[list[str], list[str]]:
    """Return the values a parameter was given, the one to use first, and faults.

    More than one where both the plain and the RFC 2231 form are there and differ.
    """
    faults: list[str] = []
    starred = name + "*"
    pieces = [one for one in parameters if one.startswith(starred)]
    values = [_extended(parameters, name, faults)] if pieces else []
    if name in parameters:
        values.append(_words(parameters[name], faults))
    if pieces and (name + "*" in parameters) + _pieces_in_order(parameters, name) != len(pieces):
        faults.append("a file name in pieces that do not fit")
    if name + "*" in parameters and len(pieces) > 1:
        faults.append("a file name in pieces that do not fit")
    clean = (_on_one_line(value) for value in values)
    return [value for value in dict.fromkeys(clean) if value], faults


def _extended(parameters: Mapping[str, str], name: str, faults: list[str]) -> str:
    pieces = [parameters[name + "*"]] if name + "*" in parameters else []
    coded = bool(pieces)
    data = [_piece(pieces[0], True)] if pieces else []
    while not pieces and len(data) < len(parameters):
        key = f"{name}*{len(data)}"
        if key + "*" in parameters:
            coded = True
            data.append(_piece(parameters[key + "*"], True))
        elif key in parameters:
            data.append(_piece(parameters[key], False))
        else:
            break
    whole = b"".join(data)
    if not coded or whole.count(b"'") < 2:  # without both quotes most programs show all of it
        return whole.decode("utf-8", "replace")
    charset, _, rest = whole.partition(b"'")
    text, found = charset_decoded(rest.partition(b"'")[2], charset.decode("ascii", "replace"))
    faults += found
    return text


def _pieces_in_order(parameters: Mapping[str, str], name: str) -> int:
    count = 0
    while f"{name}*{count}" in parameters or f"{name}*{count}*" in parameters:
        count += 1
    return count


def _piece(value: str, percent: bool) -> bytes:
    return unquote_to_bytes(value) if percent else value.encode("utf-8")


def sent_at(value: bytes) -> datetime | None:
    """Return the time a Date field names, None when it cannot be read."""
    try:
        return parsedate_to_datetime(value[:100].decode("ascii", "replace"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
