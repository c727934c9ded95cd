"""A file that only a passphrase opens, for evidence that travels.

The format: "TGB1", 16 bytes of salt, 12 of nonce, then AES-256-GCM of the content with "TGB1" as
additional data; the key is scrypt of the passphrase (n 2^15, r 8, p 1, 32 bytes). `gateway case
unlock` opens it, and so does any program that knows scrypt and AES-GCM.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import SettingsError

MAGIC, SALT_BYTES, NONCE_BYTES = b"TGB1", 16, 12
SHORTEST = 14  # characters: guessing happens where no gateway counts the tries
SCRYPT_MEMORY_BYTES = 64 << 20


def lock(content: bytes, passphrase: str) -> bytes:
    """`content` under a passphrase. Raises SettingsError when that is short."""
    if len(passphrase) < SHORTEST:
        raise SettingsError(f"Choose a passphrase of at least {SHORTEST} characters.")
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    return MAGIC + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, MAGIC)


def unlock(locked: bytes, passphrase: str) -> bytes:
    """What was locked. Raises SettingsError for another file, or another passphrase."""
    head = len(MAGIC) + SALT_BYTES + NONCE_BYTES
    if locked[: len(MAGIC)] != MAGIC or len(locked) < head:
        raise SettingsError("This is no locked bundle of evidence.")
    salt, nonce = locked[len(MAGIC) : head - NONCE_BYTES], locked[head - NONCE_BYTES : head]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, locked[head:], MAGIC)
    except InvalidTag:
        raise SettingsError("The passphrase is another one, or the file was changed.") from None


def _key(passphrase: str, salt: bytes) -> bytes:
    words = unicodedata.normalize("NFC", passphrase).encode()
    return hashlib.scrypt(words, salt=salt, n=2**15, r=8, p=1, maxmem=SCRYPT_MEMORY_BYTES, dklen=32)
