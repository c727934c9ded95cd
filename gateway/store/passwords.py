"""Passwords and tokens as they may be kept: never the word itself.

Machine-made secrets of at least 160 bits are kept as SHA-256, which is enough for what
nobody can guess; chosen ones as argon2id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

APP_PASSWORD, API_KEY, SESSION = "tgw_", "tgk_", "tgs_"
SECRET_BYTES = 25  # 200 bits: 40 base32 letters without padding
MACHINE_MADE = re.compile(r"tg[wks]_[a-z2-7]{40}")
SHA = "sha256$"

# OWASP's smallest argon2id: about 20 ms and 19 MiB, so that sign-ins cannot starve the mail.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# For unknown users the same work is done, so that time does not tell who exists.
_nobody = _hasher.hash(secrets.token_hex(16))


def make_secret(prefix: str) -> str:
    """A fresh secret of 200 random bits, such as "tgw_mfrgg…"; safe to type and to put in a header."""
    return prefix + base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().lower()


def digest(secret: str) -> bytes:
    """The SHA-256 under which a machine-made secret is looked up."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def hash_password(password: str) -> str:
    """What may be stored for a password."""
    if MACHINE_MADE.fullmatch(password):
        return SHA + digest(password).hex()
    return _hasher.hash(password)


def verify(password: str, stored: str | None) -> bool:
    """True when `password` is the stored one; takes as long for nobody (None) as for somebody.

    Which work is done depends on the form of the offered password only, never on what is stored.
    """
    if MACHINE_MADE.fullmatch(password):
        kept = stored if stored and stored.startswith(SHA) else SHA
        return hmac.compare_digest(SHA + digest(password).hex(), kept)
    kept = stored if stored and not stored.startswith(SHA) else _nobody
    try:
        return _hasher.verify(kept, password.encode("utf-8", "surrogatepass")) and kept is stored
    except (VerificationError, InvalidHashError):
        return False
