"""Signs what leaves (RFC 6376): last of all, and checked with our own public keys at once.

Signing belongs to composing: the SHA-256 of a dispatch covers the signed bytes, and a copy that
cannot be signed is held like one that cannot be composed (DECISIONS 1).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from gateway.channels.email import dkim_check
from gateway.channels.email.canonical import Body, Field, relaxed_field, selected, split
from gateway.channels.email.dkim_keys import SigningKey, load_dkim_keys
from gateway.channels.email.writing import header
from gateway.domain.message import Envelope, Reading
from gateway.domain.pair import Circle
from gateway.domain.people import Person
from gateway.ports import Compose

FIELD_NAME = "DKIM-Signature"
SIGNED = (
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "In-Reply-To",
    "References",
    "Reply-To",
    "Sender",
    "Auto-Submitted",
)
B64_LINE = 70
REPEATABLE = frozenset({"ed25519-sha256"})


class Signer:
    """Signs a domain's mail with each of its keys.

    Every field of SIGNED is signed once more than it is there, so that none can be added.
    """

    def __init__(self, domain: str, keys: Sequence[SigningKey]) -> None:
        if not keys:
            raise ValueError("no key to sign with")
        self.domain, self.keys = domain.lower(), tuple(keys)
        self._by_selector = {key.selector: (key, _published(key)) for key in keys}

    def sign(self, content: bytes, at: datetime | None = None) -> bytes:
        """The same mail with its signatures on top.

        at: the time to write as t=, none by default. The same arguments give the same bytes.
        Raises ValueError for what is no mail of one author, or when a signature does not hold.
        """
        fields, body = split(content)
        names = [name.lower().rstrip() for name, _ in fields]
        if names.count(b"from") != 1:
            raise ValueError("a mail without one author")
        listed = [name for name in SIGNED for _ in range(names.count(name.lower().encode()) + 1)]
        digest, _ = body.hashed(relaxed=True)
        chosen = b"\r\n".join(map(relaxed_field, selected(fields, [one.lower().encode() for one in listed])))
        signatures = [self._signature(key, chosen, listed, digest, at) for key in self.keys]
        self._assert_good(fields, body, signatures)
        return b"".join((*signatures, content))

    def _signature(
        self, key: SigningKey, chosen: bytes, listed: Sequence[str], digest: bytes, at: datetime | None
    ) -> bytes:
        when = f" t={int(at.timestamp())};" if at else ""
        value = (
            f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={self.domain}; s={key.selector};{when}"
            f" h={': '.join(listed)}; bh={base64.b64encode(digest).decode()}; b="
        )
        data = chosen + b"\r\n" + relaxed_field((FIELD_NAME.encode(), value.encode()))
        text = base64.b64encode(key.sign(data, hashlib.sha256(data).digest())).decode()
        lines = (text[start : start + B64_LINE] for start in range(0, len(text), B64_LINE))
        return header(FIELD_NAME, value + " ".join(lines))

    def _assert_good(self, fields: Sequence[Field], body: Body, signatures: Sequence[bytes]) -> None:
        """Read back what was written, as a receiver would."""
        for one in signatures:
            ((name, value),) = split(one)[0]
            signature = dkim_check.read_signature((name, value))
            key, published = self._by_selector[signature.selector]
            now = datetime.fromtimestamp(signature.made_at, UTC) if signature.made_at else datetime.now(UTC)
            holds = partial(_signs_the_same, key) if key.algorithm in REPEATABLE else dkim_check.signed_by
            if dkim_check.verify(fields, body, signature, published, now, holds) != dkim_check.PASS:
                raise ValueError("a signature of ours that does not hold")


def _published(key: SigningKey) -> dkim_check.Key:
    """The key as receivers find it. Raises ValueError when the two halves do not belong together."""
    published = dkim_check.read_key(key.record, key.algorithm)
    data = b"one half of the key"
    if not dkim_check.signed_by(published.public, key.sign(data, hashlib.sha256(data).digest()), data):
        raise ValueError("a key whose halves do not belong together")
    return published


def _signs_the_same(key: SigningKey, _: dkim_check.Public, value: bytes, data: bytes) -> bool:
    """Whether the data read back gets the same signature, which takes a third of verifying it.

    An Ed25519 signature hangs on nothing but key and data (RFC 8032 section 5.1.6), and of the key we
    know that what it signs holds.
    """
    return key.sign(data, hashlib.sha256(data).digest()) == value


@dataclass(frozen=True, slots=True)
class Signed:
    """A `ports.Compose` that signs what another composes. Can be pickled.

    folder: GATEWAY_HOME/keys/dkim. A domain that has no keys there is not signed for: whoever
    lets the server behind us sign takes the folder away, and `gateway doctor` says so.
    Raises, beside what `compose` raises: ValueError when it cannot be signed.
    """

    compose: Compose
    folder: Path

    def __call__(
        self, reading: Reading, envelope: Envelope, circle: Circle, visible: Sequence[Person], to: Person
    ) -> bytes:
        """The signed copy for `to`."""
        content = self.compose(reading, envelope, circle, visible, to)
        return signed(content, self.folder, circle.organisation.domain, envelope.received_at)


def signed(content: bytes, folder: Path, domain: str, at: datetime | None = None) -> bytes:
    """A mail with the signatures of a domain on top; as it is when the domain has no keys.

    Raises ValueError when it cannot be signed.
    """
    signer = signer_of(folder, domain)
    return signer.sign(content, at) if signer else content


def signer_of(folder: Path, domain: str) -> Signer | None:
    """The signer of a domain, None when it has no keys; new keys count at once."""
    try:
        changed = (folder / domain.lower()).stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _signer(folder, domain, changed)


@lru_cache(maxsize=256)
def _signer(folder: Path, domain: str, _changed: int) -> Signer | None:
    keys = load_dkim_keys(folder, domain)
    return Signer(domain, keys) if keys else None
