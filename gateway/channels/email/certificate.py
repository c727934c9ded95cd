"""The certificate of the mail servers: made here when none is given."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFETIME = timedelta(days=825)


def ensure_certificate(folder: Path, hostname: str) -> tuple[Path, Path]:
    """Return (certificate, key) in `folder`, self-signed for `hostname`, making them if absent.

    Both are PEM files that only their owner may read. A pair that is already there is kept,
    also when it is for another name: it may be the organisation's own.
    Raises: OSError when the folder cannot be written.
    """
    certificate, key = folder / "mail.crt", folder / "mail.key"
    if not (certificate.exists() and key.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        certificate_pem, key_pem = make_certificate(hostname, datetime.now(UTC))
        _write_private(key, key_pem)
        _write_private(certificate, certificate_pem)
    return certificate, key


def make_certificate(hostname: str, now: datetime) -> tuple[bytes, bytes]:
    """Return (certificate, key) as PEM, P-256, valid for `hostname` from a day ago on."""
    key = ec.generate_private_key(ec.SECP256R1())
    # X.509 allows 64 characters in a common name; the full name is the alternative name.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hostname[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(hostname)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return a server context for TLS 1.2 and later.

    Raises: ssl.SSLError or OSError when the files are not a matching pair.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that nobody else could ever have read, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    fresh.replace(path)
