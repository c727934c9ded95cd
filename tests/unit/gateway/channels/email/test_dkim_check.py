"""A signature counts only when it holds, and only for as much as it covers."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import dkim_check
from gateway.channels.email.canonical import relaxed_field, selected, simple_field, split
from gateway.channels.email.dkim_check import read_key, read_signature, readable, verify
from gateway.channels.email.dkim_keys import SigningKey

NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)

# RFC 8463 appendix A: one mail, signed with both algorithms.
RFC_8463 = b"""\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
""".replace(b"\n", b"\r\n")
RFC_KEYS = {
    "brisbane": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test": "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bd"
    "OKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2Ee"
    "C3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
}
MAIL = b"From: Ruth <ruth@family.test>\r\nTo: a@relay.test\r\nSubject: Tuesday\r\n\r\nHello  there\r\n\r\nRuth\r\n"


@lru_cache
def rsa_key(bits: int) -> SigningKey:
    return SigningKey("s", rsa.generate_private_key(public_exponent=65537, key_size=bits))


ED_KEY = SigningKey("s", ed25519.Ed25519PrivateKey.generate())


def signed(mail: bytes = MAIL, key: SigningKey = ED_KEY, **tags: str) -> bytes:
    """A mail signed with any tags, wrong ones too; tests need more than `dkim.Signer` would write."""
    fields, body = split(mail)
    known = {"v": "1", "a": key.algorithm, "c": "relaxed/relaxed", "d": "family.test", "s": "s"}
    known |= {"h": "from:to:subject", **tags}
    head, _, tail = known["c"].partition("/")
    names = [one.strip().lower().encode() for one in known["h"].split(":")]
    known.setdefault("bh", base64.b64encode(body.hashed(relaxed=tail == "relaxed")[0]).decode())
    value = " " + "; ".join(f"{name}={text}" for name, text in known.items()) + "; b="
    form = relaxed_field if head == "relaxed" else simple_field
    bare = (b"DKIM-Signature", value.encode())
    data = b"\r\n".join([*map(form, selected(fields, names)), form(bare)])
    made = key.sign(data, hashlib.sha256(data).digest())
    return b"DKIM-Signature:" + value.encode() + base64.b64encode(made) + b"\r\n" + mail


def result(mail: bytes, record: str = ED_KEY.record, now: datetime = NOW, number: int = 0) -> str:
    """What the checker says of a mail's first signature; "unreadable" where it is not one."""
    fields, body = split(mail)
    found = [one for one in fields if one[0].lower() == dkim_check.FIELD_NAME]
    signature = readable(found[number])
    if signature is None:
        return "unreadable"
    try:
        key = read_key(record, signature.algorithm)
    except ValueError:
        return "no key"
    return verify(fields, body, signature, key, now)


@pytest.mark.parametrize("number", [0, 1])
def test_the_mail_of_rfc_8463_passes_with_both_signatures(number: int) -> None:
    selector = ("brisbane", "test")[number]
    assert result(RFC_8463, RFC_KEYS[selector], number=number) == "pass"


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"dinner", b"supper"),
        (b"hungry", b"thirsty"),
        (b"Joe SixPack", b"Joe SixPacks"),
        (b"From: Joe", b"From: eve@example.net\r\nFrom: Joe"),
        (b"Joe.\r\n", b"Joe.\r\nPS: more\r\n"),
    ],
)
def test_a_changed_mail_does_not_pass(number: int, was: bytes, becomes: bytes) -> None:
    selector = ("brisbane", "test")[number]
    assert result(RFC_8463.replace(was, becomes), RFC_KEYS[selector], number=number) == "fail"


def test_changes_that_relaxed_forms_forgive_do_not_matter() -> None:
    folded = RFC_8463.replace(b"Subject: Is dinner", b"SUBJECT:  Is\r\n  dinner").replace(
        b"game.  Are", b"game. \tAre"
    )
    assert result(folded + b"\r\n \r\n", RFC_KEYS["brisbane"]) == "pass"


@pytest.mark.parametrize("form", ["simple/simple", "relaxed/simple", "simple/relaxed", "simple", "relaxed"])
def test_every_pair_of_canonical_forms_is_understood(form: str) -> None:
    assert result(signed(c=form)) == "pass"


def test_simple_headers_do_not_survive_folding() -> None:
    assert result(signed(c="simple/simple").replace(b"Subject: Tue", b"Subject:  Tue")) == "fail"


@given(st.integers(0, len(MAIL) - 2), st.integers(0, 255))
def test_whatever_byte_is_changed_the_mail_does_not_pass_unless_it_reads_the_same(at: int, byte: int) -> None:
    good = signed(h="from:from:to:to:subject:subject:cc")
    start = good.index(b"From: Ruth")
    changed = bytearray(good)
    changed[start + at] = byte
    if bytes(changed) == good:
        return
    try:
        said = result(bytes(changed))
    except ValueError:
        return
    if said == "pass":
        before, after = split(good), split(bytes(changed))
        assert [relaxed_field(one) for one in before[0]] == [relaxed_field(one) for one in after[0]]
        assert before[1].hashed(relaxed=True) == after[1].hashed(relaxed=True)


def test_a_signature_over_a_part_of_the_body_vouches_for_too_little() -> None:
    length = str(split(MAIL)[1].hashed(relaxed=True)[1])
    assert result(signed(l=length)) == "pass"
    assert result(signed(l=length) + b"Added by a stranger\r\n") == "policy"
    assert result(signed(l="0")) == "policy"


def test_a_header_that_stands_twice_is_not_vouched_for() -> None:
    assert result(b"Subject: Other\r\n" + signed()) == "policy"
    assert result(b"Content-Type: text/html\r\nContent-Type: text/plain\r\n" + signed()) == "policy"


def test_an_unsigned_subject_is_not_vouched_for() -> None:
    assert result(signed(h="from:to")) == "policy"


def test_times_count_with_an_hour_of_slack() -> None:
    def at(**hours: float) -> str:
        return str(int((NOW + timedelta(**hours)).timestamp()))

    assert result(signed(x=at(hours=-0.5))) == "pass"
    assert result(signed(x=at(hours=-2))) == "policy"
    assert result(signed(t=at(hours=0.5))) == "pass"
    assert result(signed(t=at(hours=2))) == "policy"


def test_rsa_counts_from_1024_bits() -> None:
    for bits, expected in ((1024, "pass"), (2048, "pass")):
        assert result(signed(key=rsa_key(bits)), rsa_key(bits).record) == expected


def test_an_rsa_key_in_its_bare_form_is_read_too() -> None:
    # PKCS #1 rather than SubjectPublicKeyInfo, as some publish it (RFC 6376 section 3.6.1).
    public = rsa_key(2048).private.public_key()
    form = serialization.PublicFormat.PKCS1
    data = base64.b64encode(public.public_bytes(serialization.Encoding.DER, form)).decode()
    assert result(signed(key=rsa_key(2048)), f"p={data}") == "pass"


@pytest.mark.parametrize(
    "tags",
    [
        {"v": "2"},
        {"a": "ed25519-sha1"},
        {"h": "to:subject"},
        {"d": "family.test@x"},
        {"d": ""},
        {"s": "a b"},
        {"i": "ruth@other.test"},
        {"i": "ruth@notfamily.test"},
        {"c": "strict/simple"},
        {"l": "-1"},
        {"x": "soon"},
        {"q": "http"},
        {"bh": "!!"},
    ],
)
def test_a_signature_that_breaks_the_rules_counts_for_nothing(tags: dict[str, str]) -> None:
    assert result(signed(**tags)) in ("unreadable", "no key")


def test_a_missing_tag_counts_for_nothing() -> None:
    for name in ("v", "a", "b", "bh", "d", "h", "s"):
        pieces = signed().partition(b"\r\n")[0].removeprefix(b"DKIM-Signature:").split(b";")
        left = [one for one in pieces if one.partition(b"=")[0].strip() != name.encode()]
        assert readable((b"DKIM-Signature", b";".join(left))) is None


def test_a_subdomains_identity_is_fine_unless_the_key_forbids_it() -> None:
    assert result(signed(i="ruth@home.family.test")) == "pass"
    assert result(signed(i="ruth@home.family.test"), ED_KEY.record + "; t=s") == "fail"
    assert result(signed(i="ruth@family.test"), ED_KEY.record + "; t=s") == "pass"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (ED_KEY.record.replace("v=DKIM1; ", ""), "pass"),
        (ED_KEY.record + "; s=email; h=sha256; n=note", "pass"),
        (ED_KEY.record + "; s=*; h=sha1:sha256; t=", "pass"),
        (ED_KEY.record + "; t=y", "neutral"),
        (ED_KEY.record + "; t=y:s", "neutral"),
        (ED_KEY.record + "; s=tlsrpt", "no key"),
        (ED_KEY.record + "; h=sha1", "no key"),
        (ED_KEY.record.replace("DKIM1", "DKIM2"), "no key"),
        (ED_KEY.record.replace("k=ed25519", "k=rsa"), "no key"),
        (ED_KEY.record.replace("k=ed25519; ", ""), "no key"),
        ("v=DKIM1; k=ed25519; p=", "no key"),
        ("v=DKIM1; k=ed25519; p=AAAA", "no key"),
        ("v=DKIM1; k=ed25519; p=!!", "no key"),
        ("v=DKIM1; k=ed25519", "no key"),
        ("hello", "no key"),
        (SigningKey("s", ed25519.Ed25519PrivateKey.generate()).record, "fail"),
    ],
)
def test_a_key_counts_for_what_its_record_says(record: str, expected: str) -> None:
    assert result(signed(), record) == expected


@given(st.binary(max_size=200))
def test_any_bytes_as_a_signature_are_read_or_refused(value: bytes) -> None:
    readable((b"DKIM-Signature", value))


@given(st.text(max_size=200), st.sampled_from(["rsa-sha256", "ed25519-sha256", "rsa-sha1", ""]))
def test_any_text_as_a_key_is_read_or_refused(text: str, algorithm: str) -> None:
    for record in (text, f"v=DKIM1; k={algorithm[:7]}; p={base64.b64encode(text.encode()).decode()}"):
        try:
            read_key(record, algorithm)
        except ValueError:
            continue


def test_only_the_tag_b_is_emptied_before_checking() -> None:
    one = read_signature((b"DKIM-Signature", signed().partition(b":")[2].partition(b"\r\n")[0]))
    assert b"bh=" + base64.b64encode(one.body_hash) in one.bare[1]
    assert one.bare[1].endswith(b"b=")
