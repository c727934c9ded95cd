"""What leaves is signed last, under every key, and a signature that does not hold never leaves."""

from __future__ import annotations

import email
import pickle
from datetime import UTC, datetime
from pathlib import Path

import dkim as dkimpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email import dkim_check
from gateway.channels.email.canonical import split
from gateway.channels.email.compose import compose
from gateway.channels.email.dkim import SIGNED, Signed, Signer, signer_of
from gateway.channels.email.dkim_keys import SigningKey, ensure_dkim_keys
from gateway.channels.email.writing import assert_clean
from gateway.domain.message import Part, Reading
from tests.fakes.circle import JAMIE, RUTH, circle, envelope

DOMAIN = "relay.test"
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LATER = datetime(2030, 1, 1, tzinfo=UTC)
MAIL = b"From: tara.okafor@relay.test\r\nTo: jamie@relay.test\r\nSubject: Hi\r\n\r\nHello\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dkim")
    ensure_dkim_keys(path, DOMAIN)
    return path


@pytest.fixture(scope="module")
def signer(folder: Path) -> Signer:
    found = signer_of(folder, DOMAIN)
    assert found is not None
    return found


def results(content: bytes, keys: tuple[SigningKey, ...]) -> list[str]:
    """What a receiver that has our records says of each signature."""
    fields, body = split(content)
    records = {key.selector: key.record for key in keys}
    read = [dkim_check.read_signature(one) for one in fields if one[0] == b"DKIM-Signature"]
    return [
        dkim_check.verify(fields, body, one, dkim_check.read_key(records[one.selector], one.algorithm), LATER)
        for one in read
    ]


def by_dkimpy(content: bytes, keys: tuple[SigningKey, ...]) -> bool:
    """What dkimpy says of the RSA signature, the first."""
    rsa = next(key for key in keys if key.algorithm == "rsa-sha256")
    asked: list[bytes] = []

    def txt(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return rsa.record.encode()

    said = dkimpy.DKIM(content).verify(dnsfunc=txt)
    assert asked == [f"{rsa.selector}._domainkey.{DOMAIN}.".encode()]
    return bool(said)


def test_both_signatures_pass_here_and_rsa_at_dkimpy(signer: Signer) -> None:
    content = signer.sign(MAIL, AT)
    assert results(content, signer.keys) == ["pass", "pass"]
    assert by_dkimpy(content, signer.keys)
    assert content.endswith(MAIL)


def test_a_signed_mail_is_a_clean_one_with_short_lines(signer: Signer) -> None:
    content = signer.sign(MAIL, AT)
    assert_clean(content)
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert email.message_from_bytes(content)["Subject"] == "Hi"


def test_the_same_mail_is_signed_the_same_way(signer: Signer) -> None:
    assert signer.sign(MAIL, AT) == signer.sign(MAIL, AT)
    assert b" t=" not in signer.sign(MAIL)


@pytest.mark.parametrize("name", SIGNED)
def test_no_header_can_be_added_or_changed_afterwards(signer: Signer, name: str) -> None:
    added = f"{name}: x@evil.test\r\n".encode()
    assert "pass" not in results(added + signer.sign(MAIL), signer.keys)
    with_it = signer.sign(MAIL if name in ("From", "To", "Subject") else f"{name}: y\r\n".encode() + MAIL)
    assert results(with_it, signer.keys) == ["pass", "pass"]
    assert "pass" not in results(added + with_it, signer.keys)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=80), max_size=8),
    st.text("abc \t", max_size=120),
)
def test_any_mail_of_ours_passes_here_and_at_dkimpy(signer: Signer, lines: list[str], subject: str) -> None:
    body = "".join(f"{line}\r\n" for line in lines).encode()
    content = signer.sign(b"From: a@relay.test\r\nSubject: " + subject.encode() + b"\r\n\r\n" + body, AT)
    assert results(content, signer.keys) == ["pass", "pass"]
    assert by_dkimpy(content, signer.keys)


@pytest.mark.parametrize(
    "mail",
    [b"", b"Subject: Hi\r\n\r\nHi\r\n", b"From: a@b.test\r\n" + MAIL, b"From: a@b.test\nTo: x\r\n\r\nHi\r\n"],
)
def test_what_is_no_mail_of_one_author_is_not_signed(signer: Signer, mail: bytes) -> None:
    with pytest.raises(ValueError):
        signer.sign(mail)


def test_a_signature_that_does_not_hold_is_noticed(signer: Signer, tmp_path: Path) -> None:
    other = ensure_dkim_keys(tmp_path, DOMAIN)
    broken = Signer(DOMAIN, signer.keys)
    broken.keys = other  # the same selectors, but not the keys that were published
    with pytest.raises(ValueError, match="does not hold"):
        broken.sign(MAIL)


def test_a_signer_needs_a_key() -> None:
    with pytest.raises(ValueError, match="no key"):
        Signer(DOMAIN, ())


READING = Reading(parts=(Part(0, "text/plain", "Hello Jamie\n"),), subject="Hello")


def test_a_composed_copy_is_signed_for_its_organisation(folder: Path, signer: Signer) -> None:
    signed = pickle.loads(pickle.dumps(Signed(compose, folder)))
    for person in (JAMIE, RUTH):
        content = signed(READING, envelope("tara"), circle(), (JAMIE, RUTH), person)
        assert content.endswith(compose(READING, envelope("tara"), circle(), (JAMIE, RUTH), person))
        assert results(content, signer.keys) == ["pass", "pass"]


def test_a_domain_without_keys_is_left_unsigned_until_it_has_some(tmp_path: Path) -> None:
    signed = Signed(compose, tmp_path)

    def copy() -> bytes:
        return signed(READING, envelope("tara"), circle(), (JAMIE,), JAMIE)

    assert not copy().startswith(b"DKIM-Signature")
    ensure_dkim_keys(tmp_path, DOMAIN)
    assert copy().startswith(b"DKIM-Signature")


def test_a_broken_key_file_means_that_nothing_can_be_composed(tmp_path: Path) -> None:
    (tmp_path / DOMAIN).mkdir()
    (tmp_path / DOMAIN / "rsa1.pem").write_text("no key")
    with pytest.raises(ValueError):
        Signed(compose, tmp_path)(READING, envelope("tara"), circle(), (JAMIE,), JAMIE)


def test_an_ed25519_signature_that_does_not_hold_is_noticed(folder: Path, tmp_path: Path) -> None:
    (key,) = (one for one in ensure_dkim_keys(folder, DOMAIN) if one.algorithm == "ed25519-sha256")
    (other,) = (one for one in ensure_dkim_keys(tmp_path, DOMAIN) if one.algorithm == "ed25519-sha256")
    one_key = Signer(DOMAIN, [key])
    one_key.keys = (SigningKey(key.selector, other.private),)
    with pytest.raises(ValueError, match="does not hold"):
        one_key.sign(MAIL)
