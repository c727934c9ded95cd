"""Encryption at rest: sealed bytes that only the holder of the master key can open.

The master key wraps data keys (one per pupil's family, one per organisation, one for blind
look-ups); data keys seal the contents. A sealed value starts with a format byte and its
key's id, so keys can change while old values stay readable. Destroying a data key erases
everything it sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.errors import NotFound, SettingsError
from gateway.store.engine import store_faults
from gateway.store.schema import data_key

FORMAT = b"\x01"
ID_BYTES, NONCE_BYTES, TAG_BYTES = 16, 12, 16
HEADER_BYTES = len(FORMAT) + ID_BYTES + NONCE_BYTES
SLICE = 1 << 20  # the cipher holds the interpreter's lock: 1 MB takes about half a millisecond
KEYS_KEPT = 20_000
INDEX = ("", "index")


def create_master_key(path: Path) -> None:
    """Write a fresh 256-bit master key to `path`, readable by this user only.

    Raises: SettingsError when there is one already.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError("There is a master key already; what it sealed would be lost.") from None
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())


def load_master_key(path: Path) -> bytes:
    """Return the 32 bytes of the master key. Raises SettingsError when missing, open to others or broken."""
    if not path.is_file():
        raise SettingsError("There is no master key; run `gateway init`, or put the key file back.")
    if path.stat().st_mode & 0o077:
        raise SettingsError("The master key file can be read by others; run `chmod 600` on it.")
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingsError("The master key file is not 64 hexadecimal digits; put the right file back.")
    return key


class Key:
    """A data key in hand. `about` binds a sealed value to its place, so rows cannot be swapped."""

    def __init__(self, key_id: bytes, secret: bytes) -> None:
        self.id = key_id
        self._secret = secret
        self._cipher = AESGCM(secret)

    def seal(self, plain: bytes, about: str) -> bytes:
        """Return format, key id, nonce, cipher text and tag, joined."""
        nonce = os.urandom(NONCE_BYTES)
        head = FORMAT + self.id
        bound = head + about.encode()
        if len(plain) <= SLICE:
            return head + nonce + self._cipher.encrypt(nonce, plain, bound)
        return head + nonce + self._encrypt_in_slices(nonce, plain, bound)

    def _encrypt_in_slices(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(self._secret), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        view = memoryview(plain)
        pieces = [encryptor.update(view[at : at + SLICE]) for at in range(0, len(plain), SLICE)]
        pieces.append(encryptor.finalize())
        return b"".join((*pieces, encryptor.tag))

    def seal_json(self, value: object, about: str) -> bytes:
        """Seal a value of strings, numbers, lists and dicts."""
        return self.seal(json.dumps(value, separators=(",", ":")).encode(), about)

    def open(self, sealed: bytes, about: str) -> bytes:
        """Return what was sealed. Raises ValueError when it was changed or moved."""
        try:
            head, nonce = (
                sealed[: HEADER_BYTES - NONCE_BYTES],
                sealed[HEADER_BYTES - NONCE_BYTES : HEADER_BYTES],
            )
            return self._cipher.decrypt(nonce, sealed[HEADER_BYTES:], head + about.encode())
        except InvalidTag:
            raise ValueError("a sealed value was changed or moved") from None

    def open_json(self, sealed: bytes, about: str) -> Any:
        """Return the value sealed by `seal_json`."""
        return json.loads(self.open(sealed, about))

    def mark(self, value: str) -> bytes:
        """A keyed hash of `value`: the same for the same value, and meaningless without the key."""
        return hmac.digest(self._secret, b"mark\0" + value.encode("utf-8", "surrogatepass"), "sha256")


class Vault:
    """Hands out data keys, making them on first use; keeps unwrapped ones in memory."""

    def __init__(self, engine: Engine, master: bytes) -> None:
        self._engine = engine
        self._master = AESGCM(master)
        self._master_id = hashlib.sha256(b"master\0" + master).hexdigest()[:8]
        self._by_owner: dict[tuple[str, str], Key] = {}
        self._by_id: dict[bytes, Key] = {}
        self._lock = Lock()

    def organisation(self, organisation_id: str) -> Key:
        """The key for an organisation's people and addresses."""
        return self._owned(organisation_id, "")

    def family(self, organisation_id: str, pupil_id: str) -> Key:
        """The key for all that concerns one pupil."""
        return self._owned(organisation_id, "pupil:" + pupil_id)

    def blind(self, address: str) -> bytes:
        """The look-up mark of an address, whatever its case."""
        return self._owned(*INDEX).mark(normal_address(address))

    @property
    def has_index(self) -> bool:
        """True when `blind` and `mark` need not fetch their key."""
        return INDEX in self._by_owner

    def mark(self, value: str) -> bytes:
        """The look-up mark of a value that must match exactly."""
        return self._owned(*INDEX).mark("exact\0" + value)

    def keeper(self, sealed: bytes) -> Key:
        """The key that sealed a value. Raises NotFound once that key was destroyed."""
        key_id = bytes(sealed[len(FORMAT) : len(FORMAT) + ID_BYTES])
        found = self._by_id.get(key_id)
        if found is None:
            with store_faults(), self._engine.connect() as connection:
                row = connection.execute(select(data_key).where(data_key.c.id == key_id)).one_or_none()
            if row is None:
                raise NotFound("The key of this item was destroyed; it cannot be read any more.")
            found = self._unwrap(row)
        return found

    def open(self, sealed: bytes, about: str) -> bytes:
        """Return what was sealed, by whichever key."""
        return self.keeper(sealed).open(sealed, about)

    def open_json(self, sealed: bytes, about: str) -> Any:
        """Return the value that was sealed, by whichever key."""
        return self.keeper(sealed).open_json(sealed, about)

    def prepare(self, organisation_id: str, pupil_ids: Sequence[str]) -> None:
        """Make the missing keys of many pupils at once."""
        owners = [(organisation_id, "pupil:" + one) for one in pupil_ids]
        with store_faults(), self._engine.begin() as connection:
            families = select(data_key.c.family).where(data_key.c.organisation_id == organisation_id)
            known = set(connection.execute(families).scalars())
            rows = [self._fresh_row(*owner) for owner in owners if owner[1] not in known]
            if rows:
                connection.execute(insert(data_key), rows)

    def _owned(self, organisation_id: str, family: str) -> Key:
        owner = (organisation_id, family)
        return self._by_owner.get(owner) or self._fetch_or_make(owner)

    def _fetch_or_make(self, owner: tuple[str, str]) -> Key:
        theirs = select(data_key).where(data_key.c.organisation_id == owner[0], data_key.c.family == owner[1])
        with store_faults(), self._engine.begin() as connection:
            row = connection.execute(theirs).one_or_none()
            if row is None:
                # Two processes may be here at once: the first row wins, for both.
                fresh = upsert(data_key).values(self._fresh_row(*owner)).on_conflict_do_nothing()
                connection.execute(fresh)
                row = connection.execute(theirs).one()
        return self._unwrap(row)

    def _fresh_row(self, organisation_id: str, family: str) -> dict[str, object]:
        key_id, nonce = os.urandom(ID_BYTES), os.urandom(NONCE_BYTES)
        bound = key_id + f"{organisation_id}\0{family}".encode()
        wrapped = nonce + self._master.encrypt(nonce, secrets.token_bytes(32), bound)
        owner = {"organisation_id": organisation_id, "family": family}
        return {"id": key_id, **owner, "master": self._master_id, "wrapped": wrapped}

    def _unwrap(self, row: Any) -> Key:
        if row.master != self._master_id:
            raise SettingsError("The database was sealed with another master key; put that key file back.")
        nonce, sealed = row.wrapped[:NONCE_BYTES], row.wrapped[NONCE_BYTES:]
        bound = row.id + f"{row.organisation_id}\0{row.family}".encode()
        try:
            key = Key(bytes(row.id), self._master.decrypt(nonce, sealed, bound))
        except InvalidTag:
            raise SettingsError("A data key was changed; restore the database from a backup.") from None
        with self._lock:
            if len(self._by_owner) >= KEYS_KEPT:
                self._by_owner.clear()
                self._by_id.clear()
            self._by_owner[(row.organisation_id, row.family)] = key
            self._by_id[key.id] = key
        return key


def normal_address(address: str) -> str:
    """The one form of an address for comparing: composed, lower case, no space around."""
    return unicodedata.normalize("NFC", address.strip()).lower()
