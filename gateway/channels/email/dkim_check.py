"""Whether a DKIM signature holds (RFC 6376 section 6, RFC 8301, RFC 8463). Pure.

Own code beside dkimpy, because ours is linear on hostile input, knows Ed25519 without a
further library, and refuses signatures over a part of the body (l=), to which anybody may
add; tests compare it with dkimpy.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from gateway.channels.email.canonical import (
    Body,
    Field,
    relaxed_field,
    selected,
    simple_field,
    tags,
)
from gateway.channels.email.dkim_keys import RSA_LEAST_BITS

FIELD_NAME = b"dkim-signature"
PASS, FAIL, POLICY, NEUTRAL, PERMERROR = "pass", "fail", "policy", "neutral", "permerror"
RSA_MOST_BITS = 8192
CLOCK_SLACK_S = 3600
MOST_SIGNED_NAMES = 200
# What another reader would show twice or differently if it stood there twice (RFC 5322 3.6).
SINGLE = frozenset(
    b"from sender reply-to to cc subject date message-id in-reply-to references mime-version"
    b" content-type content-transfer-encoding".split()
)

_WHITE = re.compile(r"[ \t\r\n]+")
_NAME = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_-]{1,63}")
_CANONICAL = {"simple": False, "relaxed": True}

Public = rsa.RSAPublicKey | ed25519.Ed25519PublicKey
Holds = Callable[[Public, bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM-Signature field, read.

    signed: lower-case names. length: bytes of body it covers, None for all of it.
    domain: lower-case. bare: the field with the value of b= taken out.
    """

    algorithm: str
    domain: str
    selector: str
    identity: str = field(repr=False)
    signed: tuple[bytes, ...]
    relaxed_head: bool
    relaxed_body: bool
    length: int | None
    made_at: int | None
    expires_at: int | None
    body_hash: bytes = field(repr=False)
    value: bytes = field(repr=False)
    bare: Field = field(repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """A published key. testing: its owner asks to treat its mail as not signed (t=y)."""

    public: Public = field(repr=False)
    strict_identity: bool = False
    testing: bool = False


def read_signature(one: Field) -> Signature:
    """Read a DKIM-Signature field. Raises ValueError for one that counts for nothing (6.1.1)."""
    found = tags(one[1].decode("ascii", "replace"))
    if found.get("v") != "1" or found.get("q", "dns/txt").partition(":")[0].strip() != "dns/txt":
        raise ValueError("a version or a query method that is not ours")
    domain, selector = found["d"].lower(), found["s"].lower()
    identity = found.get("i", f"@{domain}").lower()
    names = tuple(name.strip().lower().encode() for name in found["h"].split(":"))
    of_identity = identity.rpartition("@")[2]
    if not _NAME.fullmatch(domain) or not _NAME.fullmatch(selector) or len(names) > MOST_SIGNED_NAMES:
        raise ValueError("a domain, a selector or a list of names that cannot be")
    if of_identity != domain and not of_identity.endswith("." + domain):
        raise ValueError("an identity outside its domain")
    if b"from" not in names:
        raise ValueError("From is not signed")
    head, _, body = found.get("c", "simple/simple").lower().partition("/")
    return Signature(
        algorithm=found["a"].lower(),
        domain=domain,
        selector=selector,
        identity=identity,
        signed=names,
        relaxed_head=_CANONICAL[head],
        relaxed_body=_CANONICAL[body or "simple"],
        length=_number(found.get("l")),
        made_at=_number(found.get("t")),
        expires_at=_number(found.get("x")),
        body_hash=_base64(found["bh"]),
        value=_base64(found["b"]),
        bare=(one[0], _without_value(one[1])),
    )


def readable(one: Field) -> Signature | None:
    """A signature, or None for one that counts for nothing."""
    try:
        return read_signature(one)
    except (ValueError, KeyError):
        return None


def _number(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isascii() or not value.isdecimal() or len(value) > 12:
        raise ValueError("a number that is none")
    return int(value)


def _base64(value: str) -> bytes:
    try:
        return base64.b64decode(_WHITE.sub("", value), validate=True)
    except binascii.Error:
        raise ValueError("base64 that is none") from None


def _without_value(value: bytes) -> bytes:
    pieces = value.split(b";")
    for at, piece in enumerate(pieces):
        name, equals, _ = piece.partition(b"=")
        if name.strip() == b"b":
            pieces[at] = name + equals
    return b";".join(pieces)


def read_key(record: str, algorithm: str) -> Key:
    """Read a key record for signatures of an algorithm.

    Raises ValueError for one that is revoked, not for mail, or not for that algorithm (6.1.2).
    """
    found = tags(record)
    kind, _, digest = algorithm.partition("-")
    flags = _list(found.get("t", ""))
    if found.get("v", "DKIM1") != "DKIM1" or found.get("k", "rsa") != kind or digest != "sha256":
        raise ValueError("a key of another kind")
    if "h" in found and "sha256" not in _list(found["h"]):
        raise ValueError("a key for another hash")
    if "s" in found and not {"*", "email"} & _list(found["s"]):
        raise ValueError("a key that is not for mail")
    return Key(_public(kind, _base64(found.get("p", ""))), "s" in flags, "y" in flags)


def _list(value: str) -> set[str]:
    return {one.strip().lower() for one in value.split(":") if one.strip()}


def _public(kind: str, data: bytes) -> Public:
    if not data:
        raise ValueError("a revoked key")
    if kind == "ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(data)
    try:
        public = serialization.load_der_public_key(data)
    except UnsupportedAlgorithm:
        raise ValueError("a key of an unknown kind") from None
    if not isinstance(public, rsa.RSAPublicKey):
        raise ValueError("a key that is not RSA")
    return public


def signed_by(public: Public, value: bytes, data: bytes) -> bool:
    """Whether a signature's value is one of the data by the other half of this key."""
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(value, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            public.verify(value, hashlib.sha256(data).digest())
    except InvalidSignature:
        return False
    return True


def verify(
    fields: Sequence[Field],
    body: Body,
    signature: Signature,
    key: Key,
    now: datetime,
    holds: Holds = signed_by,
) -> str:
    """Say pass, fail, policy (holds, but vouches for too little), or neutral (the key is on trial).

    fields, body: from `canonical.split`. now: timezone-aware. holds: tells whether a signature's value
    is one of the data.
    """
    if key.strict_identity and signature.identity.rpartition("@")[2] != signature.domain:
        return FAIL
    digest, length = body.hashed(relaxed=signature.relaxed_body)
    if signature.length is not None and signature.length != length:
        return POLICY
    if digest != signature.body_hash or not holds(
        key.public, signature.value, _signed_data(fields, signature)
    ):
        return FAIL
    if not _vouches_for_enough(fields, signature, key, now):
        return POLICY
    return NEUTRAL if key.testing else PASS


def _signed_data(fields: Sequence[Field], signature: Signature) -> bytes:
    form = relaxed_field if signature.relaxed_head else simple_field
    chosen = selected(fields, signature.signed)
    return b"\r\n".join([*map(form, chosen), form(signature.bare)])


def _vouches_for_enough(fields: Sequence[Field], signature: Signature, key: Key, now: datetime) -> bool:
    names = [name.lower().rstrip() for name, _ in fields]
    present = set(names)
    seconds = now.timestamp()
    return (
        len([name for name in names if name in SINGLE]) == len(present & SINGLE)
        and (b"subject" not in present or b"subject" in signature.signed)
        and (signature.expires_at is None or seconds <= signature.expires_at + CLOCK_SLACK_S)
        and (signature.made_at is None or signature.made_at <= seconds + CLOCK_SLACK_S)
        and (
            not isinstance(key.public, rsa.RSAPublicKey)
            or RSA_LEAST_BITS <= key.public.key_size <= RSA_MOST_BITS
        )
    )
