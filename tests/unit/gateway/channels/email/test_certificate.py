from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509

from gateway.channels.email.certificate import ensure_certificate, tls_context


def test_it_makes_a_pair_for_the_hostname_that_only_its_owner_may_read(tmp_path: Path) -> None:
    certificate, key = ensure_certificate(tmp_path / "tls", "mail.relay.test")
    assert [path.stat().st_mode & 0o777 for path in (certificate, key)] == [0o600, 0o600]
    read = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["mail.relay.test"]


def test_it_keeps_the_pair_that_is_there(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in ensure_certificate(tmp_path, "mail.relay.test")]
    assert [path.read_bytes() for path in ensure_certificate(tmp_path, "other.test")] == first


def test_a_pair_with_one_half_missing_is_made_anew(tmp_path: Path) -> None:
    certificate, key = ensure_certificate(tmp_path, "mail.relay.test")
    key.unlink()
    tls_context(*ensure_certificate(tmp_path, "mail.relay.test"))
    assert certificate.exists()


def test_a_very_long_hostname_still_gets_a_certificate(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, "a" * 60 + "." + "b" * 60 + ".test")


def test_nothing_older_than_tls_1_2_is_spoken(tmp_path: Path) -> None:
    context = tls_context(*ensure_certificate(tmp_path, "mail.relay.test"))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
