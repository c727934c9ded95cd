"""Signed checkpoints of the record, and the proof that an entry is under one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Engine, insert, select

from gateway.domain.entry import Chained, Entry
from gateway.record.casework import checkpoint_made
from gateway.record.chain import Flaw, Head
from gateway.record.tree import Checkpoint, Tree
from gateway.store.casework_schema import record_checkpoint
from gateway.store.engine import store_faults
from gateway.store.record import RecordReader, append, lock_heads
from gateway.store.schema import record_entry


class SqlProofs:
    """Signs the record and proves entries. secret: 32 bytes, the same in every process."""

    def __init__(self, engine: Engine, record: RecordReader, secret: bytes) -> None:
        self._engine = engine
        self._record = record
        self._signer = Ed25519PrivateKey.from_private_bytes(
            hashlib.sha256(b"checkpoints\0" + secret).digest()
        )

    @property
    def public_key(self) -> str:
        """What checks our signatures, hex."""
        return self._signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def verify(self, organisation_id: str) -> tuple[int, Flaw | None]:
        """How many entries the chain has, and its first flaw or None; reads all of them."""
        return self._record.verify(organisation_id)

    def head(self, organisation_id: str) -> Head:
        """Where the chain ends."""
        return self._record.head(organisation_id)

    def tree(self, organisation_id: str) -> Tree:
        """The tree over all entries so far."""
        hashes = (
            select(record_entry.c.hash)
            .where(record_entry.c.organisation_id == organisation_id)
            .order_by(record_entry.c.sequence)
        )
        with store_faults(), self._engine.connect() as connection:
            return Tree([bytes(one) for one in connection.execute(hashes).scalars()])

    def sign(self, organisation_id: str, tree: Tree, at: datetime) -> Checkpoint:
        """A checkpoint of a tree, which is kept by `checkpoint` alone."""
        bare = Checkpoint(organisation_id, tree.size, at, tree.root)
        signature = self._signer.sign(bare.signed_bytes).hex()
        return Checkpoint(organisation_id, tree.size, at, tree.root, signature, self.public_key)

    def checkpoint(self, organisation_id: str, at: datetime) -> Checkpoint:
        """Sign the record as it stands and keep that."""
        made = self.sign(organisation_id, self.tree(organisation_id), at)
        row = {
            "organisation_id": organisation_id,
            "sequence": made.sequence,
            "at": at,
            "root": bytes.fromhex(made.root),
            "signature": bytes.fromhex(made.signature),
        }
        entry = checkpoint_made(organisation_id, at, made.sequence, made.root)
        with store_faults(), self._engine.begin() as connection:
            heads = lock_heads(connection, [organisation_id])
            connection.execute(insert(record_checkpoint).values(row))
            append(connection, heads, [entry])
        return made

    def last(self, organisation_id: str) -> Checkpoint | None:
        """The newest checkpoint, None before the first."""
        theirs = (
            select(record_checkpoint)
            .where(record_checkpoint.c.organisation_id == organisation_id)
            .order_by(record_checkpoint.c.sequence.desc())
            .limit(1)
        )
        with store_faults(), self._engine.connect() as connection:
            row = connection.execute(theirs).one_or_none()
        if row is None:
            return None
        signature = row.signature.hex()
        return Checkpoint(organisation_id, row.sequence, row.at, row.root.hex(), signature, self.public_key)

    def note(self, entry: Entry) -> None:
        """Write one entry, a transaction of its own."""
        with store_faults(), self._engine.begin() as connection:
            append(connection, lock_heads(connection, [entry.organisation_id]), [entry])

    def about(self, organisation_id: str, subjects: Iterable[str], upto: int) -> list[Chained]:
        """The entries about any of these ids, in order, up to a sequence number."""
        theirs = (
            select(record_entry)
            .where(
                record_entry.c.organisation_id == organisation_id,
                record_entry.c.subject.in_(set(subjects)),
                record_entry.c.sequence <= upto,
            )
            .order_by(record_entry.c.sequence)
        )
        with store_faults(), self._engine.connect() as connection:
            return [chained_of(row) for row in connection.execute(theirs).all()]


def chained_of(row: Any) -> Chained:
    """The entry of a row, in its place."""
    entry = Entry(row.organisation_id, row.at, row.kind, row.subject, row.actor, dict(row.detail))
    return Chained(entry, row.sequence, row.previous.hex(), row.hash.hex())
