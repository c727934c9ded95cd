"""Checks a bundle of evidence, or an export of the record, with nothing but Python 3.9 or later.

    python3 verify.py              a bundle: run it in the unpacked folder
    python3 verify.py FILE.jsonl   an export of the whole record

Says what holds and what does not; exit code 1 when anything does not. It stands alone on purpose:
it is packed into every bundle, and whoever is handed one need not trust the gateway.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def main(arguments: list[str]) -> int:
    """Check what is named, or the folder this file lies in."""
    if arguments:
        problems = check_record(Path(arguments[0]))
    else:
        problems = check_bundle(Path(__file__).resolve().parent)
    for line in problems:
        sys.stdout.write("WRONG: " + line + "\n")
    if not problems:
        sys.stdout.write("Everything holds.\n")
    return 1 if problems else 0


def check_bundle(folder: Path) -> list[str]:
    """What is wrong with an unpacked bundle: its files, its entries of the record, the signature."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    wrong = []
    for name, told in manifest["files"].items():
        file = folder / name
        if not file.is_file():
            wrong.append(name + " is missing")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != told["sha256"]:
            wrong.append(name + " was changed")
    known = {*manifest["files"], "manifest.json"}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name not in known and "__pycache__" not in name:
            wrong.append(name + " was added")
    try:
        return wrong + check_entries(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return [*wrong, "the record in it cannot be read"]


def check_entries(folder: Path) -> list[str]:
    """What is wrong with the entries of a bundle: each must lead to the signed root."""
    checkpoint = json.loads((folder / "checkpoint.json").read_text("utf-8"))
    wrong = [] if signed(checkpoint) else ["the signature of the checkpoint"]
    with (folder / "record.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            where = f"entry {entry['sequence']} of the record"
            if entry["hash"] != entry_hash(entry):
                wrong.append(where + " was changed")
            elif not leads_to_root(entry, checkpoint):
                wrong.append(where + " is not in the signed tree")
    return wrong


def check_record(file: Path) -> list[str]:
    """What is wrong with an export of the whole record: the first link that does not hold."""
    previous, expected = "0" * 64, 1
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["sequence"] != expected:
                return [f"entry {expected} is missing or elsewhere"]
            if entry["previous"] != previous or entry["hash"] != entry_hash(entry):
                return [f"entry {expected} was changed"]
            previous, expected = entry["hash"], expected + 1
    return []


def entry_hash(entry: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of an entry, hex."""
    names = ("actor", "at", "detail", "kind", "organisation", "previous", "sequence", "subject")
    plain = {name: entry[name] for name in names}
    at = datetime.fromisoformat(entry["at"]).astimezone(timezone.utc)  # noqa: UP017 - datetime.UTC is of 3.11
    plain["at"] = at.isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(plain)).hexdigest()


def canonical(plain: dict[str, Any]) -> bytes:
    """JSON with sorted keys, no spaces, in ASCII."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def leads_to_root(entry: dict[str, Any], checkpoint: dict[str, Any]) -> bool:
    """Follow an entry's path to the root (RFC 9162 section 2.1.3.2)."""
    index, last = entry["sequence"] - 1, checkpoint["sequence"] - 1
    if index > last:
        return False
    at = hashlib.sha256(b"\x00" + bytes.fromhex(entry["hash"])).digest()
    for step in entry["path"]:
        if last == 0:
            return False
        other = bytes.fromhex(step)
        if index % 2 or index == last:
            at = hashlib.sha256(b"\x01" + other + at).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            at = hashlib.sha256(b"\x01" + at + other).digest()
        index, last = index // 2, last // 2
    return last == 0 and at.hex() == str(checkpoint["root"])


def signed(checkpoint: dict[str, Any]) -> bool:
    """True when the checkpoint bears its key's signature (Ed25519, RFC 8032 section 5.1.7)."""
    plain = {name: checkpoint[name] for name in ("at", "organisation", "root", "sequence")}
    key, signature = bytes.fromhex(checkpoint["public_key"]), bytes.fromhex(checkpoint["signature"])
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        public, nonce = _unpacked(key), _unpacked(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + canonical(plain)).digest()
    factor = int.from_bytes(digest, "little") % ORDER
    return _equal(_times(scalar, _base()), _plus(nonce, _times(factor, public)))


def _plus(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = _plus(found, point)
        point, scalar = _plus(point, point), scalar >> 1
    return found


def _equal(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


def _base() -> Point:
    y = 4 * pow(5, P - 2, P) % P
    x = _x_of(y, 0)
    return (x, y, 1, x * y % P)


def _unpacked(packed: bytes) -> Point:
    y = int.from_bytes(packed, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _x_of(y, sign)
    return (x, y, 1, x * y % P)


def _x_of(y: int, sign: int) -> int:
    """The x of a point with that y. Raises ValueError when no point has it."""
    if y >= P:
        raise ValueError("no point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point")
    return P - x if x % 2 != sign else x


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
