"""The keys an organisation signs its mail with: made once, kept in files, published in DNS.

    GATEWAY_HOME/keys/dkim/<domain>/<selector>.pem

Every key in a domain's folder signs. To change one, put a new file with a new name beside it,
publish its record (`gateway doctor` shows it), and take the old file away some days later.
Nodes of one installation share the files, as they share the master key.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

RSA_BITS = 2048
RSA_LEAST_BITS = 1024  # RFC 8301 section 3.2
TXT_STRING = 255

_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

Private = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the selector under which its public half is published."""

    selector: str
    private: Private = field(repr=False)

    @property
    def algorithm(self) -> str:
        """The value of a=."""
        return "rsa-sha256" if isinstance(self.private, rsa.RSAPrivateKey) else "ed25519-sha256"

    @property
    def record(self) -> str:
        """The text of the TXT record at <selector>._domainkey.<domain>."""
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            form = serialization.PublicFormat.SubjectPublicKeyInfo
            data, kind = public.public_bytes(serialization.Encoding.DER, form), "rsa"
        else:
            # RFC 8463 section 4: the bare 32 bytes.
            data, kind = public.public_bytes_raw(), "ed25519"
        return f"v=DKIM1; k={kind}; p={base64.b64encode(data).decode()}"

    def sign(self, data: bytes, digest: bytes) -> bytes:
        """The signature of canonical header data. digest: its SHA-256, which Ed25519 signs."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(digest)


def record_name(selector: str, domain: str) -> str:
    """Where a key is published."""
    return f"{selector}._domainkey.{domain}"


def zone_line(key: SigningKey, domain: str) -> str:
    """The record as a line for a zone file; a TXT string holds 255 characters at most."""
    text = key.record
    strings = " ".join(f'"{text[at : at + TXT_STRING]}"' for at in range(0, len(text), TXT_STRING))
    return f"{record_name(key.selector, domain)}. IN TXT ( {strings} )"


def ensure_dkim_keys(folder: Path, domain: str) -> tuple[SigningKey, ...]:
    """The keys of a domain; one RSA and one Ed25519 key are made when it has none.

    folder: GATEWAY_HOME/keys/dkim. Safe when several processes do it at once: the first wins.
    Raises: OSError when the folder cannot be written; ValueError for a file that is no key.
    """
    home = _home(folder, domain)
    if not any(home.glob("*.pem")):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for selector, make in _MAKERS.items():
            _keep_first(home / f"{selector}.pem", make())
    return load_dkim_keys(folder, domain)


def load_dkim_keys(folder: Path, domain: str) -> tuple[SigningKey, ...]:
    """The keys of a domain, RSA first; none when none were made.

    Raises: ValueError for a file that is no usable key or cannot be read.
    """
    found = [_load(path) for path in sorted(_home(folder, domain).glob("*.pem"))]
    return tuple(sorted(found, key=lambda key: key.algorithm, reverse=True))


def _home(folder: Path, domain: str) -> Path:
    domain = domain.lower()
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("a domain that is none")
    return folder / domain


def _load(path: Path) -> SigningKey:
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), None)
    except (TypeError, UnsupportedAlgorithm, OSError) as fault:
        raise ValueError(f"a DKIM key file that cannot be read ({type(fault).__name__})") from None
    if not _SELECTOR.fullmatch(path.stem):
        raise ValueError("the name of a DKIM key file is its selector: letters, digits and hyphens")
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= RSA_LEAST_BITS:
        return SigningKey(path.stem, private)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return SigningKey(path.stem, private)
    raise ValueError("a DKIM key must be RSA of 1024 bits or more, or Ed25519")


def _rsa() -> Private:
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


_MAKERS: Mapping[str, Callable[[], Private]] = {"rsa1": _rsa, "ed1": ed25519.Ed25519PrivateKey.generate}


def _keep_first(path: Path, private: Private) -> None:
    """Write a key that nobody else could ever have read, unless another process was first."""
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()
