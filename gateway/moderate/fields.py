"""Header sections as raw bytes: fields, and the parameters of a Content-Type.

Strict on purpose. Whatever two mail programs could read in two ways is a fault (MAIL 9),
and every loop here is linear, unlike the standard parser's on open quotes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.moderate.decoding import is_western

SECTION_LIMIT_BYTES = 64 * 1024
FIELD_LIMIT = 200

Fields = dict[str, list[bytes]]
"""Unfolded values by lower-case name, in order of appearance."""

SINGLE = {
    "from": "two From headers",
    "subject": "two Subject headers",
    "content-type": "two Content-Type headers",
    "content-transfer-encoding": "two Content-Transfer-Encoding headers",
    "content-disposition": "two Content-Disposition headers",
    "content-id": "two Content-ID headers",
}
DOUBLED = {
    "boundary": "two boundary parameters",
    "charset": "two charset parameters",
    "name": "two name parameters",
    "filename": "two filename parameters",
}

# A whole field on a line of its own; a section that is made of these only is split in one go.
_FIELD = re.compile(rb"(?m)^([!-9;-~]++):[ \t]*+(.*+)$")
_LINE = re.compile(rb"([!-9;-~]+):[ \t]*(.*)", re.DOTALL)
_EMPTY_FOLD = re.compile(rb"\r\n[ \t]+(?=\r\n|\Z)")
_CONTROLS = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\r\n")
_TOKEN = rb"[!#$%&'*+\-.^_`{|}~0-9A-Za-z]"
_MAIN = re.compile(rb"[ \t]*(" + _TOKEN + rb"+(?:/" + _TOKEN + rb"+)?)[ \t]*")
_PARAMETER = re.compile(
    rb";[ \t]*(?:(" + _TOKEN + rb'+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*+)"|([^\s;"()<>,\\]*))[ \t]*)?'
)


def split_fields(section: bytes) -> tuple[Fields, list[str]]:
    """Split a header section (CRLF lines, no blank line) into fields and faults."""
    fields: Fields = {}
    faults: list[str] = []
    if len(section) > SECTION_LIMIT_BYTES:
        faults.append("a header section over 64 KiB")
        section = section[:SECTION_LIMIT_BYTES]
    if not section.isascii() and not _is_utf8(section):
        if is_western(section):
            section = section.decode("cp1252").encode()  # parsers show a blot in place of the letter
        else:
            faults.append("a header in an unknown character set")
    if _EMPTY_FOLD.search(section):
        faults.append("a folded header line of nothing but spaces")
    unfolded = section.replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t")
    pairs = _all_ordinary(unfolded)
    if pairs is None:
        pairs = _one_by_one(unfolded, faults)
    for name, value in pairs:
        fields.setdefault(name.decode("ascii").lower(), []).append(value)
    if len(section.translate(None, _CONTROLS)) != len(section):
        faults.append("a control character in a header")
    if len(fields) != len(pairs):
        faults += [fault for name, fault in SINGLE.items() if len(fields.get(name, ())) > 1]
    return fields, faults


def _all_ordinary(unfolded: bytes) -> list[tuple[bytes, bytes]] | None:
    """Return every field if each line is one and they are not too many, else None."""
    text = unfolded.replace(b"\r\n", b"\n")
    breaks = text.count(b"\n")
    lines = breaks + (not text.endswith(b"\n"))
    if lines > FIELD_LIMIT or b"\r" in text or len(unfolded) - len(text) != breaks:
        return None
    pairs: list[tuple[bytes, bytes]] = _FIELD.findall(text)
    return pairs if len(pairs) == lines else None


def _one_by_one(unfolded: bytes, faults: list[str]) -> list[tuple[bytes, bytes]]:
    """Return the fields that can be read; `faults` gets why the other lines are none."""
    pairs: list[tuple[bytes, bytes]] = []
    for count, line in enumerate(filter(None, unfolded.split(b"\r\n"))):
        if count == FIELD_LIMIT:
            faults.append("over 200 header fields")
            break
        match = _LINE.match(line)
        if match is None:
            faults.append(_why_not_a_field(line))
        else:
            pairs.append((match[1], match[2]))
    return pairs


def _why_not_a_field(line: bytes) -> str:
    if line[0] in b" \t":
        return "a folded header line that continues nothing"
    name, colon, _ = line.partition(b":")
    if not colon:
        return "a header line without a colon"
    if name.rstrip(b" \t") != name:
        return "a header line with a space before its colon"
    return "a header line that names no field"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def split_parameters(value: bytes, header: str) -> tuple[str, dict[str, str], list[str]]:
    """Split "text/plain; charset=utf-8" into its lower-case main value, parameters and faults.

    header: the field's name in words, for the fault.
    """
    main, parameters, faults = _split_parameters(value, header)
    return main, dict(parameters), list(faults)


@lru_cache(maxsize=64)  # nearly every text part says the same
def _split_parameters(value: bytes, header: str) -> tuple[str, dict[str, str], list[str]]:
    main = _MAIN.match(value)
    if main is None:
        return "", {}, [_why_unreadable(value, header)]
    parameters: dict[str, str] = {}
    faults: list[str] = []
    position = main.end()
    while position < len(value):
        match = _PARAMETER.match(value, position)
        if match is None:
            faults.append(_why_unreadable(value[position:], header))
            break
        position = match.end()
        if match[1] is None:
            continue
        name = match[1].decode("ascii").lower()
        if name in parameters:
            faults.append(DOUBLED.get(name.split("*")[0], "a doubled parameter"))
            continue
        raw = match[3] if match[2] is None else re.sub(rb"\\(.)", rb"\1", match[2])
        parameters[name] = raw.decode("utf-8", "replace")
    return main[1].decode("ascii").lower(), parameters, faults


def _why_unreadable(rest: bytes, header: str) -> str:
    return f"a comment in {header}" if b"(" in rest else f"a {header} that cannot be read"
