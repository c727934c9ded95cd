"""Transfer encodings and character sets, strictly: one reading or a fault (MAIL 9)."""

from __future__ import annotations

import binascii
import codecs
import re

IDENTITY = frozenset({"7bit", "8bit", "binary"})
# Unknown to every parser, which then leaves the text as it is.
MISSPELT_IDENTITY = {"8-bit": "8bit", "7-bit": "7bit", "8 bit": "8bit", "7 bit": "7bit"}
TRANSFER_ENCODINGS = IDENTITY | {"quoted-printable", "base64"}

# What mail programs mean by a label, where that is more than the label says
# (WHATWG Encoding, section 4.2).
_MEANT = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "windows-1252": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "cp65001": "utf-8",
}
_KNOWN = re.compile(
    r"utf-?8|cp65001|utf-16(?:le|be)?|iso-?8859-(?:1[013-6]|[1-9])(?:-i)?|latin-?1"
    r"|windows-125[0-8]|cp125[0-8]|windows-874|tis-620|koi8-[ru]|macintosh|ibm8(?:50|52|66)"
    r"|gb2312|gbk|gb18030|big5|euc-(?:kr|jp)|ks_c_5601-1987|shift_jis|iso-2022-(?:jp|kr)"
)
_ORDINARY = frozenset({"", "utf-8"})
# Whoever says so writes what the machine at hand writes: UTF-8, or Windows letters of Western Europe.
_UNSAID = frozenset({"", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit"})
_WESTERN = "cp1252"
_ASCII = bytes(range(128))
_ASSIGNED = bytes(byte for byte in range(128, 256) if byte not in b"\x81\x8d\x8f\x90\x9d")
SOME_ACCENTS, MOST_ACCENTS = 4, 8  # so many in any text, and one letter in so many of a longer one
_SPELT = {"windows-874": "cp874", "ibm850": "cp850", "ibm852": "cp852", "ibm866": "cp866"}

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)
_TRAILING_SPACE = re.compile(rb"(?<![ \t])[ \t]+(?=\r\n|\Z)")
# Before anything that begins no escape ("a = b") every parser leaves the sign as it is.
_BROKEN_ESCAPE = re.compile(rb"=(?!\r\n|\Z|[0-9A-Fa-f]{2}|[ -/:-<>-@G-`g-~])")


def transfer_decoded(data: bytes, encoding: str) -> tuple[bytes, list[str]]:
    """Undo a Content-Transfer-Encoding; faults when it cannot be undone in one way only."""
    if encoding == "base64":
        return _base64(data)
    if encoding == "quoted-printable":
        return _quoted_printable(data)
    return data, [] if encoding in IDENTITY else ["an unknown transfer encoding"]


def _base64(data: bytes) -> tuple[bytes, list[str]]:
    packed = data.translate(None, b"\r\n\t ")
    faults = []
    if packed.translate(None, _BASE64):
        faults.append("base64 with foreign characters")
        packed = packed.translate(None, _NOT_BASE64)
    body = packed.rstrip(b"=")
    if b"=" in body:
        faults.append("data after base64 padding")
        body = body.partition(b"=")[0]
    # No padding at all is read alike by everybody; a single left-over character is not.
    if len(body) % 4 == 1 or len(packed) - len(body) not in {0, -len(body) % 4}:
        faults += [] if faults else ["base64 with wrong padding"]
        body = body[: len(body) - len(body) % 4]
    return binascii.a2b_base64(body + b"=" * (-len(body) % 4)), faults


def _quoted_printable(data: bytes) -> tuple[bytes, list[str]]:
    # Spaces at the end of a line were added on the way and must go (RFC 2045 6.7 rule 3).
    if b" \r\n" in data or b"\t\r\n" in data or data.endswith((b" ", b"\t")):
        data = _TRAILING_SPACE.sub(b"", data)
    faults = ["broken quoted-printable"] if _BROKEN_ESCAPE.search(data) else []
    return binascii.a2b_qp(data), faults


def charset_decoded(data: bytes, label: str) -> tuple[str, list[str]]:
    """Return the text that `data` holds, line ends as "\\n", and faults.

    label: the charset parameter; "" means UTF-8, of which ASCII is a part. With a fault the
    text is a best effort for a moderator's eyes.
    """
    name = label.strip().lower()
    faults: list[str] = []
    if name in _UNSAID:
        name = _WESTERN if is_western(data) else ""
    if name in _ORDINARY:
        pass
    elif "utf-7" in name or "utf7" in name:
        faults.append("UTF-7")
    elif name and not _KNOWN.fullmatch(name):
        faults.append("an unknown character set")
    elif name == "utf-16" and data and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        faults.append("UTF-16 without a byte order mark")
    elif name.startswith("utf-16") and data and data.isascii() and b"\0" not in data:
        faults.append("text that does not fit its character set")  # other letters to whoever ignores it
    codec = "utf-8" if faults else _SPELT.get(name) or _MEANT.get(name) or name or "utf-8"
    try:
        text = data.decode(codec, "unassigned" if codec == _WESTERN else "strict")
    except (UnicodeDecodeError, LookupError):
        faults += [] if faults else ["text that does not fit its character set"]
        text = data.decode("latin-1")
    return _line_ends(text, faults), faults


def is_western(data: bytes) -> bool:
    """Tell whether bytes are no UTF-8 but look like Windows' letters: mostly ASCII, none unassigned."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        accents = data.translate(None, _ASCII)
        return len(accents) <= SOME_ACCENTS + len(data) // MOST_ACCENTS and not accents.translate(
            None, _ASSIGNED
        )
    return False


def _unassigned(error: UnicodeError) -> tuple[str, int]:
    """Read the five bytes that Windows-1252 leaves out as every browser does (WHATWG Encoding, index)."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("unassigned", _unassigned)


def _line_ends(text: str, faults: list[str]) -> str:
    if "\0" in text:
        faults.append("a NUL byte")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff")
