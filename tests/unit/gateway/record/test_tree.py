"""The tree over the record, and the offline check of it."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.domain.entry import Entry
from gateway.record import offline
from gateway.record.chain import Head, head_of, link
from gateway.record.tree import Checkpoint, Tree, checkpoint_plain

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def chain(length):
    head, made = Head(), []
    for number in range(length):
        one = link(head, Entry("demo", NOW, "message.passed", f"m{number}", "tara", {"pair": "p"}))
        made.append(one)
        head = head_of(one)
    return made


def exported(one, path=()):
    entry = one.entry
    return {
        "sequence": one.sequence, "previous": one.previous, "hash": one.hash, "organisation": "demo",
        "at": entry.at.isoformat(), "kind": entry.kind, "subject": entry.subject, "actor": entry.actor,
        "detail": dict(entry.detail), "path": list(path),
    }  # fmt: skip


def mth(leaves):
    """RFC 9162 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100])
def test_every_entry_leads_to_the_root_of_the_rfc(size):
    made = chain(size)
    hashes = [bytes.fromhex(one.hash) for one in made]
    tree = Tree(hashes)
    assert tree.root == mth(hashes).hex()
    checkpoint = {"sequence": size, "root": tree.root}
    for one in made:
        entry = exported(one, tree.path(one.sequence))
        assert offline.entry_hash(entry) == one.hash
        assert offline.leads_to_root(entry, checkpoint)
        assert not offline.leads_to_root({**entry, "hash": "00" * 32}, checkpoint)
        if size > 1:
            assert not offline.leads_to_root({**entry, "sequence": one.sequence % size + 1}, checkpoint)


def test_an_empty_record_has_the_hash_of_nothing():
    assert Tree([]).root == hashlib.sha256(b"").hexdigest()


def test_a_signature_is_checked_without_any_library():
    signer = Ed25519PrivateKey.generate()
    public = signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    bare = Checkpoint("demo", 3, NOW, "ab" * 32)
    made = checkpoint_plain(
        Checkpoint("demo", 3, NOW, "ab" * 32, signer.sign(bare.signed_bytes).hex(), public)
    )
    assert offline.signed(dict(made))
    for changed in ({"sequence": 4}, {"root": "ac" * 32}, {"signature": "00" * 64}, {"signature": "00"}):
        assert not offline.signed({**made, **changed})


def test_an_export_is_checked_link_by_link(tmp_path):
    file = tmp_path / "record.jsonl"
    lines = [json.dumps(exported(one)) for one in chain(5)]
    file.write_text("\n".join(lines) + "\n")
    assert offline.check_record(file) == []
    file.write_text("\n".join([*lines[:2], *lines[3:]]) + "\n")
    assert offline.check_record(file) == ["entry 3 is missing or elsewhere"]
    file.write_text("\n".join(lines).replace('"m3"', '"m9"') + "\n")
    assert offline.check_record(file) == ["entry 4 was changed"]
