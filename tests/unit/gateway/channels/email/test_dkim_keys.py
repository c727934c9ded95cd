"""Keys are made once, kept from others' eyes, and published as the RFCs say."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from gateway.channels.email.dkim_check import read_key
from gateway.channels.email.dkim_keys import SigningKey, ensure_dkim_keys, load_dkim_keys, zone_line

DOMAIN = "relay.example.org"


def pem(private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, password: bytes = b"") -> bytes:
    sealed = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)


def records(keys: tuple[SigningKey, ...]) -> list[str]:
    return [key.record for key in keys]


def test_a_domain_gets_an_rsa_and_an_ed25519_key_once(tmp_path: Path) -> None:
    made = ensure_dkim_keys(tmp_path, DOMAIN)
    assert [(key.selector, key.algorithm) for key in made] == [
        ("rsa1", "rsa-sha256"),
        ("ed1", "ed25519-sha256"),
    ]
    assert records(ensure_dkim_keys(tmp_path, DOMAIN.upper())) == records(made)
    assert records(ensure_dkim_keys(tmp_path, "other.example.org")) != records(made)


def test_nobody_else_may_read_a_key(tmp_path: Path) -> None:
    ensure_dkim_keys(tmp_path, DOMAIN)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {path.stat().st_mode & 0o077 for path in files} == {0}


def test_processes_that_start_together_agree_on_the_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: ensure_dkim_keys(tmp_path, DOMAIN), range(6)))
    kept = records(load_dkim_keys(tmp_path, DOMAIN))
    # A quick one may have seen the first key only; what it saw is what was kept.
    assert all(set(records(one)) <= set(kept) for one in found)
    assert len(kept) == 2
    assert len(list((tmp_path / DOMAIN).iterdir())) == 2


def test_the_record_is_read_back_as_the_key(tmp_path: Path) -> None:
    for key in ensure_dkim_keys(tmp_path, DOMAIN):
        assert read_key(key.record, key.algorithm).public == key.private.public_key()


def test_a_line_for_the_zone_holds_no_string_over_255_characters(tmp_path: Path) -> None:
    for key in ensure_dkim_keys(tmp_path, DOMAIN):
        line = zone_line(key, DOMAIN)
        strings = line.split('"')[1::2]
        assert line.startswith(f"{key.selector}._domainkey.{DOMAIN}. IN TXT ")
        assert "".join(strings) == key.record
        assert max(map(len, strings)) <= 255


def test_a_key_of_ones_own_may_be_put_there(tmp_path: Path) -> None:
    (tmp_path / DOMAIN).mkdir()
    (tmp_path / DOMAIN / "spring2027.pem").write_bytes(pem(ed25519.Ed25519PrivateKey.generate()))
    assert [key.selector for key in ensure_dkim_keys(tmp_path, DOMAIN)] == ["spring2027"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rsa1", b"no key"),
        ("rsa1", pem(ec.generate_private_key(ec.SECP256R1()))),
        ("rsa1", pem(ed25519.Ed25519PrivateKey.generate(), b"secret")),
        ("No_Selector", pem(ed25519.Ed25519PrivateKey.generate())),
    ],
)
def test_a_file_that_is_no_usable_key_is_an_error(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / DOMAIN).mkdir()
    (tmp_path / DOMAIN / f"{name}.pem").write_bytes(content)
    with pytest.raises(ValueError):
        load_dkim_keys(tmp_path, DOMAIN)


@pytest.mark.parametrize("domain", ["", "..", "../keys", "a/b", "a b.test", "a..test"])
def test_a_domain_that_is_none_leads_to_no_folder(tmp_path: Path, domain: str) -> None:
    with pytest.raises(ValueError, match="domain"):
        load_dkim_keys(tmp_path, domain)
    assert not os.listdir(tmp_path)
