"""Return paths that say which copy a bounce is about, and that only we can write (VERP).

    b-<dispatch id>-<seal>@<our domain>

The seal is an HMAC under a key of this installation, so a forged bounce names no copy; it tells
nobody who wrote to whom. Letter case is lost on the way through some servers and does not count.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from gateway.domain.dispatch import Dispatch

SEAL_BYTES = 10  # 80 bits: 16 letters of base32

_LOCAL = re.compile(r"b-([0-9]{1,19})-([a-z2-7]{16})")


def return_path(dispatch_id: int, domain: str, key: bytes) -> str:
    """The envelope sender for one dispatch. key: secret, the same in every process and node."""
    return f"b-{dispatch_id}-{_seal(dispatch_id, domain, key)}@{domain.lower()}"


def return_path_of(dispatch: Dispatch, key: bytes) -> str:
    """The envelope sender for a copy, at the domain of its sender's alias.

    A copy whose sender has no alias keeps the path it has: nothing says whose domain it leaves from.
    """
    domain = dispatch.return_path.rpartition("@")[2]
    return return_path(dispatch.id, domain, key) if domain else dispatch.return_path


def recognise(address: str, key: bytes) -> int | None:
    """The dispatch id in a return path of ours, None for any other address."""
    local, _, domain = address.lower().rpartition("@")
    found = _LOCAL.fullmatch(local)
    if found is None or not found[1].isascii():
        return None
    dispatch_id = int(found[1])
    if str(dispatch_id) != found[1]:
        return None
    return dispatch_id if hmac.compare_digest(found[2], _seal(dispatch_id, domain, key)) else None


def _seal(dispatch_id: int, domain: str, key: bytes) -> str:
    data = f"return path\0{dispatch_id}\0{domain.lower()}".encode()
    seal = hmac.new(key, data, hashlib.sha256).digest()[:SEAL_BYTES]
    return base64.b32encode(seal).decode("ascii").lower()
